package user

import (
	"context"
	"database/sql"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/i18n"
	"ouvert/internal/kernel/legal"
	"ouvert/internal/kernel/ref"
)

// LegalReader writes the letters of legal notices, which the log asks for; it
// is to be run in the background.
func (s *Service) LegalReader() *event.Reader { return s.legal }

func (s *Service) notify(ctx context.Context, tx *sql.Tx, e event.Event) error {
	n, err := legal.Read(e)
	if err != nil {
		return err
	}
	people := []string{n.Person}
	if n.Person == "" {
		if people, err = s.others.Memberships.MembersOf(ctx, tx, n.Organization, auth.Admin); err != nil {
			return err
		}
	}
	found, err := s.refs.FindAll(ctx, tx, []ref.Ref{e.Subject})
	if err != nil {
		return err
	}
	users, err := byIDs(ctx, tx, append(people, e.Actor))
	if err != nil {
		return err
	}
	for _, person := range people {
		u := users[person]
		if u == nil || !u.Deleted.IsZero() || person == e.Actor {
			continue // nobody is told what they did themselves
		}
		l := legal.Letter(u.lang(s.ownLang()), n.Class, found[e.Subject].Title, nameOf(users[e.Actor]), s.config.Terms)
		if err := s.write(ctx, tx, u.Email, l); err != nil {
			return err
		}
	}
	return nil
}

// noticeOf puts the notice about the deletion of a person's own account into
// the outbox, while their address is known.
func (s *Service) noticeOf(ctx context.Context, tx *sql.Tx, u *User, by string) error {
	admin, err := byIDs(ctx, tx, []string{by})
	if err != nil {
		return err
	}
	return s.write(ctx, tx, u.Email, legal.Letter(u.lang(s.ownLang()), ref.User, "", nameOf(admin[by]), s.config.Terms))
}

func nameOf(u *User) string {
	if u == nil {
		return ""
	}
	return u.FullName()
}

// ownLang is the portal's language, that of letters to people who chose none.
func (s *Service) ownLang() i18n.Lang {
	if s.config.Lang == "" {
		return i18n.En
	}
	return s.config.Lang
}

// Discussions is what a person said; the discussion noun provides it.
type Discussions interface {
	// ForgetPerson takes away what a person said: the discussions in which nobody
	// else spoke, and the words of their messages elsewhere.
	ForgetPerson(ctx context.Context, tx *sql.Tx, person string, by *auth.Actor) error
}

// members is who is in an organization; the organization noun provides it.
type members interface {
	MembersOf(ctx context.Context, q db.Querier, org string, roles ...auth.Role) ([]string, error)
}
