package main_test

import (
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"ouvert/internal/kernel/swagger/swaggertest"
)

// TestWrongUsage ends with 2, says what is wrong, and does nothing.
func TestWrongUsage(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"dance"}, "dance"},
		{[]string{"serve", "--dance"}, "--dance"},
		{[]string{"serve", "extra"}, "extra"},
		{[]string{"serve", "--body-limit", "many"}, "--body-limit"},
		{[]string{"serve", "--feed-delay", "soon"}, "--feed-delay"},
		{[]string{"user"}, "create"},
		{[]string{"user", "create"}, "--email"},
		{[]string{"user", "create", "--email", "a@example.org"}, "--first-name"},
		{[]string{"token", "create"}, "--email"},
		{[]string{"jobs", "run", "dance"}, "site-metrics"},
		{[]string{"openapi", "--api", "3"}, "--api"},
		{[]string{"seed", "--reuses=-1"}, "negative"},
		{[]string{"seed", "--users", "0"}, "at least one"},
		{[]string{"import", "mongodump"}, "dir"},
		{[]string{"export"}, "dir"},
		{[]string{"verify", "--dance"}, "--dance"},
		{[]string{"import", "mongodump", filepath.Join(dir, "nothing")}, "nothing"},
		{[]string{"import", "fixtures", dir}, dir},
	} {
		r := run(t, []string{"OUVERT_DATA=" + dir}, "", c.args...)
		if r.code != 2 || !strings.Contains(r.err, c.want) || !strings.HasPrefix(r.err, "ouvert: ") || r.out != "" {
			t.Errorf("%q ends with %d, %q, %q; want 2 and %q", c.args, r.code, r.out, r.err, c.want)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("something was made: %v", left)
	}
}

// TestFailures end with 1 and a message that says what to do something about,
// without secrets and without a stack.
func TestFailures(t *testing.T) {
	dir, taken := t.TempDir(), t.TempDir()
	account(t, nil, "--data", taken)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	secret := "OUVERT_API_TOKEN_SECRET=x"
	person := []string{"user", "create", "--first-name", "A", "--last-name", "B"}
	for _, c := range []struct {
		env   []string
		stdin string
		args  []string
		want  string
	}{
		{[]string{secret}, "", []string{"serve", "--database", "mysql://ada:hidden@localhost/x"}, "must begin with postgres:// or sqlite:"},
		{[]string{secret}, "", []string{"serve", "--database", "postgres://ada:hidden@127.0.0.1:1/x?connect_timeout=2"}, "127.0.0.1"},
		{nil, "", []string{"serve", "--database", "postgres://127.0.0.1:1/x"}, "OUVERT_API_TOKEN_SECRET"},
		{nil, "", []string{"serve", "--data", file}, "not a directory"},
		{nil, "", []string{"serve", "--data", dir, "--listen", "127.0.0.1:99999"}, "99999"},
		{nil, "", []string{"serve", "--data", dir, "--public-url", "portal.example"}, "--public-url"},
		{nil, "", []string{"serve", "--data", dir, "--site-url", "ftp://portal.example"}, "--site-url"},
		{nil, "", []string{"serve", "--data", dir, "--lang", "xx"}, "--lang"},
		{[]string{"OUVERT_REUSE_BADGES=gold"}, "", []string{"serve", "--data", dir}, "OUVERT_REUSE_BADGES"},
		{[]string{"OUVERT_API_TOKEN_SECRET_FILE=" + filepath.Join(dir, "nothing")}, "", []string{"serve", "--data", dir}, "nothing"},
		{nil, "", append(person, "--data", taken, "--email", "ROOT@example.org"), "already registered"},
		{nil, "", append(person, "--data", taken, "--email", "root"), "not an e-mail address"},
		{nil, "short\n", append(person, "--data", taken, "--email", "a@example.org", "--password-stdin"), "at least 8 characters"},
		{nil, "", []string{"token", "create", "--data", taken, "--email", "nobody@example.org"}, "nobody@example.org"},
	} {
		r := run(t, c.env, c.stdin, c.args...)
		if r.code != 1 || !strings.Contains(r.err, c.want) || r.out != "" {
			t.Errorf("%q ends with %d, %q, %q; want 1 and %q", c.args, r.code, r.out, r.err, c.want)
		}
		if strings.Contains(r.err, "hidden") || strings.Contains(r.err, "goroutine") {
			t.Errorf("%q tells too much: %s", c.args, r.err)
		}
	}
}

// TestPortInUse: a second server on the same port says so, and leaves the
// first alone.
func TestPortInUse(t *testing.T) {
	s := serve(t, nil, "--data", t.TempDir())
	r := run(t, nil, "", "serve", "--data", t.TempDir(), "--listen", s.address)
	_, port, err := net.SplitHostPort(s.address)
	if err != nil {
		t.Fatal(err)
	}
	if r.code != 1 || !strings.Contains(r.err, "address already in use") || !strings.Contains(r.err, port) {
		t.Errorf("it ends with %d: %s", r.code, r.err)
	}
	if code, _ := s.do("GET", "/readyz", "", nil); code != 200 {
		t.Errorf("the first is not ready: %d", code)
	}
	if code := s.end(syscall.SIGTERM); code != 0 {
		t.Errorf("the first ends with %d", code)
	}
}

// TestAccountsFromTheCommandLine: what is printed is what there is.
func TestAccountsFromTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	r := run(t, nil, "Password1\n", "user", "create", "--data", dir, "--email", "Ada@Example.org", "--first-name", "Ada", "--last-name", "Lovelace", "--password-stdin")
	if r.code != 0 || !regexp.MustCompile(`^\{"email":"ada@example.org","id":"[0-9a-f]{24}","slug":"ada-lovelace"\}\n$`).MatchString(r.out) {
		t.Fatalf("it ends with %d, %q, %q", r.code, r.out, r.err)
	}
	token := account(t, nil, "--data", dir)
	if !regexp.MustCompile(`^udata_[\w-]{64}$`).MatchString(token) {
		t.Errorf("the token is %q", token)
	}
	s := serve(t, nil, "--data", dir)
	if code, body := s.do("GET", "/api/1/me/", token, nil); code != 200 || !strings.Contains(body, `"roles":["admin"]`) {
		t.Errorf("the sysadmin: %d %s", code, body)
	}
	if code, body := s.do("GET", "/api/1/users/ada-lovelace/", "", nil); code != 200 || !strings.Contains(body, `"roles":[]`) {
		t.Errorf("ada: %d %s", code, body)
	}
}

// TestPrinting: the commands that need no portal.
func TestPrinting(t *testing.T) {
	if r := run(t, nil, "", "version"); r.code != 0 || !regexp.MustCompile(`^ouvert of-the-tests \(go1\.\S+, API of udata 17\.6\.0\)\n$`).MatchString(r.out) {
		t.Errorf("version ends with %d, %q, %q", r.code, r.out, r.err)
	}
	for args, base := range map[string]string{"": "/api/1", "--api=1": "/api/1", "--api=2": "/api/2"} {
		r := run(t, nil, "", strings.Fields("openapi "+args)...)
		if r.code != 0 || !strings.Contains(r.out, `"basePath": "`+base+`"`) {
			t.Errorf("openapi %s ends with %d, %.100q, %q", args, r.code, r.out, r.err)
		}
		if err := swaggertest.Validate([]byte(r.out)); err != nil {
			t.Errorf("openapi %s: %v", args, err)
		}
	}
	for _, args := range [][]string{nil, {"--help"}, {"serve", "--help"}} {
		if r := run(t, nil, "", args...); r.code != 0 || !strings.Contains(r.out, "Usage: ouvert") {
			t.Errorf("%q ends with %d, %q, %q", args, r.code, r.out, r.err)
		}
	}
}

// TestSettingsFromTheEnvironment: each flag is a variable too, and the flag
// wins.
func TestSettingsFromTheEnvironment(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("from a file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := []string{
		"OUVERT_DATA=" + dir, "OUVERT_API_TOKEN_SECRET_FILE=" + secret, "OUVERT_PUBLIC_URL=https://variable.example",
		"OUVERT_SITE_URL=https://site.example", "OUVERT_LANG=fr", "OUVERT_TITLE=Titre", "OUVERT_REUSE_BADGES=gold=Or, silver=Argent",
	}
	token := account(t, env)
	s := serve(t, env, "--public-url", "https://flag.example")
	s.publish(token, "Bus-map")
	for path, want := range map[string]string{
		"/api/1/reuses/":        `"uri":"https://flag.example/api/1/reuses/bus-map/"`,
		"/api/2/reuses/":        `"page":"https://site.example/reuses/bus-map"`,
		"/api/1/site/":          `"title":"Titre"`,
		"/api/1/reuses/badges/": `{"gold":"Or","silver":"Argent"}`,
		"/api/1/reuses/types/":  `Objet connecté`,
	} {
		if code, body := s.do("GET", path, "", nil); code != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s, want %s", path, code, body, want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "api-token-secret")); !os.IsNotExist(err) {
		t.Errorf("a secret was made up beside the one that was given: %v", err)
	}
	// With another secret the token is nobody's.
	s.end(syscall.SIGTERM)
	other := serve(t, append(env[:1:1], "OUVERT_API_TOKEN_SECRET=another"))
	if code, _ := other.do("GET", "/api/1/me/", token, nil); code != 401 {
		t.Errorf("with another secret: %d", code)
	}
}

// TestSeedAndCount: a made-up catalogue of the size that was asked for.
func TestSeedAndCount(t *testing.T) {
	dir := t.TempDir()
	seed := []string{"seed", "--data", dir, "--reuses", "30", "--datasets", "20", "--resources-per-dataset", "2", "--organizations", "3", "--users", "5"}
	if r := run(t, nil, "", seed...); r.code != 0 || r.out != "" {
		t.Fatalf("it ends with %d, %q, %q", r.code, r.out, r.err)
	}
	if r := run(t, nil, "", seed...); r.code == 0 {
		t.Error("it fills a portal that has content")
	}
	if r := run(t, nil, "", "jobs", "run", "site-metrics", "--data", dir); r.code != 0 {
		t.Fatalf("counting ends with %d, %q", r.code, r.err)
	}
	s := serve(t, nil, "--data", dir)
	_, site := s.do("GET", "/api/1/site/", "", nil)
	for _, want := range []string{`"organizations":3`, `"users":`, `"resources":`} {
		if !strings.Contains(site, want) || strings.Contains(site, want+"0") {
			t.Errorf("the portal counts %s, want %s", site, want)
		}
	}
	if code, body := s.do("GET", "/api/1/reuses/?page_size=1", "", nil); code != 200 || strings.Contains(body, `"total":0`) {
		t.Errorf("the reuses: %d %.200s", code, body)
	}
}
