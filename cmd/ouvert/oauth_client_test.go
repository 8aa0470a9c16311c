package main_test

import (
	"strings"
	"testing"
)

// Clients are made, listed without their secret, and deleted.
func TestOAuthClients(t *testing.T) {
	data := []string{"OUVERT_DATA=" + t.TempDir()}
	made := run(t, data, "", "oauth-client", "create", "--name", "App", "--redirect-uri", "https://app.example.org/a,b")
	if made.code != 0 || !strings.Contains(made.out, `"client_secret":"`) || !strings.Contains(made.out, `["https://app.example.org/a,b"]`) {
		t.Fatalf("%d %s %s", made.code, made.out, made.err)
	}
	public := run(t, data, "", "oauth-client", "create", "--public", "--name", "Page", "--redirect-uri", "http://localhost/")
	if public.code != 0 || strings.Contains(public.out, "secret") {
		t.Errorf("%d %s %s", public.code, public.out, public.err)
	}
	list := run(t, data, "", "oauth-client", "list")
	if list.code != 0 || strings.Count(list.out, "\n") != 2 || strings.Contains(list.out, "secret") {
		t.Errorf("%d %s", list.code, list.out)
	}
	_, rest, _ := strings.Cut(made.out, `"client_id":"`)
	oid, _, _ := strings.Cut(rest, `"`)
	for _, code := range []int{0, 1} {
		if r := run(t, data, "", "oauth-client", "delete", oid); r.code != code {
			t.Errorf("deleting: %d %s", r.code, r.err)
		}
	}
	for _, args := range [][]string{
		{"--redirect-uri", "http://example.org/"},
		{"--redirect-uri", "javascript:x.y"},
		{"--public", "--internal", "--redirect-uri", "https://a.example.org/"},
		{"--owner", "nobody@example.org", "--redirect-uri", "https://a.example.org/"},
	} {
		if r := run(t, data, "", append([]string{"oauth-client", "create", "--name", "x"}, args...)...); r.code != 1 || r.out != "" {
			t.Errorf("%q: %d %s", args, r.code, r.out)
		}
	}
}
