package user

import (
	"context"
	"database/sql"
	"errors"
	"net/mail"
	"strings"
	"unicode/utf8"

	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/weburl"
)

const (
	// maxName bounds names and addresses, in characters.
	maxName = 255
	// maxAbout bounds what a person says of themselves, in bytes.
	maxAbout = 100_000
	tooLong  = "String value is too long"
	badEmail = "Invalid email address"
	taken    = "This e-mail address is already registered"
)

// apply changes u as the body says and returns the names of the fields whose
// value is another now. Fields that the body does not name stay; those that
// nobody may write, the roles among them, are ignored. What is wrong is
// collected in the body.
func (s *Service) apply(ctx context.Context, tx *sql.Tx, u *User, o *patch.Object, t func(string, ...any) string, creating bool) (changes []string, err error) {
	required := []string{"first_name", "last_name", "email"}
	if creating {
		o.Require(required...)
	} else {
		o.NotBlank(required...)
	}
	set := func(name string, field *string, v string) {
		if *field != v {
			changes = append(changes, name)
			*field = v
		}
	}
	for _, field := range []struct {
		name string
		into *string
	}{{"first_name", &u.FirstName}, {"last_name", &u.LastName}} {
		v, st := o.Text(field.name)
		if st != patch.Set {
			continue
		}
		if msgid := badName(v); msgid != "" {
			o.Fail(field.name, msgid)
		}
		set(field.name, field.into, v)
	}
	if v, st := o.Text("email"); st == patch.Set {
		v = normalEmail(v)
		if v != u.Email {
			if msgid, err := s.badEmail(ctx, tx, v, u.ID); err != nil {
				return nil, err
			} else if msgid != "" {
				o.Fail("email", msgid)
			}
		}
		set("email", &u.Email, v)
	}
	if v, st := o.Text("about"); st == patch.Set || st == patch.Null {
		if len(v) > maxAbout {
			o.Fail("about", tooLong)
		}
		set("about", &u.Doc.About, v)
	}
	if v, st := o.Text("website"); st == patch.Set || st == patch.Null {
		if v != "" && v != u.Doc.Website { // an address that older rules took may stay
			clean, err := weburl.Default.Check(v)
			var bad *weburl.Error
			if errors.As(err, &bad) {
				o.Fail("website", "%s", bad.Message(t))
			}
			v = clean
		}
		set("website", &u.Doc.Website, v)
	}
	return changes, nil
}

// badName tells what is wrong with a name, "" when nothing is. A name with an
// address in it is how spam gets into mails and pages.
func badName(s string) string {
	lower := strings.ToLower(s)
	switch {
	case utf8.RuneCountInString(s) > maxName:
		return tooLong
	case strings.Contains(lower, "://"), strings.Contains(lower, "www."):
		return "URLs not allowed in this field"
	}
	return ""
}

// badEmail tells what is wrong with an address for the person self, "" when
// nothing is.
func (s *Service) badEmail(ctx context.Context, tx *sql.Tx, address, self string) (string, error) {
	if !validEmail(address) {
		return badEmail, nil
	}
	var n int
	err := tx.QueryRowContext(ctx, "SELECT count(*) FROM person WHERE email = $1 AND id <> $2", address, self).Scan(&n)
	if err != nil || n == 0 {
		return "", err
	}
	return taken, nil
}

// validEmail tells whether s is a bare address that mail can be sent to. What
// needs quotes is left out: nobody has it, and it is how headers are forged.
func validEmail(s string) bool {
	if len(s) > maxName || strings.ContainsAny(s, "\"<>()[]\\,;: \t\r\n\x00") {
		return false
	}
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s
}

func normalEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// hint is what strangers see of an address: its domain.
func hint(address string) string {
	_, domain, ok := strings.Cut(address, "@")
	if !ok {
		return ""
	}
	return "***@" + domain
}
