package app_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
)

// atOnce runs f n times at the same time and returns what each run answered.
func atOnce(n int, f func(i int) apptest.Answer) []apptest.Answer {
	var wait sync.WaitGroup
	start, got := make(chan struct{}), make([]apptest.Answer, n)
	for i := range n {
		wait.Go(func() {
			<-start
			got[i] = f(i)
		})
	}
	close(start)
	wait.Wait()
	return got
}

// bodies makes n bodies, before anything runs at once.
func (w *world) bodies(n int, title string, more ...any) []map[string]any {
	out := make([]map[string]any, n)
	for i := range out {
		out[i] = w.body(title, more...)
	}
	return out
}

// TestSameTitleAtOnce: all are published, each with a slug of its own.
func TestSameTitleAtOnce(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		const n = 8
		bodies := w.bodies(n, "Bus map")
		var got, want []string
		for i, a := range atOnce(n, func(i int) apptest.Answer { return w.Do(w.ada, "POST", "/api/1/reuses/", bodies[i]) }) {
			if a.Status != http.StatusCreated {
				t.Fatalf("one is refused: %d %s", a.Status, a.Text)
			}
			got = append(got, a.Get("slug").(string))
			want = append(want, "bus-map")
			if i > 0 {
				want[i] = fmt.Sprintf("bus-map-%d", i)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("the slugs are %q", got)
		}
		if total := w.Want(200, nobody, "GET", "/api/1/reuses/", nil).Get("total"); total != float64(n) {
			t.Errorf("%v reuses are there", total)
		}
	})
}

// TestSameAddressAtOnce: one is published, the others are told why not.
func TestSameAddressAtOnce(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		const n = 8
		bodies := w.bodies(n, "")
		for i := range bodies {
			bodies[i]["title"], bodies[i]["url"] = fmt.Sprintf("Reuse %d", i), "https://www.example.com/one"
		}
		before, published := w.rows(), 0
		for _, a := range atOnce(n, func(i int) apptest.Answer { return w.Do(w.ada, "POST", "/api/1/reuses/", bodies[i]) }) {
			switch {
			case a.Status == http.StatusCreated:
				published++
			case a.Status != http.StatusBadRequest || a.Get("errors.url") != "This URL is already registered":
				t.Errorf("one is told %d %s", a.Status, a.Text)
			}
		}
		after := w.rows()
		if published != 1 || after["reuse"] != before["reuse"]+1 || after["event"] != before["event"]+1 {
			t.Errorf("%d were published: %v, then %v", published, before, after)
		}
	})
}

// TestChangesAtOnce: changes of different fields are all kept.
func TestChangesAtOnce(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		changes := []map[string]any{
			{"title": "Another"},
			{"description": "Another"},
			{"type": "paper"},
			{"topic": "others"},
			{"url": "https://www.example.com/another"},
			{"tags": []string{"another"}},
			{"extras": map[string]any{"a": 1}},
			{"private": true},
		}
		oid := w.publish(w.ada, "Bus map")
		for _, a := range atOnce(len(changes), func(i int) apptest.Answer { return w.Do(w.ada, "PUT", one(oid), changes[i]) }) {
			if a.Status != http.StatusOK {
				t.Errorf("one is refused: %d %s", a.Status, a.Text)
			}
		}
		got := w.Want(200, w.ada, "GET", one(oid), nil)
		for _, change := range changes {
			for name, v := range change {
				if want := text(t, v); text(t, got.Get(name)) != want {
					t.Errorf("%s is %s, want %s", name, text(t, got.Get(name)), want)
				}
			}
		}
	})
}

// TestCountsAtOnce: counters are right whoever else writes.
func TestCountsAtOnce(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		const n = 8
		bodies := w.bodies(n, "Bus map", "datasets", []string{w.dataset})
		atOnce(n, func(i int) apptest.Answer { return w.Do(w.ada, "POST", "/api/1/reuses/", bodies[i]) })
		oid := w.publish(w.eve, "Tram map")
		people := []apptest.Person{w.ada, w.max, w.root, w.carol, w.eve, w.paul}
		atOnce(len(people), func(i int) apptest.Answer { return w.Do(people[i], "POST", one(oid)+"followers/", nil) })
		for path, want := range map[string]map[string]any{
			"/api/1/datasets/" + w.dataset + "/": {"metrics.reuses": float64(n)},
			"/api/1/users/" + w.ada.ID + "/":     {"metrics.reuses": float64(n), "metrics.following": 1.0},
			one(oid):                             {"metrics.followers": float64(len(people))},
		} {
			got := w.Want(200, nobody, "GET", path, nil)
			for member, n := range want {
				if got.Get(member) != n {
					t.Errorf("%s of %s is %v, want %v", member, path, got.Get(member), n)
				}
			}
		}
	})
}

// TestLinksAtOnce: the same dataset is added once, different ones are all
// added.
func TestLinksAtOnce(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		oid := w.publish(w.ada, "Bus map")
		datasets := []string{w.dataset, w.dataset, w.dataset, w.aDataset("A").ID, w.aDataset("B").ID, w.aDataset("C").ID}
		added := 0
		for _, a := range atOnce(len(datasets), func(i int) apptest.Answer {
			return w.Do(w.ada, "POST", one(oid)+"datasets/", map[string]any{"id": datasets[i]})
		}) {
			switch a.Status {
			case http.StatusCreated:
				added++
			case http.StatusOK:
			default:
				t.Errorf("one is refused: %d %s", a.Status, a.Text)
			}
		}
		got := w.Want(200, w.ada, "GET", one(oid), nil)
		if list, _ := got.Get("datasets").([]any); len(list) != 4 || added != 4 || got.Get("metrics.datasets") != 4.0 {
			t.Errorf("%d datasets, %d added, %v counted", len(list), added, got.Get("metrics.datasets"))
		}
	})
}

// TestFollowingAtOnce: following twice at the same time is following once.
func TestFollowingAtOnce(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		oid := w.publish(w.ada, "Bus map")
		var statuses []int
		for _, a := range atOnce(6, func(int) apptest.Answer { return w.Do(w.max, "POST", one(oid)+"followers/", nil) }) {
			statuses = append(statuses, a.Status)
		}
		slices.Sort(statuses)
		if !slices.Equal(statuses, []int{200, 200, 200, 200, 200, 201}) {
			t.Errorf("they are told %v", statuses)
		}
		if got := w.Want(200, nobody, "GET", one(oid)+"followers/", nil).Get("total"); got != 1.0 {
			t.Errorf("%v follow it", got)
		}
	})
}
