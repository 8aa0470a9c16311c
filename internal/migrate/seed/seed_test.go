package seed

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"ouvert/internal/catalog/dataset"
	"ouvert/internal/catalog/reuse"
	"ouvert/internal/catalog/site"
	"ouvert/internal/catalog/user"
	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/metric"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/slug"
	"ouvert/internal/kernel/weburl"
	"ouvert/internal/kernel/wire"
)

var now = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func target(d *db.DB) Target {
	return Target{DB: d, Site: site.New(d, ref.NewRegistry(), wire.Links{}, clock.Fixed(now), "A portal", "17.6.0")}
}

func small() Options {
	return Options{Reuses: 250, Datasets: 300, ResourcesPerDataset: 3, Organizations: 20, Users: 40, Seed: 7, Now: now}
}

func fillSmall(t testing.TB, d *db.DB, o Options) Counts {
	t.Helper()
	c, err := Fill(t.Context(), target(d), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func number(t *testing.T, d *db.DB, query string, args ...any) int {
	t.Helper()
	var n int
	if err := d.Read().QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func TestFill(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := fillSmall(t, d, small())
		t.Run("counts", func(t *testing.T) { checkCounts(t, d, c) })
		t.Run("counters", func(t *testing.T) { checkCounters(t, d) })
		t.Run("counters by month", func(t *testing.T) { checkMonths(t, d) })
		t.Run("content", func(t *testing.T) { checkContent(t, d) })
		t.Run("log", func(t *testing.T) { checkLog(t, d) })
		t.Run("once", func(t *testing.T) {
			if _, err := Fill(t.Context(), target(d), small()); !errors.Is(err, ErrNotEmpty) {
				t.Errorf("filling twice: %v", err)
			}
			checkCounts(t, d, c)
		})
		t.Run("adding the same", func(t *testing.T) {
			o := small()
			o.Add = true
			more := fillSmall(t, d, o)
			checkCounts(t, d, Counts{
				c.Users + more.Users, c.Organizations + more.Organizations, c.Datasets + more.Datasets, c.Resources + more.Resources,
				c.Dataservices + more.Dataservices, c.Reuses + more.Reuses, c.Follows + more.Follows, c.Topics + more.Topics, c.Posts + more.Posts,
			})
			checkCounters(t, d)
			checkMonths(t, d)
		})
	})
}

func checkCounts(t *testing.T, d *db.DB, want Counts) {
	got := Counts{
		Users: number(t, d, "SELECT count(*) FROM person"), Organizations: number(t, d, "SELECT count(*) FROM organization"),
		Datasets: number(t, d, "SELECT count(*) FROM dataset"), Resources: number(t, d, "SELECT count(*) FROM dataset_resource"),
		Dataservices: number(t, d, "SELECT count(*) FROM dataservice"), Reuses: number(t, d, "SELECT count(*) FROM reuse"),
		Follows: number(t, d, "SELECT count(*) FROM follow"), Posts: number(t, d, "SELECT count(*) FROM post"), Topics: number(t, d, "SELECT count(*) FROM topic"),
	}
	if got != want {
		t.Errorf("the tables hold %+v, want %+v", got, want)
	}
}

const (
	reuseCounts   = "NOT r.private AND r.deleted IS NULL AND EXISTS (SELECT 1 FROM reuse_dataset x WHERE x.reuse = r.id)"
	datasetCounts = "NOT d.private AND d.deleted IS NULL AND d.archived IS NULL"
	serviceCounts = "NOT s.private AND s.deleted IS NULL AND s.archived IS NULL"
)

// checkCounters recounts the columns.
func checkCounters(t *testing.T, d *db.DB) {
	ofDataset := "SELECT count(*) FROM reuse_dataset l JOIN reuse r ON r.id = l.reuse WHERE l.dataset = o.id AND " + reuseCounts
	for _, c := range []struct{ table, column, count string }{
		{"reuse", "metric_datasets", "SELECT count(*) FROM reuse_dataset l WHERE l.reuse = o.id"},
		{"dataset", "metric_reuses", ofDataset},
		{"dataservice", "metric_reuses", strings.NewReplacer("reuse_dataset l", "reuse_dataservice l", "l.dataset", "l.dataservice").Replace(ofDataset)},
		{"organization", "metric_reuses", "SELECT count(*) FROM reuse r WHERE r.organization = o.id AND " + reuseCounts},
		{"person", "metric_reuses", "SELECT count(*) FROM reuse r WHERE r.owner = o.id AND " + reuseCounts},
		{"organization", "metric_datasets", "SELECT count(*) FROM dataset d WHERE d.organization = o.id AND " + datasetCounts},
		{"person", "metric_datasets", "SELECT count(*) FROM dataset d WHERE d.owner = o.id AND " + datasetCounts},
		{"person", "metric_following", "SELECT count(*) FROM follow f WHERE f.follower = o.id AND f.until IS NULL"},
		{"person", "metric_followers", followersOf("User")},
		{"organization", "metric_followers", followersOf("Organization")},
		{"dataset", "metric_followers", followersOf("Dataset")},
		{"dataservice", "metric_followers", followersOf("Dataservice")},
		{"reuse", "metric_followers", followersOf("Reuse")},
	} {
		if n := number(t, d, "SELECT count(*) FROM "+c.table+" o WHERE "+c.column+" <> ("+c.count+")"); n > 0 {
			t.Errorf("%d objects of %s have a wrong %s", n, c.table, c.column)
		}
		if n := number(t, d, "SELECT max("+c.column+") FROM "+c.table); n == 0 {
			t.Errorf("no object of %s has any %s", c.table, c.column)
		}
	}
	// The counters that are no columns.
	for table, counts := range map[string]map[string]string{
		"dataset":      {"dataservices": "SELECT l.dataset FROM dataservice_dataset l JOIN dataservice s ON s.id = l.dataservice WHERE " + serviceCounts},
		"organization": {"members": "SELECT organization FROM organization_member", "dataservices": "SELECT s.organization FROM dataservice s WHERE s.organization IS NOT NULL AND " + serviceCounts},
		"person":       {"dataservices": "SELECT s.owner FROM dataservice s WHERE s.owner IS NOT NULL AND " + serviceCounts},
	} {
		for name, query := range counts {
			want := map[string]int{}
			ids, err := db.Strings(t.Context(), d.Read(), query)
			if err != nil {
				t.Fatal(err)
			}
			for _, oid := range ids {
				want[oid]++
			}
			for oid, m := range metricsOf(t, d, table) {
				if got, _ := m[name].(float64); int(got) != want[oid] {
					t.Errorf("%s %s has %v %s, want %d", table, oid, m[name], name, want[oid])
				}
			}
		}
	}
	var text string
	if err := d.Read().QueryRowContext(t.Context(), "SELECT doc FROM site").Scan(&text); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text, fmt.Sprintf(`"reuses":%d,`, number(t, d, "SELECT count(*) FROM reuse r WHERE "+reuseCounts))) {
		t.Errorf("the site's figures are not counted: %s", text)
	}
}

func followersOf(class string) string {
	return "SELECT count(*) FROM follow f WHERE f.object = o.id AND f.class = '" + class + "' AND f.until IS NULL"
}

func metricsOf(t *testing.T, d *db.DB, table string) map[string]map[string]any {
	t.Helper()
	out := map[string]map[string]any{}
	err := db.Each(t.Context(), d.Read(), "SELECT id, metrics FROM "+table, nil, func(rows *sql.Rows) error {
		var oid, text string
		if err := rows.Scan(&oid, &text); err != nil {
			return err
		}
		m := map[string]any{}
		out[oid] = m
		return json.Unmarshal([]byte(text), &m)
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// checkMonths recounts the counters by month. One that is not there says that
// there is nothing.
func checkMonths(t *testing.T, d *db.DB) {
	follow := func(class string) string {
		return "SELECT f.object, f.since FROM follow f WHERE f.until IS NULL AND f.class = '" + class + "'"
	}
	for _, c := range []struct{ table, name, query string }{
		{"reuse", "followers_by_months", follow("Reuse")},
		{"dataset", "followers_by_months", follow("Dataset")},
		{"dataservice", "followers_by_months", follow("Dataservice")},
		{"dataset", "reuses_by_months", "SELECT l.dataset, r.created_at FROM reuse_dataset l JOIN reuse r ON r.id = l.reuse WHERE " + reuseCounts},
		{"organization", "reuses_by_months", "SELECT r.organization, r.created_at FROM reuse r WHERE r.organization IS NOT NULL AND " + reuseCounts},
		{"organization", "datasets_by_months", "SELECT d.organization, d.created_at FROM dataset d WHERE d.organization IS NOT NULL AND " + datasetCounts},
		{"organization", "dataservices_by_months", "SELECT s.organization, s.created_at FROM dataservice s WHERE s.organization IS NOT NULL AND " + serviceCounts},
		{"organization", "datasets_followers_by_months", "SELECT d.organization, f.since FROM follow f JOIN dataset d ON d.id = f.object WHERE f.until IS NULL AND d.organization IS NOT NULL AND " + datasetCounts},
		{"organization", "reuses_followers_by_months", "SELECT r.organization, f.since FROM follow f JOIN reuse r ON r.id = f.object WHERE f.until IS NULL AND r.organization IS NOT NULL AND " + reuseCounts},
		{"organization", "datasets_reuses_by_months", "SELECT organization, created_at FROM (SELECT DISTINCT r.id, d.organization, r.created_at FROM reuse_dataset l JOIN reuse r ON r.id = l.reuse JOIN dataset d ON d.id = l.dataset WHERE d.organization IS NOT NULL AND " + datasetCounts + " AND " + reuseCounts + ") AS t"},
	} {
		at := map[string][]time.Time{}
		err := db.Each(t.Context(), d.Read(), c.query, nil, func(rows *sql.Rows) error {
			var oid string
			var instant time.Time
			err := rows.Scan(&oid, db.Time{T: &instant})
			at[oid] = append(at[oid], instant)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		some := false
		for oid, m := range metricsOf(t, d, c.table) {
			want := map[string]any{}
			if err := json.Unmarshal(metric.ByMonth(now, at[oid]), &want); err != nil {
				t.Fatal(err)
			}
			got, counted := m[c.name].(map[string]any)
			some = some || counted
			if counted && !maps.Equal(got, want) || !counted && len(at[oid]) > 0 {
				t.Errorf("%s %s has %s %v, want %v", c.table, oid, c.name, m[c.name], want)
			}
		}
		if !some {
			t.Errorf("no object of %s has any %s", c.table, c.name)
		}
	}
}

// checkContent looks for what a portal has of everything.
func checkContent(t *testing.T, d *db.DB) {
	for _, x := range reuse.Types {
		if n := number(t, d, "SELECT count(*) FROM reuse WHERE type = $1", x.ID); n == 0 {
			t.Errorf("no reuse is of the type %s", x.ID)
		}
	}
	for _, x := range reuse.Topics {
		if n := number(t, d, "SELECT count(*) FROM reuse WHERE topic = $1", x.ID); n == 0 {
			t.Errorf("no reuse is about %s", x.ID)
		}
	}
	for name, cond := range map[string]string{
		"private": "private", "deleted": "deleted IS NOT NULL", "archived": "archived IS NOT NULL", "featured": "featured",
		"without a dataset": "metric_datasets = 0", "of a person": "owner IS NOT NULL", "of an organization": "organization IS NOT NULL",
		"with a dataservice":    "EXISTS (SELECT 1 FROM reuse_dataservice l WHERE l.reuse = r.id)",
		"of the last year":      fmt.Sprintf("created_at > %d", now.AddDate(-1, 0, 0).UnixMicro()),
		"of eight years before": fmt.Sprintf("created_at < %d", now.AddDate(-5, 0, 0).UnixMicro()),
	} {
		if n := number(t, d, "SELECT count(*) FROM reuse r WHERE "+cond); n == 0 {
			t.Errorf("no reuse is %s", name)
		}
	}
	for name, cond := range map[string]string{
		"is private": "private", "is featured": "featured", "is of a person": "owner IS NOT NULL", "is of an organization": "organization IS NOT NULL",
		"holds a dataset":     "EXISTS (SELECT 1 FROM topic_element e WHERE e.topic = t.id AND e.class = 'Dataset')",
		"holds a reuse":       "EXISTS (SELECT 1 FROM topic_element e WHERE e.topic = t.id AND e.class = 'Reuse')",
		"holds a dataservice": "EXISTS (SELECT 1 FROM topic_element e WHERE e.topic = t.id AND e.class = 'Dataservice')",
		"holds a title alone": "EXISTS (SELECT 1 FROM topic_element e WHERE e.topic = t.id AND e.class IS NULL)",
	} {
		if n := number(t, d, "SELECT count(*) FROM topic t WHERE "+cond); n == 0 {
			t.Errorf("no topic %s", name)
		}
	}
	for name, cond := range map[string]string{
		"somebody who gets mails":                    "FROM person p WHERE NOT EXISTS (SELECT 1 FROM notification_mail m WHERE m.person = p.id AND m.off)",
		"a topic with no owner or two":               "FROM topic WHERE (owner IS NULL) = (organization IS NULL)",
		"a private topic that is featured":           "FROM topic WHERE private AND featured",
		"a hidden dataset in a topic":                "FROM topic_element e JOIN dataset d ON d.id = e.object WHERE d.private OR d.deleted IS NOT NULL",
		"a hidden reuse in a topic":                  "FROM topic_element e JOIN reuse d ON d.id = e.object WHERE d.private OR d.deleted IS NOT NULL",
		"a hidden dataservice in a topic":            "FROM topic_element e JOIN dataservice d ON d.id = e.object WHERE d.private OR d.deleted IS NOT NULL",
		"a reuse with no owner or two":               "FROM reuse WHERE (owner IS NULL) = (organization IS NULL)",
		"a dataset with no owner or two":             "FROM dataset WHERE (owner IS NULL) = (organization IS NULL)",
		"a reuse that changed before it was":         "FROM reuse WHERE last_modified < created_at OR archived < created_at OR deleted < created_at",
		"a dataset that changed before it was":       "FROM dataset WHERE last_modified < created_at OR last_update > last_modified",
		"a reuse of the future":                      fmt.Sprintf("FROM reuse WHERE last_modified > %d", now.UnixMicro()),
		"a reuse of a private or gone dataset":       "FROM reuse_dataset l JOIN dataset d ON d.id = l.dataset WHERE d.private OR d.deleted IS NOT NULL",
		"a reuse with more than five datasets":       "FROM reuse WHERE metric_datasets > 5",
		"a follower of what is hidden":               "FROM follow f JOIN reuse r ON r.id = f.object WHERE r.private OR r.deleted IS NOT NULL",
		"somebody who follows themselves":            "FROM follow WHERE follower = object",
		"an organization without administrators":     "FROM organization o WHERE NOT EXISTS (SELECT 1 FROM organization_member m WHERE m.organization = o.id AND m.role = 'admin')",
		"a dataset with another number of resources": "FROM dataset d WHERE (SELECT count(*) FROM dataset_resource r WHERE r.dataset = d.id) <> 3",
		"an address of somebody real":                "FROM person WHERE email NOT LIKE '%@example.org'",
		"a licence that is none":                     "FROM dataset d WHERE d.license NOT IN (SELECT id FROM license)",
	} {
		if n := number(t, d, "SELECT count(*) "+cond); n > 0 {
			t.Errorf("%s: %d", name, n)
		}
	}
	err := db.Each(t.Context(), d.Read(), "SELECT title, slug, url, urlhash, doc FROM reuse", nil, func(rows *sql.Rows) error {
		var title, s, url, hash, text string
		var doc reuse.Doc
		if err := rows.Scan(&title, &s, &url, &hash, &text); err != nil {
			return err
		}
		if _, err := weburl.Default.Check(url); err != nil || hash != weburl.Hash(url) || !strings.Contains(url, "example.org/") {
			t.Errorf("the address %s: %v", url, err)
		}
		if !strings.HasPrefix(s, slug.Make(title)) {
			t.Errorf("%q has the slug %s", title, s)
		}
		if err := json.Unmarshal([]byte(text), &doc); err != nil {
			return err
		}
		if n := strings.Count(doc.Description, "\n\n"); n < 1 || n > 12 {
			t.Errorf("%q has %d paragraphs", title, n+1)
		}
		// {id} is the API's own.
		if left := strings.ReplaceAll(title+doc.Description, "{id}", ""); strings.ContainsAny(left, "{}") {
			t.Errorf("something was not filled in: %s", left)
		}
		if !slices.IsSorted(doc.Tags) {
			t.Errorf("%q has the tags %v", title, doc.Tags)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkLog(t *testing.T, d *db.DB) {
	generation, err := event.Generation(t.Context(), d.Read())
	if err != nil {
		t.Fatal(err)
	}
	visible := number(t, d, "SELECT count(*) FROM event WHERE NOT hidden AND key = 'reuse:created' AND actor IN (SELECT id FROM person)")
	if visible != visibleEvents {
		t.Errorf("%d activities, want %d", visible, visibleEvents)
	}
	if n := number(t, d, "SELECT count(*) FROM event WHERE hidden AND key = 'catalogue:seeded'"); n != 1 {
		t.Errorf("%d events tell that the catalogue was filled", n)
	}
	if want := int64(visible + 2); generation != want { // the site's figures are an event too
		t.Errorf("the generation is %d, want %d", generation, want)
	}
}

// dump returns every row of the catalogue as text.
func dump(t *testing.T, d *db.DB) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, table := range []string{
		"person", "organization", "organization_member", "organization_badge", "license", "dataset", "dataset_tag", "dataset_resource",
		"dataservice", "dataservice_dataset", "reuse", "reuse_dataset", "reuse_dataservice", "reuse_tag", "follow", "event", "site",
		"topic", "topic_tag", "topic_zone", "topic_element", "topic_element_tag", "notification_mail",
	} {
		rows, err := d.Read().QueryContext(t.Context(), "SELECT * FROM "+table)
		if err != nil {
			t.Fatal(err)
		}
		names, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			cells, into := make([]any, len(names)), make([]any, len(names))
			for i := range cells {
				into[i] = &cells[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			for i, c := range cells { // engines read truths back in their own ways
				switch c {
				case int64(1):
					cells[i] = true
				case int64(0):
					cells[i] = false
				}
			}
			out[table] = append(out[table], fmt.Sprint(cells...))
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		slices.Sort(out[table])
	}
	return out
}

func TestSameSeedGivesSameRows(t *testing.T) {
	first := dbtest.SQLite(t)
	fillSmall(t, first, small())
	want := dump(t, first)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fillSmall(t, d, small())
		for table, rows := range dump(t, d) {
			if !slices.Equal(rows, want[table]) {
				t.Errorf("other rows in %s", table)
			}
		}
	})
	other := small()
	other.Seed++
	d := dbtest.SQLite(t)
	fillSmall(t, d, other)
	if slices.Equal(dump(t, d)["reuse"], want["reuse"]) {
		t.Error("another seed gave the same reuses")
	}
}

func TestPeopleMayBeThere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		// Somebody has the first made-up person's name and address.
		p := newPlan(streams{small().Seed}, small())
		name := p.nameOf(0)
		taken := slug.Make(name.full())
		err := d.Write(t.Context(), func(tx *sql.Tx) error {
			return user.InsertMany(t.Context(), tx, []*user.User{{
				ID: "5e0000000000000000000001", Slug: taken, Email: taken + "-1@example.org", FirstName: name.first, LastName: name.last,
				Active: true, Sysadmin: true, CreatedAt: now,
			}})
		})
		if err != nil {
			t.Fatal(err)
		}
		fillSmall(t, d, small())
		if n := number(t, d, "SELECT count(*) FROM person WHERE slug = $1", taken+"-1"); n != 1 {
			t.Error("the made-up person did not get the next slug")
		}
		if n := number(t, d, "SELECT count(*) FROM person WHERE email = $1", taken+"-1+1@example.org"); n != 1 {
			t.Error("the made-up person did not get the next address")
		}
	})
}

func TestDefaults(t *testing.T) {
	d := dbtest.SQLite(t)
	var said strings.Builder
	c := fillSmall(t, d, Options{Reuses: 7, Organizations: 1, Users: 1, Progress: &said})
	if c.Datasets != 21 || c.Resources != 0 || c.Reuses != 7 {
		t.Errorf("made %+v", c)
	}
	if !strings.Contains(said.String(), "seed: 21 of 21 datasets\n") {
		t.Errorf("said %q", said.String())
	}
	if c := fillSmall(t, dbtest.SQLite(t), Options{Organizations: 1, Users: 1}); c.Datasets != 0 || c.Dataservices != 0 {
		t.Errorf("made %+v of nothing", c)
	}
	if c := fillSmall(t, dbtest.SQLite(t), Options{Reuses: 20, Datasets: 1, Organizations: 3, Users: 2}); c.Reuses != 20 {
		t.Errorf("made %+v with one dataset", c)
	}
}

func TestBadOptions(t *testing.T) {
	d := dbtest.SQLite(t)
	for name, o := range map[string]Options{
		"negative":        {Reuses: -1, Organizations: 1, Users: 1},
		"nobody":          {Reuses: 1, Organizations: 1},
		"no organization": {Reuses: 1, Users: 1},
	} {
		if _, err := Fill(t.Context(), target(d), o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// stop ends a context when something is said.
type stop struct{ cancel context.CancelFunc }

func (s stop) Write(b []byte) (int, error) {
	if strings.Contains(string(b), "datasets") {
		s.cancel()
	}
	return io.Discard.Write(b)
}

func TestInterrupted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		o := small()
		o.Progress = stop{cancel}
		if _, err := Fill(ctx, target(d), o); !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v", err)
		}
		checkCounts(t, d, Counts{})
		fillSmall(t, d, small())
	})
}

// TestShares looks at a plan that is big enough for its shares to show.
func TestShares(t *testing.T) {
	const n = 20_000
	p := newPlan(streams{1}, Options{Reuses: n, Datasets: 3 * n, ResourcesPerDataset: 10, Organizations: 60, Users: 1000, Now: now})
	got := map[string]float64{}
	links, most := 0, 0
	for i := range p.reuses {
		w := &p.reuses[i]
		links += len(w.datasets)
		most = max(most, w.followers)
		for name, yes := range map[string]bool{
			"private": w.private, "deleted": !w.deletion.IsZero(), "archived": !w.archived.IsZero(), "featured": w.featured != nil && *w.featured,
			"without": len(w.datasets) == 0, "english": w.en, "person": w.person >= 0, "followed": w.followers > 0,
		} {
			if yes {
				got[name] += 1. / n
			}
		}
	}
	for name, want := range map[string][2]float64{
		"private": {0.015, 0.025}, "deleted": {0.007, 0.013}, "archived": {0.025, 0.035}, "featured": {0.025, 0.035}, "without": {0.025, 0.035},
		"english": {0.1, 0.3}, "person": {0.3, 0.5}, "followed": {0.25, 0.75},
	} {
		if got[name] < want[0] || got[name] > want[1] {
			t.Errorf("the share %q is %.3f", name, got[name])
		}
	}
	if mean := float64(links) / n; mean < 2.8 || mean > 3.2 {
		t.Errorf("a reuse has %.2f datasets", mean)
	}
	if most < 200 {
		t.Errorf("the most followed reuse has %d followers", most)
	}
	if !slices.IsSortedFunc(p.reuses, func(a, b work) int { return a.created.Compare(b.created) }) {
		t.Error("reuses are not in the order of creation")
	}
}

// TestWords guards the texts against slips.
func TestWords(t *testing.T) {
	known := map[string]bool{}
	for _, f := range dataset.Frequencies {
		known[f.ID] = true
	}
	for _, topic := range reuse.Topics {
		scopes := scope(0)
		for _, s := range seriesByTopic[topic.ID] {
			scopes |= s.scope
			if !known[s.frequency] || every[s.frequency] == [2]string{} {
				t.Errorf("%q has the frequency %q", s.title, s.frequency)
			}
			for _, tag := range s.tags {
				checkTag(t, tag)
			}
			for _, f := range s.formats {
				if mimes[f] == "" {
					t.Errorf("the format %q has no media type", f)
				}
			}
			for _, text := range []string{s.title, s.titleEN, s.things, s.thingsEN, s.columns, s.columnsEN} {
				if text == "" {
					t.Errorf("%q lacks a text", s.title)
				}
			}
			if (s.question == "") != (s.questionEN == "") {
				t.Errorf("%q has a question in one language", s.title)
			}
		}
		if scopes != everywhere {
			t.Errorf("%s has no series for some size of place", topic.ID)
		}
		if len(seriesByTopic) != len(reuse.Topics) {
			t.Error("a series has an unknown topic")
		}
	}
	for _, about := range reuse.Topics {
		if x := themes[about.ID]; x.name == "" || x.description == "" {
			t.Errorf("the theme of %s lacks something", about.ID)
		}
		checkTag(t, themes[about.ID].tag)
	}
	for _, kind := range reuse.Types {
		if len(titles[kind.ID]) == 0 || len(titlesEN[kind.ID]) == 0 || len(french.intro[kind.ID]) == 0 || len(english.intro[kind.ID]) == 0 {
			t.Errorf("the type %s lacks texts", kind.ID)
		}
		for _, tag := range kindTags[kind.ID] {
			checkTag(t, tag)
		}
	}
	for _, list := range [][]*place{towns, departments, regions, {france}} {
		for _, p := range list {
			checkTag(t, p.tag)
			if p.in == "" || p.of == "" || p.zone == "" {
				t.Errorf("the place %q lacks something", p.name)
			}
		}
	}
	names := map[string]int{}
	for _, p := range (streams{3}).publishers(600) {
		names[p.name]++
		if p.name == "" || p.by == "" || p.place == nil || len(p.about) == 0 || strings.Contains(p.description(p.about[0]), "{") {
			t.Errorf("the publisher %+v lacks something", p)
		}
	}
	if len(names) != 600 {
		t.Errorf("600 publishers have %d names", len(names))
	}
}

func checkTag(t *testing.T, tag string) {
	t.Helper()
	if tag != slug.Tag(tag) || len(tag) < 3 {
		t.Errorf("the tag %q", tag)
	}
}

func BenchmarkFill(b *testing.B) {
	for b.Loop() {
		d := dbtest.SQLite(b)
		if _, err := Fill(b.Context(), target(d), Options{Reuses: 500, ResourcesPerDataset: 10, Organizations: 60, Users: 200, Seed: 1, Now: now}); err != nil {
			b.Fatal(err)
		}
	}
}
