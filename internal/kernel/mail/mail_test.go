package mail

import (
	"context"
	"database/sql"
	"errors"
	"io"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gomail "github.com/wneessen/go-mail"

	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
)

var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

var sample = Letter{
	Lang: "fr", Portal: "Données <ouvertes>", Site: "https://www.example.org", Subject: "Bienvenue\nBcc: x@example.org",
	Paragraphs: []string{"Bonjour <b>Zoé</b>,"}, Label: "Par ici", Link: "https://www.example.org/x?a=1&b=2", After: []string{"Merci."},
}

// broken is a mail server that takes messages after so many that it refused.
type broken struct{ refuse, taken int }

func (b *broken) Send(context.Context, *gomail.Msg) error {
	if b.refuse > 0 {
		b.refuse--
		return errors.New("try again later")
	}
	b.taken++
	return nil
}

func put(t *testing.T, d *db.DB, o *Outbox) {
	t.Helper()
	m, err := sample.To("zoe@example.org")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Write(t.Context(), func(tx *sql.Tx) error { return o.Put(t.Context(), tx, m) }); err != nil {
		t.Fatal(err)
	}
}

func TestFolder(t *testing.T) {
	d, dir := dbtest.SQLite(t), filepath.Join(t.TempDir(), "mail")
	o, err := NewOutbox(d, clock.Fixed(now), Folder{dir}, "Portail <data@example.org>")
	if err != nil {
		t.Fatal(err)
	}
	put(t, d, o)
	if n, err := o.Send(t.Context()); n != 1 || err != nil {
		t.Fatalf("%d were sent, %v", n, err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 || !strings.HasSuffix(files[0].Name(), ".eml") {
		t.Fatalf("the folder holds %v, %v", files, err)
	}
	f, err := os.Open(filepath.Join(dir, files[0].Name()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v, %v", info.Mode(), err)
	}
	m, err := netmail.ReadMessage(f)
	if err != nil {
		t.Fatal(err)
	}
	if m.Header.Get("Bcc") != "" || !strings.Contains(m.Header.Get("To"), "zoe@example.org") || m.Header.Get("Auto-Submitted") == "" ||
		!strings.HasSuffix(m.Header.Get("Message-Id"), "@example.org>") {
		t.Errorf("the header is %v", m.Header)
	}
	body, err := io.ReadAll(m.Body)
	if err != nil || !strings.Contains(string(body), "text/html") || !strings.Contains(string(body), "text/plain") {
		t.Errorf("the body is %s, %v", body, err)
	}
}

func TestLetter(t *testing.T) {
	m, err := sample.To("zoe@example.org")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Bonjour &lt;b&gt;Zoé&lt;/b&gt;", `href="https://www.example.org/x?a=1&amp;b=2"`, "Données &lt;ouvertes&gt;", `lang="fr"`} {
		if !strings.Contains(m.HTML, want) {
			t.Errorf("the HTML lacks %s: %s", want, m.HTML)
		}
	}
	for _, want := range []string{"Bonjour <b>Zoé</b>,", "\nhttps://www.example.org/x?a=1&b=2\n", "Merci."} {
		if !strings.Contains(m.Text, want) {
			t.Errorf("the text lacks %s: %s", want, m.Text)
		}
	}
}

func TestOutboxTriesAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		at := now
		server := &broken{refuse: 2}
		o, err := NewOutbox(d, func() time.Time { return at }, server, "data@example.org")
		if err != nil {
			t.Fatal(err)
		}
		send := func(want int) {
			t.Helper()
			if n, err := o.Send(t.Context()); n != want || err != nil {
				t.Errorf("want %d sent, got %d, %v", want, n, err)
			}
		}
		put(t, d, o)
		send(0)
		send(0)
		if server.refuse != 1 {
			t.Error("it was tried again at once")
		}
		at = at.Add(time.Minute)
		send(0)
		at = at.Add(2 * time.Minute)
		send(1)
		send(0)
		// What nobody takes for a day is given up.
		server.refuse = 1000
		put(t, d, o)
		start := at
		for range 2 * maxTries {
			send(0)
			at = at.Add(4 * time.Hour)
		}
		var left int
		if err := d.Read().QueryRowContext(t.Context(), "SELECT count(*) FROM outbox").Scan(&left); err != nil || left != 0 || 1000-server.refuse != maxTries {
			t.Errorf("%d left after %v and %d tries, %v", left, at.Sub(start), 1000-server.refuse, err)
		}
	})
}

func TestParseSMTP(t *testing.T) {
	for _, good := range []string{"smtp://localhost:1025", "smtps://me:p%40ss@mail.example.org", "smtp://me:pw@mail.example.org:2525", "smtp://mail.example.org?tls=none"} {
		if _, err := ParseSMTP(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "mail.example.org", "http://mail.example.org", "smtp://", "smtp://x:99999", "smtp://x?tls=maybe", "smtp://u:secret@"} {
		if _, err := ParseSMTP(bad); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
