package search

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/ref"
)

// Classes are what can be searched, in the order in which they are read: what
// is linked with comes before what links.
var Classes = []string{ref.Organization, ref.Topic, ref.Dataset, ref.Dataservice, ref.Reuse}

// Index is the search of a portal.
type Index struct {
	// Extra has filters heeded that udata's API ignores where its search
	// service is not installed. It is set before anything is asked.
	Extra bool

	db      *db.DB
	sources map[string]Source
	wake    chan struct{}

	// loading lets one goroutine read at a time. renamed are those whose
	// borrowers are yet to be brought up to date.
	loading sync.Mutex
	renamed []string
	// regrouped are those that a topic holds now or held before.
	regrouped []string
	// seq is the last change that the memory has; -1 before it was read.
	seq atomic.Int64
	// built are the classes whose documents are all there; see Complete.
	built sync.Map

	mu     sync.RWMutex
	memory *memory

	pool sync.Pool
}

// memory is what answers.
type memory struct {
	shards map[string]*shard
	// lends are what objects lend to those that are linked with them.
	lends map[string]lent
	// held are the ids of what each topic holds, topics the other way round,
	// open those that everybody may see.
	held   map[string][]string
	topics map[string][]string
	open   map[string]bool
}

// lent is what an object lends.
type lent struct {
	title, acronym string
	// label is the name of an organization as people read it, badges are its
	// own.
	label  string
	badges string
}

// New returns the search of a database. It reads nothing before it is asked
// something.
func New(d *db.DB) *Index {
	ix := &Index{db: d, sources: map[string]Source{}, wake: make(chan struct{}, 1)}
	ix.seq.Store(-1)
	ix.pool.New = func() any { return &work{} }
	if d != nil {
		d.AfterWrite(func() {
			select {
			case ix.wake <- struct{}{}:
			default: // it will look anyway
			}
		})
	}
	return ix
}

const (
	// poll is how often the changes of other nodes are read; those who ask
	// look themselves.
	poll = 2 * time.Second
	// page is how many documents are read at once.
	page = 2000
	// waste is how many dead documents there may be beside as many as live.
	waste = 10_000
)

// Run keeps the memory up to date until the context ends, so that those who
// ask find little left to read.
func (ix *Index) Run(ctx context.Context) {
	t := time.NewTicker(poll)
	defer t.Stop()
	for {
		err := ix.refresh(ctx)
		if err == nil && ix.wasteful() {
			err = ix.reload(ctx)
		}
		if err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "reading the documents of the search failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		case <-ix.wake:
		}
	}
}

func (ix *Index) wasteful() bool {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	dead, live := 0, 0
	for _, s := range ix.memory.shards {
		dead, live = dead+len(s.ids)-s.live, live+s.live
	}
	return dead > live+waste
}

func (ix *Index) position(ctx context.Context) (seq int64, err error) {
	err = ix.db.Read().QueryRowContext(ctx, "SELECT seq FROM search_position").Scan(&seq)
	return seq, err
}

// refresh reads what changed since it was last called.
func (ix *Index) refresh(ctx context.Context) error {
	seq, err := ix.position(ctx)
	if err != nil || seq == ix.seq.Load() {
		return err
	}
	// Who asked may leave; what was begun for them is of use to the next.
	ctx = context.WithoutCancel(ctx)
	ix.loading.Lock()
	defer ix.loading.Unlock()
	from := ix.seq.Load()
	if from >= seq {
		return nil // another one read it meanwhile
	}
	if from < 0 {
		return ix.load(ctx)
	}
	return ix.follow(ctx, from, seq)
}

func (ix *Index) reload(ctx context.Context) error {
	ix.loading.Lock()
	defer ix.loading.Unlock()
	return ix.load(ctx)
}

// load reads all documents into a new memory. Those who ask meanwhile have the
// old one.
func (ix *Index) load(ctx context.Context) error {
	start := time.Now()
	seq, err := ix.position(ctx)
	if err != nil {
		return err
	}
	m, x, count := &memory{shards: map[string]*shard{}, lends: map[string]lent{}, held: map[string][]string{}, topics: map[string][]string{}, open: map[string]bool{}}, newScratch(), 0
	for _, class := range Classes {
		s := newShard()
		m.shards[class] = s
		for after := ""; ; {
			list, err := ix.read(ctx, "class = $1 AND object > $2 ORDER BY object LIMIT $3", class, after, page)
			if err != nil {
				return err
			}
			for _, r := range list {
				m.lend(r)
				m.hold(r)
				s.put(m.entry(r), x)
				after = r.id
			}
			count += len(list)
			if len(list) < page {
				break
			}
		}
		s.tail = append(s.tail, s.sorted...)
		s.sorted = nil
		s.settle()
	}
	ix.mu.Lock()
	ix.memory = m
	ix.mu.Unlock()
	ix.renamed, ix.regrouped = nil, nil
	ix.seq.Store(seq)
	if count > page {
		slog.InfoContext(ctx, "read the documents of the search", "count", count, "took", time.Since(start))
	}
	return nil
}

// follow reads the documents that changed.
func (ix *Index) follow(ctx context.Context, from, to int64) error {
	x := newScratch()
	for {
		// A page ends between two changes: all documents of one have its number.
		list, err := ix.read(ctx, `version > $1 AND version <= coalesce((SELECT version FROM search_document WHERE version > $2
			ORDER BY version LIMIT 1 OFFSET $3), $4) ORDER BY version`, from, from, page, int64(math.MaxInt64))
		if err != nil {
			return err
		}
		if len(list) == 0 {
			break
		}
		from = list[len(list)-1].version
		ix.mu.Lock()
		for _, r := range list {
			if ix.memory.lend(r) {
				ix.renamed = append(ix.renamed, r.id)
			}
			ix.regrouped = append(ix.regrouped, ix.memory.hold(r)...)
		}
		for _, r := range list {
			if s := ix.memory.shards[r.class]; s != nil {
				s.put(ix.memory.entry(r), x)
			}
		}
		for _, s := range ix.memory.shards {
			s.settle()
		}
		ix.mu.Unlock()
	}
	if err := ix.lendAgain(ctx, x); err != nil {
		return err
	}
	ix.renamed, ix.regrouped = nil, nil
	ix.seq.Store(max(from, to))
	return nil
}

// lendAgain brings the documents up to date that are linked with what changed
// its name, its badges, or whether it may be seen, or that a topic took in or
// let go.
func (ix *Index) lendAgain(ctx context.Context, x *scratch) error {
	if len(ix.renamed)+len(ix.regrouped) == 0 {
		return nil
	}
	for class, s := range ix.memory.shards { // nobody else changes them
		var ids []string
		for _, of := range ix.renamed {
			for _, n := range s.linkedBy[of] {
				if !s.dead[n] {
					ids = append(ids, s.ids[n])
				}
			}
		}
		for _, id := range ix.regrouped {
			if _, ok := s.number[id]; ok {
				ids = append(ids, id)
			}
		}
		slices.Sort(ids)
		for part := range slices.Chunk(slices.Compact(ids), 500) {
			in, args := db.In(2, part)
			list, err := ix.read(ctx, "class = $1 AND object IN "+in, append([]any{class}, args...)...)
			if err != nil {
				return err
			}
			ix.mu.Lock()
			for _, r := range list {
				s.put(ix.memory.entry(r), x)
			}
			s.settle()
			ix.mu.Unlock()
		}
	}
	return nil
}

func (ix *Index) read(ctx context.Context, where string, args ...any) ([]*record, error) {
	var out []*record
	err := db.Each(ctx, ix.db.Read(), "SELECT "+columns+" FROM search_document WHERE "+where, args, func(rows *sql.Rows) error {
		r := &record{}
		out = append(out, r)
		return rows.Scan(r.fields()...)
	})
	if err != nil {
		return nil, fmt.Errorf("reading documents of the search: %w", err)
	}
	return out, nil
}

// lend notes what a document lends to others, and tells whether that changed.
func (m *memory) lend(r *record) bool {
	if r.class == ref.Reuse || r.class == ref.Topic {
		return false // nothing borrows of it
	}
	before, had := m.lends[r.id]
	if r.removed || !r.public {
		delete(m.lends, r.id)
		return had
	}
	now := lent{title: r.title, acronym: r.acronym}
	if r.class == ref.Organization {
		now.label = r.label
		now.badges = list(slices.DeleteFunc(split(r.keys, "\n"), func(k string) bool { return !strings.HasPrefix(k, "badge:") }))
	}
	if had && now == before {
		return false
	}
	m.lends[strings.Clone(r.id)] = lent{strings.Clone(now.title), strings.Clone(now.acronym), strings.Clone(now.label), now.badges}
	return true
}

// hold notes what a topic holds, and returns what that changes: the ids of
// objects whose keys are others now.
func (m *memory) hold(r *record) []string {
	if r.class != ref.Topic {
		return nil
	}
	before, open := m.held[r.id], m.open[r.id]
	var now []string
	if !r.removed {
		now = split(strings.Clone(r.links), "\n")
	}
	if slices.Equal(before, now) && open == r.public {
		return nil
	}
	id := strings.Clone(r.id)
	for _, of := range before {
		m.topics[of] = slices.DeleteFunc(m.topics[of], func(t string) bool { return t == id })
	}
	for _, of := range now {
		m.topics[of] = append(m.topics[of], id)
	}
	m.held[id], m.open[id] = now, r.public
	return append(slices.Clone(before), now...)
}

// producers are the badges of organizations that say what a publisher is.
var producers = []string{"public-service", "local-authority", "company", "association"}

// The other kinds of publishers.
const (
	producerUser = "user"
	producerNone = "not-specified"
)

// producerKeys are the kinds of publisher that badges of an organization say
// that it is: "producer_type:…".
func producerKeys(badges []string) (out []string) {
	for _, p := range producers {
		if slices.Contains(badges, p) {
			out = append(out, "producer_type:"+p)
		}
	}
	if len(out) == 0 {
		out = append(out, "producer_type:"+producerNone)
	}
	return out
}

// entry adds to a document what it borrows.
func (m *memory) entry(r *record) *entry {
	e := &entry{record: r}
	var linked []string
	var badges []string
	var organization bool
	for _, t := range m.topics[r.id] {
		e.inherited = append(e.inherited, "in_topic:"+t)
		if m.open[t] {
			e.inherited = append(e.inherited, "topics:"+t)
		}
	}
	for _, id := range split(r.links, "\n") {
		l, ok := m.lends[id]
		switch {
		case !ok, r.class == ref.Topic && l.label == "":
		case l.label != "": // an organization
			organization = true
			e.publisher = strings.TrimSpace(l.title + " " + l.acronym)
			for _, k := range split(l.badges, "\n") {
				badges = append(badges, strings.TrimPrefix(k, "badge:"))
			}
		default:
			linked = append(linked, l.title)
		}
	}
	e.linked = strings.Join(linked, " ")
	if r.class == ref.Organization {
		for _, k := range split(r.keys, "\n") {
			if b, ok := strings.CutPrefix(k, "badge:"); ok {
				badges = append(badges, b)
			}
		}
		e.inherited = append(e.inherited, producerKeys(badges)...)
		return e
	}
	switch {
	case organization:
		e.inherited = append(e.inherited, producerKeys(badges)...)
		for _, b := range badges {
			e.inherited = append(e.inherited, "organization_badge:"+b)
		}
	case strings.Contains("\n"+r.keys, "\nowner:"):
		e.inherited = append(e.inherited, "producer_type:"+producerUser)
	default:
		e.inherited = append(e.inherited, "producer_type:"+producerNone)
	}
	return e
}
