package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// single is something that is measured by itself.
type single struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	// Note says how, or against what.
	Note string `json:"note,omitempty"`
}

// fillPortal makes up a catalogue, and an administrator whose token it
// returns.
func (b *bench) fillPortal(ctx context.Context, dir string, args ...string) (token string, err error) {
	fmt.Fprintln(b.progress, "filling", dir, strings.Join(args, " "))
	cmd := exec.CommandContext(ctx, b.ouvert, append([]string{"seed", "--data", dir, "--organizations=200", "--users=1000"}, args...)...) //nolint:gosec // ours
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("filling a portal: %w: %s", err, out)
	}
	cmd = exec.CommandContext(ctx, b.ouvert, "user", "create", "--data", dir, "--email=bench@example.org", "--first-name=B", "--last-name=B", "--admin", "--token") //nolint:gosec // ours
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("making an administrator: %w", err)
	}
	var made struct{ Token string }
	return made.Token, json.Unmarshal(out, &made)
}

// serve starts an ouvert on a folder.
func (b *bench) serve(ctx context.Context, name, dir string) (*server, error) {
	return start(ctx, b.dir, name, "/api/1/reuses/?page_size=1", func(address string) []string {
		return []string{b.ouvert, "serve", "--data", dir, "--listen", address, "--public-url", "http://" + address}
	})
}

func megabytes(n int64) float64 { return float64(n) / (1 << 20) }

// starting measures how soon a portal answers, and what it holds when it has
// nothing to do.
func (b *bench) starting(s *server, what string) {
	time.Sleep(2 * time.Second)
	b.add("start, "+what, s.ready.Seconds(), "s", "from exec until the first 200")
	b.add("memory idle, "+what, megabytes(s.memory("VmRSS")), "MB", "VmRSS 2 s after the start")
}

func (b *bench) add(name string, value float64, unit, note string) {
	b.report.Singles = append(b.report.Singles, single{name, value, unit, note})
	fmt.Fprintf(b.progress, "%-58s %10.2f %s\n", name, value, unit)
}

// median measures requests one after the other, alternating between two
// operations, and returns the processor time of each.
func (b *bench) compare(s *server, a, c func(n int64) request) (first, second time.Duration, err error) {
	var one, two []time.Duration
	var n int64
	for range b.repetitions {
		for _, x := range []struct {
			ask  func(n int64) request
			into *[]time.Duration
		}{{a, &one}, {c, &two}} {
			f, err := load(s, 4, b.length, http.StatusOK, &n, x.ask)
			if err != nil {
				return 0, 0, err
			}
			*x.into = append(*x.into, f.CPU)
		}
	}
	slices.Sort(one)
	slices.Sort(two)
	return one[len(one)/2], two[len(two)/2], nil
}

// large measures what depends on the size of the catalogue.
func (b *bench) large(ctx context.Context, dir, what string, reuses int) error {
	s, err := b.serve(ctx, "ouvert-large", dir)
	if err != nil {
		return err
	}
	defer s.stop()
	b.starting(s, what)
	last := reuses/20 - reuses/400 // some are drafts, which are in no list
	deep := min(2000, last)
	for _, x := range []struct{ name, path string }{
		{"v1 list", "/api/1/reuses/?page_size=20"}, {"v2 list", "/api/2/reuses/?page_size=20"},
	} {
		at := func(page int) func(n int64) request {
			return func(n int64) request {
				return request{method: "GET", path: fmt.Sprintf("%s&page=%d&n=%d", x.path, page, n)}
			}
		}
		one, far, err := b.compare(s, at(1), at(deep))
		if err != nil {
			return err
		}
		b.add(fmt.Sprintf("%s, page %d against page 1, %s", x.name, deep, what), float64(far)/float64(one), "×",
			fmt.Sprintf("CPU %.0f µs against %.0f µs a request, no address asked twice", micros(far), micros(one)))
	}
	for _, x := range []struct{ name, path string }{
		{"search with facets", "/api/2/reuses/search/?q="}, {"suggest", "/api/1/reuses/suggest/?q="},
	} {
		var n int64
		for range 2 { // the first warms up
			f, err := load(s, b.clients, b.length, http.StatusOK, &n, func(n int64) request {
				return request{method: "GET", path: fmt.Sprintf("%s%s&n=%d", x.path, url.QueryEscape(spread(words, n)), n)}
			})
			if err != nil {
				return err
			}
			if n > int64(f.Requests) {
				b.add(x.name+", p99, "+what, micros(f.P99)/1000, "ms", fmt.Sprintf("p50 %.1f ms, CPU %.0f µs a request", micros(f.P50)/1000, micros(f.CPU)))
			}
		}
	}
	before := s.memory("VmHWM")
	began := time.Now()
	n, err := download(ctx, "http://"+s.address+"/api/1/site/reuses.csv?sort=created")
	if err != nil {
		return err
	}
	b.add("CSV of the reuses, "+what, time.Since(began).Seconds(), "s", fmt.Sprintf("%.1f MB", megabytes(n)))
	b.add("CSV of the reuses, growth of memory, "+what, megabytes(s.memory("VmHWM")-before), "MB", "of VmHWM")
	return nil
}

func download(ctx context.Context, address string) (int64, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return 0, errors.New(address + ": " + res.Status)
	}
	return io.Copy(io.Discard, res.Body)
}

// heavy compares a reuse of a dataset with 8 000 resources with a reuse of no
// dataset, in the light form of the v2 list.
func (b *bench) heavy(ctx context.Context) error {
	dir := b.dir + "/heavy"
	token, err := b.fillPortal(ctx, dir, "--reuses=1", "--datasets=1", "--resources-per-dataset=8000")
	if err != nil {
		return err
	}
	s, err := b.serve(ctx, "ouvert-heavy", dir)
	if err != nil {
		return err
	}
	defer s.stop()
	var page struct{ Data []struct{ ID string } }
	if _, _, body, err := fetch(s.address, request{method: "GET", path: "/api/1/datasets/"}); err != nil || json.Unmarshal(body, &page) != nil || len(page.Data) == 0 {
		return errors.Join(err, errors.New("the dataset is not there"))
	}
	for i, datasets := range [][]string{{page.Data[0].ID}, {}} {
		status, _, body, err := fetch(s.address, request{
			method: "POST", path: "/api/1/reuses/", header: []string{"X-API-KEY: " + token},
			body: reuseBody(8000, int64(i), object{"datasets": datasets, "tags": []string{[]string{"with", "without"}[i]}}),
		})
		if err != nil || status != http.StatusCreated {
			return errors.Join(err, fmt.Errorf("making a reuse: %d %s", status, body))
		}
	}
	of := func(tag string) func(n int64) request {
		return func(n int64) request {
			return request{method: "GET", path: fmt.Sprintf("/api/2/reuses/?tag=%s&n=%d", tag, n)}
		}
	}
	with, without, err := b.compare(s, of("with"), of("without"))
	if err != nil {
		return err
	}
	b.add("light reuse of 8 000 resources against one of none", float64(with)/float64(without), "×",
		fmt.Sprintf("CPU %.0f µs against %.0f µs a request, no address asked twice", micros(with), micros(without)))
	return nil
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
