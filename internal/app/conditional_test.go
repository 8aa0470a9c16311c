package app_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"ouvert/internal/app"
)

// TestIfMatch: who changes what they have not seen is told so, and nothing is
// changed.
func TestIfMatch(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		path := one(w.publish(w.ada, "Bus map"))
		etag := func() string { return w.Want(200, nobody, "GET", path, nil).Header.Get("Etag") }
		first := etag()
		if first == "" {
			t.Fatal("no ETag")
		}
		w.Want(200, w.ada, "PUT", path, map[string]any{"description": "one"}, "If-Match", first)
		second := etag()
		if second == first {
			t.Fatal("the ETag did not change")
		}
		w.Want(412, w.ada, "PUT", path, map[string]any{"description": "two"}, "If-Match", first)
		w.Want(412, w.ada, "DELETE", path, nil, "If-Match", first)
		if got := w.Want(200, nobody, "GET", path, nil).Get("description"); got != "one" {
			t.Errorf("description: %v", got)
		}
		w.Want(200, w.ada, "PUT", path, map[string]any{"description": "three"}, "If-Match", `"x", W/`+second)
		w.Want(200, w.ada, "PUT", path, map[string]any{"description": "four"}, "If-Match", "*")
		w.Want(403, w.max, "PUT", path, map[string]any{"description": "five"}, "If-Match", etag())
		// Somebody's own view of a dataset holds what they may do with it.
		dataset := "/api/1/datasets/" + w.dataset + "/"
		mine := w.Want(200, w.root, "GET", dataset, nil).Header.Get("Etag")
		w.Want(200, w.root, "PUT", dataset, map[string]any{"description": "mine"}, "If-Match", mine)
		w.Want(412, w.root, "PUT", dataset, map[string]any{"description": "mine again"}, "If-Match", mine)
		w.Want(204, w.ada, "DELETE", path, nil, "If-Match", etag())
	})
}

// TestNoLostUpdate: of writers who read, add a word and write at the same time,
// each succeeds or is told to read again.
func TestNoLostUpdate(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		path := one(w.publish(w.ada, "Bus map", "description", "start"))
		const writers, words = 4, 4
		var all sync.WaitGroup
		for i := range writers {
			all.Add(1)
			go func() {
				defer all.Done()
				for j := range words {
					for try := 0; ; try++ {
						read := w.Do(nobody, "GET", path, nil)
						text := fmt.Sprintf("%s %d-%d", read.Get("description"), i, j)
						got := w.Do(w.ada, "PUT", path, map[string]any{"description": text}, "If-Match", read.Header.Get("Etag"))
						if got.Status == 200 {
							break
						}
						if got.Status != 412 && got.Status != 503 || try == 500 {
							t.Errorf("%d %s", got.Status, got.Text)
							return
						}
					}
				}
			}()
		}
		all.Wait()
		got := w.Want(200, nobody, "GET", path, nil).Get("description").(string)
		if n := len(strings.Fields(got)); n != 1+writers*words {
			t.Errorf("%d words: %s", n, got)
		}
	})
}

// TestIdempotencyKey: a request that is sent again is carried out once.
func TestIdempotencyKey(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		body := w.body("Bus map")
		first := w.Want(201, w.ada, "POST", "/api/1/reuses/", body, "Idempotency-Key", "k1")
		again := w.Want(201, w.ada, "POST", "/api/1/reuses/", body, "Idempotency-Key", "k1")
		if again.Text != first.Text || again.Header.Get("Idempotency-Replayed") != "true" || first.Header.Get("Idempotency-Replayed") != "" {
			t.Errorf("again: %v %s", again.Header, again.Text)
		}
		if got := w.Want(201, w.ada, "POST", "/api/1/reuses/", body, "Idempotency-Key", "k1", "X-Fields", "id").Text; got != `{"id":"`+first.Get("id").(string)+`"}` {
			t.Errorf("masked: %s", got)
		}
		w.Want(422, w.ada, "POST", "/api/1/reuses/", w.body("Another"), "Idempotency-Key", "k1")
		w.Want(400, w.ada, "POST", "/api/1/reuses/", body, "Idempotency-Key", strings.Repeat("k", 256))
		// Keys are each person's own, and those who are nobody have none.
		w.Want(201, w.max, "POST", "/api/1/reuses/", w.body("Of Max"), "Idempotency-Key", "k1")
		w.Want(401, nobody, "POST", "/api/1/reuses/", body, "Idempotency-Key", "k1")
		// What was refused was not done, so it can be sent anew.
		w.Want(400, w.ada, "POST", "/api/1/reuses/", map[string]any{"title": "x"}, "Idempotency-Key", "k2")
		w.Want(201, w.ada, "POST", "/api/1/reuses/", w.body("Good"), "Idempotency-Key", "k2")
		w.Pass(25 * 60 * 60 * 1e9)
		if got := w.Want(400, w.ada, "POST", "/api/1/reuses/", body, "Idempotency-Key", "k1"); !strings.Contains(got.Text, "url") {
			t.Errorf("a day later: %s", got.Text)
		}
		if total := w.Want(200, nobody, "GET", "/api/1/reuses/", nil).Get("total"); total != 3. {
			t.Errorf("%v reuses", total)
		}
	})
}

// TestIdempotencyRace: of many who send the same at the same time, one is
// carried out.
func TestIdempotencyRace(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		body := w.body("Bus map")
		var all sync.WaitGroup
		for range 8 {
			all.Add(1)
			go func() {
				defer all.Done()
				// 409 while the first is on its way.
				if got := w.Do(w.ada, "POST", "/api/1/reuses/", body, "Idempotency-Key", "k"); got.Status != 201 && got.Status != 409 {
					t.Errorf("%d %s", got.Status, got.Text)
				}
			}()
		}
		all.Wait()
		if total := w.Want(200, nobody, "GET", "/api/1/reuses/", nil).Get("total"); total != 1. {
			t.Errorf("%v reuses", total)
		}
	})
}

// TestStatements: a list costs as many statements whatever its size and however
// many resources its datasets have, and nothing when it is asked for again.
func TestStatements(t *testing.T) {
	eachWorld(t, app.Config{CacheSize: 64 << 20}, func(t *testing.T, w *world) {
		for i := range 12 {
			d := w.aDataset(fmt.Sprint("Stops ", i))
			for range i {
				w.Want(201, w.root, "POST", "/api/1/datasets/"+d.ID+"/resources/", map[string]any{
					"title": "More", "type": "main", "filetype": "remote", "format": "csv", "url": "https://www.example.com/x.csv",
				})
			}
			w.publish(w.ada, fmt.Sprint("Map ", i), "datasets", []string{d.ID})
			w.newDataservice(fmt.Sprint("API ", i))
		}
		statements := func(path string) int64 {
			before := w.DB.Statements()
			w.Want(200, nobody, "GET", path, nil)
			return w.DB.Statements() - before
		}
		for _, list := range []string{"/api/1/reuses/", "/api/2/reuses/", "/api/1/datasets/", "/api/2/datasets/", "/api/1/dataservices/"} {
			first := statements(list + "?page_size=1")
			// Those of the order of the list are no longer needed.
			if n := statements(list + "?page_size=10&page=2"); n > first {
				t.Errorf("%s: %d statements for one, %d for a page of others", list, first, n)
			}
			if n := statements(list + "?page_size=20&x=1"); n > first {
				t.Errorf("%s: %d statements for one, %d for all", list, first, n)
			}
			if n := statements(list + "?page_size=20&x=2"); n != 0 {
				t.Errorf("%s: %d statements for what is kept", list, n)
			}
		}
	})
}
