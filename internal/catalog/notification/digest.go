package notification

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"strings"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/i18n"
	"ouvert/internal/kernel/mail"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/ref"
)

// Post writes to people; the user noun provides it.
type Post interface {
	// Tell puts a letter to a person, in their language, into the outbox.
	// Nothing is written to who is gone or has never confirmed their address.
	Tell(ctx context.Context, tx *sql.Tx, person string, letter func(l i18n.Lang) mail.Letter) error
}

// Mailing says how notifications go out by mail.
type Mailing struct {
	Post Post
	// Every is how often a person gets a letter at most; 0 sends none.
	Every time.Duration
	// Secret keys the links by which a person ends them.
	Secret string
}

// SetMailing tells how notifications go out by mail; without, they don't.
func (s *Service) SetMailing(m Mailing) { s.mailing = m }

const (
	// digestLines is how many notifications a letter names; of more it says how
	// many they are.
	digestLines = 20
	// digestPeople is how many people are looked for at a time.
	digestPeople = 200
	// digestAge is how old news may be: who starts to send mails after a year
	// without, or reads the log anew, does not write of the year.
	digestAge = 30 * 24 * time.Hour
	// digestTitle bounds, in characters, what a letter shows of a title.
	digestTitle = 150
)

// Digest writes a letter to each person who was told something since their last
// one, with all that they have not read or handled yet and may still see: at
// once to who has had none for the interval, and then as often as that at most.
// What a letter names is marked in the transaction that puts it into the
// outbox, so that nothing is told twice, or never. A letter that can't be
// written is logged, and keeps nobody else from theirs. It returns how many
// people were looked at.
func (s *Service) Digest(ctx context.Context) (people int, err error) {
	if s.mailing.Post == nil || s.mailing.Every <= 0 {
		return 0, nil
	}
	s.upToDate(ctx)
	for after := ""; ; {
		now := s.clock()
		list, err := db.Strings(ctx, s.db.Read(), `SELECT DISTINCT n.person FROM notification n
			LEFT JOIN notification_mail m ON m.person = n.person
			WHERE n.mailed_at IS NULL AND n.person > $1 AND (m.digest_at IS NULL OR m.digest_at <= $2) ORDER BY n.person LIMIT $3`,
			after, now.Add(-s.mailing.Every).UnixMicro(), digestPeople)
		if err != nil || len(list) == 0 {
			return people, err
		}
		for _, person := range list {
			if err := s.digestOf(ctx, person, now); ctx.Err() != nil {
				return people, ctx.Err()
			} else if err != nil {
				slog.ErrorContext(ctx, "a mail about notifications could not be written", "person", person, "error", err)
			}
			people++
		}
		after = list[len(list)-1]
	}
}

func (s *Service) digestOf(ctx context.Context, person string, now time.Time) error {
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		var off bool
		var last time.Time
		err := tx.QueryRowContext(ctx, "SELECT off, digest_at FROM notification_mail WHERE person = $1", person).Scan(&off, db.Time{T: &last})
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if !last.IsZero() && last.After(now.Add(-s.mailing.Every)) {
			return nil // another node was faster
		}
		list, err := load(ctx, tx, "SELECT "+columns+` FROM notification n
			WHERE n.person = $1 AND n.mailed_at IS NULL AND n.handled_at IS NULL AND n.created_at > $2 ORDER BY n.created_at DESC, n.id DESC`,
			person, now.Add(-digestAge).UnixMicro())
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE notification SET mailed_at = $1 WHERE person = $2 AND mailed_at IS NULL", now.UnixMicro(), person); err != nil {
			return err
		}
		if off {
			return nil
		}
		list, objects, err := s.visible(ctx, tx, person, list)
		if err != nil || len(list) == 0 {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO notification_mail (person, off, digest_at) VALUES ($1, $2, $3)
			ON CONFLICT (person) DO UPDATE SET digest_at = excluded.digest_at`, person, false, now.UnixMicro())
		if err != nil {
			return err
		}
		return s.mailing.Post.Tell(ctx, tx, person, func(l i18n.Lang) mail.Letter { return s.letter(l, person, list, objects) })
	})
}

// letter is what a person is told of notifications.
func (s *Service) letter(l i18n.Lang, person string, list []*Notification, objects map[ref.Ref]ref.Object) mail.Letter {
	letter := mail.Letter{
		Lang: string(l), Subject: l.T("What is new for you"), Label: l.T("See all notifications"), Link: s.links.Site + "/notifications",
		Unsubscribe: s.MailsPage(person) + "?lang=" + string(l),
	}
	for i, n := range list {
		if i == digestLines {
			letter.Paragraphs = append(letter.Paragraphs, l.T("And %d more.", len(list)-digestLines))
			break
		}
		letter.Paragraphs = append(letter.Paragraphs, n.line(l, objects))
	}
	letter.After = []string{l.T("If you want no more mails like this: %s", letter.Unsubscribe)}
	return letter
}

// line says in a sentence, and with a page, what a notification is about.
func (n *Notification) line(l i18n.Lang, objects map[ref.Ref]ref.Object) string {
	// On one line, so that a title can't look like the rest of the letter.
	title := func(name string) string {
		return patch.Clip(strings.Join(strings.Fields(objects[n.Objects[name]].Title), " "), digestTitle)
	}
	at := func(sentence, name string) string {
		if page := objects[n.Objects[name]].Page; page != "" {
			return sentence + "\n" + page
		}
		return sentence
	}
	switch n.Kind {
	case ReuseCreated:
		return at(l.T("“%s” reuses your dataset “%s”.", title("reuse"), title("dataset")), "reuse")
	case DataserviceCreated:
		return at(l.T("The dataservice “%s” serves your dataset “%s”.", title("dataservice"), title("dataset")), "dataservice")
	case Discussion:
		switch n.Doc.Values["status"] {
		case "new_comment":
			return at(l.T("A new comment in the discussion “%s”.", title("discussion")), "discussion")
		case "closed":
			return at(l.T("The discussion “%s” was closed.", title("discussion")), "discussion")
		}
		return at(l.T("A new discussion: “%s”.", title("discussion")), "discussion")
	case TransferRequest:
		return at(l.T("“%s” is offered to you: accept or refuse.", title("transfer_subject")), "transfer_subject")
	case NewBadge:
		return at(l.T("“%s” has a new badge.", title("organization")), "organization")
	case MembershipRequest:
		if n.Doc.Values["kind"] == "invitation" {
			return at(l.T("You are invited to join “%s”.", title("request_organization")), "request_organization")
		}
		return at(l.T("%s asks to join “%s”.", title("request_user"), title("request_organization")), "request_organization")
	case MembershipAccepted:
		return at(l.T("You are a member of “%s” now.", title("organization")), "organization")
	case MembershipRefused:
		return at(l.T("Your request to join “%s” was refused.", title("organization")), "organization")
	}
	return l.T("Something new for you.")
}

func (s *Service) mailsKey(person string) string {
	return auth.HashToken(s.mailing.Secret, "notification mails\x00"+person)
}

// MailsPage is the address of the page where a person, signed in or not, ends
// mails about notifications. Who knows it may do that, and nothing else.
func (s *Service) MailsPage(person string) string {
	return s.links.API + "/api/1/notifications/mails/" + person + "/" + s.mailsKey(person) + "/"
}

// RunDigests writes letters until the context ends.
func (s *Service) RunDigests(ctx context.Context) {
	t := time.NewTicker(time.Minute)
	defer t.Stop()
	for {
		if _, err := s.Digest(ctx); err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "mails about notifications could not be written", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// InsertWithoutMails writes down that people, none of whom was written of here
// before, want no mails: for made-up catalogues.
func InsertWithoutMails(ctx context.Context, tx *sql.Tx, people []string) error {
	rows := make([][]any, len(people))
	for i, p := range people {
		rows[i] = []any{p, true}
	}
	return db.InsertMany(ctx, tx, "notification_mail (person, off)", rows, "")
}
