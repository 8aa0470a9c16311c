package mongodump_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/migrate/intake/intaketest"
	"ouvert/internal/migrate/mongodump"
)

func TestRealSample(t *testing.T) {
	dir := intaketest.Shared(t, "dumps/real-sample")
	text, err := os.ReadFile(filepath.Join(dir, "README.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Counts map[string]int
		Users  []struct {
			ID     string
			Tokens []string
		}
		Damage  []struct{ ID, What string }
		OldSlug struct{ Old, ID string } `json:"old_slug"`
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := intaketest.New(t, d)
		o := mongodump.Options{SkipFile: filepath.Join(t.TempDir(), "skips.tsv"), Now: intaketest.Now}
		r, err := mongodump.Import(t.Context(), dir, p.Target, o)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		r.WriteTable(&b)
		t.Log("\n" + b.String())
		skips, err := os.ReadFile(o.SkipFile)
		if err != nil {
			t.Fatal(err)
		}
		t.Log("\n" + string(skips))
		for name, n := range want.Counts {
			row := r.Find(name)
			if row.Read != n {
				t.Errorf("%s: want %d documents read, got %d", name, n, row.Read)
			}
			if row.Read != row.Written+row.Skipped {
				t.Errorf("%s: %d read are not %d written and %d skipped", name, row.Read, row.Written, row.Skipped)
			}
		}
		counts := p.Counts(t)
		for table, collection := range map[string]string{
			"person": "user", "api_token": "api_token", "organization": "organization", "license": "license",
			"contact_point": "contact_point", "dataset": "dataset", "dataservice": "dataservice", "reuse": "reuse",
			"activity": "activity", "old_slug": "slug_follow", "assignment": "assignment", "discussion": "discussion",
			"transfer": "transfer", "report": "report", "notification": "notification",
		} {
			if counts[table] != want.Counts[collection] {
				t.Errorf("%s: want %d rows, got %d", table, want.Counts[collection], counts[table])
			}
		}
		if n := counts["follow"]; n != want.Counts["follow"]-1 { // one is of somebody who is gone
			t.Errorf("follow: want %d rows, got %d", want.Counts["follow"]-1, n)
		}
		for _, damage := range want.Damage {
			if !strings.Contains(string(skips), "\t"+damage.ID+"\t") {
				t.Errorf("the skip file does not name %s: %s", damage.ID, damage.What)
			}
		}
		for _, u := range want.Users {
			for _, token := range u.Tokens {
				a, err := p.Users.Authenticate(t.Context(), token, "")
				if err != nil || a.ID != u.ID {
					t.Errorf("the token %s: want %s, got %v, %v", token, u.ID, a, err)
				}
			}
		}
		if got := p.Text(t, "SELECT object FROM old_slug WHERE class = $1 AND slug = $2", ref.Reuse, want.OldSlug.Old); got != want.OldSlug.ID {
			t.Errorf("the old slug leads to %s, want %s", got, want.OldSlug.ID)
		}
		if n := p.Int(t, "SELECT count(*) FROM person WHERE sysadmin"); n != 1 {
			t.Errorf("want 1 sysadmin, got %d", n)
		}
		pictures := r.Find("pictures")
		if pictures.Written == 0 || pictures.Skipped != 0 {
			t.Errorf("pictures: %+v", pictures)
		}

		again, err := mongodump.Import(t.Context(), dir, p.Target, o)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range again.Rows {
			if *row != *r.Rows[i] {
				t.Errorf("the second time: want %+v, got %+v", *r.Rows[i], *row)
			}
		}
		for table, n := range p.Counts(t) {
			if n != counts[table] {
				t.Errorf("the second time: %s has %d rows, not %d", table, n, counts[table])
			}
		}
	})
}

func TestOracleSeed(t *testing.T) {
	dir := intaketest.Shared(t, "dumps/oracle-seed")
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := intaketest.New(t, d)
		o := mongodump.Options{SkipFile: filepath.Join(t.TempDir(), "skips.tsv"), Now: intaketest.Now}
		r, err := mongodump.Import(t.Context(), dir, p.Target, o)
		if err != nil {
			t.Fatal(err)
		}
		for name, n := range map[string]int{"user": 6, "organization": 2, "dataset": 6, "dataservice": 2, "api_token": 6, "reuse": 0, "site": 1} {
			if row := r.Find(name); row.Read != n || row.Written != n || row.Skipped != 0 || row.Damaged != 0 {
				t.Errorf("%s: want %d, got %+v", name, n, row)
			}
		}
	})
}
