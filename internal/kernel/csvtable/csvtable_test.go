package csvtable

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestTable(t *testing.T) {
	now := time.Date(2026, 11, 24, 1, 54, 0, 0, time.UTC)
	ids := make([]string, batch+1)
	calls := 0
	res := Answer("reuses", now, []string{"a", "b", "c", "d", "e", "f", "g", "h"}, ids, func(ids []string, row Row) error {
		calls++
		if len(ids) > 1 {
			return nil
		}
		return row(`say "x";`, "1\n2", true, int64(3), 99.5, now.Add(506*time.Millisecond), nil,
			json.RawMessage(`{"k": [1, null, "it's", 2.0], "é\\": {"x": false}}`))
	})
	var b strings.Builder
	if err := res.Stream(&b); err != nil {
		t.Fatal(err)
	}
	want := `"a";"b";"c";"d";"e";"f";"g";"h"` + "\r\n" +
		`"say ""x"";";"1` + "\n" + `2";True;3;99.5;"2026-11-24T01:54:00.506000";"";"{'k': [1, None, ""it's"", 2.0], 'é\\': {'x': False}}"` + "\r\n"
	if b.String() != want {
		t.Errorf("the table is\n%s\nwant\n%s", b.String(), want)
	}
	if calls != 2 {
		t.Errorf("%d batches, want 2", calls)
	}
	if got := res.Header.Get("Content-Disposition"); got != "attachment; filename=reuses-2026-11-24-01-54.csv" {
		t.Errorf("the file is %s", got)
	}
}

func TestCells(t *testing.T) {
	now := time.Date(2026, 11, 24, 1, 54, 0, 0, time.UTC)
	for want, cell := range map[string]any{
		`""`:                    time.Time{},
		`"2026-11-24T01:54:00"`: now,
		`12`:                    json.RawMessage("12"),
		`False`:                 OrFalse(time.Time{}),
		`"{}"`:                  json.RawMessage("{}"),
		`1e+22`:                 json.RawMessage("1e22"),
		`"nope` + `"`:           json.RawMessage("nope"),
	} {
		var b strings.Builder
		res := Answer("x", now, []string{"a"}, []string{""}, func(_ []string, row Row) error { return row(cell) })
		if err := res.Stream(&b); err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSuffix(strings.TrimPrefix(b.String(), "\"a\"\r\n"), "\r\n"); got != want {
			t.Errorf("%v is written %s, want %s", cell, got, want)
		}
	}
	bad := Answer("x", now, []string{"a"}, []string{""}, func(_ []string, row Row) error { return row(1, 2) })
	if bad.Stream(&strings.Builder{}) == nil {
		t.Error("a row with a cell too many is written")
	}
	fail := Answer("x", now, []string{"a"}, []string{""}, func([]string, Row) error { return errors.New("no") })
	var b strings.Builder
	if fail.Stream(&b) == nil || b.Len() > 0 {
		t.Error("an early error is not told before the first byte")
	}
}

func FuzzRaw(f *testing.F) {
	f.Add(`{"a": ["b'\"\u0001", 1e400, -0.0]}`)
	f.Fuzz(func(t *testing.T, s string) {
		res := Answer("x", time.Time{}, []string{"a"}, []string{""}, func(_ []string, row Row) error { return row(json.RawMessage(s)) })
		var b strings.Builder
		if err := res.Stream(&b); err != nil {
			t.Fatal(err)
		}
		if strings.Count(b.String(), `"`)%2 != 0 {
			t.Errorf("an odd number of quotes: %s", b.String())
		}
	})
}
