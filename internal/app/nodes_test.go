package app_test

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"testing"
	"time"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/kernel/job"
)

// eachNodes runs the test on three nodes of one portal, on both databases.
func eachNodes(t *testing.T, f func(t *testing.T, nodes []*apptest.Portal)) {
	t.Helper()
	for name, config := range map[string]func(t *testing.T) app.Config{
		"sqlite": func(t *testing.T) app.Config { return app.Config{Data: t.TempDir()} },
		"postgresql": func(t *testing.T) app.Config {
			return app.Config{Data: t.TempDir(), Database: dbtest.PostgreSQLAddress(t)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := config(t)
			var nodes []*apptest.Portal
			for range 3 {
				nodes = append(nodes, apptest.New(t, c))
			}
			f(t, nodes)
		})
	}
}

// TestNodesShareTheBackgroundWork: each fact is handled once and each job run
// by one node, whoever wrote and however many look.
func TestNodesShareTheBackgroundWork(t *testing.T) {
	eachNodes(t, func(t *testing.T, nodes []*apptest.Portal) {
		a := nodes[0]
		ada, max := a.Person("Ada", false), a.Person("Max", false)
		made := a.Want(201, ada, "POST", "/api/1/reuses/", minimal("Bus map", "https://www.example.org/bus"))
		for _, n := range nodes {
			if _, err := n.Runner().Try(t.Context(), job.Job{Name: "sessions", Every: time.Hour}); err != nil {
				t.Fatal(err)
			}
		}
		due(t, a.DB, "site-metrics", "sessions")
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		for _, n := range nodes {
			running.Go(func() { n.Background(ctx) })
		}
		const each = 7
		var writing sync.WaitGroup
		for i, n := range nodes {
			writing.Go(func() {
				for k := range each {
					n.Want(201, max, "POST", "/api/1/discussions/", map[string]any{
						"title": fmt.Sprintf("About %d, %d", i, k), "comment": "Why?",
						"subject": map[string]any{"class": "Reuse", "id": made.Get("id")},
					})
				}
			})
		}
		writing.Wait()
		count := func(query string) (n int) {
			t.Helper()
			if err := a.DB.Read().QueryRowContext(t.Context(), query).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		want := each * len(nodes)
		deadline := time.Now().Add(20 * time.Second)
		ran := 0
		for time.Now().Before(deadline) {
			ran = count("SELECT count(*) FROM job WHERE ended_at IS NOT NULL AND name IN ('site-metrics', 'sessions')")
			if ran == 2 && count("SELECT count(*) FROM notification") >= want {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		stop()
		running.Wait()
		if got := count("SELECT count(*) FROM notification"); got != want {
			t.Errorf("%d notifications of %d discussions", got, want)
		}
		// A job that runs tells the log, so that one too many would be seen.
		if got := count("SELECT count(*) FROM event WHERE key = 'site:counted'"); got != 1 || ran != 2 {
			t.Errorf("the figures were counted %d times; %d jobs ran", got, ran)
		}
		if left := count("SELECT count(*) FROM job WHERE holder IS NOT NULL"); left != 0 {
			t.Errorf("%d jobs are held by nodes that stopped", left)
		}
	})
}

// due makes jobs due now.
func due(t *testing.T, d *db.DB, names ...string) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *sql.Tx) error {
		for _, name := range names {
			if _, err := tx.ExecContext(t.Context(), "DELETE FROM job WHERE name = $1", name); err != nil {
				return err
			}
			if _, err := tx.ExecContext(t.Context(), "INSERT INTO job (name, due_at, failures) VALUES ($1, 0, 0)", name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestWritersSeeTheirWritesOnEachNode at once, whatever is kept there.
func TestWritersSeeTheirWritesOnEachNode(t *testing.T) {
	eachNodes(t, func(t *testing.T, nodes []*apptest.Portal) {
		ada := nodes[0].Person("Ada", false)
		made := nodes[0].Want(201, ada, "POST", "/api/1/reuses/", minimal("Bus map", "https://www.example.org/bus"))
		path := one(made.Get("id").(string))
		for i := range 30 {
			for _, n := range nodes { // which keep it as it is
				n.Want(200, ada, "GET", path, nil)
			}
			title := fmt.Sprintf("Bus map %d", i)
			nodes[i%len(nodes)].Want(200, ada, "PUT", path, map[string]any{"title": title})
			for k, n := range nodes {
				if got := n.Want(200, ada, "GET", path, nil); got.Get("title") != title {
					t.Fatalf("node %d says %q after %q", k, got.Get("title"), title)
				}
				list := n.Want(200, ada, "GET", "/api/1/reuses/?owner="+ada.ID, nil)
				if list.Get("data.0.title") != title {
					t.Fatalf("the list of node %d says %q after %q", k, list.Get("data.0.title"), title)
				}
			}
		}
	})
}
