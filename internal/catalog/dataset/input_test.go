package dataset

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/territory"
)

func parse(t testing.TB, format string, args ...any) *patch.Object {
	t.Helper()
	o, err := patch.Parse(fmt.Appendf(nil, format, args...))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestText(t *testing.T) {
	for raw, want := range map[string]struct {
		text  string
		state patch.State
	}{
		`"a b"`: {"a b", patch.Set}, `5`: {"5", patch.Set}, `1.50`: {"1.50", patch.Set}, `true`: {"True", patch.Set}, `null`: {"", patch.Null},
		`" "`: {"", patch.Null}, `[]`: {"", patch.Null}, `{ }`: {"", patch.Null}, `["a"]`: {"", patch.Bad}, `{"a":1}`: {"", patch.Bad},
		`"12345678901"`: {"", patch.Bad},
	} {
		o := parse(t, `{"x": %s}`, raw)
		if got, st := text(o, "x", 10); got != want.text || st != want.state || (st == patch.Bad) != (o.Errors() != nil) {
			t.Errorf("%s: %q, %v, %v", raw, got, st, o.Errors())
		}
	}
	if _, st := text(parse(t, `{}`), "x", 0); st != patch.Absent {
		t.Errorf("absent: %v", st)
	}
}

func TestTruth(t *testing.T) {
	for raw, want := range map[string]bool{
		`true`: true, `1`: true, `"xxx"`: true, `"true"`: true, `[1]`: true, `false`: false, `0`: false, `""`: false, `"false"`: false, `null`: false, `[]`: false, `{}`: false,
	} {
		if got, _ := truth(parse(t, `{"x": %s}`, raw), "x"); got != want {
			t.Errorf("%s: %v", raw, got)
		}
	}
}

func TestWhole(t *testing.T) {
	for raw, want := range map[string]int64{`5`: 5, `"12"`: 12, `-1`: -1, `1.9`: 1, `1e3`: 1000, `1000000000000000`: 1e15} {
		if got, st := whole(parse(t, `{"x": %s}`, raw), "x"); got != want || st != patch.Set {
			t.Errorf("%s: %d, %v", raw, got, st)
		}
	}
	for _, raw := range []string{`"abc"`, `"1.5"`, `true`, `1e300`, `[1]`, `99999999999999999999`} {
		if _, st := whole(parse(t, `{"x": %s}`, raw), "x"); st != patch.Bad {
			t.Errorf("%s: %v", raw, st)
		}
	}
}

func TestTemporalCoverage(t *testing.T) {
	for raw, want := range map[string]string{
		`{"start": "2020-01-01", "end": "2020-12-31"}`:              "2020-01-01/2020-12-31",
		`{"start": "2020-12-31", "end": "2020-01-01"}`:              "2020-01-01/2020-12-31",
		`{"start": "2020-01-01T23:00:00-05:00"}`:                    "2020-01-01/",
		`"2020-01-01 - 2020-12-31"`:                                 "2020-01-01/2020-12-31",
		`"2020"`:                                                    "2020-01-01/2020-12-31",
		`{"start": "2020-02", "end": "2020-02"}`:                    "2020-02-01/2020-02-29",
		`{"start": "2020-01-01", "end": null, "other": "whatever"}`: "2020-01-01/",
		`null`: "", `{}`: "", `[]`: "", `""`: "",
		`{"end": "2020-01-01"}`: "bad", `{"start": "xxx"}`: "bad", `{"start": "2020-01-01", "end": "x"}`: "bad", `5`: "bad", `true`: "bad",
		`"2020-13"`: "bad", `{"start": 2020}`: "bad", `[1]`: "bad",
	} {
		o := parse(t, `{"temporal_coverage": %s}`, raw)
		got := ""
		if c, st := temporalCoverage(o); st == patch.Bad {
			got = "bad"
		} else if c != nil {
			got = c.Start + "/" + c.End
		}
		if got != want {
			t.Errorf("%s: %s, want %s", raw, got, want)
		}
	}
}

func TestFileName(t *testing.T) {
	for name, want := range map[string]string{
		"data.csv": "data.csv", "Nom é espace.CSV": "nom-e-espace.csv", `C:\a\b.txt`: "b.txt", "../../etc/passwd": "passwd", "a.tar.gz": "a.tar.gz",
		"x.y.csv": "x-y.csv", "noext": "noext", ".csv": "file.csv", "": "file", "日本.json": "ri-ben.json", "a.c%v": "a-c-v",
	} {
		if got := fileName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]bool{"a.csv": true, "a.tar.gz": true, "a.html": false, "a.exe": false, "a": false, "": false, "a.csv.exe": false} {
		if allowed(name) != want {
			t.Errorf("%q: %v", name, !want)
		}
	}
}

// FuzzForm: whatever the body, reading it ends, and what it says can be
// stored.
func FuzzForm(f *testing.F) {
	for _, s := range []string{
		`{"title": 5, "tags": "a,b", "private": "x"}`, `{"temporal_coverage": "2020 - 2021", "spatial": {"zones": ["a:b"], "geom": null}}`,
		`{"checksum": {"value": "x"}, "schema": {"version": "1"}, "filesize": "12", "resources": [{"title": "a"}, {}]}`,
		`{"access_audiences": [{"role": "private", "condition": "yes"}], "contact_points": [{"id": "5e00000000000000000000c9"}]}`,
		`{"frequency": {}, "extras": {"a": null}, "archived": "2024-01-01"}`,
	} {
		f.Add([]byte(s))
	}
	en := func(msgid string, args ...any) string { return fmt.Sprintf(msgid, args...) }
	f.Fuzz(func(t *testing.T, raw []byte) {
		o, err := patch.Parse(raw)
		if err != nil {
			return
		}
		d := &Dataset{ID: "5e0000000000000000000001", Title: "x"}
		required(o, true, "title", "description")
		d.Title, _ = text(o, "title", maxTitle)
		d.Doc.Tags, _ = tags(o)
		d.Doc.TemporalCoverage, _ = temporalCoverage(o)
		d.Doc.Spatial, _ = territory.Read(o, nil)
		d.Doc.Extras, _ = extras(o, "extras")
		d.Doc.Frequency, _ = frequencyOf(o, "")
		d.Archived, _ = instant(o, "archived")
		identifiers(o, "contact_points")
		s := &Service{}
		s.applyAccess(d, o, en)
		s.applyResources(d, o, en, asked)
		r := Resource{}
		applyResource(&r, o, en, true)
		d.Resources = append(d.Resources, r)
		row, err := d.row()
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range row {
			if text, ok := v.(string); ok && (!utf8.ValidString(text) || strings.ContainsRune(text, 0)) {
				t.Errorf("the database would refuse %q", text)
			}
		}
		_ = o.Err(en)
		changed(d, &Dataset{})
	})
}
