package user

import (
	"net/http"
	"net/http/httptest"
	"net/mail"
	"strings"
	"testing"

	"ouvert/internal/kernel/auth"
)

func TestValidEmail(t *testing.T) {
	for _, good := range []string{"jo@example.org", "jo.martin+tag@sub.example.org", "o'neil@example.org", "zoé@example.org", "a@b"} {
		if !validEmail(good) {
			t.Errorf("%q is refused", good)
		}
	}
	for _, bad := range []string{
		"", "jo", "jo@", "@example.org", "jo@x@y", "jo martin@example.org", "Jo <jo@example.org>", "jo@example.org, max@example.org",
		"jo@example.org\r\nBcc: max@example.org", `"jo"@example.org`, "jo@[127.0.0.1]", strings.Repeat("a", 250) + "@example.org",
	} {
		if validEmail(bad) {
			t.Errorf("%q is taken", bad)
		}
	}
}

func FuzzValidEmail(f *testing.F) {
	f.Add("jo@example.org")
	f.Add("jo@example.org\nBcc: x@example.org")
	f.Fuzz(func(t *testing.T, s string) {
		if !validEmail(s) {
			return
		}
		list, err := mail.ParseAddressList(s)
		if err != nil || len(list) != 1 || strings.ContainsAny(s, "\r\n\x00 ") {
			t.Errorf("%q is taken", s)
		}
	})
}

// FuzzCookie reads cookies of strangers: what is no cookie of ours is none.
func FuzzCookie(f *testing.F) {
	ours := cookie{auth.NewSecret(), auth.NewSecret()}
	f.Add(ours.String())
	f.Add(ours.Browser)
	f.Add(".")
	f.Add("udata.session.of.long.ago")
	f.Fuzz(func(t *testing.T, value string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Cookie", cookieName+"="+value)
		c := readCookie(r)
		if c == (cookie{}) {
			return
		}
		if len(c.Browser) != auth.SecretLength || (c.Token != "" && len(c.Token) != auth.SecretLength) {
			t.Errorf("%q reads as %+v", value, c)
		}
	})
}
