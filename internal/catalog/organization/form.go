package organization

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"unicode/utf8"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/bloc"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/weburl"
)

// maxAcronym is the most characters of an acronym.
const maxAcronym = 128

// apply changes o as the body says and returns the names of the fields whose
// value is another now. Fields that the body does not name stay; those that
// nobody may write are ignored. creating tells that o is new, so that the
// required fields must be there. What is wrong is collected in the body.
func (s *Service) apply(ctx context.Context, tx *sql.Tx, o *Organization, b *patch.Object, a *auth.Actor, t func(string, ...any) string, creating bool) (changes []string, err error) {
	required := []string{"name", "description"}
	if creating {
		b.Require(required...)
	} else {
		b.NotBlank(required...)
	}
	set := func(name string, field *string, v string) {
		if v != *field {
			changes = append(changes, name)
		}
		*field = v
	}
	if v, st := b.Text("name"); st == patch.Set {
		set("name", &o.Name, v)
	}
	if v, st := b.Text("acronym"); st == patch.Set || st == patch.Null {
		if utf8.RuneCountInString(v) > maxAcronym {
			b.Fail("acronym", "Field cannot be longer than %d characters.", maxAcronym)
		}
		set("acronym", &o.Acronym, v)
	}
	if v, st := b.Text("description"); st == patch.Set {
		set("description", &o.Doc.Description, v)
	}
	if v, st := b.Text("url"); st == patch.Set || st == patch.Null {
		if v, err = checkURL(b, v, o.Doc.URL, t); err != nil {
			return nil, err
		}
		set("url", &o.Doc.URL, v)
	}
	if v, st := b.Text("image_url"); st == patch.Set || st == patch.Null {
		set("image_url", &o.Doc.ImageURL, v)
	}
	if v, st := b.Text("business_number_id"); st == patch.Set || st == patch.Null {
		if v != o.Doc.BusinessNumberID {
			if msgid := siretProblem(v); msgid != "" {
				b.Fail("business_number_id", msgid)
			}
		}
		set("business_number_id", &o.Doc.BusinessNumberID, v)
	}
	if v, st := b.Extras("extras"); st == patch.Set || st == patch.Null {
		if !bytes.Equal(v, o.Doc.Extras) {
			o.Doc.Extras = v // free members of the client's, which activities do not tell of
		}
	}
	if v, st := b.Time("presentation_blocs_published_at"); st == patch.Set || st == patch.Null {
		if !v.Equal(o.Doc.PresentationBlocsPublishedAt) {
			changes = append(changes, "presentation_blocs_published_at")
		}
		o.Doc.PresentationBlocsPublishedAt = v.UTC()
	}
	blocs, st, err := bloc.Reader{Refs: s.refs, Query: tx, Actor: a, T: t}.Read(ctx, b, "presentation_blocs")
	if err != nil {
		return nil, err
	}
	if st == patch.Set || st == patch.Null {
		o.Doc.PresentationBlocs = append([]bloc.Bloc{}, blocs...) // not nil, which would be what was imported
		changes = append(changes, "presentation_blocs")
	}
	return changes, nil
}

// checkURL returns the clean form of an address; one that stays what it was
// may stay, also when older rules took it.
func checkURL(b *patch.Object, v, before string, t func(string, ...any) string) (string, error) {
	if v == "" || v == before {
		return v, nil
	}
	clean, err := weburl.Default.Check(v)
	if err != nil {
		var bad *weburl.Error
		if errors.As(err, &bad) {
			b.Fail("url", "%s", bad.Message(t))
			return v, nil
		}
		return v, err
	}
	return clean, nil
}

// siretProblem tells, by a message id, what is wrong with a number of the
// French register of businesses; "" when nothing is, or when it is empty. The
// first nine digits end with a check digit, in the manner of credit cards. The
// Post has numbers from before that rule.
func siretProblem(s string) string {
	if s == "" || s == "35600000000048" {
		return ""
	}
	if utf8.RuneCountInString(s) != 14 {
		return "A siret number is made of 14 digits"
	}
	total := 0
	for i, c := range s {
		if c < '0' || c > '9' {
			return "A siret number is only made of digits"
		}
		d := int(c - '0')
		if i%2 == 1 {
			d *= 2
		}
		if i < 9 {
			total += d/10 + d%10
		}
	}
	if total%10 != 0 {
		return "Invalid Siret number"
	}
	return ""
}

func errDeleted() *errs.Error { return errs.Gone("Organization has been deleted") }
