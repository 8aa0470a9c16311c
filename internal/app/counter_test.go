package app_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
	"ouvert/internal/kernel/db"
)

// gambler does random things to reuses.
type gambler struct {
	*world
	r                     *rand.Rand
	people                []apptest.Person
	datasets, dataservice []string
	reuses                []string
}

func (g *gambler) person() apptest.Person { return g.people[g.r.IntN(len(g.people))] }
func (g *gambler) reuse() string          { return g.reuses[g.r.IntN(len(g.reuses))] }

// some picks any number of the ids, none and doubles included.
func (g *gambler) some(ids []string) []string {
	out := []string{}
	for g.r.IntN(2) == 0 {
		out = append(out, ids[g.r.IntN(len(ids))])
	}
	return out
}

func (g *gambler) publishOne() string {
	who := g.person()
	more := []any{"datasets", g.some(g.datasets), "dataservices", g.some(g.dataservice), "private", g.r.IntN(4) == 0}
	if who == g.eve {
		more = append(more, "organization", g.organization)
	}
	return g.publish(who, fmt.Sprintf("Title %d", g.r.IntN(3)), more...)
}

// step does one thing; root may do them all. What is refused (410, 404)
// changes nothing.
func (g *gambler) step() {
	path := one(g.reuse())
	put := func(name string, v any) { g.Do(g.root, "PUT", path, map[string]any{name: v}) }
	switch g.r.IntN(12) {
	case 0:
		g.reuses = append(g.reuses, g.publishOne())
	case 1:
		g.Do(g.root, "POST", path+"datasets/", map[string]any{"id": g.datasets[g.r.IntN(len(g.datasets))]})
	case 2:
		g.Do(g.root, "POST", path+"dataservices/", map[string]any{"id": g.dataservice[g.r.IntN(len(g.dataservice))]})
	case 3:
		put("datasets", g.some(g.datasets))
	case 4:
		put("private", g.r.IntN(2) == 0)
	case 5:
		g.Do(g.root, "DELETE", path, nil)
	case 6:
		put("deleted", nil)
	case 7:
		put("owner", g.person().ID)
	case 8:
		put("organization", g.organization)
	case 9, 10:
		g.Do(g.person(), "POST", path+"followers/", nil)
	case 11:
		g.Do(g.person(), "DELETE", path+"followers/", nil)
	}
	g.Pass(time.Duration(g.r.IntN(72)) * time.Hour)
}

// TestCountersAfterAnything does a few hundred random things and then counts
// everything anew.
func TestCountersAfterAnything(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		g := &gambler{
			world: w, r: rand.New(rand.NewPCG(1, 2)), people: []apptest.Person{w.ada, w.max, w.eve},
			datasets:    []string{w.dataset, w.aDataset("Trams").ID, w.aDataset("Ferries").ID},
			dataservice: []string{w.dataservice, w.newDataservice("Tram API")},
		}
		for range 5 {
			g.reuses = append(g.reuses, g.publishOne())
		}
		for range 5 {
			for range 40 {
				g.step()
			}
			g.recount(t)
			if t.Failed() {
				return
			}
		}
	})
}

// recount compares every counter with what the tables hold.
func (g *gambler) recount(t *testing.T) {
	t.Helper()
	// A dataservice counts what is public, all others what uses a dataset too.
	public := "SELECT r.id, r.created_at FROM reuse r WHERE NOT r.private AND r.deleted IS NULL AND "
	counts := public + "r.id IN (SELECT reuse FROM reuse_dataset) AND "
	follows := "SELECT id, since FROM follow WHERE until IS NULL AND "
	links := "SELECT position, 0 FROM reuse_dataset WHERE "
	total := 0
	for _, c := range []struct {
		path    string
		ids     []string
		counter string
		rows    string
		// months is the counter by month, if there is one.
		months string
	}{
		{"datasets", g.datasets, "reuses", counts + "r.id IN (SELECT reuse FROM reuse_dataset WHERE dataset = $1)", "reuses_by_months"},
		{"dataservices", g.dataservice, "reuses", public + "r.id IN (SELECT reuse FROM reuse_dataservice WHERE dataservice = $1)", ""},
		{"organizations", []string{g.organization}, "reuses", counts + "r.organization = $1", "reuses_by_months"},
		{"users", ids(g.people), "reuses", counts + "r.owner = $1", ""},
		{"users", ids(g.people), "following", follows + "follower = $1", ""},
		{"reuses", g.reuses, "datasets", links + "reuse = $1", ""},
		{"reuses", g.reuses, "followers", follows + "object = $1", "followers_by_months"},
	} {
		for _, oid := range c.ids {
			want, byMonth := g.tally(t, c.rows, oid)
			total += want
			got := g.Want(200, g.root, "GET", "/api/1/"+c.path+"/"+oid+"/", nil).Get("metrics").(map[string]any)
			if got[c.counter] != float64(want) {
				t.Errorf("%s of %s %s: %v, counted %d", c.counter, c.path, oid, got[c.counter], want)
			}
			months, _ := got[c.months].(map[string]any) // 0 as long as nothing was ever counted
			for month, n := range months {
				if n != float64(byMonth[month]) {
					t.Errorf("%s of %s %s in %s: %v, counted %d", c.months, c.path, oid, month, n, byMonth[month])
				}
			}
		}
	}
	if total == 0 {
		t.Error("there is nothing to count")
	}
}

func ids(people []apptest.Person) []string {
	var out []string
	for _, p := range people {
		out = append(out, p.ID)
	}
	return out
}

// tally counts the rows of a query of something and an instant, also by month.
func (g *gambler) tally(t *testing.T, query, oid string) (total int, byMonth map[string]int) {
	t.Helper()
	byMonth = map[string]int{}
	err := db.Each(t.Context(), g.DB.Read(), query, []any{oid}, func(rows *sql.Rows) error {
		var what string
		var at time.Time
		err := rows.Scan(&what, db.Time{T: &at})
		total++
		byMonth[at.Format("2006-01")]++
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return total, byMonth
}
