package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
	"ouvert/internal/kernel/clock"
)

// TestPageOfHiddenThingsIsNumbered
func TestPageOfHiddenThingsIsNumbered(t *testing.T) {
	w := newWorld(t, app.Config{})
	w.publish(w.ada, "first")
	w.publish(w.ada, "hidden", "private", true)
	w.publish(w.ada, "last")
	for page := 1; page <= 3; page++ {
		got := w.Want(200, nobody, "GET", fmt.Sprintf("/api/1/activity/?page_size=1&page=%d", page), nil)
		next := ""
		if page < 3 {
			next = fmt.Sprintf("/api/1/activity/?page_size=1&page=%d", page+1)
		}
		if got.Get("page") != float64(page) || local(t, got.Get("next_page")) != next {
			t.Errorf("page %d: %v, next %v", page, got.Get("page"), got.Get("next_page"))
		}
	}
}

// TestMembersFindTheirDrafts
func TestMembersFindTheirDrafts(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		fill(w, map[string]string{})
		for name, who := range map[string]apptest.Person{"carol": w.carol, "eve": w.eve, "paul": w.paul} {
			for _, path := range []string{"/api/1/reuses/?page_size=50", "/api/2/reuses/?page_size=50&organization=" + w.organization} {
				got := titlesAt("data", "title")(w.Do(who, "GET", path, nil))
				for _, want := range strings.Fields(allOfTown) {
					if !slices.Contains(got, want) {
						t.Errorf("%s does not find %s in %s", name, want, path)
					}
				}
			}
		}
	})
}

// TestDeletingByPutIsTold
func TestDeletingByPutIsTold(t *testing.T) {
	w := newWorld(t, app.Config{})
	oid := w.publish(w.ada, "Bus map")
	w.Want(200, w.ada, "PUT", one(oid), map[string]any{"deleted": "2026-11-01T00:00:00Z"})
	w.Want(410, nobody, "GET", one(oid), nil)
	if got := w.Want(200, w.ada, "GET", "/api/1/activity/?related_to="+oid, nil); got.Get("data.0.key") != "reuse:deleted" {
		t.Errorf("the activity is %s", got.Text)
	}
}

// TestEncodedSlashSeparatesNothing
func TestEncodedSlashSeparatesNothing(t *testing.T) {
	w := newWorld(t, app.Config{})
	oid := w.publish(w.ada, "Bus map")
	w.Want(405, w.ada, "POST", "/api/1/reuses/"+oid+"%2Fdatasets/", map[string]any{"id": w.dataset})
}

// TestEmptySecretIsNone
func TestEmptySecretIsNone(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "api-token-secret"), []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, app.Config{Data: dir}); err == nil {
		t.Error("tokens are keyed with nothing")
	}
}

// TestProcessesStartAtOnce: one data folder, one secret, one schema.
func TestProcessesStartAtOnce(t *testing.T) {
	for range 3 {
		dir := t.TempDir()
		var wait sync.WaitGroup
		secrets := make([]string, 4)
		for i := range secrets {
			wait.Go(func() {
				a, err := app.Open(t.Context(), app.Config{Data: dir}, clock.System)
				if err != nil {
					t.Errorf("open: %v", err)
					return
				}
				secrets[i] = a.Config.TokenSecret
				a.Close()
			})
		}
		wait.Wait()
		for _, s := range secrets {
			if s == "" || s != secrets[0] {
				t.Errorf("the secrets are %q", secrets)
			}
		}
	}
}
