package app_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
	"ouvert/internal/kernel/backup"
	"ouvert/internal/kernel/blob/s3test"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/kernel/verify"
	"ouvert/internal/migrate/seed"

	"github.com/klauspost/compress/zstd"
)

// later is when portals are compared: what depends on the hour, as feeds do, has
// come to rest.
const later = 72 * time.Hour

// at opens a portal at that time.
func at(t *testing.T, c app.Config) *apptest.Portal {
	t.Helper()
	p := apptest.New(t, c)
	p.Pass(later)
	return p
}

// silent is for whom nothing is said.
func silent(string, ...any) {}

// inhabited makes a portal with a made-up catalogue, people, pictures, talk and
// secrets, and lets it rest.
func inhabited(t *testing.T, c app.Config) *world {
	t.Helper()
	w := newWorld(t, c)
	if _, err := w.Fill(t.Context(), seed.Options{Reuses: 80, Datasets: 60, ResourcesPerDataset: 3, Organizations: 12, Users: 30, Seed: 7, Add: true, Now: apptest.Start}); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		oid := w.publish(w.ada, fmt.Sprintf("Tram map %d – <b>\"é\" & 😀</b>", i), "tags", []string{"tram", "bus"}, "datasets", []string{w.dataset})
		w.Want(200, w.ada, "POST", one(oid)+"image/", picture(t, 40, 30), "Content-Type", pictureType)
		w.Want(201, w.max, "POST", one(oid)+"followers/", nil)
		w.Want(200, w.ada, "PUT", one(oid), map[string]any{"title": fmt.Sprintf("Metro map %d", i)})
		w.Want(201, w.max, "POST", "/api/1/discussions/", map[string]any{
			"title": "About this", "comment": "Why\u2028not?\r\n\ttwo lines", "subject": map[string]any{"class": "Reuse", "id": oid},
		})
	}
	w.Want(200, w.ada, "GET", "/api/1/notifications/", nil) // which the reader of the log makes
	w.Want(200, w.root, "GET", "/api/1/reports/", nil)
	if err := w.Site.Recount(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Pass(later)
	return w
}

var ours = regexp.MustCompile(`http://portal\.test(/[^"\s<>\\]*)`)

var lastLogin = regexp.MustCompile(`"last_login_at":"[^"]*"`)

// sample follows the links of a portal's answers, from its lists on, and
// returns the paths.
func sample(p *apptest.Portal, limit int) []string {
	paths := []string{
		"/api/1/site/", "/api/1/reuses/?page_size=100", "/api/1/datasets/?page_size=100", "/api/1/organizations/?page_size=50", "/api/1/dataservices/",
		"/api/1/users/", "/api/1/discussions/", "/api/1/activity/?page_size=50", "/api/1/posts/", "/api/1/topics/", "/api/2/reuses/search/?q=map",
		"/api/1/reuses/recent.atom", "/api/1/datasets/recent.atom", "/api/1/site/reuses.csv?sort=title", "/api/1/site/datasets.csv?sort=title", "/api/1/site/resources.csv?sort=title",
		"/api/1/site/organizations.csv?sort=name", "/api/1/site/catalog.ttl", "/sitemap.xml", "/api/1/tags/suggest/?q=bu", "/api/1/spatial/levels/",
		"/api/1/datasets/licenses/", "/api/1/swagger.json", "/api/1/notifications/", "/api/1/me/", "/api/1/me/reuses/", "/api/1/reports/", "/api/2/datasets/?page_size=40",
	}
	seen := map[string]bool{}
	for _, path := range paths {
		seen[path] = true
	}
	for i := 0; i < len(paths) && len(paths) < limit; i++ {
		a := p.Do(apptest.Person{}, "GET", paths[i], nil)
		for _, m := range ours.FindAllStringSubmatch(a.Text, -1) {
			path := strings.TrimRight(strings.ReplaceAll(m[1], "&amp;", "&"), ".,;)]'")
			if !seen[path] && len(paths) < limit && !strings.Contains(path, "{") {
				seen[path] = true
				paths = append(paths, path)
			}
		}
	}
	return paths
}

// answers are what a portal says to strangers, to a person and to a sysadmin.
func answers(p *apptest.Portal, paths []string, people ...apptest.Person) map[string]string {
	out := map[string]string{}
	for i, who := range people {
		for _, path := range paths {
			a := p.Do(who, "GET", path, nil)
			text := lastLogin.ReplaceAllString(a.Text, "") // which asking changes
			out[fmt.Sprintf("%d %s", i, path)] = fmt.Sprintf("%d %s %s\n%s", a.Status, a.Header.Get("Content-Type"), a.Header.Get("Location"), text)
		}
	}
	return out
}

func sameAnswers(t *testing.T, what string, want, got map[string]string) {
	t.Helper()
	wrong := 0
	for path, text := range want {
		if got[path] == text {
			continue
		}
		if wrong++; wrong < 4 {
			i := 0
			for i < min(len(text), len(got[path])) && text[i] == got[path][i] {
				i++
			}
			i = max(0, i-60)
			t.Errorf("%s: %s was …%.160s and is …%.160s", what, path, text[min(i, len(text)):], got[path][min(i, len(got[path])):])
		}
	}
	if wrong > 0 {
		t.Errorf("%s: %d of %d answers are others", what, wrong, len(want))
	}
}

// TestMoveThereAndBack: from the folder to PostgreSQL and a bucket and back,
// each with the same answers to the byte.
func TestMoveThereAndBack(t *testing.T) {
	address, server := dbtest.PostgreSQLAddress(t), s3test.Start(t)
	bucket := server.Bucket(t)
	first, last := t.TempDir(), t.TempDir()
	w := inhabited(t, app.Config{Data: first})
	paths := sample(w.Portal, 500)
	people := []apptest.Person{nobody, w.ada, w.root}
	want := answers(w.Portal, paths, people...)
	good := 0
	for _, text := range want {
		if strings.HasPrefix(text, "200 ") {
			good++
		}
	}
	if len(paths) < 400 || good < 800 {
		t.Fatalf("only %d paths, %d good answers", len(paths), good)
	}

	there, err := app.Move(t.Context(), app.Address{Database: "sqlite:" + first}, app.Address{Database: address, Blobs: bucket}, false, silent)
	if err != nil {
		t.Fatal(err)
	}
	if there.Files.New < 9 || there.Files.New != there.Files.Files {
		t.Errorf("the files: %+v", there.Files)
	}
	// Nothing was changed where it came from, and nothing is left to do.
	again, err := app.Move(t.Context(), app.Address{Database: "sqlite:" + first}, app.Address{Database: address, Blobs: bucket}, true, silent)
	if err != nil || again.Files.New != 0 || slices.ContainsFunc(again.Tables, func(m backup.MovedTable) bool { return !m.Same }) {
		t.Errorf("again: %+v, %v", again, err)
	}
	large := at(t, app.Config{Database: address, Blobs: bucket})
	sameAnswers(t, "PostgreSQL and S3", want, answers(large, paths, people...))

	back, err := app.Move(t.Context(), app.Address{Database: address, Blobs: bucket}, app.Address{Database: "sqlite:" + last}, false, silent)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.EqualFunc(there.Tables, back.Tables, func(a, b backup.MovedTable) bool { return a.Name == b.Name && a.Rows == b.Rows }) {
		t.Errorf("there went %v, back came %v", there.Tables, back.Tables)
	}
	small := at(t, app.Config{Data: last})
	sameAnswers(t, "back in a folder", want, answers(small, paths, people...))
	// Only the database moves when the files may stay.
	bare := t.TempDir()
	stays, err := app.Move(t.Context(), app.Address{Database: address, Blobs: bucket}, app.Address{Database: "sqlite:" + bare, Blobs: bucket}, false, silent)
	if err != nil || stays.Files.Files != 0 {
		t.Errorf("the files stay: %+v, %v", stays.Files, err)
	}
	sameAnswers(t, "a folder and a bucket", want, answers(at(t, app.Config{Data: bare, Blobs: bucket}), paths, people...))
	// It is a portal that goes on.
	small.Want(201, w.ada, "POST", "/api/1/reuses/", minimal("After the move", "https://www.example.com/after"))
	t.Logf("%d paths for 3 people, %d answers of them 200", len(paths), good)
}

// TestMoveIsTakenUp: a move that was cut short serves nobody, and the next one
// goes on; what changed at the source meanwhile is moved too.
func TestMoveIsTakenUp(t *testing.T) {
	for _, engine := range []string{"postgresql", "sqlite"} {
		t.Run(engine, func(t *testing.T) {
			target := app.Config{Data: t.TempDir()}
			to := app.Address{Database: "sqlite:" + target.Data}
			if engine == "postgresql" {
				target.Database = dbtest.PostgreSQLAddress(t)
				to.Database = target.Database
			}
			server := s3test.Start(t)
			to.Blobs = server.Bucket(t)
			target.Blobs = to.Blobs
			dir := t.TempDir()
			w := inhabited(t, app.Config{Data: dir})
			from := app.Address{Database: "sqlite:" + dir}

			// In the middle of the rows.
			ctx, stop := context.WithCancel(t.Context())
			rows := 0
			_, err := app.Move(ctx, from, to, false, func(string, ...any) {
				if rows++; rows == 6 {
					stop()
				}
			})
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("it was stopped: %v", err)
			}
			refused(t, target)
			// In the middle of the files.
			var sent atomic.Int32
			server.Before(func(rw http.ResponseWriter, r *http.Request) bool {
				if r.Method != "PUT" || sent.Add(1) < 5 {
					return false
				}
				rw.WriteHeader(http.StatusForbidden)
				return true
			})
			if _, err = app.Move(t.Context(), from, to, false, silent); err == nil {
				t.Fatal("files are missing and nobody says so")
			}
			server.Before(nil)
			refused(t, target)
			// Meanwhile the portal went on, parents and children.
			oid := w.publish(w.max, "Meanwhile", "tags", []string{"bus"}, "datasets", []string{w.dataset})
			w.Want(200, w.max, "POST", one(oid)+"image/", picture(t, 40, 30), "Content-Type", pictureType)
			w.Want(200, w.ada, "PUT", "/api/1/me/", map[string]any{"first_name": "Adelaide"})
			moved, err := app.Move(t.Context(), from, to, false, silent)
			if err != nil {
				t.Fatal(err)
			}
			same := 0
			for _, m := range moved.Tables {
				if m.Same && m.Rows > 0 {
					same++
				}
			}
			if same == 0 || moved.Files.New == moved.Files.Files {
				t.Errorf("it began anew: %+v", moved)
			}
			paths := []string{one(oid), "/api/1/reuses/?page_size=100", "/api/1/me/", "/api/1/activity/"}
			p := at(t, target)
			sameAnswers(t, "after the move", answers(w.Portal, paths, nobody, w.ada), answers(p, paths, nobody, w.ada))
			// What is a portal now is no target any more.
			if _, err := app.Move(t.Context(), from, to, false, silent); !errors.Is(err, backup.ErrPortal) || !strings.Contains(err.Error(), "--again") {
				t.Errorf("over a portal: %v", err)
			}
		})
	}
}

// refused fails the test when a portal can be opened.
func refused(t *testing.T, c app.Config) {
	t.Helper()
	c.TokenSecret = "x"
	if a, err := app.Open(t.Context(), c, (&apptest.Portal{}).Now); err == nil {
		a.Close()
		t.Error("half of a portal is served")
	} else if !strings.Contains(err.Error(), "not finished") {
		t.Errorf("half of a portal: %v", err)
	}
}

// TestBackupAndRestore, from each engine into each.
func TestBackupAndRestore(t *testing.T) {
	for _, from := range []string{"sqlite", "postgresql"} {
		t.Run("from "+from, func(t *testing.T) {
			source := app.Config{Data: t.TempDir()}
			if from == "postgresql" {
				source.Database = dbtest.PostgreSQLAddress(t)
			}
			w := inhabited(t, source)
			file := filepath.Join(t.TempDir(), "portal.tar.zst")
			if _, err := app.Backup(t.Context(), source, file, silent); err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("the archive is %v, %v", info.Mode(), err)
			}
			if _, err := app.Backup(t.Context(), source, file, silent); err == nil {
				t.Error("a backup was written over another")
			}
			paths := sample(w.Portal, 200)
			want := answers(w.Portal, paths, nobody, w.ada)
			for _, to := range []string{"sqlite", "postgresql"} {
				t.Run("to "+to, func(t *testing.T) {
					target := app.Config{Data: t.TempDir()}
					if to == "postgresql" {
						target.Database = dbtest.PostgreSQLAddress(t)
					}
					if _, m, err := app.Restore(t.Context(), target, file, false, silent); err != nil || m.Files < 9 {
						t.Fatal(m.Files, err)
					}
					p := at(t, target)
					sameAnswers(t, "restored", want, answers(p, paths, nobody, w.ada))
					p.Want(201, w.ada, "POST", "/api/1/reuses/", minimal("After", "https://www.example.com/after"))
					p.Close()

					// Never over a portal without a word, then all of it.
					if _, _, err := app.Restore(t.Context(), target, file, false, silent); !errors.Is(err, backup.ErrPortal) || !strings.Contains(err.Error(), "--force") {
						t.Errorf("over a portal: %v", err)
					}
					if _, _, err := app.Restore(t.Context(), target, file, true, silent); err != nil {
						t.Fatal(err)
					}
					p = at(t, target)
					sameAnswers(t, "restored by force", want, answers(p, paths, nobody, w.ada))
					// While it serves, not even by force.
					p.Want(200, nobody, "GET", "/api/1/reuses/", nil)
					if _, _, err := app.Restore(t.Context(), target, file, true, silent); err == nil || !strings.Contains(err.Error(), "stop") {
						t.Errorf("over a portal that serves: %v", err)
					}
					p.Want(200, nobody, "GET", "/api/1/reuses/", nil)
				})
			}
		})
	}
}

// TestBackupWhileItIsWritten: whatever is acknowledged before is in the
// archive, what it names is there too, and the restored portal agrees with
// itself.
func TestBackupWhileItIsWritten(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		ada := p.Person("Ada", false)
		stop, stopped := make(chan struct{}), make(chan int)
		var acknowledged atomic.Int32
		go func() {
			n := 0
			for ; ; n++ {
				select {
				case <-stop:
					stopped <- n
					return
				default:
				}
				made := p.Do(ada, "POST", "/api/1/reuses/", minimal(fmt.Sprintf("Map %d", n), fmt.Sprintf("https://www.example.com/%d", n)))
				oid, _ := made.Get("id").(string)
				image := p.Do(ada, "POST", one(oid)+"image/", picture(t, 40, 30), "Content-Type", pictureType)
				if made.Status != 201 || image.Status != 200 {
					t.Errorf("%d %s, %d %s", made.Status, made.Text, image.Status, image.Text)
				}
				acknowledged.Add(1)
			}
		}()
		for acknowledged.Load() < 3 {
			if t.Failed() {
				return
			}
		}
		before := int(acknowledged.Load())
		file := filepath.Join(t.TempDir(), "portal.tar.zst")
		_, err := app.Backup(t.Context(), p.Config, file, silent)
		after := int(acknowledged.Load()) + 1
		close(stop)
		<-stopped
		if err != nil {
			t.Fatal(err)
		}
		target := app.Config{Data: t.TempDir()}
		if _, _, err := app.Restore(t.Context(), target, file, false, silent); err != nil {
			t.Fatal(err)
		}
		again := at(t, target)
		list := again.Want(200, nobody, "GET", "/api/1/reuses/?page_size=10000", nil)
		total := int(list.Get("total").(float64))
		if total < before || total > after {
			t.Errorf("%d reuses; %d were there before, %d after", total, before, after)
		}
		for i := range total {
			if image, ok := list.Get(fmt.Sprintf("data.%d.image", i)).(string); ok {
				again.Want(200, nobody, "GET", strings.TrimPrefix(image, "http://portal.test"), nil)
			}
		}
		if faults := verifies(t, again); len(faults) > 0 {
			t.Errorf("it differs from itself: %v", faults)
		}
	})
}

// TestDamagedArchives are refused before anything is written.
func TestDamagedArchives(t *testing.T) {
	w := inhabited(t, app.Config{})
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole")
	if _, err := app.Backup(t.Context(), w.Config, whole, silent); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	refuse := func(what string, bad []byte, want string) {
		t.Helper()
		file, target := filepath.Join(dir, "bad"), filepath.Join(dir, "target")
		if err := os.WriteFile(file, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, err := app.Restore(t.Context(), app.Config{Data: target}, file, true, silent)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", what, err, want)
		}
		if _, err := os.Stat(target); !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("%s: something was written: %v", what, err)
		}
	}
	step := max(1, len(text)/60)
	for i := 0; i < len(text); i += step {
		bad := bytes.Clone(text)
		bad[i] ^= 0x10
		refuse(fmt.Sprintf("byte %d of %d is another", i, len(text)), bad, "")
		refuse(fmt.Sprintf("%d of %d bytes", i, len(text)), text[:i], "")
	}
	refuse("the last byte is missing", text[:len(text)-1], "damaged")
	refuse("bytes follow", append(bytes.Clone(text), "more"...), "damaged")
	refuse("nothing", nil, "")
	refuse("a text", []byte("this is a text, and a long one at that"), "no backup")
	for _, c := range []struct{ what, old, new string }{
		{"an edited row", "Metro map", "Metro mop"},
		{"a newer form", `"format": 1`, `"format": 9`},
		{"a newer schema", `"schema": `, `"schema": 9`},
	} {
		refuse(c.what, rewritten(t, text, c.old, c.new), "")
	}
	if head, m, err := app.CheckBackup(t.Context(), whole); err != nil || head.Engine != "sqlite" || m.Tables["person"].Rows < 20 {
		t.Errorf("the whole one: %+v, %v", head, err)
	}
}

// TestFailedRestoreCanBeRunAgain: when files can't be written the database
// stays vacant, and an old portal as it was.
func TestFailedRestoreCanBeRunAgain(t *testing.T) {
	w := inhabited(t, app.Config{})
	file := filepath.Join(t.TempDir(), "portal.tar.zst")
	if _, err := app.Backup(t.Context(), w.Config, file, silent); err != nil {
		t.Fatal(err)
	}
	for _, engine := range []string{"sqlite", "postgresql"} {
		t.Run(engine, func(t *testing.T) {
			server := s3test.Start(t)
			c := app.Config{Data: t.TempDir(), Blobs: server.Bucket(t), TokenSecret: "test-secret"}
			if engine == "postgresql" {
				c.Database = dbtest.PostgreSQLAddress(t)
			}
			old := apptest.New(t, c)
			ada := old.Person("Ada", false)
			old.Want(201, ada, "POST", "/api/1/reuses/", minimal("Old", "https://www.example.com/old"))
			old.Close()
			server.Before(func(rw http.ResponseWriter, r *http.Request) bool {
				if r.Method != "PUT" {
					return false
				}
				rw.WriteHeader(http.StatusForbidden)
				return true
			})
			if _, _, err := app.Restore(t.Context(), c, file, true, silent); err == nil {
				t.Fatal("files are missing and nobody says so")
			}
			server.Before(nil)
			old = apptest.New(t, c)
			if got := old.Want(200, nobody, "GET", "/api/1/reuses/", nil); got.Get("data.0.title") != "Old" {
				t.Errorf("the old portal is %s", got.Text)
			}
			old.Close()
			if _, _, err := app.Restore(t.Context(), c, file, true, silent); err != nil {
				t.Fatal(err)
			}
			if left, _ := filepath.Glob(filepath.Join(c.Data, ".*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			p := at(t, c)
			paths := []string{"/api/1/reuses/?page_size=100"}
			sameAnswers(t, "restored", answers(w.Portal, paths, w.ada), answers(p, paths, w.ada))
		})
	}
}

// TestSecretOfTokens goes with the portal, into the folder and nowhere else.
func TestSecretOfTokens(t *testing.T) {
	source := app.Config{Data: t.TempDir()}
	a, err := app.Open(t.Context(), source, (&apptest.Portal{}).Now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Users.Create(t.Context(), "ada@example.org", "Ada", "Test", true); err != nil {
		t.Fatal(err)
	}
	a.Close()
	secret := func(dir string) string {
		b, _ := os.ReadFile(filepath.Join(dir, "api-token-secret"))
		return string(b)
	}
	file := filepath.Join(t.TempDir(), "x")
	if _, err := app.Backup(t.Context(), source, file, silent); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&said, format+"\n", args...) }
	restored, moved := t.TempDir(), t.TempDir()
	if _, _, err := app.Restore(t.Context(), app.Config{Data: restored}, file, false, say); err != nil || secret(restored) != secret(source.Data) {
		t.Errorf("restored: %v", err)
	}
	if _, err := app.Move(t.Context(), app.Address{Database: "sqlite:" + source.Data}, app.Address{Database: "sqlite:" + moved}, false, say); err != nil || secret(moved) != secret(source.Data) {
		t.Errorf("moved: %v", err)
	}
	if s := strings.TrimSpace(secret(source.Data)); s == "" || strings.Contains(said.String(), s) {
		t.Errorf("it was said: %s", said.String())
	}
	if info, err := os.Stat(filepath.Join(restored, "api-token-secret")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	// The operator's own wins, and is told so.
	t.Setenv("OUVERT_API_TOKEN_SECRET", "another")
	other := t.TempDir()
	if _, _, err := app.Restore(t.Context(), app.Config{Data: other}, file, false, say); err != nil || secret(other) != "" || !strings.Contains(said.String(), "must be the same") {
		t.Errorf("with a secret of its own: %v, %s", err, said.String())
	}
}

// TestNothingToBackUp: what is no portal is refused, and not made one.
func TestNothingToBackUp(t *testing.T) {
	empty := t.TempDir()
	if _, err := app.Backup(t.Context(), app.Config{Data: empty}, filepath.Join(t.TempDir(), "x"), silent); err == nil || !strings.Contains(err.Error(), "no portal") {
		t.Errorf("an empty folder: %v", err)
	}
	if left, _ := os.ReadDir(empty); len(left) > 0 {
		t.Errorf("something was made: %v", left)
	}
	if _, err := app.Backup(t.Context(), app.Config{Database: dbtest.PostgreSQLAddress(t), Blobs: t.TempDir()}, filepath.Join(t.TempDir(), "x"), silent); err == nil || !strings.Contains(err.Error(), "no portal") {
		t.Errorf("an empty database: %v", err)
	}
	lost := app.Config{Database: dbtest.PostgreSQLAddress(t), Data: filepath.Join(t.TempDir(), "none")}
	if _, err := app.Backup(t.Context(), lost, filepath.Join(t.TempDir(), "x"), silent); err == nil || !strings.Contains(err.Error(), "--blobs") {
		t.Errorf("without its files: %v", err)
	}
	same := app.Address{Database: "sqlite:" + empty}
	if _, err := app.Move(t.Context(), same, same, false, silent); err == nil {
		t.Error("moved onto itself")
	}
	if _, err := app.Move(t.Context(), same, app.Address{Database: "postgres://127.0.0.1:1/x"}, false, silent); err == nil || !strings.Contains(err.Error(), "--blobs") {
		t.Errorf("no place for the files: %v", err)
	}
}

// verifies returns what `ouvert verify` finds.
func verifies(t *testing.T, p *apptest.Portal) (faults []verify.Finding) {
	t.Helper()
	r := &verify.Run{Found: func(f verify.Finding) error { faults = append(faults, f); return nil }, Progress: func(string, int) {}}
	if _, err := p.Verify(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	return faults
}

// rewritten is an archive with something replaced in it, and compressed again.
func rewritten(t *testing.T, archive []byte, old, now string) []byte {
	t.Helper()
	z, err := zstd.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(text, []byte(old)) {
		t.Fatalf("there is no %q", old)
	}
	// No other length, which tar would see.
	if len(old) != len(now) {
		old += string(text[bytes.Index(text, []byte(old))+len(old)])
	}
	out, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return out.EncodeAll(bytes.Replace(text, []byte(old), []byte(now), 1), nil)
}
