//go:build cluster

package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"maps"
	"math/rand/v2"
	"mime/multipart"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ouvert/internal/kernel/blob/s3test"
)

// tinyPNG is a picture.
var tinyPNG = func() []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, 20, 20)))
	return b.Bytes()
}()

const (
	clusterNodes    = 3
	clusterClients  = 32
	clusterPeople   = 8
	clusterRequests = 10_000
	// settle is how long after the database is back that a node may still find
	// a connection to be broken.
	settle = 3 * time.Second
	// stale is how long another node may not know of a write.
	stale = time.Second
)

// cluster is the whole setup and what the clients know of it.
type cluster struct {
	t      *testing.T
	public string
	nodes  []*node
	client *http.Client

	requests atomic.Int64
	talks    atomic.Int64 // that are there
	mu       sync.Mutex
	statuses map[int]int
	// away are the spans in which the database was not there.
	away [][2]time.Time
	made []*work
}

// work is a reuse that a client published, and what was acknowledged of it.
type work struct {
	id, url string
	private bool
	token   string

	mu      sync.Mutex
	version int       // the last that was acknowledged
	at      time.Time // when it was
	next    int       // the last that was asked for
	before  int       // the version before
	image   string
}

// TestCluster: three nodes on PostgreSQL and S3 behind a proxy, 32 clients with
// 10 000 mixed requests, while nodes are killed and started again in turn and
// the database crashes once and is replaced by its standby once. No acknowledged
// write is lost, none is doubled, nobody sees what is private, no answer is
// older than a second after a write, and errors are 503 with Retry-After while
// the database is away.
func TestCluster(t *testing.T) {
	pg, s3 := startPostgres(t), s3test.Start(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{t: t, public: "http://" + listener.Addr().String(), statuses: map[int]int{}, client: &http.Client{
		Timeout: 60 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64},
	}}
	env := []string{"OUVERT_DATABASE=" + pg.address, "OUVERT_BLOBS=" + s3.Bucket(t), "OUVERT_API_TOKEN_SECRET=of the cluster"}
	// All at once on an empty database: one of them makes the schema.
	for range clusterNodes {
		n := newNode(t, env, c.public)
		n.start()
		c.nodes = append(c.nodes, n)
	}
	for _, n := range c.nodes {
		n.waitReady()
	}
	if t.Failed() {
		return
	}
	startProxy(t, c.nodes, listener)
	var tokens []string
	for i := range clusterPeople {
		r := must(t, env, "user", "create", "--email", fmt.Sprintf("p%d@example.org", i), "--first-name", "P", "--last-name", fmt.Sprint(i), "--token")
		tokens = append(tokens, r["token"])
	}

	began := time.Now()
	stop, chaos := make(chan struct{}), make(chan int)
	go c.chaos(pg, stop, chaos)
	var clients sync.WaitGroup
	for i := range clusterClients {
		clients.Go(func() { c.behave(i, tokens[i%clusterPeople]) })
	}
	clients.Wait()
	took := time.Since(began)
	close(stop)
	kills := <-chaos
	c.mu.Lock()
	t.Logf("%d requests in %v while %d nodes were killed and the database was away %d times; answers by status: %v; %d reuses",
		c.requests.Load(), took.Round(time.Second), kills, len(c.away), c.statuses, len(c.made))
	if kills < clusterNodes || len(c.away) != 2 || c.statuses[503] == 0 {
		t.Errorf("too little happened: %d kills, the database was away %d times", kills, len(c.away))
	}
	c.mu.Unlock()
	c.nothingIsLost()
	c.nothingIsDoubled(pg)
	for _, n := range c.nodes {
		if log := n.log.String(); strings.Contains(log, "goroutine ") {
			t.Errorf("a node panicked: %s", tail(log))
		}
	}
	r := run(t, env, "", "verify")
	if r.code != 0 {
		t.Errorf("verify ends with %d: %s %s", r.code, r.out, r.err)
	}
}

// chaos kills nodes in turn until stop; the database crashes once, and once its
// standby takes over.
func (c *cluster) chaos(pg *postgres, stop <-chan struct{}, done chan<- int) {
	kills := 0
	for i := 0; ; i++ {
		select {
		case <-stop:
			if len(c.away) == 2 {
				done <- kills
				return
			}
		case <-time.After(time.Second):
		}
		n := c.nodes[i%len(c.nodes)]
		n.kill()
		kills++
		time.Sleep(300 * time.Millisecond)
		n.start()
		n.waitReady()
		from := time.Now()
		switch i {
		case 2: // as when the power goes for a moment
			pg.ctl(primary, "-m", "immediate", "stop")
			time.Sleep(time.Second)
			pg.ctl(primary, "start")
		case 8: // as when its machine is gone for good
			pg.ctl(primary, "-m", "immediate", "stop")
			time.Sleep(time.Second)
			pg.ctl(standby, "promote")
		default:
			continue
		}
		c.mu.Lock()
		c.away = append(c.away, [2]time.Time{from, time.Now().Add(settle)})
		c.mu.Unlock()
	}
}

// answer is what came back; status 0 when nothing did.
type answer struct {
	status int
	header http.Header
	body   []byte
	began  time.Time
}

// unknown tells that a write may have been done or not.
func (a answer) unknown() bool { return a.status == 0 || a.status == 502 || a.status == 503 }

func (a answer) json() (m map[string]any) {
	_ = json.Unmarshal(a.body, &m)
	return m
}

// ask sends a request and holds its answer against what may be.
func (c *cluster) ask(method, path, token, contentType string, body []byte, header ...string) answer {
	a := answer{began: time.Now()}
	r, err := http.NewRequest(method, c.public+path, bytes.NewReader(body))
	if err != nil {
		c.t.Error(err)
		return a
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	if token != "" {
		r.Header.Set("X-API-KEY", token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	c.requests.Add(1)
	res, err := c.client.Do(r)
	if err == nil {
		a.status, a.header = res.StatusCode, res.Header
		if a.body, err = io.ReadAll(res.Body); err != nil {
			a.status = 0 // cut off
		}
		res.Body.Close()
	}
	c.mu.Lock()
	c.statuses[a.status]++
	c.mu.Unlock()
	switch {
	case a.status == 503:
		if a.header.Get("Retry-After") == "" {
			c.t.Errorf("%s %s: 503 without Retry-After: %.200s", method, path, a.body)
		}
		if !c.wasAway(a.began, time.Now()) {
			c.t.Errorf("%s %s: 503 while the database is there: %.200s", method, path, a.body)
		}
	case a.status >= 500 && a.status != 502:
		c.t.Errorf("%s %s: %d %.300s", method, path, a.status, a.body)
	case a.status == 429:
		c.t.Errorf("%s %s: %d %.300s", method, path, a.status, a.body)
	}
	return a
}

// wasAway tells whether the database was away at some time of a request. The
// end of a span is known when it is over, so it waits for that.
func (c *cluster) wasAway(from, to time.Time) bool {
	for range 100 {
		c.mu.Lock()
		for _, span := range c.away {
			if from.Before(span[1]) && to.After(span[0]) {
				c.mu.Unlock()
				return true
			}
		}
		c.mu.Unlock()
		time.Sleep(100 * time.Millisecond)
	}
	return false
}

// sure repeats a write until it is known what became of it.
func (c *cluster) sure(method, path, token, contentType string, body []byte, header ...string) (a answer, tries int) {
	for tries = 1; ; tries++ {
		if a = c.ask(method, path, token, contentType, body, header...); !a.unknown() || tries == 200 {
			return a, tries
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func (c *cluster) some(r *rand.Rand) *work {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.made) == 0 {
		return nil
	}
	return c.made[r.IntN(len(c.made))]
}

// behave is a client.
func (c *cluster) behave(number int, token string) {
	r := rand.New(rand.NewPCG(1, uint64(number)))
	var mine []*work
	for n := 0; c.requests.Load() < clusterRequests && !c.t.Failed(); n++ {
		switch d := r.IntN(100); {
		case d < 12 || len(mine) == 0:
			if w := c.publish(number, n, token, r.IntN(4) == 0); w != nil {
				mine = append(mine, w)
			}
		case d < 25:
			c.change(mine[r.IntN(len(mine))])
		case d < 29:
			c.illustrate(mine[r.IntN(len(mine))])
		case d < 32:
			if w := c.some(r); w != nil && !w.private {
				c.discuss(number, n, token, w)
			}
		case d < 50:
			c.readOwn(mine[r.IntN(len(mine))])
		case d < 85:
			if w := c.some(r); w != nil {
				c.readOther(w)
			}
		default:
			c.readLists(r)
		}
	}
}

func (c *cluster) publish(number, n int, token string, private bool) *work {
	w := &work{url: fmt.Sprintf("https://www.example.com/%d/%d", number, n), private: private, token: token}
	title := fmt.Sprintf("Public map %d of %d", n, number)
	if private {
		title = fmt.Sprintf("Secret map %d of %d", n, number)
	}
	body, _ := json.Marshal(map[string]any{
		"title": title, "description": "v0", "type": "api", "topic": "health", "url": w.url, "private": private,
	})
	a, tries := c.sure("POST", "/api/1/reuses/", token, "application/json", body)
	switch {
	case a.status == 201:
		w.id, _ = a.json()["id"].(string)
	case a.status == 400 && tries > 1 && strings.Contains(string(a.body), "url"):
		// An earlier try was done and could not say so: the address is taken.
		w.id = c.findOwn(w)
	}
	if w.id == "" {
		c.t.Errorf("publishing: %d %.300s", a.status, a.body)
		return nil
	}
	w.at = time.Now()
	c.mu.Lock()
	c.made = append(c.made, w)
	c.mu.Unlock()
	return w
}

// findOwn looks for a reuse by its address among a person's own.
func (c *cluster) findOwn(w *work) string {
	a, _ := c.sure("GET", "/api/1/me/reuses/", w.token, "", nil)
	var list []struct{ ID, URL string }
	if err := json.Unmarshal(a.body, &list); err != nil {
		c.t.Errorf("own reuses: %d %.200s", a.status, a.body)
	}
	for _, x := range list {
		if x.URL == w.url {
			return x.ID
		}
	}
	return ""
}

func (c *cluster) change(w *work) {
	w.mu.Lock()
	w.next++
	v := w.next
	w.mu.Unlock()
	body, _ := json.Marshal(map[string]any{"description": fmt.Sprintf("v%d", v)})
	a, _ := c.sure("PUT", "/api/1/reuses/"+w.id+"/", w.token, "application/json", body)
	if a.status != 200 {
		c.t.Errorf("changing: %d %.300s", a.status, a.body)
		return
	}
	w.mu.Lock()
	w.before, w.version, w.at = w.version, v, time.Now()
	w.mu.Unlock()
}

func (c *cluster) illustrate(w *work) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, _ := form.CreateFormFile("file", "a.png")
	_, _ = file.Write(tinyPNG)
	form.Close()
	a, _ := c.sure("POST", "/api/1/reuses/"+w.id+"/image/", w.token, form.FormDataContentType(), body.Bytes())
	image, _ := a.json()["image"].(string)
	if a.status != 200 || image == "" {
		c.t.Errorf("a picture: %d %.300s", a.status, a.body)
		return
	}
	w.mu.Lock()
	w.image = strings.TrimPrefix(image, c.public)
	w.mu.Unlock()
}

// discuss has nothing that tells a discussion from the same one sent twice but
// the key of the request.
func (c *cluster) discuss(number, n int, token string, w *work) {
	body, _ := json.Marshal(map[string]any{
		"title": fmt.Sprintf("Talk %d/%d", number, n), "comment": "Why?", "subject": map[string]any{"class": "Reuse", "id": w.id},
	})
	key := fmt.Sprintf("talk-%d-%d", number, n)
	a, tries := c.sure("POST", "/api/1/discussions/", token, "application/json", body, "Idempotency-Key", key)
	// 409: it was done, and its node died before it could keep the answer.
	if a.status != 201 && (a.status != 409 || tries == 1) {
		c.t.Errorf("a discussion: %d %.300s", a.status, a.body)
		return
	}
	c.talks.Add(1)
}

// seen returns the version that an answer shows.
func seen(a answer) int {
	v := -1
	text, _ := a.json()["description"].(string)
	_, _ = fmt.Sscanf(text, "v%d", &v)
	return v
}

// readOwn: who has written sees it at once, whatever node answers.
func (c *cluster) readOwn(w *work) {
	w.mu.Lock()
	want := w.version
	w.mu.Unlock()
	a := c.ask("GET", "/api/1/reuses/"+w.id+"/", w.token, "", nil)
	if a.unknown() {
		return
	}
	if got := seen(a); a.status != 200 || got < want {
		c.t.Errorf("its owner sees version %d of %d: %d %.200s", got, want, a.status, a.body)
	}
}

// readOther: strangers see it after a second, and never what is private.
func (c *cluster) readOther(w *work) {
	w.mu.Lock()
	want := w.version
	if time.Since(w.at) < stale {
		want = w.before
	}
	w.mu.Unlock()
	a := c.ask("GET", "/api/1/reuses/"+w.id+"/", "", "", nil)
	switch {
	case a.unknown():
	case w.private && (a.status == 200 || bytes.Contains(a.body, []byte("Secret"))):
		c.t.Errorf("a stranger sees a private reuse: %d %.200s", a.status, a.body)
	case !w.private && (a.status != 200 || seen(a) < want):
		c.t.Errorf("a stranger sees version %d of %d: %d %.200s", seen(a), want, a.status, a.body)
	}
}

func (c *cluster) readLists(r *rand.Rand) {
	paths := []string{
		"/api/1/reuses/?page_size=20", "/api/1/reuses/?q=Secret", "/api/2/reuses/search/?q=Secret", "/api/1/reuses/recent.atom",
		"/api/1/activity/?page_size=20", "/api/1/site/reuses.csv?type=api", "/api/1/reuses/suggest/?q=Secret", "/api/1/site/", "/api/1/organizations/",
	}
	path := paths[r.IntN(len(paths))]
	a := c.ask("GET", path, "", "", nil)
	switch {
	case a.unknown():
	case a.status != 200:
		c.t.Errorf("%s: %d %.200s", path, a.status, a.body)
	case bytes.Contains(a.body, []byte("Secret map")):
		c.t.Errorf("%s shows what is private", path)
	}
}

// nothingIsLost looks at each acknowledged write.
func (c *cluster) nothingIsLost() {
	for _, w := range c.made {
		a := c.ask("GET", "/api/1/reuses/"+w.id+"/", w.token, "", nil)
		if a.status != 200 || seen(a) != w.version || a.json()["url"] != w.url {
			c.t.Errorf("%s has version %d and not %d: %d %.200s", w.url, seen(a), w.version, a.status, a.body)
		}
		if w.image != "" {
			image, _ := a.json()["image"].(string)
			if image == "" {
				c.t.Errorf("%s has no picture", w.url)
			} else if a := c.ask("GET", strings.TrimPrefix(image, c.public), "", "", nil); a.status != 200 || !bytes.HasPrefix(a.body, []byte("\x89PNG")) {
				c.t.Errorf("the picture of %s: %d", w.url, a.status)
			}
		}
	}
}

// nothingIsDoubled counts in the database.
func (c *cluster) nothingIsDoubled(pg *postgres) {
	d := pg.open()
	count := func(query string) (n int) {
		c.t.Helper()
		if err := d.QueryRowContext(c.t.Context(), query).Scan(&n); err != nil {
			c.t.Error(err)
		}
		return n
	}
	if n := count("SELECT count(*) FROM reuse"); n != len(c.made) {
		c.t.Errorf("there are %d reuses of %d", n, len(c.made))
	}
	if n := count("SELECT count(*) FROM discussion"); n != int(c.talks.Load()) {
		c.t.Errorf("there are %d discussions of %d", n, c.talks.Load())
	}
	for what, query := range map[string]string{
		"reuses at one address":              "SELECT count(*) FROM (SELECT url FROM reuse GROUP BY url HAVING count(*) > 1) AS x",
		"reuses that were made twice":        "SELECT count(*) FROM (SELECT object FROM event WHERE key = 'reuse:created' GROUP BY object HAVING count(*) > 1) AS x",
		"reuses that nobody made":            "SELECT count(*) FROM reuse WHERE NOT EXISTS (SELECT 1 FROM event WHERE key = 'reuse:created' AND object = reuse.id)",
		"discussions that were begun twice":  "SELECT count(*) FROM (SELECT title FROM discussion GROUP BY title HAVING count(*) > 1) AS x",
		"jobs that a node keeps for itself":  "SELECT count(*) FROM job WHERE failures > 0",
		"people who are told the same twice": "SELECT count(*) FROM (SELECT person, object FROM notification n JOIN notification_object o ON o.notification = n.id WHERE o.class = 'Discussion' GROUP BY person, object HAVING count(*) > 1) AS x",
	} {
		if n := count(query); n != 0 {
			c.t.Errorf("%d %s", n, what)
		}
	}
	// Who owns what is talked about is told, once, by some node.
	const talks = "SELECT count(*) FROM discussion d JOIN reuse r ON r.id = d.object WHERE d.person <> r.owner"
	for range 100 {
		if count(talks) == count("SELECT count(*) FROM notification") {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if a, b := count(talks), count("SELECT count(*) FROM notification"); a != b || a == 0 {
		c.t.Errorf("%d notifications of %d discussions", b, a)
	}
	// The numbers of the log have no hole: a hole would be a fact that was lost.
	if holes := count("SELECT (SELECT seq FROM log_position) - (SELECT count(*) FROM event)"); holes != 0 {
		c.t.Errorf("the log has %d holes", holes)
	}
	statuses := slices.Sorted(maps.Keys(c.statuses))
	c.t.Logf("statuses %v; %d discussions, %d notifications", statuses, count("SELECT count(*) FROM discussion"), count("SELECT count(*) FROM notification"))
}
