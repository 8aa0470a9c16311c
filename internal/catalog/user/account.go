package user

import (
	"context"
	"database/sql"
	"net/http"
	"strings"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/i18n"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/wire"
)

// Create makes an account that may sign in at once. It returns errs.Field for
// an address that is taken or is none, and for a missing name.
func (s *Service) Create(ctx context.Context, email, first, last string, sysadmin bool) (*User, error) {
	email = normalEmail(email)
	if !validEmail(email) {
		return nil, errs.Field("email", "%q is not an e-mail address", email)
	}
	for name, v := range map[string]string{"first_name": first, "last_name": last} {
		if strings.TrimSpace(v) == "" || len(v) > maxName {
			return nil, errs.Field(name, "A name has between 1 and 255 characters")
		}
	}
	u := s.newUser()
	u.Email, u.FirstName, u.LastName = email, strings.TrimSpace(first), strings.TrimSpace(last)
	u.Sysadmin, u.ConfirmedAt = sysadmin, u.CreatedAt
	return u, s.db.Write(ctx, func(tx *sql.Tx) error { return s.insert(ctx, tx, u, "") })
}

func (s *Service) newUser() *User {
	now := s.clock()
	return &User{ID: id.New(now), Active: true, CreatedAt: now, Counts: map[string]int64{}}
}

// insert writes a new person and tells of it.
func (s *Service) insert(ctx context.Context, tx *sql.Tx, u *User, actor string) error {
	var err error
	if u.Slug, err = links.Free(ctx, tx, u.FullName(), "user", ""); err != nil {
		return err
	}
	if err := save(ctx, tx, u); err != nil {
		return err
	}
	return s.tell(ctx, tx, u.CreatedAt, "user:created", u.ID, actor, nil)
}

// Add makes an account of a body, for somebody else: they choose a password
// by asking for a new one. Errors: 400 by field.
func (s *Service) Add(ctx context.Context, a *auth.Actor, o *patch.Object, t func(string, ...any) string) (*User, error) {
	u := s.newUser()
	return u, s.db.Write(ctx, func(tx *sql.Tx) error {
		if _, err := s.apply(ctx, tx, u, o, t, true); err != nil {
			return err
		}
		if err := o.Err(t); err != nil {
			return err
		}
		return s.insert(ctx, tx, u, a.ID)
	})
}

// change loads the person in a transaction, lets f change them, and writes
// them with the event. f returns the event's key and the names of the changed
// fields; an empty key writes nothing.
func (s *Service) change(ctx context.Context, actor, oid string, f func(tx *sql.Tx, u *User) (key string, changes []string, err error)) (*User, error) {
	var u *User
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		var err error
		if u, err = byID(ctx, tx, oid); err != nil {
			return err
		}
		key, changes, err := f(tx, u)
		if err != nil || key == "" {
			return err
		}
		if err := save(ctx, tx, u); err != nil {
			return err
		}
		return s.tell(ctx, tx, s.clock(), key, u.ID, actor, changes)
	})
	return u, err
}

// Update changes the fields that the body names. Errors: 410 for an account
// that is gone, 400 with what is wrong by field.
func (s *Service) Update(ctx context.Context, a *auth.Actor, oid string, o *patch.Object, lang i18n.Lang) (*User, error) {
	u, err := s.change(ctx, a.ID, oid, func(tx *sql.Tx, u *User) (string, []string, error) {
		if !u.Active || !u.Deleted.IsZero() {
			return "", nil, errInactive()
		}
		address := u.Email
		changes, err := s.apply(ctx, tx, u, o, lang.T, false)
		if err != nil {
			return "", nil, err
		}
		if err := o.Err(lang.T); err != nil {
			return "", nil, err
		}
		if u.Email != address {
			err = s.moved(ctx, tx, u, address, lang)
		}
		return "user:updated", changes, err
	})
	s.sent()
	return u, err
}

func errInactive() *errs.Error { return errs.Gone("User is not active") }

// gone is what the names of a deleted account read, as in udata.
const gone = "DELETED"

// Delete empties an account: who it was is forgotten – names, address,
// picture, password, contact points, what they follow, where they are a member
// – and what they published stays, by a person without a name. errs.Gone when
// that was done before.
//
// tell says whether the person is told by mail.
func (s *Service) Delete(ctx context.Context, a *auth.Actor, oid string, tell bool, lang i18n.Lang) error {
	var picture *wire.Picture
	_, err := s.change(ctx, a.ID, oid, func(tx *sql.Tx, u *User) (string, []string, error) {
		if !u.Deleted.IsZero() {
			return "", nil, errs.Gone("User has already been deleted")
		}
		if tell {
			if err := s.write(ctx, tx, u.Email, s.goneLetter(u, lang)); err != nil {
				return "", nil, err
			}
		}
		now := s.clock()
		picture = u.Doc.Avatar
		u.Email, u.FirstName, u.LastName, u.Password, u.Lang = u.ID+"@deleted", gone, gone, "", ""
		u.Active, u.Sysadmin, u.Deleted, u.Doc = false, false, now, Doc{}
		var err error
		if u.Slug, err = links.Free(ctx, tx, "deleted", "deleted", u.ID); err != nil {
			return "", nil, err
		}
		for _, forget := range []string{
			"DELETE FROM session WHERE person = $1",
			"DELETE FROM mail_link WHERE person = $1",
			"DELETE FROM old_slug WHERE object = $1",
		} {
			if _, err := tx.ExecContext(ctx, forget, u.ID); err != nil {
				return "", nil, err
			}
		}
		if _, err := tx.ExecContext(ctx, "UPDATE api_token SET revoked_at = $1 WHERE person = $2 AND revoked_at IS NULL", now.UnixMicro(), u.ID); err != nil {
			return "", nil, err
		}
		if err := s.others.Memberships.Leave(ctx, tx, u.ID); err != nil {
			return "", nil, err
		}
		if err := save(ctx, tx, u); err != nil { // before the counters, which are columns of the same row
			return "", nil, err
		}
		if err := s.others.Follows.Forget(ctx, tx, u.ID, now); err != nil {
			return "", nil, err
		}
		if err := s.others.ContactPoints.Forget(ctx, tx, u.ID, a); err != nil {
			return "", nil, err
		}
		return "", nil, s.tell(ctx, tx, now, "user:deleted", u.ID, a.ID, nil)
	})
	if err != nil {
		return err
	}
	s.sent()
	s.removePicture(ctx, picture)
	return nil
}

// DeleteOther is Delete by a sysadmin, who does not delete themselves so:
// that is what Delete of their own account is for.
func (s *Service) DeleteOther(ctx context.Context, a *auth.Actor, oid string, tell bool, lang i18n.Lang) error {
	if a.Is(oid) {
		return errs.New(http.StatusForbidden, "You cannot delete yourself with this API. Use the \"me\" API instead.")
	}
	return s.Delete(ctx, a, oid, tell, lang)
}

// DemandRotation asks a person for a new password: until they chose one, they
// cannot sign in with the old, and they are signed out everywhere.
func (s *Service) DemandRotation(ctx context.Context, a *auth.Actor, oid string) error {
	_, err := s.change(ctx, a.ID, oid, func(tx *sql.Tx, u *User) (string, []string, error) {
		if !u.Deleted.IsZero() {
			return "", nil, errInactive()
		}
		u.Doc.PasswordRotationDemanded = s.clock()
		return "user:updated", []string{"password_rotation_demanded"}, signOutEverywhere(ctx, tx, u.ID)
	})
	return err
}
