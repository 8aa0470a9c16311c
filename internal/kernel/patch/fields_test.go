package patch_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/patch"
)

var types = []string{"api", "application", "idea", "news_article", "paper", "post", "visualization", "hardware"}

const choices = "['api', 'application', 'idea', 'news_article', 'paper', 'post', 'visualization', 'hardware']"

const (
	dataset1 = "5e00000000000000000000c9"
	notID    = " is not a valid ObjectId, it must be a 12-byte input or a 24-character hex string"
)

// read parses {"f": json} and gives it to get.
func read[V any](t *testing.T, json string, get func(o *patch.Object) (V, patch.State)) (V, patch.State, string) {
	t.Helper()
	body := "{}"
	if json != "" {
		body = `{"f":` + json + `}`
	}
	o, err := patch.Parse([]byte(body))
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	v, state := get(o)
	message := o.Errors()["f"]
	if (message != "") != (state == patch.Bad) {
		t.Errorf("%s: state %v with error %q", body, state, message)
	}
	return v, state, message
}

type row struct {
	json  string
	state patch.State
	// want is the value of a Set field, the message of a Bad one.
	want string
}

func check[V any](t *testing.T, rows []row, show func(V) string, get func(o *patch.Object) (V, patch.State)) {
	t.Helper()
	for _, r := range append(rows, row{"", patch.Absent, ""}) {
		v, state, message := read(t, r.json, get)
		var zero V
		got := ""
		switch state {
		case patch.Set:
			got = show(v)
		case patch.Bad:
			got = message
		}
		if state != patch.Set && !reflect.DeepEqual(v, zero) {
			t.Errorf("%s: value %v with state %v", r.json, v, state)
		}
		if state != r.state || got != r.want {
			t.Errorf("%s: state %v, %q; want %v, %q", r.json, state, got, r.state, r.want)
		}
	}
}

// What the recording 08-create-required sends for `description`. udata took
// NULs and failed on what is no string in `title`.
func TestText(t *testing.T) {
	const no = "StringField only accepts string values"
	rows := []row{
		{"null", patch.Null, ""},
		{`""`, patch.Null, ""},
		{`"   "`, patch.Null, ""},
		{`"\n\t\u00a0"`, patch.Null, ""},
		{`"  trimmed?  "`, patch.Set, "  trimmed?  "},
		{`"<b>é\u00e9</b>"`, patch.Set, "<b>éé</b>"},
		{"5", patch.Bad, no},
		{"1.5", patch.Bad, no},
		{"true", patch.Bad, no},
		{"false", patch.Bad, no},
		{"[]", patch.Bad, no},
		{`["a"]`, patch.Bad, no},
		{"{}", patch.Bad, no},
		{`{"a": 1}`, patch.Bad, no},
		{"0", patch.Bad, no},
	}
	same := func(s string) string { return s }
	check(t, rows, same, func(o *patch.Object) (string, patch.State) { return o.Text("f") })
	rows[1] = row{`""`, patch.Set, ""}
	rows[2] = row{`"   "`, patch.Set, "   "}
	rows[3] = row{`"\n"`, patch.Set, "\n"}
	check(t, rows, same, func(o *patch.Object) (string, patch.State) { return o.String("f") })
}

// What 08-create-required and 09-create-enums send for `type`.
func TestEnum(t *testing.T) {
	no := func(shown string) string { return "'" + shown + "' is not a valid choice. Valid choices: " + choices }
	check(t, []row{
		{"null", patch.Null, ""},
		{`""`, patch.Null, ""},
		{`"   "`, patch.Null, ""},
		{`"api"`, patch.Set, "api"},
		{`"hard\u0077are"`, patch.Set, "hardware"},
		{`"unknown"`, patch.Bad, no("unknown")},
		{`"API"`, patch.Bad, no("API")},
		{`"api "`, patch.Bad, no("api ")},
		{`" api"`, patch.Bad, no(" api")},
		{"5", patch.Bad, no("5")},
		{"1.5", patch.Bad, no("1.5")},
		{"true", patch.Bad, no("True")},
		{"false", patch.Bad, no("False")},
		{"[]", patch.Bad, no("[]")},
		{`["a"]`, patch.Bad, no("['a']")},
		{"{}", patch.Bad, no("{}")},
		{`{"a": 1}`, patch.Bad, no("{'a': 1}")},
		{`{"b":[null,true],"a":"it's"}`, patch.Bad, no(`{'a': "it's", 'b': [None, True]}`)},
		{`["\n\t\r\u001b\\'\""]`, patch.Bad, no(`['\n\t\r\x1b\\\'"']`)},
		{"0", patch.Bad, no("0")},
		{`"` + strings.Repeat("é", 10000) + `"`, patch.Bad, no(strings.Repeat("é", 200) + "…")},
	}, func(s string) string { return s }, func(o *patch.Object) (string, patch.State) { return o.Enum("f", types) })
}

// What 16-create-misc sends for `private`.
func TestBool(t *testing.T) {
	const no = "BooleanField only accepts boolean values"
	check(t, []row{
		{"true", patch.Set, "true"},
		{"false", patch.Set, "false"},
		{"null", patch.Null, ""},
		{`"true"`, patch.Bad, no},
		{`"false"`, patch.Bad, no},
		{`"yes"`, patch.Bad, no},
		{"1", patch.Bad, no},
		{"0", patch.Bad, no},
		{`"xxx"`, patch.Bad, no},
		{`""`, patch.Bad, no},
		{"[]", patch.Bad, no},
		{"{}", patch.Bad, no},
	}, func(b bool) string { return fmt.Sprint(b) }, func(o *patch.Object) (bool, patch.State) { return o.Bool("f") })
}

func TestInt(t *testing.T) {
	no := func(shown string) string { return shown + " could not be converted to int" }
	check(t, []row{
		{"0", patch.Set, "0"},
		{"-0", patch.Set, "0"},
		{"-5", patch.Set, "-5"},
		{"5.0", patch.Set, "5"},
		{"1e3", patch.Set, "1000"},
		{"9223372036854775807", patch.Set, "9223372036854775807"},
		{"9223372036854775808", patch.Bad, no("9223372036854775808")},
		{"1e400", patch.Bad, no("1e400")},
		{"5.5", patch.Bad, no("5.5")},
		{"null", patch.Null, ""},
		{`"abc"`, patch.Bad, no("abc")},
		{`"5"`, patch.Bad, no("5")},
		{"true", patch.Bad, no("True")},
		{"[]", patch.Bad, no("[]")},
	}, func(n int64) string { return fmt.Sprint(n) }, func(o *patch.Object) (int64, patch.State) { return o.Int("f") })
}

// What 16-create-misc sends for `archived` and `deleted`, and more forms.
func TestTime(t *testing.T) {
	no := func(shown string) string { return `cannot parse date "` + shown + `"` }
	rows := []row{
		{`"2024-01-01T00:00:00"`, patch.Set, "2024-01-01T00:00:00Z"},
		{`"2024-01-01T00:00:00Z"`, patch.Set, "2024-01-01T00:00:00Z"},
		{`"2024-01-01T02:00:00+02:00"`, patch.Set, "2024-01-01T02:00:00+02:00"},
		{`"2024-01-01"`, patch.Set, "2024-01-01T00:00:00Z"},
		{`"2024-01-01T00:00:00.123456"`, patch.Set, "2024-01-01T00:00:00.123456Z"},
		{`"xxx"`, patch.Bad, no("xxx")},
		{`""`, patch.Bad, no("")},
		{"null", patch.Null, ""},
		{"true", patch.Bad, no("True")},
		{"false", patch.Bad, no("False")},
		{"5", patch.Bad, no("5")},
		{"1700000000", patch.Bad, no("1700000000")},
		{"[]", patch.Bad, no("[]")},
		{"{}", patch.Bad, no("{}")},
	}
	for in, want := range map[string]string{
		" 2024-02-29 ":                         "2024-02-29T00:00:00Z",
		"20240229":                             "2024-02-29T00:00:00Z",
		"20240229T103059":                      "2024-02-29T10:30:59Z",
		"20240229 1030":                        "2024-02-29T10:30:00Z",
		"2024-01-31 10:30":                     "2024-01-31T10:30:00Z",
		"2024-01-31t10:30z":                    "2024-01-31T10:30:00Z",
		"2024-01-31T10":                        "2024-01-31T10:00:00Z",
		"2024-01-31  10:30:59 UTC":             "2024-01-31T10:30:59Z",
		"2024-01-31T10:30:59,5":                "2024-01-31T10:30:59.5Z",
		"2024-01-31T10:30:59.1234567891 -0130": "2024-01-31T10:30:59.123456-01:30",
		"2024-01-31T10:30+00":                  "2024-01-31T10:30:00Z",
		"2024-01-31T10:30-05":                  "2024-01-31T10:30:00-05:00",
		"2026-11-24T00:23:24.962958+00:00":     "2026-11-24T00:23:24.962958Z",
		"0001-01-01":                           "0001-01-01T00:00:00Z",
		"9999-12-31T23:59:59.999999Z":          "9999-12-31T23:59:59.999999Z",
	} {
		rows = append(rows, row{`"` + in + `"`, patch.Set, want})
	}
	for _, in := range []string{
		"   ", "2024", "2024-01", "2024-13-01", "2024-00-01", "2024-02-30", "2023-02-29", "2024-01-32", "2024-0101", "202401-01", "24-01-01",
		"2024-01-01T", "2024-01-01T24:00", "2024-01-01T10:60", "2024-01-01T10:30:60", "2024-01-01T10:30:", "2024-01-01T10:3059",
		"2024-01-01T10:30:59.", "2024-01-01T10:30:59+", "2024-01-01T10:30:59+24:00", "2024-01-01T10:30:59+02:60", "2024-01-01T10:30:59Zx",
		"2024-01-01x10:30", "0000-01-01", "0001-01-01T00:00+01:00", "9999-12-31T23:59-01:00", "2024-01-01T1030:59", "２０24-01-01", "+2024-01-01",
	} {
		rows = append(rows, row{`"` + in + `"`, patch.Bad, no(in)})
	}
	check(t, rows, func(at time.Time) string { return at.Format(time.RFC3339Nano) },
		func(o *patch.Object) (time.Time, patch.State) { return o.Time("f") })
}

// What 14-create-refs sends for `datasets` and `dataservices`. Whether an id
// is known is for the caller to say.
func TestRefs(t *testing.T) {
	const list = "A list of references is expected"
	const ref = "A ReferenceField only accepts DBRef, LazyReference, ObjectId or documents"
	check(t, []row{
		{"[]", patch.Set, "[]"},
		{"{}", patch.Set, "[]"},
		{`""`, patch.Set, "[]"},
		{"null", patch.Bad, list},
		{"5", patch.Bad, list},
		{"true", patch.Bad, list},
		{`["` + dataset1 + `"]`, patch.Set, "[" + dataset1 + "]"},
		{`[{"id": "` + dataset1 + `"}]`, patch.Set, "[" + dataset1 + "]"},
		{`[{"class": "Reuse", "id": "` + dataset1 + `"}]`, patch.Set, "[" + dataset1 + "]"},
		{`["5E00000000000000000000C9"]`, patch.Set, "[" + dataset1 + "]"},
		{`["` + dataset1 + `", {"id":"` + dataset1 + `"}]`, patch.Set, "[" + dataset1 + " " + dataset1 + "]"},
		{`["xxx"]`, patch.Bad, "'xxx'" + notID},
		{`[{"id": "xxx"}]`, patch.Bad, "'xxx'" + notID},
		{`["budget-de-letat"]`, patch.Bad, "'budget-de-letat'" + notID},
		{`[{}]`, patch.Bad, "'{}'" + notID},
		{`[null]`, patch.Bad, ref},
		{`[5]`, patch.Bad, "'5'" + notID},
		{`[{"class": "Dataset"}]`, patch.Bad, `"{'class': 'Dataset'}"` + notID},
		{`[{"id": null}]`, patch.Bad, ref},
		{`[{"id": 5}]`, patch.Bad, "'5'" + notID},
		{`[["` + dataset1 + `"]]`, patch.Bad, `"['` + dataset1 + `']"` + notID},
		{`{"id": "` + dataset1 + `"}`, patch.Bad, "'id'" + notID},
		{`{"` + dataset1 + `": 1}`, patch.Bad, list},
		{`"` + dataset1 + `"`, patch.Bad, "'5'" + notID},
		{`"xxx"`, patch.Bad, "'x'" + notID},
		{`[""]`, patch.Bad, "''" + notID},
	}, func(ids []string) string { return fmt.Sprint(ids) }, func(o *patch.Object) ([]string, patch.State) { return o.Refs("f") })
}

// What 07-create-valid and 54-datasets-crud send for `organization` and
// `owner`.
func TestRef(t *testing.T) {
	check(t, []row{
		{`"` + dataset1 + `"`, patch.Set, dataset1},
		{`{"id": "5E00000000000000000000C9", "class": "Organization"}`, patch.Set, dataset1},
		{"null", patch.Null, ""},
		{`""`, patch.Null, ""},
		{`" "`, patch.Null, ""},
		{`"xxx"`, patch.Bad, "'xxx'" + notID},
		{`{"id": ""}`, patch.Bad, "''" + notID},
		{`{"id": null}`, patch.Bad, "A ReferenceField only accepts DBRef, LazyReference, ObjectId or documents"},
		{"{}", patch.Bad, "'{}'" + notID},
		{"[]", patch.Bad, "'[]'" + notID},
		{"false", patch.Bad, "'False'" + notID},
		{"5", patch.Bad, "'5'" + notID},
	}, func(s string) string { return s }, func(o *patch.Object) (string, patch.State) { return o.Ref("f") })
}

// What 19-update and 50-organizations send for `extras`.
func TestExtras(t *testing.T) {
	const no = "Only dictionaries may be used in a DictField"
	check(t, []row{
		{"null", patch.Null, ""},
		{"{}", patch.Set, "{}"},
		{`{ "c" : 3 }`, patch.Set, `{"c":3}`},
		{`{"z": {"y": [1, null, " "]}, "a.b": "<", "n": 1.50, "t": true}`, patch.Set, `{"z":{"y":[1,null," "]},"a.b":"<","n":1.50,"t":true}`},
		{`{"b":1,"a": null}`, patch.Bad, "a.Value should be an instance of: str, int, float, bool, datetime, date, list, dict"},
		{`"x"`, patch.Bad, no},
		{`""`, patch.Bad, no},
		{"[]", patch.Bad, no},
		{"5", patch.Bad, no},
	}, func(b []byte) string { return string(b) }, func(o *patch.Object) ([]byte, patch.State) { return o.Extras("f") })
}

func TestErr(t *testing.T) {
	o, err := patch.Parse([]byte(`{"title":"  ","description":5,"type":"nope","url":null}`))
	if err != nil {
		t.Fatal(err)
	}
	o.Text("title")
	o.Text("description")
	o.Enum("type", types)
	o.NotBlank("topic", "url")
	o.Require("title", "description", "type", "topic")
	o.Fail("url", "Invalid URL \"%s\"", "x") // too late: the first error stays
	o.Fail("tags", "Tag %q must be between %d and %d characters long", "a", 2, 96)
	want := map[string]string{
		"title":       "Field is required",
		"description": "StringField only accepts string values",
		"type":        "'nope' is not a valid choice. Valid choices: " + choices,
		"url":         "Field is required",
		"topic":       "Field is required",
		"tags":        `Tag "a" must be between 2 and 96 characters long`,
	}
	if got := o.Errors(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	e := errs.As(o.Err(nil))
	if e == nil || e.Status != 400 || !reflect.DeepEqual(e.Fields, want) {
		t.Fatalf("%+v", e)
	}
	message := "StringField only accepts string values (description); 'nope' is not a valid choice. Valid choices: " + choices +
		` (type); Field is required (url, title, topic); Tag "a" must be between 2 and 96 characters long (tags)`
	if e.Message != message {
		t.Errorf("message %q\nwant    %q", e.Message, message)
	}
	french := errs.As(o.Err(func(msgid string, args ...any) string { return fmt.Sprint(len(args), " ", msgid) }))
	if got := french.Fields["type"]; got != "2 '%s' is not a valid choice. Valid choices: %s" {
		t.Errorf("translated: %q", got)
	}

	one, err := patch.Parse([]byte(`{"title":null}`))
	if err != nil {
		t.Fatal(err)
	}
	one.NotBlank("title", "absent")
	if e := errs.As(one.Err(nil)); e == nil || e.Message != "Field is required" || len(e.Fields) != 1 {
		t.Errorf("%+v", e)
	}
}
