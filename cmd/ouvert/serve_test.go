package main_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"ouvert/internal/kernel/db/dbtest"
)

// TestServe: a portal from nothing, with an account, a reuse, and everything
// still there after it was stopped.
func TestServe(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a portal")
	token := account(t, nil, "--data", dir)
	s := serve(t, nil, "--data", dir, "--site-url", "https://www.example.org")
	oid := s.publish(token, "Bus-map")
	// Other commands work beside a running server.
	second := must(t, nil, "token", "create", "--email", "root@example.org", "--data", dir)["token"]
	if code, body := s.do("GET", "/api/1/me/", second, nil); code != 200 || !strings.Contains(body, "root@example.org") {
		t.Errorf("the second token: %d %s", code, body)
	}
	if code := s.end(syscall.SIGTERM); code != 0 {
		t.Errorf("it ends with %d: %s", code, s.logged())
	}

	s = serve(t, nil, "--data", dir, "--public-url", "https://api.example.org", "--site-url", "https://www.example.org")
	code, body := s.do("GET", "/api/1/reuses/"+oid+"/", "", nil)
	if code != 200 || !strings.Contains(body, `"uri":"https://api.example.org/api/1/reuses/bus-map/"`) || !strings.Contains(body, `"page":"https://www.example.org/reuses/bus-map"`) {
		t.Errorf("after a restart: %d %s", code, body)
	}
	if code, body := s.do("GET", "/api/1/me/", token, nil); code != 200 {
		t.Errorf("the token after a restart: %d %s", code, body)
	}
	if code := s.end(os.Interrupt); code != 0 {
		t.Errorf("it ends with %d: %s", code, s.logged())
	}

	// Nobody else may read what is in the folder.
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if path == dir && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("the folder is %v", info.Mode())
		}
		if d.Name() == "api-token-secret" && info.Mode().Perm() != 0o600 {
			t.Errorf("the secret is %v", info.Mode())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestStoppingFinishesRequests: a request that is under way when the signal
// comes is answered, new ones are not taken, and the end is a success.
func TestStoppingFinishesRequests(t *testing.T) {
	dir := t.TempDir()
	token := account(t, nil, "--data", dir)
	s := serve(t, nil, "--data", dir)
	body, err := json.Marshal(reuse("slow"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := fmt.Fprintf(c, "POST /api/1/reuses/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-API-KEY: %s\r\nContent-Length: %d\r\n\r\n%s",
		token, len(body), body[:20]); err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond) // the handler waits for the rest
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.waitFor("stopping")
	refused := false
	for range 100 {
		other, err := net.Dial("tcp", s.address)
		if err != nil {
			refused = true
			break
		}
		other.Close()
		time.Sleep(10 * time.Millisecond)
	}
	if !refused {
		t.Error("new connections are taken")
	}
	if _, err := c.Write(body[20:]); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatalf("the request was cut off: %v", err)
	}
	defer res.Body.Close()
	if res.StatusCode != 201 {
		t.Errorf("the request was answered with %d", res.StatusCode)
	}
	if code := s.wait(); code != 0 {
		t.Errorf("it ends with %d: %s", code, s.logged())
	}
	s = serve(t, nil, "--data", dir)
	if code, _ := s.do("GET", "/api/1/reuses/slow/", "", nil); code != 200 {
		t.Errorf("what was answered is not there: %d", code)
	}
}

// TestKilledAtOnce: what was acknowledged survives the sudden end of the
// process, and the portal starts again without help.
func TestKilledAtOnce(t *testing.T) {
	dir := t.TempDir()
	token := account(t, nil, "--data", dir)
	var published []string
	for i := range 3 {
		s := serve(t, nil, "--data", dir)
		for j := range 5 {
			published = append(published, s.publish(token, fmt.Sprintf("reuse-%d-%d", i, j)))
		}
		if code := s.end(syscall.SIGKILL); code != -1 {
			t.Fatalf("it ended by itself, with %d", code)
		}
	}
	s := serve(t, nil, "--data", dir)
	for _, oid := range published {
		if code, body := s.do("GET", "/api/1/reuses/"+oid+"/", "", nil); code != 200 {
			t.Errorf("%s: %d %s", oid, code, body)
		}
	}
}

// TestLimitsOfRequests: what net/http refuses, and what it lets pass.
func TestLimitsOfRequests(t *testing.T) {
	dir := t.TempDir()
	token := account(t, nil, "--data", dir)
	s := serve(t, nil, "--data", dir, "--body-limit", "1000")
	if code, _ := s.do("GET", "/api/1/reuses/", "", nil, "X-Long", strings.Repeat("a", 80<<10)); code != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a header of 80 KiB: %d", code)
	}
	if code, _ := s.do("GET", "/api/1/reuses/?q="+strings.Repeat("_", 60_000), "", nil); code != 200 {
		t.Errorf("a query of 60 KB: %d", code)
	}
	long := reuse("long")
	long["description"] = strings.Repeat("a", 1000)
	if code, body := s.do("POST", "/api/1/reuses/", token, long); code != http.StatusRequestEntityTooLarge {
		t.Errorf("a body of more than 1000 bytes: %d %s", code, body)
	}
	if code, _ := s.do("GET", "/api/1/reuses/?page=0", "", nil); code != 400 {
		t.Errorf("afterwards: %d", code)
	}
}

// signsIn tells whether the form of the portal's page takes a password.
func (s *server) signsIn(email, password string) bool {
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.PostForm("http://"+s.address+"/login", url.Values{"email": {email}, "password": {password}})
	if err != nil {
		return false
	}
	defer res.Body.Close()
	return res.StatusCode == http.StatusSeeOther && res.Header.Get("Location") == "/me"
}

// TestDemo fills an empty portal and prints how to sign in, which works; the
// second start prints the same and adds nothing.
func TestDemo(t *testing.T) {
	dir := t.TempDir()
	var tokens []string
	for range 2 {
		f, err := os.Create(filepath.Join(t.TempDir(), "out"))
		if err != nil {
			t.Fatal(err)
		}
		s := serveTo(t, f, nil, "--demo", "--data", dir)
		text, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		token := regexp.MustCompile(`udata_[\w-]{64}`).FindString(string(text))
		if code, body := s.do("GET", "/api/1/me/", token, nil); code != 200 || !strings.Contains(body, `"roles":["admin"]`) {
			t.Errorf("with the token of %q: %d %s", text, code, body)
		}
		if code, body := s.do("GET", "/api/1/reuses/?page_size=1", token, nil); code != 200 || !strings.Contains(body, `"total":500`) {
			t.Errorf("the reuses: %d %s", code, body)
		}
		if password := regexp.MustCompile(`password\s+(\S+)`).FindStringSubmatch(string(text)); len(password) != 2 || !s.signsIn("admin@example.com", password[1]) {
			t.Errorf("nobody signs in with the password of %q", text)
		}
		if !strings.Contains(string(text), "http://"+s.address+"/api/1/") {
			t.Errorf("the address is not in %q", text)
		}
		if code := s.end(syscall.SIGTERM); code != 0 {
			t.Errorf("it ends with %d: %s", code, s.logged())
		}
		tokens = append(tokens, token)
		f.Close()
	}
	if tokens[0] != tokens[1] {
		t.Errorf("the tokens are %q", tokens)
	}
}

// TestServeOnPostgreSQL: two nodes on one database, with one secret.
func TestServeOnPostgreSQL(t *testing.T) {
	env := []string{"OUVERT_API_TOKEN_SECRET=of the tests", "OUVERT_DATABASE=" + dbtest.PostgreSQLAddress(t)}
	token := account(t, env)
	a, b := serve(t, env), serve(t, env)
	oid := a.publish(token, "Bus-map")
	if code, body := b.do("PUT", "/api/1/reuses/"+oid+"/", token, map[string]any{"title": "Tram map"}); code != 200 {
		t.Errorf("the other node: %d %s", code, body)
	}
	if code, body := a.do("GET", "/api/1/reuses/tram-map/", "", nil); code != 200 || !strings.Contains(body, oid) {
		t.Errorf("the first node: %d %s", code, body)
	}
	if code := a.end(syscall.SIGTERM); code != 0 {
		t.Errorf("it ends with %d: %s", code, a.logged())
	}
	if code, _ := b.do("GET", "/readyz", "", nil); code != 200 {
		t.Errorf("the other is not ready: %d", code)
	}
}
