package app_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"ouvert/internal/app/apptest"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/mail"
)

// letters takes what is in the outbox, the oldest first.
func letters(t *testing.T, p *apptest.Portal) []mail.Message {
	t.Helper()
	texts, err := db.Strings(t.Context(), p.DB.Read(), "SELECT message FROM outbox ORDER BY due_at, id")
	if err != nil {
		t.Fatal(err)
	}
	list := make([]mail.Message, len(texts))
	for i, text := range texts {
		if err := json.Unmarshal([]byte(text), &list[i]); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := p.Outbox.Send(t.Context()); err != nil || n != len(list) {
		t.Fatalf("%d of %d letters were sent: %v", n, len(list), err)
	}
	return list
}

// letter takes the only letter, which must be to the given address.
func letter(t *testing.T, p *apptest.Portal, to string) mail.Message {
	t.Helper()
	list := letters(t, p)
	if len(list) != 1 || list[0].To != to {
		t.Fatalf("want one letter to %s, got %+v", to, list)
	}
	return list[0]
}

var linkIn = regexp.MustCompile(`(?m)^(https?://\S+)$`)

// link returns the path of a letter's button.
func link(t *testing.T, m mail.Message) string {
	t.Helper()
	found := linkIn.FindString(m.Text)
	if found == "" || !strings.Contains(m.HTML, found) {
		t.Fatalf("no link in %s", m.Text)
	}
	return "/" + strings.SplitN(found, "/", 4)[3]
}

func account(email string) map[string]any {
	return map[string]any{
		"email": email, "password": secret, "password_confirm": secret, "first_name": "Zoé", "last_name": "Martin", "accept_conditions": true,
	}
}

func TestRegistering(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		b := newBrowser(t, p)
		for field, bad := range map[string]any{
			"email": "x", "password": "short", "password_confirm": "other", "first_name": "http://spam.example", "last_name": "", "accept_conditions": false,
		} {
			body := account("zoe@example.org")
			body[field] = bad
			if a := b.post(400, "/register/", body); a.Get("response.field_errors."+field+".0") == nil {
				t.Errorf("%s: %s", field, a.Text)
			}
		}
		first := b.post(200, "/register/?lang=fr", account("Zoe@example.org"))
		m := letter(t, p, "zoe@example.org")
		if !strings.Contains(m.Text, "Bonjour Zoé Martin") || m.Subject == "Confirm your e-mail address" {
			t.Errorf("the letter is not in French: %s", m.Text)
		}
		b.signIn(400, "zoe@example.org", secret) // not yet
		// Again, before the address is confirmed: the letter, with another link.
		again := b.post(200, "/register/", account("zoe@example.org"))
		if again.Text != first.Text {
			t.Errorf("the answers differ: %s, %s", first.Text, again.Text)
		}
		old, fresh := link(t, m), link(t, letter(t, p, "zoe@example.org"))
		if a := b.send(302, "GET", old, nil); a.Header.Get("Location") != "https://www.example.org/?flash=confirm_error" {
			t.Errorf("the old link leads to %s", a.Header.Get("Location"))
		}
		b.send(400, "POST", old, nil)
		if a := b.send(302, "GET", fresh, nil); a.Header.Get("Location") != "https://www.example.org/?flash=post_confirm" {
			t.Errorf("the link leads to %s", a.Header.Get("Location"))
		}
		b.send(400, "POST", fresh, nil) // works once
		b.signIn(200, "zoe@example.org", secret)
		if got := b.send(200, "GET", "/api/1/me/", nil); got.Get("slug") != "zoe-martin" {
			t.Errorf("the account is %s", got.Text)
		}
		// Once more: the same answer, and its owner hears of it.
		if a := b.post(200, "/register/", account("zoe@example.org")); a.Text != first.Text {
			t.Errorf("the answer tells that there is an account: %s", a.Text)
		}
		if m := letter(t, p, "zoe@example.org"); !strings.Contains(m.Subject, "déjà") {
			t.Errorf("the letter is %q", m.Subject)
		}
	})
}

func TestForgottenPassword(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		ada := member(t, p, "Ada", false)
		b, thief := newBrowser(t, p), newBrowser(t, p)
		thief.signIn(200, "ada@example.org", secret)
		known := b.post(200, "/reset/", map[string]any{"email": "ADA@example.org"})
		m := letter(t, p, "ada@example.org")
		if a := b.post(200, "/reset/", map[string]any{"email": "nobody@example.org"}); a.Text != known.Text || len(letters(t, p)) != 0 {
			t.Errorf("an unknown address: %s", a.Text)
		}
		path := link(t, m)
		b.post(400, path, map[string]any{"password": "short"})
		b.post(400, path, map[string]any{"password": "New-Passw0rd", "password_confirm": "x"})
		b.post(400, "/reset/"+strings.Repeat("A", 43), map[string]any{"password": "New-Passw0rd"})
		b.post(200, path, map[string]any{"password": "New-Passw0rd", "password_confirm": "New-Passw0rd"})
		letter(t, p, "ada@example.org") // it was changed
		b.post(400, path, map[string]any{"password": "Other-Passw0rd"})
		thief.send(401, "GET", "/api/1/me/", nil)
		b.signIn(400, "ada@example.org", secret)
		b.signIn(200, "ada@example.org", "New-Passw0rd")
		b.post(200, "/reset/", map[string]any{"email": "ada@example.org"})
		path = link(t, letter(t, p, "ada@example.org"))
		p.Pass(25 * time.Hour)
		b.post(400, path, map[string]any{"password": "Other-Passw0rd"})
		// A link to an address that is no longer the person's is worth nothing.
		b.post(200, "/reset/", map[string]any{"email": "ada@example.org"})
		path = link(t, letter(t, p, "ada@example.org"))
		p.Want(200, ada, "PUT", "/api/1/me/", map[string]any{"email": "new@example.org"})
		letter(t, p, "ada@example.org") // the old address is told
		b.post(400, path, map[string]any{"password": "Other-Passw0rd"})
		for range 4 {
			b.post(200, "/reset/", map[string]any{"email": "flood@example.org"})
		}
		b.post(200, "/reset/", map[string]any{"email": "flood@example.org"})
		b.post(http.StatusTooManyRequests, "/reset/", map[string]any{"email": "flood@example.org"})
	})
}

func TestChangingThePassword(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		member(t, p, "Ada", false)
		b, other := newBrowser(t, p), newBrowser(t, p)
		body := map[string]any{"password": secret, "new_password": "New-Passw0rd", "new_password_confirm": "New-Passw0rd"}
		b.post(401, "/change/", body)
		b.signIn(200, "ada@example.org", secret)
		other.signIn(200, "ada@example.org", secret)
		for _, c := range []map[string]any{
			{"password": "wrong", "new_password": "New-Passw0rd"},
			{"new_password": "New-Passw0rd"},
			{"password": secret, "new_password": "short"},
			{"password": secret, "new_password": secret},
			{"password": secret, "new_password": "New-Passw0rd", "new_password_confirm": "x"},
		} {
			b.post(400, "/change/", c)
		}
		before := b.cookie
		b.post(200, "/change/", body)
		if b.cookie == before {
			t.Error("the session is the same as before")
		}
		b.send(200, "GET", "/api/1/me/", nil)
		other.send(401, "GET", "/api/1/me/", nil)
		letter(t, p, "ada@example.org")
		other.signIn(200, "ada@example.org", "New-Passw0rd")
	})
}

func TestChangingTheAddress(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		member(t, p, "Ada", false)
		member(t, p, "Max", false)
		b := newBrowser(t, p)
		b.post(401, "/change-email", map[string]any{"new_email": "new@example.org"})
		b.signIn(200, "ada@example.org", secret)
		b.post(400, "/change-email", map[string]any{"new_email": "new@example.org", "new_email_verify": "x@example.org"})
		taken := b.post(200, "/change-email", map[string]any{"new_email": "max@example.org"})
		letter(t, p, "max@example.org") // somebody wants your address
		free := b.post(200, "/change-email", map[string]any{"new_email": "new@example.org", "new_email_verify": "New@example.org"})
		if taken.Text != free.Text {
			t.Errorf("the answers differ: %s, %s", taken.Text, free.Text)
		}
		path := link(t, letter(t, p, "new@example.org"))
		if got := b.send(200, "GET", "/api/1/me/", nil); got.Get("email") != "ada@example.org" {
			t.Errorf("changed before it was confirmed: %s", got.Text)
		}
		if a := b.send(302, "GET", path, nil); a.Header.Get("Location") != "https://www.example.org/?flash=change_email_confirmed" {
			t.Errorf("the link leads to %s", a.Header.Get("Location"))
		}
		letter(t, p, "ada@example.org")
		b.signIn(200, "new@example.org", secret)
		if a := b.send(302, "GET", path, nil); a.Header.Get("Location") != "https://www.example.org/?flash=change_email_invalid" {
			t.Errorf("a used link leads to %s", a.Header.Get("Location"))
		}
	})
}
