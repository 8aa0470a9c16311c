package app_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
)

// TestAcknowledgedWritesAreOnTheDisk copies the data folder as a power cut
// would leave it, while the portal runs: everything that was acknowledged must
// be in the copy, and nothing that was refused.
func TestAcknowledgedWritesAreOnTheDisk(t *testing.T) {
	dir := t.TempDir()
	w := newWorld(t, app.Config{Data: dir})
	var published []string
	for i := range 4 {
		oid := w.publish(w.ada, fmt.Sprintf("Bus map %d", i), "datasets", []string{w.dataset}, "tags", []string{"bus"})
		published = append(published, oid)
		w.Want(201, w.max, "POST", one(oid)+"followers/", nil)
		w.Want(200, w.ada, "PUT", one(oid), map[string]any{"title": fmt.Sprintf("Tram map %d", i)})
		w.Want(200, w.ada, "POST", one(oid)+"image/", picture(t, 4, 4), "Content-Type", pictureType)
		w.Want(400, w.ada, "POST", "/api/1/reuses/", w.body("Refused", "tags", []string{"x"}))

		again := apptest.New(t, app.Config{Data: afterPowerCut(t, dir)})
		if got := again.Want(200, nobody, "GET", "/api/1/reuses/", nil); got.Get("total") != float64(i+1) {
			t.Fatalf("after %d writes: %s", i+1, got.Text)
		}
		for _, oid := range published {
			before, after := w.Want(200, w.ada, "GET", one(oid), nil), again.Want(200, w.ada, "GET", one(oid), nil)
			if before.Text != after.Text {
				t.Errorf("it was %s and is %s", before.Text, after.Text)
			}
			image := after.Get("image").(string)[len("http://portal.test"):]
			again.Want(200, nobody, "GET", image, nil)
		}
		again.Want(308, nobody, "GET", one(fmt.Sprintf("bus-map-%d", i)), nil)
		if a, b := w.activity(t), again.Want(200, nobody, "GET", "/api/1/activity/", nil).Text; a != b {
			t.Errorf("the activity was %s and is %s", a, b)
		}
		// The copy is a portal that goes on.
		again.Want(201, w.ada, "POST", "/api/1/reuses/", minimal("After the cut", "https://www.example.com/after"))
	}
}

func (w *world) activity(t *testing.T) string {
	t.Helper()
	return w.Want(200, nobody, "GET", "/api/1/activity/", nil).Text
}

// afterPowerCut copies a data folder but for the shared memory file, which no
// power cut leaves behind.
func afterPowerCut(t *testing.T, dir string) string {
	t.Helper()
	to, copied := t.TempDir(), 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		switch {
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		case filepath.Ext(path) == ".db-shm":
			return nil
		}
		copied++
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), data, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	if copied < 2 {
		t.Fatal("there is no database with its log")
	}
	return to
}
