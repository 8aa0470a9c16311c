package app_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
	"ouvert/internal/kernel/verify"
	"ouvert/internal/migrate/seed"
)

// verified returns what differs, as "check class id field".
func verified(t *testing.T, p *apptest.Portal, repair bool, names ...string) []string {
	t.Helper()
	found := []string{}
	_, err := p.Verify(t.Context(), &verify.Run{
		Repair: repair, Progress: func(string, int) {},
		Found: func(f verify.Finding) error {
			found = append(found, strings.Join([]string{f.Check, f.Class, f.ID, f.Field}, " "))
			return nil
		},
	}, names...)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	return found
}

// After whatever the API does, everything is as the facts say; what was broken
// on purpose is found, and repaired as far as it is counted.
func TestVerify(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		var picture bytes.Buffer
		if err := png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 20, 20))); err != nil {
			t.Fatal(err)
		}
		bus := w.publish(w.ada, "Bus map", "datasets", []string{w.dataset}, "dataservices", []string{w.dataservice})
		tram := w.publish(w.eve, "Tram map", "organization", w.organization)
		w.Want(201, w.max, "POST", "/api/1/reuses/"+bus+"/followers/", nil)
		w.Want(201, w.max, "POST", "/api/1/datasets/"+w.dataset+"/followers/", nil)
		w.Want(201, w.ada, "POST", "/api/1/reuses/"+tram+"/followers/", nil)
		w.Want(201, w.max, "POST", "/api/1/discussions/", body{"title": "T", "comment": "C", "subject": body{"class": "Dataset", "id": w.dataset}})
		w.Want(204, w.eve, "DELETE", "/api/1/reuses/"+tram+"/", nil)
		w.Want(200, w.eve, "PUT", "/api/1/reuses/"+tram+"/", body{"deleted": nil})
		w.Want(200, w.ada, "PUT", "/api/1/reuses/"+bus+"/", body{"private": true})
		w.Want(200, w.ada, "PUT", "/api/1/reuses/"+bus+"/", body{"private": false})
		topic := w.Want(201, w.ada, "POST", topics, body{"name": "T", "elements": []body{{"element": body{"class": "Reuse", "id": bus}}}}).Get("id").(string)
		// The world's own objects were written with counters of another portal.
		verified(t, w.Portal, true, "dataset.counters", "organization.counters", "reuse.counters", "dataservice.counters", "person.counters")
		found := verified(t, w.Portal, false)
		found = slices.DeleteFunc(found, func(s string) bool { return strings.HasPrefix(s, "files Organization") }) // the world's logo is none
		if len(found) > 0 {
			t.Fatalf("differs: %v", found)
		}

		w.write(func(tx *sql.Tx) error {
			for _, query := range []string{
				"UPDATE reuse SET metric_followers = 7 WHERE id = '" + bus + "'",
				"UPDATE person SET metric_reuses = 9 WHERE id = '" + w.ada.ID + "'",
				"UPDATE dataset SET metrics = '{\"discussions\": 5}' WHERE id = '" + w.dataset + "'",
				"INSERT INTO topic_element (id, topic, class, object, doc, search) SELECT '" + unknown + "', id, 'Reuse', '" + unknown + "', '{}', '' FROM topic",
				"UPDATE log_position SET seq = seq + 5",
			} {
				if _, err := tx.Exec(query); err != nil {
					return fmt.Errorf("%s: %w", query, err)
				}
			}
			return nil
		})
		want := []string{
			"dataset.counters Dataset " + w.dataset + " discussions", "dataset.counters Dataset " + w.dataset + " discussions_open",
			"person.counters User " + w.ada.ID + " reuses", "reuse.counters Reuse " + bus + " followers",
			"search Reuse " + bus + " followers", "search Topic " + topic + " links",
			"topic_element.object.reuse Topic " + unknown + " object",
		}
		found = verified(t, w.Portal, false)
		found = slices.DeleteFunc(found, func(s string) bool {
			return strings.HasPrefix(s, "files ") || strings.HasPrefix(s, "event.seq") || strings.HasSuffix(s, w.dataset+" reuses") || strings.HasSuffix(s, w.dataset+" dataservices") || strings.Contains(s, "_by_months")
		})
		if !slices.Equal(found, want) {
			t.Errorf("found %q,\nwant %q", found, want)
		}
		if gap := verified(t, w.Portal, false, "event.seq"); len(gap) != 1 {
			t.Errorf("the gap in the log: %v", gap)
		}
		before := w.Want(200, nobody, "GET", "/api/1/reuses/"+bus+"/", nil).Get("metrics.followers")
		verified(t, w.Portal, true)
		if after := w.Want(200, nobody, "GET", "/api/1/reuses/"+bus+"/", nil).Get("metrics.followers"); before != 7.0 || after != 1.0 {
			t.Errorf("followers %v, repaired to %v", before, after)
		}
		if left := verified(t, w.Portal, false, "dataset", "person", "reuse", "organization", "search"); len(left) > 0 {
			t.Errorf("left after the repair: %v", left)
		}
	})
}

// Files that are missing, and files that nothing names.
func TestVerifyFiles(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		if err := w.Blobs.Put(t.Context(), "images/ab/left.png", strings.NewReader("x"), ""); err != nil {
			t.Fatal(err)
		}
		old := time.Now().Add(-2 * time.Hour)
		if err := os.Chtimes(filepath.Join(w.Config.Data, "files", "images", "ab", "left.png"), old, old); err != nil {
			t.Fatal(err)
		}
		found := verified(t, w.Portal, false, "files")
		if !slices.Contains(found, "files File images/ab/left.png file") {
			t.Errorf("a file that nothing names: %v", found)
		}
		bus := w.publish(w.ada, "Bus map")
		w.write(func(tx *sql.Tx) error {
			_, err := tx.Exec("UPDATE reuse SET doc = $1 WHERE id = $2", `{"image": {"filename": "cd/gone.png", "original": "https://elsewhere.example.org/x.png"}}`, bus)
			return err
		})
		if found := verified(t, w.Portal, false, "files"); !slices.Contains(found, "files Reuse "+bus+" file") {
			t.Errorf("a file that is missing: %v", found)
		}
	})
}

// A made-up catalogue is right from the start.
func TestVerifySeed(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		if _, err := p.Fill(t.Context(), seed.Options{Reuses: 60, ResourcesPerDataset: 2, Organizations: 8, Users: 20, Seed: 3, Now: apptest.Start}); err != nil {
			t.Fatal(err)
		}
		if found := verified(t, p, false); len(found) > 0 {
			t.Errorf("differs: %v", found)
		}
	})
}

func TestExport(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		bus, hidden := w.publish(w.ada, "Bus map", "datasets", []string{w.dataset}), w.publish(w.ada, "Secret", "private", true, "datasets", []string{w.dataset})
		for _, private := range []bool{false, true} {
			dir := filepath.Join(t.TempDir(), "out")
			m, err := w.Export(t.Context(), dir, app.ExportOptions{Private: private})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range m.Files {
				b, err := os.ReadFile(filepath.Join(dir, f.Name))
				if err != nil {
					t.Fatal(err)
				}
				sum := sha256.Sum256(b)
				if int64(len(b)) != f.Bytes || hex.EncodeToString(sum[:]) != f.SHA256 || strings.HasSuffix(f.Name, "ndjson") && bytes.Count(b, []byte("\n")) != f.Rows {
					t.Errorf("%s is not as the manifest says: %+v", f.Name, f)
				}
			}
			lines := map[string]map[string]any{}
			file, err := os.Open(filepath.Join(dir, "reuses.ndjson"))
			if err != nil {
				t.Fatal(err)
			}
			for s := bufio.NewScanner(file); s.Scan(); {
				var v map[string]any
				if err := json.Unmarshal(s.Bytes(), &v); err != nil {
					t.Fatal(err)
				}
				lines[v["id"].(string)] = v
			}
			file.Close()
			api := w.Want(200, nobody, "GET", "/api/1/reuses/"+bus+"/", nil)
			if got, want := fmt.Sprint(lines[bus]), fmt.Sprint(api.Body); got != want {
				t.Errorf("exported\n%s, the API has\n%s", got, want)
			}
			if _, ok := lines[hidden]; ok != private {
				t.Errorf("with private %v, the private reuse is in it: %v", private, ok)
			}
			table, err := os.ReadFile(filepath.Join(dir, "reuses.csv"))
			if err != nil || !bytes.Contains(table, []byte(bus)) || bytes.Contains(table, []byte(hidden)) {
				t.Errorf("the table: %.300s, %v", table, err)
			}
			people, err := os.ReadFile(filepath.Join(dir, "users.ndjson"))
			if err != nil || bytes.Contains(people, []byte("@example")) {
				t.Errorf("addresses of people are exported: %.300s, %v", people, err)
			}
			if _, err := w.Export(t.Context(), dir, app.ExportOptions{}); err == nil {
				t.Error("an export wrote over another")
			}
		}
		// One that breaks off leaves nothing.
		parent := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := w.Export(ctx, filepath.Join(parent, "out"), app.ExportOptions{}); err == nil {
			t.Error("it ends well")
		}
		if left, _ := os.ReadDir(parent); len(left) > 0 {
			t.Errorf("left: %v", left)
		}
	})
}
