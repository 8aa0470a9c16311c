package user

import (
	"context"
	"database/sql"
	"net/http"
	"time"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/i18n"
)

// setPassword gives a person a new password, signs them out everywhere
// and tells them.
func (s *Service) setPassword(ctx context.Context, tx *sql.Tx, u *User, hash string, lang i18n.Lang) error {
	now := s.clock()
	u.Password = hash
	if !u.Doc.PasswordRotationDemanded.IsZero() {
		u.Doc.PasswordRotationDemanded, u.Doc.PasswordRotationPerformed = time.Time{}, now
	}
	if err := save(ctx, tx, u); err != nil {
		return err
	}
	if err := signOutEverywhere(ctx, tx, u.ID); err != nil {
		return err
	}
	if err := forgetLinks(ctx, tx, toReset, u.ID); err != nil {
		return err
	}
	if err := s.tell(ctx, tx, now, "user:password-changed", u.ID, u.ID, nil); err != nil {
		return err
	}
	return s.write(ctx, tx, u.Email, s.passwordLetter(u, lang))
}

// forgot writes who forgot their password a letter.
func (s *Service) forgot(ctx context.Context, r *api.Request) (*api.Response, error) {
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
		if err != nil || u == nil {
			return err
		}
		token, err := s.newLink(ctx, tx, toReset, u.ID, u.Email)
		if err != nil {
			return err
		}
		return s.write(ctx, tx, u.Email, s.resetLetter(u, r.Lang, token))
	})
	if err != nil {
		return nil, err
	}
	s.sent()
	return s.done(c, nil, nil), nil
}

// reset sets the password of who followed the letter of forgot. They have
// proved that the address is theirs, so it is confirmed too.
func (s *Service) reset(ctx context.Context, r *api.Request) (*api.Response, error) {
	f, c, err := s.readForm(r)
	if err != nil {
		return refused(r, err)
	}
	password := f.newPassword("password", "password_confirm")
	if res := f.failed(); res != nil {
		return res, nil
	}
	if err := s.count(ctx, try{signInsOfAddress, s.address(r.Request)}); err != nil {
		return nil, err
	}
	hash := auth.HashPassword(password)
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		u, _, err := s.follow(ctx, tx, toReset, r.PathValue("token"))
		if err != nil {
			return err
		}
		if u.ConfirmedAt.IsZero() {
			u.ConfirmedAt = s.clock()
		}
		return s.setPassword(ctx, tx, u, hash, r.Lang)
	})
	if err != nil {
		return refused(r, err)
	}
	s.sent()
	return s.done(c, nil, nil), nil
}

// changePassword changes the password of who knows it. This device stays signed in,
// with another cookie; all others do not.
func (s *Service) changePassword(ctx context.Context, r *api.Request) (*api.Response, error) {
	f, c, err := s.readForm(r)
	if err != nil {
		return refused(r, err)
	}
	if r.Actor.Anonymous() {
		return nil, errs.Unauthorized("")
	}
	fresh := f.newPassword("new_password", "new_password_confirm")
	old := f.text("password")
	if old == "" {
		f.wrong("password", "Password not provided")
	}
	if res := f.failed(); res != nil {
		return res, nil
	}
	u, err := byID(ctx, s.db.Read(), r.Actor.ID)
	if err != nil {
		return nil, err
	}
	account, address := try{signInsOfAccount, u.Email}, try{signInsOfAddress, s.address(r.Request)}
	if err := s.count(ctx, account, address); err != nil {
		return nil, err
	}
	if ok, _ := auth.Verify(u.Password, old, s.config.PasswordSalt); !ok {
		f.wrong("password", "Invalid password")
	} else if old == fresh {
		f.wrong("new_password", "Your new password must be different from the one before")
	}
	if res := f.failed(); res != nil {
		return res, nil
	}
	hash := auth.HashPassword(fresh)
	var header http.Header
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		now, err := byID(ctx, tx, u.ID)
		if err != nil {
			return err
		}
		if now.Password != u.Password || !now.Active {
			return errs.BadRequest("Invalid password") // it changed in between
		}
		if err := s.forgive(ctx, tx, account, address); err != nil {
			return err
		}
		if err := s.setPassword(ctx, tx, now, hash, r.Lang); err != nil || c.Token == "" {
			return err
		}
		next, age, err := s.open(ctx, tx, u.ID, c, false)
		header = s.setCookie(next, age)
		return err
	})
	if err != nil {
		return refused(r, err)
	}
	s.sent()
	return s.done(c, header, nil), nil
}

// changeEmail writes a letter to the address that a person wants to have.
func (s *Service) changeEmail(ctx context.Context, r *api.Request) (*api.Response, error) {
	f, c, err := s.readForm(r)
	if err != nil {
		return refused(r, err)
	}
	if r.Actor.Anonymous() {
		return nil, errs.Unauthorized("")
	}
	const field, again = "new_email", "new_email_verify"
	if f.Has(again) && normalEmail(f.text(again)) != normalEmail(f.text(field)) {
		f.wrong(again, "The addresses do not match")
	}
	email, res, err := s.mailing(ctx, f, field)
	if res != nil || err != nil {
		return res, err
	}
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		u, err := byID(ctx, tx, r.Actor.ID)
		if err != nil {
			return err
		}
		switch known, err := find(ctx, tx, email); {
		case err != nil:
			return err
		case known != nil && known.ID == u.ID:
			return nil // nothing to change
		case known != nil:
			return s.write(ctx, tx, email, s.existsLetter(known, r.Lang))
		}
		token, err := s.newLink(ctx, tx, toMove, u.ID, email)
		if err != nil {
			return err
		}
		return s.write(ctx, tx, email, s.moveLetter(u, r.Lang, token))
	})
	if err != nil {
		return nil, err
	}
	s.sent()
	return s.done(c, nil, nil), nil
}

// confirmEmail is where the letter of changeEmail leads.
func (s *Service) confirmEmail(ctx context.Context, r *api.Request) (*api.Response, error) {
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		u, email, err := s.follow(ctx, tx, toMove, r.PathValue("token"))
		if err != nil {
			return err
		}
		if msgid, err := s.badEmail(ctx, tx, email, u.ID); err != nil {
			return err
		} else if msgid != "" {
			return errs.New(http.StatusBadRequest, "%s", msgid)
		}
		before := u.Email
		u.Email, u.ConfirmedAt = email, s.clock()
		if err := save(ctx, tx, u); err != nil {
			return err
		}
		if err := s.moved(ctx, tx, u, before, r.Lang); err != nil {
			return err
		}
		return s.tell(ctx, tx, u.ConfirmedAt, "user:updated", u.ID, u.ID, []string{"email"})
	})
	s.sent()
	return s.arrive(r, err, "change_email_confirmed", "change_email_invalid")
}

// moved tells the address before that it is no longer in use. Links that
// were sent there work no more.
func (s *Service) moved(ctx context.Context, tx *sql.Tx, u *User, before string, lang i18n.Lang) error {
	for _, p := range []purpose{toReset, toConfirm} {
		if err := forgetLinks(ctx, tx, p, u.ID); err != nil {
			return err
		}
	}
	return s.write(ctx, tx, before, s.movedLetter(u, lang))
}
