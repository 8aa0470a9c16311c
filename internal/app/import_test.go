package app_test

import (
	"database/sql"
	"encoding/json"
	"testing"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
	"ouvert/internal/catalog/reuse"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/weburl"
	"ouvert/internal/kernel/wire"
)

// TestOddReuses: what other portals have kept over the years is shown, and can
// be changed.
func TestOddReuses(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		const address = "http://localhost/no longer accepted"
		odd := &reuse.Reuse{
			ID: w.newID(), Slug: "odd", Title: "Odd", Type: "no such type", URL: address, URLHash: weburl.Hash(address),
			CreatedAt: apptest.Start, LastModified: apptest.Start,
			Datasets: []string{w.dataset, unknown, w.dataset}, Dataservices: []string{unknown, w.dataservice},
			Counts: map[string]int64{"views": 7, "datasets": 3}, Metrics: `{"discussions":2,"unknown":1}`,
			Doc: reuse.Doc{
				Description: "x", Tags: []string{"B", "a"}, Extras: json.RawMessage("null"),
				Image: &wire.Picture{Filename: "https://static.example.org/a.png"},
			},
		}
		importIt := func(r *reuse.Reuse) error {
			return w.DB.Write(t.Context(), func(tx *sql.Tx) error { return w.Reuses.Import(t.Context(), tx, r) })
		}
		// An import that runs again changes nothing.
		for range 2 {
			if err := importIt(odd); err != nil {
				t.Fatal(err)
			}
			got := w.Want(200, nobody, "GET", one(odd.ID), nil)
			for path, want := range map[string]string{
				"topic": `null`, "type": `"no such type"`, "owner": `null`, "organization": `null`, "extras": `{}`, "tags": `["B","a"]`,
				"datasets.0.id": `"` + w.dataset + `"`, "datasets.1.id": `"` + w.dataset + `"`, "datasets.2": `null`,
				"dataservices.0.id": `"` + w.dataservice + `"`, "dataservices.1": `null`, "image": `"https://static.example.org/a.png"`,
				"image_thumbnail": `null`, "metrics.views": `7`, "metrics.datasets": `3`, "metrics.discussions": `2`, "url": `"` + address + `"`,
			} {
				if told := text(t, got.Get(path)); told != want {
					t.Errorf("%s is %s, want %s", path, told, want)
				}
			}
		}
		// Whoever changes something else need not mend the address.
		w.Want(200, w.root, "PUT", one(odd.ID), map[string]any{"description": "Another", "url": address, "type": "paper", "topic": "health"})
		if got := w.Want(400, w.root, "PUT", one(odd.ID), map[string]any{"url": address + "!"}); got.Get("errors.url") == nil {
			t.Errorf("a new address of the old kind: %s", got.Text)
		}
		double := *odd
		double.ID, double.Slug = w.newID(), "double"
		if err := importIt(&double); !errs.Is(err, 400) || errs.As(err).Fields["url"] == "" {
			t.Errorf("an address twice: %v", err)
		}
	})
}
