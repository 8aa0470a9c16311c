package contactpoint

import (
	"context"
	"database/sql"
	"errors"
	"net/mail"
	"strings"
	"unicode/utf8"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/weburl"
)

// maxText bounds name and email, in characters; it is udata's.
const maxText = 255

const (
	msgTooLong = "String value is too long"
	msgNoOwner = "A contact point belongs to a person or an organization: name the new owner or the organization"
)

// apply changes c as the body says. Fields that the body does not name stay.
// The error says what is wrong, by field: first what cannot be read, then what
// is missing.
func (s *Service) apply(ctx context.Context, tx *sql.Tx, c *ContactPoint, o *patch.Object, a *auth.Actor, t func(string, ...any) string, creating bool) error {
	before := c.Organization
	if err := s.refs.ReadOwner(ctx, tx, o, a, &c.Owner, &c.Organization, creating, msgNoOwner); err != nil {
		return err
	}
	if c.Organization != "" && c.Organization != before {
		c.Owner = "" // an organization's, whoever is named beside it, as in udata
	}
	if v, st := o.Text("name"); st == patch.Set || st == patch.Null {
		switch lower := strings.ToLower(v); {
		case v == c.Name: // what older rules took may stay
		case utf8.RuneCountInString(v) > maxText:
			o.Fail("name", msgTooLong)
		case strings.Contains(lower, "://"), strings.Contains(lower, "www."):
			o.Fail("name", "URLs not allowed in this field")
		}
		c.Name = v
	}
	if v, st := o.Text("email"); st == patch.Set || st == patch.Null {
		if v != c.Email {
			v = strings.TrimSpace(v)
			switch {
			case utf8.RuneCountInString(v) > maxText:
				o.Fail("email", msgTooLong)
			case v != "" && !isEmail(v):
				o.Fail("email", "Invalid email address")
			}
		}
		c.Email = v
	}
	if v, st := o.Text("contact_form"); st == patch.Set || st == patch.Null {
		if v != "" && v != c.ContactForm {
			v = address(o, v, t)
		}
		c.ContactForm = v
	}
	if v, st := o.Enum("role", roleIDs); st == patch.Set || st == patch.Null {
		c.Role = v
	}
	if err := o.Err(t); err != nil {
		return err
	}
	if c.Role == roleContact && c.Email == "" && c.ContactForm == "" {
		return errs.Field("email", "At least an email or a contact form is required for a contact point")
	}
	if c.Name == "" {
		o.Fail("name", patch.Required)
	}
	if c.Role == "" {
		o.Fail("role", patch.Required)
	}
	return o.Err(t)
}

// address reads the address of a form; "" when it is none.
func address(o *patch.Object, v string, t func(string, ...any) string) string {
	clean, err := weburl.Default.Check(v)
	if err == nil {
		return clean
	}
	var bad *weburl.Error
	if errors.As(err, &bad) {
		o.Fail("contact_form", "%s", bad.Message(t))
	} else {
		o.Fail("contact_form", "%s", err.Error())
	}
	return ""
}

// isEmail tells whether s is a bare address with a domain that has a dot. What
// needs quotes is left out: nobody has it, and it is how headers are forged.
func isEmail(s string) bool {
	if strings.ContainsAny(s, "\"<>()[]\\,;: \t\r\n\x00") {
		return false
	}
	parsed, err := mail.ParseAddress(s)
	_, domain, _ := strings.Cut(s, "@")
	return err == nil && parsed.Address == s && strings.Contains(strings.Trim(domain, "."), ".")
}
