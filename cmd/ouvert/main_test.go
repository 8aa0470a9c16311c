package main_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// binary is the program, built once.
var binary string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "ouvert-test-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "ouvert")
		build := exec.Command("go", "build", "-ldflags", "-X main.version=of-the-tests", "-o", binary, ".")
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// command is the program with arguments, without the settings of whoever runs
// the tests; env are "NAME=value".
func command(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.Command(binary, args...)
	c.Dir = t.TempDir() // where it finds a folder called data, it is ours
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "OUVERT_") {
			c.Env = append(c.Env, v)
		}
	}
	c.Env = append(c.Env, env...)
	return c
}

// result is what a program said and how it ended.
type result struct {
	out, err string
	code     int
}

func run(t *testing.T, env []string, stdin string, args ...string) result {
	t.Helper()
	c := command(t, env, args...)
	var out, errs bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(stdin), &out, &errs
	var exit *exec.ExitError
	if err := c.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{out.String(), errs.String(), c.ProcessState.ExitCode()}
}

// must is run for what must succeed; it returns the JSON that was printed.
func must(t *testing.T, env []string, args ...string) map[string]string {
	t.Helper()
	r := run(t, env, "", args...)
	if r.code != 0 {
		t.Fatalf("%v ends with %d: %s", args, r.code, r.err)
	}
	var printed map[string]string
	if err := json.Unmarshal([]byte(r.out), &printed); err != nil {
		t.Fatalf("%v prints %q", args, r.out)
	}
	return printed
}

// account makes a sysadmin's account and returns the token.
func account(t *testing.T, env []string, where ...string) (token string) {
	t.Helper()
	args := append([]string{"user", "create", "--email", "root@example.org", "--first-name", "Root", "--last-name", "Test", "--admin", "--token"}, where...)
	return must(t, env, args...)["token"]
}

// server is a running `ouvert serve`.
type server struct {
	t       *testing.T
	cmd     *exec.Cmd
	address string // host:port
	mu      sync.Mutex
	log     bytes.Buffer
	ended   chan struct{}
}

// serve starts the program on a free port and waits until it is ready.
func serve(t *testing.T, env []string, args ...string) *server {
	t.Helper()
	return serveTo(t, nil, env, args...)
}

// serveTo is serve with a place for the program's output.
func serveTo(t *testing.T, stdout io.Writer, env []string, args ...string) *server {
	t.Helper()
	s := &server{t: t, ended: make(chan struct{})}
	s.cmd = command(t, env, append([]string{"serve", "--listen", "127.0.0.1:0", "--log-json"}, args...)...)
	s.cmd.Stdout = stdout
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address := make(chan string, 1)
	go s.read(stderr, address)
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill() // an error when it ended already
		<-s.ended
	})
	select {
	case s.address = <-address:
	case <-s.ended:
		t.Fatalf("it ended: %s", s.logged())
	case <-time.After(30 * time.Second):
		t.Fatalf("it does not start: %s", s.logged())
	}
	if code, body := s.do("GET", "/readyz", "", nil); code != 200 {
		t.Fatalf("it is not ready: %d %s", code, body)
	}
	return s
}

// read keeps the log and finds the address in it.
func (s *server) read(stderr io.Reader, address chan<- string) {
	defer close(s.ended)
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		s.mu.Lock()
		s.log.Write(append(lines.Bytes(), '\n'))
		s.mu.Unlock()
		var line struct{ Msg, Address string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "serving" {
			address <- strings.TrimPrefix(line.Address, "http://")
		}
	}
	_ = s.cmd.Wait() // its end is read from ProcessState
}

func (s *server) logged() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// waitFor waits until the log holds a text.
func (s *server) waitFor(text string) {
	s.t.Helper()
	for range 500 {
		if strings.Contains(s.logged(), text) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.t.Fatalf("%q is not logged: %s", text, s.logged())
}

// do sends a request; body is JSON, header are pairs of names and values.
func (s *server) do(method, path, token string, body any, header ...string) (int, string) {
	s.t.Helper()
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			s.t.Fatal(err)
		}
		reader = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, "http://"+s.address+path, reader)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("X-API-KEY", token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// end sends a signal and waits for the end.
func (s *server) end(signal os.Signal) (code int) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
	return s.wait()
}

func (s *server) wait() (code int) {
	s.t.Helper()
	select {
	case <-s.ended:
	case <-time.After(20 * time.Second):
		s.t.Fatalf("it does not end: %s", s.logged())
	}
	return s.cmd.ProcessState.ExitCode()
}

// reuse is a body that publishes a reuse.
func reuse(title string) map[string]any {
	return map[string]any{
		"title": title, "description": "A description", "type": "api", "topic": "health", "url": "https://www.example.com/" + title,
	}
}

// publish publishes a reuse and returns its id.
func (s *server) publish(token, title string) string {
	s.t.Helper()
	code, body := s.do("POST", "/api/1/reuses/", token, reuse(title))
	var made struct{ ID, URI, Page string }
	if err := json.Unmarshal([]byte(body), &made); err != nil || code != 201 {
		s.t.Fatalf("it is not published: %d %s", code, body)
	}
	return made.ID
}
