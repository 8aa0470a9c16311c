package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

type bench struct {
	ouvert      string // the program
	dir         string // temporary
	out         string // where the results go
	quick       bool
	clients     int
	repetitions int
	length      time.Duration
	progress    io.Writer
	report      report
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	// The servers that are not ouvert are this program too, as processes of
	// their own, so that each one's use is told apart.
	if len(os.Args) > 2 {
		switch os.Args[1] {
		case "ceiling":
			return ceiling(os.Args[2], os.Args[3])
		case "pocketbase":
			return pocketBase(os.Args[2], os.Args[3], os.Args[4])
		}
	}
	b := &bench{progress: os.Stderr}
	flag.StringVar(&b.ouvert, "ouvert", "../bin/ouvert", "the program to measure")
	flag.StringVar(&b.out, "out", ".", "where results.json and results.svg go")
	flag.BoolVar(&b.quick, "quick", false, "a shorter run, with less certain figures")
	flag.IntVar(&b.clients, "clients", 8, "connections that ask at the same time")
	only := flag.String("only", "", "measure only operations whose names contain this")
	flag.Parse()
	b.repetitions, b.length = 5, 1200*time.Millisecond
	if b.quick {
		b.repetitions, b.length = 3, 500*time.Millisecond
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if b.dir, err = os.MkdirTemp("", "ouvert-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	if b.ouvert, err = filepath.Abs(b.ouvert); err != nil {
		return err
	}
	b.report.heading(b)
	if err := b.table(ctx, *only); err != nil {
		return err
	}
	if *only == "" {
		if err := b.heavy(ctx); err != nil {
			return err
		}
		reuses, what := 100_000, "100 000 reuses"
		if b.quick {
			reuses, what = 20_000, "20 000 reuses"
		}
		dir := filepath.Join(b.dir, "large")
		// One resource a dataset: what is measured here grows with the number
		// of reuses, and 3 million resources would take minutes to make up.
		if _, err := b.fillPortal(ctx, dir, fmt.Sprintf("--reuses=%d", reuses), "--resources-per-dataset=1"); err != nil {
			return err
		}
		if err := b.large(ctx, dir, what, reuses); err != nil {
			return err
		}
	}
	return b.report.write(b.out)
}

// table measures the operations: all targets in turn, again and again, so
// that a noisy minute is noisy for each of them.
func (b *bench) table(ctx context.Context, only string) error {
	reuses := 5000
	if b.quick {
		reuses = 1000
	}
	b.report.Catalogue = fmt.Sprintf("%d reuses × 3 datasets × 10 resources", reuses)
	dir := filepath.Join(b.dir, "portal")
	var c catalogue
	var err error
	if c.token, err = b.fillPortal(ctx, dir, fmt.Sprintf("--reuses=%d", reuses), "--resources-per-dataset=10"); err != nil {
		return err
	}
	s, err := b.serve(ctx, "ouvert", dir)
	if err != nil {
		return err
	}
	defer s.stop()
	b.starting(s, fmt.Sprintf("%d reuses", reuses))
	fmt.Fprintln(b.progress, "filling PocketBase with the same")
	self, err := os.Executable()
	if err != nil {
		return err
	}
	pb, err := start(ctx, b.dir, "pocketbase", "/api/health", func(address string) []string {
		return []string{self, "pocketbase", address, filepath.Join(b.dir, "pb"), s.address}
	})
	if err != nil {
		return err
	}
	defer pb.stop()
	if err := c.read(s, pb); err != nil {
		return err
	}
	for _, o := range operations(c) {
		if !strings.Contains(o.name, only) || (o.want == http.StatusNotModified && c.tag == "") {
			continue
		}
		if err := b.measure(ctx, o, s, pb); err != nil {
			return fmt.Errorf("%s: %w", o.name, err)
		}
	}
	return nil
}

// read finds out the ids of the catalogue in both.
func (c *catalogue) read(s, pb *server) error {
	ids := func(address, path, key string) (out []string, err error) {
		for page := 1; ; page++ {
			status, _, body, err := fetch(address, request{method: "GET", path: fmt.Sprintf("%s&page=%d", path, page), header: []string{"X-Fields: data{id}"}})
			if status == http.StatusNotFound {
				return out, nil
			}
			var found map[string]json.RawMessage
			var list []struct{ ID string }
			if err = errors.Join(err, json.Unmarshal(body, &found)); err == nil {
				err = json.Unmarshal(found[key], &list)
			}
			if err != nil || len(list) == 0 {
				return out, err
			}
			for _, x := range list {
				out = append(out, x.ID)
			}
		}
	}
	var err error
	if c.reuses, err = ids(s.address, "/api/1/reuses/?page_size=500", "data"); err != nil {
		return err
	}
	if c.peerReuses, err = ids(pb.address, reusesOfPB+"?perPage=500&sort=-created&fields=id", "items"); err != nil {
		return err
	}
	if c.peerPeople, err = ids(pb.address, "/api/collections/people/records?perPage=500&fields=id", "items"); err != nil {
		return err
	}
	if len(c.reuses) < 40 || len(c.reuses) != len(c.peerReuses) || len(c.peerPeople) == 0 {
		return fmt.Errorf("the catalogues are not the same: %d and %d reuses", len(c.reuses), len(c.peerReuses))
	}
	// The usual reuse is the one of median size.
	type sized struct {
		id, tag string
		size    int
	}
	var some []sized
	for _, oid := range c.reuses[:21] {
		_, header, body, err := fetch(s.address, request{method: "GET", path: "/api/1/reuses/" + oid + "/"})
		if err != nil {
			return err
		}
		some = append(some, sized{oid, header["etag"], len(body)})
	}
	slices.SortFunc(some, func(a, b sized) int { return a.size - b.size })
	c.usual, c.tag = some[10].id, some[10].tag
	return nil
}

// measure measures one operation on all targets.
func (b *bench) measure(ctx context.Context, o operation, s, pb *server) error {
	servers := map[string]*server{kept: s, cold: s, peer: pb}
	if ask := o.ask[top]; ask != nil {
		// The ceiling sends what ouvert answers with.
		status, _, body, err := fetch(s.address, o.ask[kept](0))
		if err != nil {
			return err
		}
		if status != o.status(kept) {
			return fmt.Errorf("ouvert answers with %d", status)
		}
		file := filepath.Join(b.dir, "body")
		if err := os.WriteFile(file, body, 0o600); err != nil {
			return err
		}
		self, err := os.Executable()
		if err != nil {
			return err
		}
		t, err := start(ctx, b.dir, "ceiling", "/", func(address string) []string { return []string{self, "ceiling", address, file} })
		if err != nil {
			return err
		}
		defer t.stop()
		servers[top] = t
	}
	runs := map[string][]figures{}
	counters := map[string]*int64{}
	for repetition := range b.repetitions + 1 {
		for _, target := range []string{kept, cold, top, peer} {
			ask := o.ask[target]
			if ask == nil {
				continue
			}
			if counters[target] == nil {
				counters[target] = new(int64)
			}
			length := b.length
			if repetition == 0 {
				length = 200 * time.Millisecond // to warm up, thrown away
			}
			f, err := load(servers[target], b.clients, length, o.status(target), counters[target], ask)
			if err != nil {
				return err
			}
			if repetition > 0 {
				runs[target] = append(runs[target], f)
			}
		}
	}
	for _, target := range []string{kept, cold, top, peer} {
		if len(runs[target]) > 0 {
			b.report.row(b.progress, o.name, target, runs[target])
		}
	}
	return nil
}

func version(name string, args ...string) string {
	out, err := exec.Command(name, args...).Output() //nolint:gosec,noctx // ours
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return first
}

func median[T int | int64 | float64 | time.Duration](list []T) T {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}
