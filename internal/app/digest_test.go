package app_test

import (
	"database/sql"
	"strings"
	"sync"
	"testing"
	"time"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
	"ouvert/internal/catalog/organization"
	"ouvert/internal/catalog/user"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/mail"
	"ouvert/internal/kernel/ref"
)

// onPost runs the test on a portal that mails every hour, after the letter
// about the stage's own reuse.
func onPost(t *testing.T, f func(t *testing.T, s *stage)) {
	t.Helper()
	run := func(t *testing.T, c app.Config) {
		t.Helper()
		c.DigestEvery = time.Hour
		s := newStage(t, apptest.New(t, c))
		s.digest(t)
		letters(t, s.Portal)
		s.Pass(2 * time.Hour)
		f(t, s)
	}
	t.Run("sqlite", func(t *testing.T) { run(t, app.Config{}) })
	t.Run("postgresql", func(t *testing.T) { run(t, app.Config{Database: dbtest.PostgreSQLAddress(t)}) })
}

func (s *stage) digest(t *testing.T) {
	t.Helper()
	if _, err := s.Notifications.Digest(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// written writes the digests and returns the letters, by whom they are for.
func (s *stage) written(t *testing.T) map[string]mail.Message {
	t.Helper()
	s.digest(t)
	out := map[string]mail.Message{}
	for _, m := range letters(t, s.Portal) {
		name, _, _ := strings.Cut(m.To, "@")
		if _, twice := out[name]; twice {
			t.Errorf("two letters to %s", m.To)
		}
		out[name] = m
	}
	return out
}

// wantWritten holds to whom letters go, "adam olga" in alphabetical order.
func (s *stage) wantWritten(t *testing.T, want string) map[string]mail.Message {
	t.Helper()
	got := s.written(t)
	var names []string
	for _, name := range []string{"adam", "edith", "olga", "paul", "root", "sven"} {
		if _, ok := got[name]; ok {
			names = append(names, name)
		}
	}
	if strings.Join(names, " ") != want {
		t.Fatalf("letters to %v, want %s", names, want)
	}
	return got
}

func TestNewsComeByMail(t *testing.T) {
	onPost(t, func(t *testing.T, s *stage) {
		s.wantWritten(t, "") // what was told is not told again
		if _, err := exec(t, s, "UPDATE person SET lang = 'fr' WHERE id = '"+s.owner.ID+"'"); err != nil {
			t.Fatal(err)
		}
		s.Want(201, s.stranger, "POST", "/api/1/discussions/", map[string]any{
			"title": "<b>Faux</b>\nhttps://evil.example", "comment": "Quoi ?", "subject": subjectOf("Reuse", s.reuse),
		})
		s.joins(t, "requested", s.stranger, "request")
		got := s.wantWritten(t, "adam olga")
		m := got["olga"]
		if m.Subject != "Du nouveau pour vous" || !strings.Contains(m.Text, "Une nouvelle discussion : « <b>Faux</b> https://evil.example ».\nhttps://www.example.org/reuses/carte/discussions") {
			t.Errorf("the letter in French: %s\n%s", m.Subject, m.Text)
		}
		if !strings.Contains(m.HTML, "&lt;b&gt;Faux&lt;/b&gt;") || strings.Contains(m.HTML, "<b>") || !strings.Contains(m.HTML, `lang="fr"`) {
			t.Errorf("the letter's HTML: %s", m.HTML)
		}
		if !strings.Contains(m.Text, m.Unsubscribe) || m.Unsubscribe != s.Notifications.MailsPage(s.owner.ID)+"?lang=fr" {
			t.Errorf("how to end mails: %q in %s", m.Unsubscribe, m.Text)
		}
		if m := got["adam"]; m.Subject != "What is new for you" || !strings.Contains(m.Text, "Sven Test asks to join “Service”.") {
			t.Errorf("the letter in English: %s\n%s", m.Subject, m.Text)
		}

		// The next comes after an hour, with what is not read by then.
		path := s.open(s.stranger, "Reuse", s.reuse)
		s.wantWritten(t, "")
		s.Want(200, s.stranger, "POST", path, map[string]any{"comment": "Allô ?"})
		s.Pass(time.Hour)
		for _, n := range s.Want(200, s.owner, "GET", "/api/1/notifications/?handled=false", nil).Get("data").([]any) {
			if apptest.At(n, "details.status") == "new_discussion" {
				s.Want(200, s.owner, "POST", "/api/1/notifications/"+apptest.At(n, "id").(string)+"/read/", nil)
			}
		}
		if m := s.wantWritten(t, "olga")["olga"]; !strings.Contains(m.Text, "Un nouveau commentaire") || strings.Contains(m.Text, "Une nouvelle discussion") {
			t.Errorf("the next letter: %s", m.Text)
		}
		s.Pass(2 * time.Hour)
		s.wantWritten(t, "")
	})
}

func TestNoMailOfWhatIsNoLongerTheirs(t *testing.T) {
	onPost(t, func(t *testing.T, s *stage) {
		private := func(yes bool) {
			s.Want(200, s.owner, "PUT", "/api/1/reuses/"+s.reuse+"/", map[string]any{"private": yes})
		}
		// The stranger has spoken of a reuse that is private by now; its owner
		// may read of it.
		path := s.open(s.stranger, "Reuse", s.reuse)
		s.Want(200, s.owner, "POST", path, map[string]any{"comment": "Voilà"})
		s.open(s.editor, "Reuse", s.reuse)
		private(true)
		s.wantWritten(t, "olga")
		private(false)
		s.Pass(2 * time.Hour)
		s.wantWritten(t, "") // it is old news

		// A reuse that is gone, and a dataset of an organization that one left.
		body := minimal("Plan", "https://www.example.com/plan")
		body["datasets"] = []string{stageDataset}
		plan := s.Want(201, s.owner, "POST", "/api/1/reuses/", body).Get("id").(string)
		s.wantTold(t, s.admin, "ReuseCreated ReuseCreated")
		s.joins(t, "requested", s.stranger, "request")
		s.wantTold(t, s.admin, "MembershipRequest ReuseCreated ReuseCreated")
		members := func(list ...organization.Member) {
			err := s.DB.Write(t.Context(), func(tx *sql.Tx) error {
				return s.Organizations.Import(t.Context(), tx, &organization.Organization{
					ID: stageOrg, Slug: "service", Name: "Service", CreatedAt: apptest.Start, LastModified: apptest.Start, Members: list,
				})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		members(organization.Member{Person: s.editor.ID, Role: auth.Admin})
		s.wantWritten(t, "")
		members(organization.Member{Person: s.admin.ID, Role: auth.Admin})
		body = minimal("Autre", "https://www.example.com/autre")
		body["datasets"] = []string{stageDataset}
		s.Want(201, s.owner, "POST", "/api/1/reuses/", body)
		s.wantTold(t, s.admin, "ReuseCreated MembershipRequest ReuseCreated ReuseCreated")
		s.Want(200, s.owner, "PUT", "/api/1/reuses/"+plan+"/", map[string]any{"title": "Plan deux"})
		if m := s.wantWritten(t, "adam")["adam"]; !strings.Contains(m.Text, "“Autre” reuses your dataset “Budget”.") || strings.Contains(m.Text, "Plan") {
			t.Errorf("the letter: %s", m.Text)
		}
	})
}

func TestMailsToWhoCanReadThem(t *testing.T) {
	onPost(t, func(t *testing.T, s *stage) {
		err := s.DB.Write(t.Context(), func(tx *sql.Tx) error {
			return s.Users.Import(t.Context(), tx, &user.User{
				ID: "5e0000000000000000000009", Slug: "un", FirstName: "Un", LastName: "Sure", Email: "edith2@example.org", Active: true, CreatedAt: apptest.Start,
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		s.joins(t, "requested", apptest.Person{ID: "5e0000000000000000000009"}, "invitation")
		s.open(s.stranger, "Reuse", s.reuse)
		s.Want(204, s.owner, "DELETE", "/api/1/me/", nil)
		s.digest(t)
		for _, m := range letters(t, s.Portal) {
			if m.Subject == "What is new for you" {
				t.Errorf("a letter to %s", m.To)
			}
		}
	})
}

func TestALongLetter(t *testing.T) {
	onPost(t, func(t *testing.T, s *stage) {
		for range 500 {
			s.happens(t, event.Event{
				Key: "organization:badge:added", Subject: ref.Ref{Class: ref.Organization, ID: stageOrg}, Extras: []byte(`{"kind":"certified"}`),
			})
		}
		m := s.wantWritten(t, "adam edith paul")["paul"]
		if n := strings.Count(m.Text, "has a new badge"); n != 20 || !strings.Contains(m.Text, "And 480 more.") {
			t.Errorf("%d lines in %s", n, m.Text)
		}
		// What is older than a month is not told by mail.
		s.joins(t, "requested", s.stranger, "request")
		s.wantTold(t, s.stranger, "")
		s.Pass(31 * 24 * time.Hour)
		s.wantWritten(t, "")
	})
}

// Two nodes that write at the same time write one letter, and a letter that
// could not be written is written the next time.
func TestOneLetterOfTwoNodes(t *testing.T) {
	onPost(t, func(t *testing.T, s *stage) {
		other, err := app.Open(t.Context(), s.Config, s.Now)
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		s.open(s.stranger, "Reuse", s.reuse)
		s.wantTold(t, s.owner, "Discussion:new_discussion")

		// The node is killed between marking and the end of the transaction.
		if _, err := exec(t, s, "ALTER TABLE outbox RENAME TO away"); err != nil {
			t.Fatal(err)
		}
		s.digest(t)
		if _, err := exec(t, s, "ALTER TABLE away RENAME TO outbox"); err != nil {
			t.Fatal(err)
		}
		var both sync.WaitGroup
		for range 4 {
			for _, a := range []*app.App{s.App, other} {
				both.Go(func() {
					if _, err := a.Notifications.Digest(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
		}
		both.Wait()
		if m := letter(t, s.Portal, "olga@example.org"); !strings.Contains(m.Text, "Une question") {
			t.Errorf("the letter: %s", m.Text)
		}
	})
}

func exec(t *testing.T, s *stage, query string) (res sql.Result, err error) {
	t.Helper()
	err = s.DB.Write(t.Context(), func(tx *sql.Tx) (err error) {
		res, err = tx.ExecContext(t.Context(), query)
		return err
	})
	return res, err
}

func TestEndingMails(t *testing.T) {
	onPost(t, func(t *testing.T, s *stage) {
		page := strings.TrimPrefix(s.Notifications.MailsPage(s.owner.ID), "http://portal.test")
		s.open(s.stranger, "Reuse", s.reuse)
		// Reading the page changes nothing; a mail program's click does, as
		// RFC 8058 has it.
		a := s.Want(200, nobody, "GET", page+"?lang=fr", nil)
		if !strings.Contains(a.Text, "Vous recevez des courriels") || !strings.Contains(a.Text, `<form method="post" action="?lang=fr&amp;mails=off">`) {
			t.Errorf("the page: %s", a.Text)
		}
		if a.Header.Get("Referrer-Policy") != "same-origin" || a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("the page's header: %v", a.Header)
		}
		s.wantWritten(t, "olga")
		s.Pass(2 * time.Hour)
		s.open(s.stranger, "Reuse", s.reuse)
		a = s.Want(200, nobody, "POST", page, "List-Unsubscribe=One-Click", "Content-Type", "application/x-www-form-urlencoded")
		if !strings.Contains(a.Text, "You get no mails") || !strings.Contains(a.Text, "mails=on") {
			t.Errorf("the page: %s", a.Text)
		}
		s.wantWritten(t, "")
		s.Want(400, nobody, "POST", page+"?mails=maybe", nil)
		s.Want(200, nobody, "POST", page+"?mails=on", nil)
		s.wantWritten(t, "") // what came in between is in the list, not in a letter
		s.open(s.stranger, "Reuse", s.reuse)
		s.wantWritten(t, "olga")

		// The key is the person's alone.
		_, key, _ := strings.Cut(page, s.owner.ID+"/")
		for _, path := range []string{s.admin.ID + "/" + key, s.owner.ID + "/" + strings.Repeat("0", 64) + "/", s.owner.ID + "/x/", "x/" + key} {
			for _, method := range []string{"GET", "POST"} {
				s.Want(404, nobody, method, "/api/1/notifications/mails/"+path, nil)
			}
		}
		s.Want(204, s.owner, "DELETE", "/api/1/me/", nil)
		s.told(s.admin) // reads the log
		var left int
		if err := s.DB.Read().QueryRowContext(t.Context(), "SELECT count(*) FROM notification_mail WHERE person = $1", s.owner.ID).Scan(&left); err != nil || left != 0 {
			t.Errorf("%d rows of who is gone: %v", left, err)
		}
		s.Want(404, nobody, "POST", page, nil)
	})
}

// A portal that sends no mails sends none, and does not make up for it later.
func TestNoMails(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		s.wantWritten(t, "")
		if n, err := s.Notifications.Digest(t.Context()); n != 0 || err != nil {
			t.Errorf("looked at %d people: %v", n, err)
		}
	})
}
