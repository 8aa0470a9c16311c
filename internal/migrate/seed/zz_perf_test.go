package seed

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"ouvert/internal/catalog/site"
	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
)

func TestPerf(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("N"))
	if n == 0 {
		t.Skip()
	}
	users, _ := strconv.Atoi(os.Getenv("U"))
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	var d *db.DB
	if os.Getenv("PG") != "" {
		d = dbtest.PostgreSQL(t)
	} else {
		d = dbtest.SQLite(t)
	}
	start := time.Now()
	p := newPlan(streams{1}, Options{Reuses: n, Datasets: 3 * n, ResourcesPerDataset: 10, Organizations: 60, Users: max(200, users), Now: now})
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	fmt.Println("plan", time.Since(start), m.HeapAlloc>>20, "MB", len(p.follows))
	p = nil
	start = time.Now()
	c, err := Fill(t.Context(), Target{DB: d, Site: site.New(d, clock.Fixed(now), "x", "1")}, Options{Reuses: n, ResourcesPerDataset: 10, Organizations: 60, Users: max(200, users), Seed: 1, Now: now, Progress: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("fill", time.Since(start), c)
	start = time.Now()
	d.Close()
	fmt.Println("close", time.Since(start))
	b, _ := os.ReadFile("/proc/self/status")
	for _, l := range splitLines(string(b)) {
		if len(l) > 5 && (l[:5] == "VmHWM" || l[:5] == "VmRSS") {
			fmt.Println(l)
		}
	}
}

func splitLines(s string) []string {
	var out []string
	for i := 0; i < len(s); {
		j := i
		for j < len(s) && s[j] != '\n' {
			j++
		}
		out = append(out, s[i:j])
		i = j + 1
	}
	return out
}
