package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ouvert/internal/migrate/report"
)

func TestTable(t *testing.T) {
	r := &report.Report{SkipFile: "skips.tsv"}
	*r.Row("user") = report.Row{Name: "user", Read: 1200, Written: 1199, Skipped: 1, Damaged: 7}
	*r.Row("community_resource") = report.Row{Name: "community_resource", Read: 3, Skipped: 3, Remark: "not served yet"}
	r.Remark("%d pictures were not found", 2)
	var b strings.Builder
	if err := r.WriteTable(&b); err != nil {
		t.Fatal(err)
	}
	want := `collection               read    written    skipped  kept with damage
user                     1200       1199          1                 7
community_resource          3          0          3                 0  not served yet
all                      1203       1199          4                 7
Note: 2 pictures were not found
What was skipped or repaired, and why: skips.tsv
`
	if b.String() != want {
		t.Errorf("want\n%s\ngot\n%s", want, b.String())
	}
	if row := r.Find("user"); row.Damaged != 7 || r.Find("nothing").Read != 0 {
		t.Errorf("found %+v", row)
	}
}

func TestSkips(t *testing.T) {
	path := filepath.Join(t.TempDir(), "skips.tsv")
	s := report.NewSkips(path)
	if got, err := s.Close(); got != "" || err != nil {
		t.Errorf("nothing was written, got %q, %v", got, err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a file was made for nothing")
	}
	s = report.NewSkips(path)
	s.Add("user", "1", report.Skipped, "a\ttab and\na line")
	if got, err := s.Close(); got != path || err != nil {
		t.Fatalf("got %q, %v", got, err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := "collection\tid\twhat\treason\nuser\t1\tskipped\ta tab and a line\n"; string(b) != want {
		t.Errorf("want %q, got %q", want, b)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file names people: it must be its owner's alone, got %v, %v", info.Mode(), err)
	}
	s = report.NewSkips(filepath.Join(path, "no-folder"))
	s.Add("user", "1", report.Skipped, "x")
	if _, err := s.Close(); err == nil {
		t.Error("what cannot be written is not told")
	}
}
