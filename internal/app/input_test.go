package app_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ouvert/internal/app"
)

// A value is JSON that a client might send for any field.
type value struct{ name, json string }

var values = []value{
	{"number", `5`},
	{"fraction", `1.5`},
	{"beyond float", `1e400`},
	{"true", `true`},
	{"list", `[]`},
	{"object", `{}`},
	{"nested list", `[[["a"]]]`},
	{"nested object", `{"a": {"b": [{"c": 1}]}}`},
	{"list of null", `[null]`},
	{"empty text", `""`},
	{"blank text", `" \t\n "`},
	{"text", `"x"`},
	{"huge text", `"` + strings.Repeat("a", 300_000) + `"`},
	{"NUL", `"a\u0000b"`},
	{"half a surrogate pair", `"\ud800"`},
	{"invalid UTF-8", "\"\xff\xfe\""},
	{"null", `null`},
	{"unknown id", `"` + unknown + `"`},
}

// takes names the values that each field takes; every other one must be
// refused, with the field's name. What a field takes in a creation alone has
// a "+" in front, in an update alone a "~".
var takes = map[string][]string{
	"title":        {"text", "huge text", "unknown id"},
	"description":  {"text", "huge text", "unknown id"},
	"type":         {},
	"topic":        {},
	"url":          {},
	"private":      {"true", "null"},
	"archived":     {"null"},
	"deleted":      {"null"},
	"tags":         {"list", "empty text", "null", "unknown id"},
	"extras":       {"object", "nested object", "null"},
	"datasets":     {"list", "object", "empty text"},
	"dataservices": {"list", "object", "empty text"},
	// In an update of one's own reuse, null would leave the reuse without an owner.
	"owner":        {"+empty text", "+blank text", "+null"},
	"organization": {"empty text", "blank text", "null"},
	// These nobody may write, so that a client may send back what it got.
	"id": nil, "slug": nil, "metrics": nil, "featured": nil, "badges": nil, "image": nil, "permissions": nil, "no such field": nil,
}

// unreadable are the values that are refused whichever field they stand in.
var unreadable = []string{"NUL", "half a surrogate pair", "invalid UTF-8"}

func (v value) goodFor(field string, creating bool) bool {
	if takes[field] == nil {
		return !slices.Contains(unreadable, v.name)
	}
	sign := "~"
	if creating {
		sign = "+"
	}
	return slices.Contains(takes[field], v.name) || slices.Contains(takes[field], sign+v.name)
}

// TestEveryFieldWithEveryValue sends each value for each field of a reuse.
func TestEveryFieldWithEveryValue(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		for _, field := range slices.Sorted(maps.Keys(takes)) {
			oid := w.publish(w.ada, field)
			for _, v := range values {
				w.made++
				address := `"https://www.example.com/` + strconv.Itoa(w.made) + `"`
				whole := object(t, map[string]string{
					"title": `"A"`, "description": `"B"`, "type": `"api"`, "topic": `"health"`, "url": address, field: v.json,
				})
				alone := object(t, map[string]string{field: v.json})
				w.holds(t, field, v, true, "POST", "/api/1/reuses/", whole)
				w.holds(t, field, v, false, "PUT", one(oid), alone)
			}
		}
	})
}

// object writes a JSON object of members that are JSON.
func object(t *testing.T, members map[string]string) string {
	t.Helper()
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(members)) {
		parts = append(parts, strconv.Quote(name)+":"+members[name])
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func (w *world) holds(t *testing.T, field string, v value, creating bool, method, path, body string) {
	t.Helper()
	before := w.rows()
	got := w.Do(w.ada, method, path, body)
	where := method + " " + field + " = " + v.name
	if v.goodFor(field, creating) {
		if got.Status >= 300 {
			t.Errorf("%s: want success, got %d %.200s", where, got.Status, got.Text)
		}
		return
	}
	errors, _ := got.Get("errors").(map[string]any)
	if got.Status != 400 || errors[field] == nil {
		t.Errorf("%s: want 400 about the field, got %d %.200s", where, got.Status, got.Text)
	}
	if after := w.rows(); !maps.Equal(before, after) {
		t.Errorf("%s: something was written: %v, then %v", where, before, after)
	}
}

// TestRefusedBodies: bodies that are no JSON object of a client's that means
// well.
func TestRefusedBodies(t *testing.T) {
	eachWorld(t, app.Config{BodyLimit: 4096}, func(t *testing.T, w *world) {
		oid := w.publish(w.ada, "Here")
		deep := func(n int) string {
			return `{"extras":` + strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n) + "}"
		}
		for _, c := range []struct {
			name, body, contentType string
			status                  int
		}{
			{"nothing", ``, "application/json", 400},
			{"blanks", ` `, "application/json", 400},
			{"half an object", `{"title": "A`, "application/json", 400},
			{"single quotes", `{'title': 'A'}`, "application/json", 400},
			{"a list", `[{"title": "A"}]`, "application/json", 400},
			{"a text", `"title"`, "application/json", 400},
			{"a number", `5`, "application/json", 400},
			{"null", `null`, "application/json", 400},
			{"something behind", `{"title": "A"} x`, "application/json", 400},
			{"a comma too much", `{"title": "A",}`, "application/json", 400},
			{"a name twice", `{"title": "A", "title": "B"}`, "application/json", 400},
			{"a name twice, deep", `{"extras": {"a": 1, "a": 2}}`, "application/json", 400},
			{"too deep", deep(64), "application/json", 400},
			{"no number", `{"extras": {"a": NaN}}`, "application/json", 400},
			{"UTF-16", "\xff\xfe{\x00}\x00", "application/json", 400},
			{"a form", `title=A`, "application/x-www-form-urlencoded", 415},
			{"text", `{"title": "A"}`, "text/plain", 415},
			{"a bad type", `{"title": "A"}`, "application/json; =", 415},
			{"no type", `{"title": "A"}`, "", 415},
			{"too large", `{"title": "` + strings.Repeat("a", 4096) + `"}`, "application/json", 413},
		} {
			for _, at := range []struct{ method, path string }{{"POST", "/api/1/reuses/"}, {"PUT", one(oid)}, {"POST", one(oid) + "datasets/"}} {
				before := w.rows()
				got := w.Do(w.ada, at.method, at.path, c.body, "Content-Type", c.contentType)
				if message, _ := got.Get("message").(string); got.Status != c.status || message == "" {
					t.Errorf("%s %s with %s: want %d, got %d %s", at.method, at.path, c.name, c.status, got.Status, got.Text)
				}
				if after := w.rows(); !maps.Equal(before, after) {
					t.Errorf("%s %s with %s: something was written: %v, then %v", at.method, at.path, c.name, before, after)
				}
			}
		}
		for name, contentType := range map[string]string{"a charset": "application/json; charset=utf-8", "a kind of JSON": "application/ld+json"} {
			if got := w.Do(w.ada, "PUT", one(oid), `{"private": false}`, "Content-Type", contentType); got.Status != 200 {
				t.Errorf("%s: got %d %s", name, got.Status, got.Text)
			}
		}
		if got := w.Do(w.ada, "PUT", one(oid), "\ufeff"+deep(62)); got.Status != 200 {
			t.Errorf("what is just allowed: got %d %s", got.Status, got.Text)
		}
	})
}

// TestWhatWasReadMayBeSentBack: clients send the whole object that they got,
// with one field changed.
func TestWhatWasReadMayBeSentBack(t *testing.T) {
	eachWorld(t, app.Config{ReuseBadges: "gold=Gold"}, func(t *testing.T, w *world) {
		oid := w.wholeReuse()
		giveGold(w, oid)
		read := w.Want(200, w.ada, "GET", one(oid), nil).Body.(map[string]any)
		sent := maps.Clone(read)
		sent["description"] = "Another"
		got := w.Want(200, w.ada, "PUT", one(oid), sent).Body.(map[string]any)
		for _, name := range []string{"description", "last_modified"} {
			delete(read, name)
			delete(got, name)
		}
		for name := range read {
			a, b := text(t, read[name]), text(t, got[name])
			if a != b {
				t.Errorf("%s was %s and is %s", name, a, b)
			}
		}
	})
}

// text is the JSON of a decoded value.
func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
