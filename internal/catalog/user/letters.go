package user

import (
	"context"
	"database/sql"
	"net/http"

	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/i18n"
	"ouvert/internal/kernel/mail"
)

// Outbox sends letters; kernel/mail's is one.
type Outbox interface {
	Put(ctx context.Context, tx *sql.Tx, m mail.Message) error
	Wake()
}

// write puts a letter to an address into the outbox, in the transaction of
// what it tells of.
func (s *Service) write(ctx context.Context, tx *sql.Tx, address string, l mail.Letter) error {
	if s.config.Outbox == nil {
		return nil
	}
	l.Portal, l.Site = s.config.Title, s.links.Site
	m, err := l.To(address)
	if err != nil {
		return err
	}
	return s.config.Outbox.Put(ctx, tx, m)
}

// Tell puts a letter to a person, in their language or else the portal's, into
// the outbox. Nothing is written to who is gone, may not sign in or has never
// confirmed their address.
func (s *Service) Tell(ctx context.Context, tx *sql.Tx, person string, letter func(l i18n.Lang) mail.Letter) error {
	u, err := byID(ctx, tx, person)
	if errs.Is(err, http.StatusNotFound) {
		return nil
	}
	if err != nil || !u.Active || !u.Deleted.IsZero() || u.ConfirmedAt.IsZero() {
		return err
	}
	return s.write(ctx, tx, u.Email, letter(u.lang(s.ownLang())))
}

// sent has the letters sent that were written.
func (s *Service) sent() {
	if s.config.Outbox != nil {
		s.config.Outbox.Wake()
	}
}

// lang is the language of a person's letters: theirs, or that of who asks.
func (u *User) lang(asked i18n.Lang) i18n.Lang {
	if l := i18n.Parse(u.Lang); l != "" {
		return l
	}
	return asked
}

const ignore = "If it was not you who asked for this, do nothing: nothing will change."

func (s *Service) confirmLetter(u *User, lang i18n.Lang, token string) mail.Letter {
	l := u.lang(lang)
	return mail.Letter{
		Lang: string(l), Subject: l.T("Confirm your e-mail address"),
		Paragraphs: []string{l.T("Hello %s,", u.FullName()), l.T("Please confirm that this is your e-mail address, so that you can sign in.")},
		Label:      l.T("Confirm my address"), Link: s.links.API + "/confirm/" + token + "/",
		After: []string{l.T("The link works for %d days.", days(toConfirm)), l.T(ignore)},
	}
}

func (s *Service) existsLetter(u *User, lang i18n.Lang) mail.Letter {
	l := u.lang(lang)
	return mail.Letter{
		Lang: string(l), Subject: l.T("You already have an account"),
		Paragraphs: []string{
			l.T("Hello %s,", u.FullName()),
			l.T("Somebody – you, perhaps – asked for an account with this e-mail address. There is one already."),
			l.T("If you forgot your password, ask for a new one."),
		},
		Label: l.T("Ask for a new password"), Link: s.links.Site + "/reset", After: []string{l.T(ignore)},
	}
}

func (s *Service) resetLetter(u *User, lang i18n.Lang, token string) mail.Letter {
	l := u.lang(lang)
	return mail.Letter{
		Lang: string(l), Subject: l.T("Choose a new password"),
		Paragraphs: []string{l.T("Hello %s,", u.FullName()), l.T("Somebody – you, perhaps – asked for a new password for your account.")},
		Label:      l.T("Choose a new password"), Link: s.links.Site + "/reset/" + token,
		After: []string{l.T("The link works for %d hours, and once.", int(toReset.life.Hours())), l.T(ignore)},
	}
}

func (s *Service) passwordLetter(u *User, lang i18n.Lang) mail.Letter {
	l := u.lang(lang)
	return mail.Letter{
		Lang: string(l), Subject: l.T("Your password was changed"),
		Paragraphs: []string{
			l.T("Hello %s,", u.FullName()),
			l.T("The password of your account was changed, and all other devices were signed out."),
			l.T("If it was not you, ask for a new password at once."),
		},
		Label: l.T("Ask for a new password"), Link: s.links.Site + "/reset",
	}
}

func (s *Service) moveLetter(u *User, lang i18n.Lang, token string) mail.Letter {
	l := u.lang(lang)
	return mail.Letter{
		Lang: string(l), Subject: l.T("Confirm your new e-mail address"),
		Paragraphs: []string{l.T("Hello %s,", u.FullName()), l.T("Please confirm that your account is to have this e-mail address from now on.")},
		Label:      l.T("Confirm my address"), Link: s.links.API + "/confirm-change-email/" + token + "/",
		After: []string{l.T("The link works for %d hours, and once.", int(toMove.life.Hours())), l.T(ignore)},
	}
}

func (s *Service) movedLetter(u *User, lang i18n.Lang) mail.Letter {
	l := u.lang(lang)
	return mail.Letter{
		Lang: string(l), Subject: l.T("Your e-mail address was changed"),
		Paragraphs: []string{
			l.T("Hello %s,", u.FullName()),
			l.T("Your account has another e-mail address now; this one is no longer in use."),
			l.T("If it was not you, tell those who run this portal at once."),
		},
	}
}

func (s *Service) goneLetter(u *User, lang i18n.Lang) mail.Letter {
	l := u.lang(lang)
	return mail.Letter{
		Lang: string(l), Subject: l.T("Your account was deleted"),
		Paragraphs: []string{
			l.T("Hello %s,", u.FullName()),
			l.T("Your account was deleted, and with it what was known of you. What you published stays, without your name."),
		},
	}
}

func days(p purpose) int { return int(p.life.Hours()) / 24 }
