//go:build cluster

package main_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
)

// freePort is one that nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// postgres is a PostgreSQL server of the test's own, as durable as in
// production, with TLS and a standby that has each acknowledged write.
type postgres struct {
	t   *testing.T
	bin string
	dir string
	// address names both hosts, and asks for the one that is the primary.
	address string
	ports   [2]string
}

// The folders of the two servers.
const (
	primary = "primary"
	standby = "standby"
)

func startPostgres(t *testing.T) *postgres {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) == 0 {
		t.Fatal("PostgreSQL is not installed (Debian: apt-get install postgresql)")
	}
	slices.Sort(found)
	p := &postgres{t: t, bin: filepath.Dir(found[len(found)-1]), dir: t.TempDir(), ports: [2]string{freePort(t), freePort(t)}}
	certificate(t, p.dir)
	if c := p.credential(); c != nil {
		err := os.Chmod(filepath.Dir(p.dir), 0o755)
		for _, name := range []string{"", "fullchain.pem", "privkey.pem"} {
			err = errors.Join(err, os.Chown(filepath.Join(p.dir, name), int(c.Uid), int(c.Gid)))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	p.address = fmt.Sprintf("postgres://ouvert@127.0.0.1:%s,127.0.0.1:%s/postgres?target_session_attrs=read-write&sslmode=verify-full&sslrootcert=%s&pool_max_conns=12&connect_timeout=5",
		p.ports[0], p.ports[1], filepath.Join(p.dir, "fullchain.pem"))
	p.run("initdb", "-D", p.data(primary), "-U", "ouvert", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8")
	p.configure(primary, fmt.Sprintf(`
listen_addresses = '127.0.0.1'
port = %s
unix_socket_directories = '%s'
max_connections = 100
ssl = on
ssl_cert_file = '%[2]s/fullchain.pem'
ssl_key_file = '%[2]s/privkey.pem'
`, p.ports[0], p.dir))
	t.Cleanup(func() {
		for _, name := range []string{standby, primary} {
			_ = p.command("pg_ctl", "-D", p.data(name), "-m", "immediate", "stop").Run()
		}
	})
	p.ctl(primary, "start")
	p.run("pg_basebackup", "-D", p.data(standby), "-R", "-X", "stream", "-c", "fast", "-d", "host=127.0.0.1 user=ouvert application_name=standby port="+p.ports[0])
	p.configure(standby, "\nport = "+p.ports[1]+"\n")
	p.ctl(standby, "start")
	// From now on a commit waits for the standby. The standby itself, when it
	// takes over, waits for nobody.
	p.configure(primary, "\nsynchronous_standby_names = 'standby'\n")
	p.ctl(primary, "reload")
	return p
}

func (p *postgres) data(name string) string { return filepath.Join(p.dir, name) }

func (p *postgres) configure(name, settings string) {
	p.t.Helper()
	f, err := os.OpenFile(filepath.Join(p.data(name), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		p.t.Fatal(err)
	}
	_, err = f.WriteString(settings)
	if err := errors.Join(err, f.Close()); err != nil {
		p.t.Fatal(err)
	}
}

// credential is the user that runs PostgreSQL, which refuses to be root.
func (p *postgres) credential() *syscall.Credential {
	if os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		p.t.Fatal(err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func (p *postgres) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(p.bin, name), args...)
	c.Dir = "/"
	c.SysProcAttr = &syscall.SysProcAttr{Credential: p.credential()}
	return c
}

func (p *postgres) run(name string, args ...string) {
	p.t.Helper()
	if out, err := p.command(name, args...).CombinedOutput(); err != nil {
		p.t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// ctl starts or stops the server. Its output goes to a file: pg_ctl leaves the
// server behind with it open.
func (p *postgres) ctl(name string, args ...string) {
	p.t.Helper()
	p.run("pg_ctl", append([]string{"-D", p.data(name), "-w", "-l", filepath.Join(p.data(name), "log")}, args...)...)
}

func (p *postgres) open() *sql.DB {
	p.t.Helper()
	d, err := sql.Open("pgx", strings.Replace(p.address, "&pool_max_conns=12", "", 1)) // which is ours
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { d.Close() })
	return d
}

// node is one of the portal's nodes, which is killed and started again at the
// same address.
type node struct {
	t       *testing.T
	address string
	env     []string
	args    []string
	mu      sync.Mutex
	cmd     *exec.Cmd
	log     *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newNode(t *testing.T, env []string, public string) *node {
	t.Helper()
	n := &node{t: t, address: "127.0.0.1:" + freePort(t), env: env, log: &lockedBuffer{}}
	n.args = []string{"serve", "--listen", n.address, "--public-url", public, "--data", t.TempDir(), "--log-json", "--feed-delay", "0s"}
	t.Cleanup(n.kill)
	return n
}

func (n *node) start() {
	n.t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.cmd = command(n.t, n.env, n.args...)
	n.cmd.Stderr = n.log
	if err := n.cmd.Start(); err != nil {
		n.t.Error(err)
	}
}

// kill is SIGKILL: nothing is finished, nothing is said.
func (n *node) kill() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.cmd != nil && n.cmd.Process != nil {
		_ = n.cmd.Process.Kill()
		_ = n.cmd.Wait()
		n.cmd = nil
	}
}

func (n *node) ready() bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", "http://"+n.address+"/readyz", nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	res.Body.Close()
	return res.StatusCode == 200
}

func (n *node) waitReady() {
	n.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if n.ready() {
			return
		}
	}
	n.t.Errorf("the node does not get ready: %s", tail(n.log.String()))
}

func tail(s string) string { return s[max(0, len(s)-3000):] }

// proxy sends each request to the next node, and what a node could not have
// seen to the one after it, as nginx does.
type proxy struct {
	nodes []*node
	next  atomic.Uint32
	to    http.RoundTripper
}

func (p *proxy) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	var last error
	for range 3 * len(p.nodes) {
		n := p.nodes[int(p.next.Add(1))%len(p.nodes)]
		try := r.Clone(r.Context())
		try.URL.Scheme, try.URL.Host = "http", n.address
		if body != nil {
			try.Body = io.NopCloser(bytes.NewReader(body))
		}
		res, err := p.to.RoundTrip(try)
		if err == nil {
			res.Header.Set("X-Node", n.address)
			return res, nil
		}
		last = err
		var op *net.OpError
		dialled := !errors.As(err, &op) || op.Op != "dial"
		if dialled && r.Method != http.MethodGet {
			return nil, err // it may have been done
		}
	}
	return nil, last
}

// startProxy returns the proxy's address.
func startProxy(t *testing.T, nodes []*node, listener net.Listener) {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 64, DialContext: (&net.Dialer{Timeout: time.Second}).DialContext}
	server := &http.Server{Handler: &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetXForwarded() },
		Transport: &proxy{nodes: nodes, to: transport},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			w.Header().Set("X-Proxy-Error", strings.ReplaceAll(err.Error(), "\n", " "))
			w.WriteHeader(http.StatusBadGateway)
		},
	}}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { server.Close() })
}
