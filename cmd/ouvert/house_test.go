package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ouvert/internal/kernel/blob/s3test"
	"ouvert/internal/kernel/db/dbtest"
)

// TestBackupRestoreAndMove by the commands, as an operator runs them: a backup
// beside the running server, restored elsewhere, moved to the large setup and
// back; the token and the picture work everywhere.
func TestBackupRestoreAndMove(t *testing.T) {
	dir := t.TempDir()
	old, restored, back := filepath.Join(dir, "old"), filepath.Join(dir, "restored"), filepath.Join(dir, "back")
	file := filepath.Join(dir, "portal.tar.zst")
	token := account(t, nil, "--data", old)
	s := serve(t, nil, "--data", old, "--public-url", "https://data.example.org")
	oid := s.publish(token, "Bus-map")
	picture := s.upload(token, "/api/1/reuses/"+oid+"/image/")
	want := map[string]string{}
	paths := []string{"/api/1/reuses/" + oid + "/", "/api/1/reuses/", "/api/1/activity/", picture}
	for _, path := range paths {
		_, want[path] = s.do("GET", path, "", nil)
	}
	good := func(what string, s *server) {
		t.Helper()
		for _, path := range paths {
			if code, body := s.do("GET", path, "", nil); code != 200 || body != want[path] {
				t.Errorf("%s: %s: %d %.100q, want %.100q", what, path, code, body, want[path])
			}
		}
		if code, body := s.do("GET", "/api/1/me/", token, nil); code != 200 {
			t.Errorf("%s: the token: %d %s", what, code, body)
		}
		if code := s.end(syscall.SIGTERM); code != 0 {
			t.Errorf("%s: it ends with %d: %s", what, code, s.logged())
		}
	}
	do := func(want string, args ...string) {
		t.Helper()
		if r := run(t, []string{"OUVERT_API_TOKEN_SECRET="}, "", args...); r.code != 0 || !strings.Contains(r.out, want) {
			t.Fatalf("%q ends with %d, %q, %q; want %q", args, r.code, r.out, r.err, want)
		}
	}
	do("rows", "backup", "--data", old, file)
	do("whole", "backup", "--check", file)
	good("the old one goes on", s)
	do("restored", "restore", "--data", restored, file)
	good("restored", serve(t, nil, "--data", restored, "--public-url", "https://data.example.org"))

	address, bucket := dbtest.PostgreSQLAddress(t), s3test.Start(t).Bucket(t)
	do("moved and verified", "move", "--from", "sqlite:"+restored, "--to", address, "--blobs", bucket)
	large := []string{"OUVERT_DATABASE=" + address, "OUVERT_BLOBS=" + bucket, "OUVERT_API_TOKEN_SECRET_FILE=" + filepath.Join(restored, "api-token-secret")}
	good("the large one", serve(t, large, "--public-url", "https://data.example.org"))
	do("moved and verified", "move", "--from", address, "--from-blobs", bucket, "--to", "sqlite:"+back)
	good("back again", serve(t, large[2:], "--data", back, "--public-url", "https://data.example.org"))
}

// TestHouseRefuses what would lose something, and what can't be meant.
func TestHouseRefuses(t *testing.T) {
	dir := t.TempDir()
	account(t, nil, "--data", dir)
	out := t.TempDir()
	file, text := filepath.Join(out, "a"), filepath.Join(out, "text")
	if r := run(t, nil, "", "backup", "--data", dir, file); r.code != 0 {
		t.Fatal(r.err)
	}
	if err := os.WriteFile(text, []byte("no archive at all, but long enough"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		code int
		want string
		args []string
	}{
		{2, "file", []string{"backup"}},
		{1, "no portal", []string{"backup", "--data", out, filepath.Join(out, "b")}},
		{1, "already", []string{"backup", "--data", dir, file}},
		{1, "no backup", []string{"backup", "--check", text}},
		{2, "file", []string{"restore"}},
		{2, "none", []string{"restore", filepath.Join(out, "none")}},
		{1, "--force", []string{"restore", "--data", dir, file}},
		{1, "no backup", []string{"restore", "--data", dir, "--force", text}},
		{2, "--from", []string{"move", "--to", "sqlite:" + out}},
		{1, "same database", []string{"move", "--from", "sqlite:" + dir, "--to", "sqlite:" + dir}},
		{1, "--again", []string{"move", "--from", "sqlite:" + dir, "--to", "sqlite:" + another(t)}},
		{1, "no portal", []string{"move", "--from", "sqlite:" + out, "--to", "sqlite:" + filepath.Join(out, "new")}},
		{1, "--blobs", []string{"move", "--from", "sqlite:" + dir, "--to", "postgres://ada:hidden@127.0.0.1:1/x"}},
		{1, "must begin", []string{"move", "--from", "sqlite:" + dir, "--to", "mysql://ada:hidden@127.0.0.1:1/x", "--blobs", out}},
	} {
		r := run(t, nil, "", c.args...)
		if r.code != c.code || !strings.Contains(r.err, c.want) || strings.Contains(r.err, "hidden") || r.out != "" {
			t.Errorf("%q ends with %d, %q, %q; want %d and %q", c.args, r.code, r.out, r.err, c.code, c.want)
		}
	}
	if left, _ := os.ReadDir(out); len(left) != 2 {
		t.Errorf("something was made: %v", left)
	}
}

// another is a portal with somebody in it.
func another(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	account(t, nil, "--data", dir)
	return dir
}
