package user

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"strings"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/i18n"
	"ouvert/internal/kernel/patch"
)

// mailing begins a form at whose end a letter may be sent: it notes a bad
// address, and counts the tries. What follows answers the same whether there
// is such an account or not.
func (s *Service) mailing(ctx context.Context, f *form, field string) (email string, res *api.Response, err error) {
	email = normalEmail(f.text(field))
	switch {
	case email == "":
		f.wrong(field, "Email not provided")
	case !validEmail(email):
		f.wrong(field, badEmail)
	}
	if res := f.failed(); res != nil {
		return "", res, nil
	}
	return email, nil, s.count(ctx, try{mailsToMailbox, email}, try{mailsOfAddress, s.address(f.r.Request)})
}

// newPassword reads a password and its repetition.
func (f *form) newPassword(field, again string) string {
	password := f.text(field)
	if password == "" {
		f.wrong(field, "Password not provided")
		return ""
	}
	if err := auth.CheckPassword(password); err != nil {
		f.wrong(field, err.Error())
	}
	if f.Has(again) && f.text(again) != password {
		f.wrong(again, "Passwords do not match")
	}
	return password
}

// find loads the person with an address; nil when there is none, or
// they are gone.
func find(ctx context.Context, tx *sql.Tx, email string) (*User, error) {
	u, err := scan(tx.QueryRowContext(ctx, "SELECT "+columns+" FROM person WHERE email = $1", email))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if u, err = byID(ctx, tx, u.ID); err != nil || !u.Active || !u.Deleted.IsZero() || u.Email != email {
		return nil, err
	}
	return u, nil
}

func (s *Service) register(ctx context.Context, r *api.Request) (*api.Response, error) {
	f, c, err := s.readForm(r)
	if err != nil {
		return refused(r, err)
	}
	u := s.newUser()
	u.Lang = asked(r)
	for _, field := range []struct {
		name string
		into *string
	}{{"first_name", &u.FirstName}, {"last_name", &u.LastName}} {
		*field.into = strings.TrimSpace(f.text(field.name))
		if *field.into == "" {
			f.wrong(field.name, patch.Required)
		} else if msgid := badName(*field.into); msgid != "" {
			f.wrong(field.name, msgid)
		}
	}
	password := f.newPassword("password", "password_confirm")
	if v, st := f.Bool("accept_conditions"); st == patch.Set && !v {
		f.wrong("accept_conditions", patch.Required)
	}
	email, res, err := s.mailing(ctx, f, "email")
	if res != nil || err != nil {
		return res, err
	}
	u.Email, u.Password = email, auth.HashPassword(password) // also when there is an account already: it takes its time
	if err := s.db.Write(ctx, func(tx *sql.Tx) error { return s.registerIn(ctx, tx, u, r.Lang) }); err != nil {
		return refused(r, err)
	}
	s.sent()
	return s.done(c, nil, nil), nil
}

// registerIn makes the account, or tells who has the address that somebody
// wanted one.
func (s *Service) registerIn(ctx context.Context, tx *sql.Tx, u *User, lang i18n.Lang) error {
	switch known, err := find(ctx, tx, u.Email); {
	case err != nil:
		return err
	case known == nil:
		var n int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM person WHERE email = $1", u.Email).Scan(&n); err != nil || n > 0 {
			return err // an account that may not be used is not told of
		}
		if err := s.insert(ctx, tx, u, u.ID); err != nil {
			return err
		}
	case !known.ConfirmedAt.IsZero():
		return s.write(ctx, tx, known.Email, s.existsLetter(known, lang))
	default:
		u = known // the password stays that of who came first
	}
	token, err := s.newLink(ctx, tx, toConfirm, u.ID, u.Email)
	if err != nil {
		return err
	}
	return s.write(ctx, tx, u.Email, s.confirmLetter(u, lang, token))
}

// asked is the language that the request itself asks for, "" when it does
// not.
func asked(r *api.Request) string {
	v, _ := r.Query.Get("lang")
	return string(i18n.Parse(v))
}

// sendConfirmation writes the letter of register once more.
func (s *Service) sendConfirmation(ctx context.Context, r *api.Request) (*api.Response, error) {
	f, c, err := s.readForm(r)
	if err != nil {
		return refused(r, err)
	}
	email, res, err := s.mailing(ctx, f, "email")
	if res != nil || err != nil {
		return res, err
	}
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		u, err := find(ctx, tx, email)
		if err != nil || u == nil || !u.ConfirmedAt.IsZero() {
			return err
		}
		token, err := s.newLink(ctx, tx, toConfirm, u.ID, u.Email)
		if err != nil {
			return err
		}
		return s.write(ctx, tx, u.Email, s.confirmLetter(u, r.Lang, token))
	})
	if err != nil {
		return nil, err
	}
	s.sent()
	return s.done(c, nil, nil), nil
}

// confirm is where the link of a letter leads: the person may sign in from
// now on.
func (s *Service) confirm(ctx context.Context, r *api.Request) (*api.Response, error) {
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		u, _, err := s.follow(ctx, tx, toConfirm, r.PathValue("token"))
		if err != nil {
			return err
		}
		u.ConfirmedAt = s.clock()
		if err := save(ctx, tx, u); err != nil {
			return err
		}
		return s.tell(ctx, tx, u.ConfirmedAt, "user:confirmed", u.ID, u.ID, nil)
	})
	return s.arrive(r, err, "post_confirm", "confirm_error")
}

// arrive answers who followed a link: a browser goes on to the portal's front
// with what it is to say, in udata's words; a program gets an answer.
func (s *Service) arrive(r *api.Request, err error, done, failed string) (*api.Response, error) {
	if err != nil && errs.As(err) == nil {
		return nil, err
	}
	if r.Method == http.MethodPost {
		if err != nil {
			return refused(r, err)
		}
		return s.done(readCookie(r.Request), nil, nil), nil
	}
	if err != nil {
		done = failed
	}
	header := noStore()
	header.Set("Location", s.links.Site+"/?flash="+done)
	return &api.Response{Status: http.StatusFound, Header: header}, nil
}
