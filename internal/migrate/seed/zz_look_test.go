package seed

import (
	"database/sql"
	"fmt"
	"os"
	"testing"
	"time"

	"ouvert/internal/catalog/site"
	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
)

func TestLook(t *testing.T) {
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	d := dbtest.SQLite(t)
	c, err := Fill(t.Context(), Target{DB: d, Site: site.New(d, clock.Fixed(now), "x", "1")}, Options{Reuses: 100, ResourcesPerDataset: 4, Organizations: 60, Users: 50, Seed: 7, Now: now, Progress: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(c)
	for _, q := range []string{
		"SELECT name||' | '||coalesce(acronym,'')||' | '||metric_datasets||' '||metric_reuses||' '||metric_followers||' '||metric_views FROM organization LIMIT 60",
		"SELECT title||' | '||slug||' | '||metric_reuses||' '||metric_followers FROM dataset LIMIT 60",
		"SELECT first_name||' '||last_name||' '||email||' '||doc FROM person LIMIT 10",
		"SELECT title||' | '||type||' | '||topic||' | '||url||' | '||metric_followers||' '||metric_views FROM reuse",
		"SELECT doc FROM reuse LIMIT 12",
	} {
		err := db.Each(t.Context(), d.Read(), q, nil, func(rows *sql.Rows) error {
			var s string
			err := rows.Scan(&s)
			fmt.Println(s)
			return err
		})
		fmt.Println("-----", err)
	}
}
