package metric_test

import (
	"database/sql"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/kernel/metric"
	"ouvert/internal/kernel/wire"
)

// counters are those of a table of the schema.
var counters = metric.Counters{
	Table: "person",
	Names: []string{"datasets", "followers", "reuses", "months"},
	Columns: map[string]string{
		"datasets": "metric_datasets", "followers": "metric_followers",
	},
}

func insert(t *testing.T, d *db.DB, id, metrics string) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), `INSERT INTO person (id, slug, email, first_name, last_name, active, sysadmin, created_at,
			metric_datasets, metric_reuses, metric_followers, metric_following, metrics, doc, revision)
			VALUES ($1, $2, $3, '', '', true, false, 0, 1, 2, 3, 4, $4, '{}', 7)`, id, id, id, metrics)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSet(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		insert(t, d, "a", `{"views":9,"reuses":1}`)
		insert(t, d, "b", `{}`)
		set := func(id string, values map[string]any) {
			t.Helper()
			if err := d.Write(t.Context(), func(tx *sql.Tx) error { return counters.Set(t.Context(), tx, id, values) }); err != nil {
				t.Fatal(err)
			}
		}
		want := func(when, id string, datasets, followers, revision int64, metrics string) {
			t.Helper()
			var n, m, r int64
			var text string
			row := d.Read().QueryRowContext(t.Context(), "SELECT metric_datasets, metric_followers, revision, metrics FROM person WHERE id = $1", id)
			if err := row.Scan(&n, &m, &r, &text); err != nil {
				t.Fatal(err)
			}
			if n != datasets || m != followers || r != revision || text != metrics {
				t.Errorf("%s: %s has %d, %d, revision %d, %s", when, id, n, m, r, text)
			}
		}
		set("a", map[string]any{"followers": int64(5)})
		want("after a column", "a", 1, 5, 8, `{"views":9,"reuses":1}`)
		set("a", map[string]any{"reuses": int64(2), "months": json.RawMessage(`{"2026-11":1}`)})
		want("after others", "a", 1, 5, 9, `{"months":{"2026-11":1},"reuses":2,"views":9}`)
		set("a", map[string]any{"datasets": int64(0), "followers": int64(6), "reuses": int64(0)})
		want("after all", "a", 0, 6, 10, `{"months":{"2026-11":1},"reuses":0,"views":9}`)
		set("a", nil)
		want("after nothing", "a", 0, 6, 11, `{"months":{"2026-11":1},"reuses":0,"views":9}`)
		want("meanwhile", "b", 1, 3, 7, `{}`)
		set("nobody", map[string]any{"followers": int64(5), "reuses": int64(1)})
	})
}

func TestWrite(t *testing.T) {
	for _, c := range []struct {
		columns    map[string]int64
		more, want string
	}{
		{nil, "", `{"metrics":{"datasets":0,"followers":0,"reuses":0,"months":0}}`},
		{
			map[string]int64{"datasets": 1, "followers": 2, "views": 3},
			`{"reuses":4,"months":{"2026-11":1},"other":5}`,
			`{"metrics":{"datasets":1,"followers":2,"reuses":4,"months":{"2026-11":1}}}`,
		},
		{map[string]int64{"datasets": 1}, `{"datasets":9,"followers":8,"reuses":null}`, `{"metrics":{"datasets":1,"followers":8,"reuses":0,"months":0}}`},
		{nil, "{}", `{"metrics":{"datasets":0,"followers":0,"reuses":0,"months":0}}`},
	} {
		w := &wire.Writer{}
		w.Open('{')
		counters.Write(w, c.columns, []byte(c.more))
		w.Close('}')
		if got := string(w.Bytes()); got != c.want {
			t.Errorf("%v and %s are written as %s", c.columns, c.more, got)
		}
	}
}

func TestSplit(t *testing.T) {
	columns, others := counters.Split(map[string]any{
		"datasets": int32(1), "followers": 2.0, "reuses": int64(3), "months": map[string]any{"2026-11": 1}, "kept": nil,
	})
	if len(columns) != 2 || columns["datasets"] != 1 || columns["followers"] != 2 || others != `{"kept":null,"months":{"2026-11":1},"reuses":3}` {
		t.Errorf("split into %v, %s", columns, others)
	}
	columns, others = counters.Split(map[string]any{"datasets": "many", "followers": nil})
	if len(columns) != 2 || columns["datasets"] != 0 || columns["followers"] != 0 || others != `{}` {
		t.Errorf("nonsense is split into %v, %s", columns, others)
	}
}

func TestMerge(t *testing.T) {
	for _, c := range []struct {
		object string
		values map[string]any
		want   string
	}{
		{``, nil, `{}`},
		{`{"a":1}`, map[string]any{"b": 2}, `{"a":1,"b":2}`},
		{`{"a":1,"b":{"c":1.50}}`, map[string]any{"a": json.RawMessage(`[1]`)}, `{"a":[1],"b":{"c":1.50}}`},
		{`null`, map[string]any{"a": 1}, `{"a":1}`},
	} {
		got, err := metric.Merge([]byte(c.object), c.values)
		if err != nil || string(got) != c.want {
			t.Errorf("%s with %v: %s, %v", c.object, c.values, got, err)
		}
	}
	if _, err := metric.Merge([]byte(`[`), nil); err == nil {
		t.Error("a broken object is merged")
	}
	if _, err := metric.Merge(nil, map[string]any{"a": func() {}}); err == nil {
		t.Error("a function is merged")
	}
}

// TestByMonth: thirteen months, this one included, also at the ends of months
// that have more days than others.
func TestByMonth(t *testing.T) {
	for _, c := range []struct {
		now         string
		first, last string
		start       string
	}{
		{"2026-11-24T12:00:00Z", "2025-11", "2026-11", "2025-11-01"},
		{"2026-12-31T23:59:59Z", "2025-12", "2026-12", "2025-12-01"},
		{"2027-01-01T00:00:00Z", "2026-01", "2027-01", "2026-01-01"},
		{"2026-03-31T00:00:00Z", "2025-03", "2026-03", "2025-03-01"},
		{"2028-02-29T12:00:00Z", "2027-02", "2028-02", "2027-02-01"},
		{"2026-05-31T12:00:00Z", "2025-05", "2026-05", "2025-05-01"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		first := metric.Months(now)
		if got := first.Format("2006-01-02T15:04:05Z07:00"); got != c.start+"T00:00:00Z" {
			t.Errorf("%s: the first instant is %s", c.now, got)
		}
		paris := time.FixedZone("", 3600)
		counts := map[string]int64{}
		text := metric.ByMonth(now, []time.Time{now, now, first, first.Add(-time.Microsecond), first.In(paris), now.AddDate(1, 0, 0)})
		if err := json.Unmarshal(text, &counts); err != nil {
			t.Fatal(err)
		}
		keys := strings.Split(strings.Trim(string(text), "{}"), ",")
		if len(keys) != 13 || len(counts) != 13 || !strings.HasPrefix(keys[0], `"`+c.first+`"`) || !strings.HasPrefix(keys[12], `"`+c.last+`"`) {
			t.Errorf("%s: the months are %s", c.now, text)
		}
		for i := 1; i < len(keys); i++ {
			if keys[i-1] >= keys[i] {
				t.Errorf("%s: %s comes before %s", c.now, keys[i-1], keys[i])
			}
		}
		if counts[c.first] != 2 || counts[c.last] != 2 {
			t.Errorf("%s: counted %v", c.now, counts)
		}
	}
}
