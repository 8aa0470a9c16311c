package dataset

import (
	"encoding/json"
	"testing"
	"time"
)

func TestFulfilledInTime(t *testing.T) {
	now := at("2026-11-24T12:00:00Z")
	for _, c := range []struct {
		frequency string
		updated   string
		want      string
	}{
		{"", "2026-11-24T00:00:00Z", "unasked"},
		{"unknown", "2026-11-24T00:00:00Z", "unasked"},
		// A promise that sets no time is always kept.
		{"punctual", "1990-01-01T00:00:00Z", "yes"},
		{"continuous", "1990-01-01T00:00:00Z", "yes"},
		{"realtime", "1990-01-01T00:00:00Z", "yes"}, // its former name
		{"fourTimesAWeek", "1990-01-01T00:00:00Z", "yes"},
		{"no such frequency", "1990-01-01T00:00:00Z", "yes"},
		// The others have a day's grace, to the instant.
		{"daily", "2026-11-22T12:00:00Z", "yes"},
		{"daily", "2026-11-22T11:59:59.999999Z", "no"},
		{"fourTimesADay", "2026-11-22T12:00:00Z", "yes"},
		{"hourly", "2026-11-23T11:00:00Z", "yes"},
		{"hourly", "2026-11-23T10:59:00Z", "no"},
		{"fortnighly", "2026-11-09T12:00:00Z", "yes"},
		{"monthly", "2026-10-23T12:00:00Z", "yes"},
		{"monthly", "2026-10-23T11:59:00Z", "no"},
		{"semiannual", "2025-11-23T12:00:00Z", "yes"},
		{"tridecennial", "1997-01-01T00:00:00Z", "yes"},
	} {
		d := &Dataset{LastUpdate: at(c.updated), Doc: Doc{Frequency: c.frequency}}
		q := d.quality(now)
		got := "unasked"
		if q.fulfilledKnown {
			got = map[bool]string{true: "yes", false: "no"}[q.fulfilled]
		}
		if got != c.want {
			t.Errorf("%q, updated %s: %s, want %s", c.frequency, c.updated, got, c.want)
		}
		if q.updateFrequency != q.fulfilledKnown {
			t.Errorf("%q: a promise that is not asked about", c.frequency)
		}
	}
}

func TestQualityOfResources(t *testing.T) {
	remote := func(extras string) Resource {
		return Resource{Filetype: FiletypeRemote, Format: "csv", Extras: json.RawMessage(extras)}
	}
	for name, c := range map[string]struct {
		resources                   []Resource
		open, available, documented bool
		score                       float64
	}{
		"none":                   {nil, false, true, false, 0},
		"never looked at":        {[]Resource{remote(`{}`)}, true, true, false, 2. / 9},
		"not there":              {[]Resource{remote(`{"check:available": false}`), remote(`{"check:available": true}`)}, true, false, false, 1. / 9},
		"null is not there":      {[]Resource{remote(`{"check:available":null}`)}, true, false, false, 1. / 9},
		"name in another value":  {[]Resource{remote(`{"x": "check:available"}`)}, true, true, false, 2. / 9},
		"an upload is there":     {[]Resource{{Filetype: FiletypeFile, Format: "csv", Extras: json.RawMessage(`{"check:available": false}`)}}, true, true, false, 2. / 9},
		"closed formats":         {[]Resource{{Format: "XLSX"}, {Format: ""}, {Format: "pdf"}}, false, true, false, 1. / 9},
		"one open format":        {[]Resource{{Format: "pdf"}, {Format: "ods"}}, true, true, false, 2. / 9},
		"documentation":          {[]Resource{{Format: "csv"}, {Type: "documentation"}}, true, true, true, 3. / 9},
		"a description":          {[]Resource{{Format: "csv", Description: new("x")}}, true, true, true, 3. / 9},
		"an empty description":   {[]Resource{{Format: "csv", Description: new("")}}, true, true, false, 2. / 9},
		"extras that are a list": {[]Resource{remote(`["check:available"]`)}, true, true, false, 2. / 9},
	} {
		q := (&Dataset{Resources: c.resources}).quality(asked)
		if q.openFormat != c.open || q.available != c.available || q.documented != c.documented || q.score() != c.score {
			t.Errorf("%s: %+v, score %v", name, q, q.score())
		}
	}
}

func TestDescriptionIsCountedInCharacters(t *testing.T) {
	for n, want := range map[int]bool{100: false, 101: true} {
		text := make([]rune, n)
		for i := range text {
			text[i] = 'é'
		}
		if got := (&Dataset{Doc: Doc{Description: string(text)}}).quality(asked).description; got != want {
			t.Errorf("%d characters: %v", n, got)
		}
	}
}

func TestDates(t *testing.T) {
	made, changed := at("2020-01-01T00:00:00Z"), at("2020-02-02T00:00:00Z")
	d := &Dataset{CreatedInternal: made, ModifiedInternal: changed}
	check := func(what string, got time.Time, want string) {
		t.Helper()
		if !got.Equal(at(want)) {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	check("created, of this portal", d.createdAt(), "2020-01-01T00:00:00Z")
	check("modified, of this portal", d.lastModified(), "2020-02-02T00:00:00Z")
	check("updated, without resources", d.lastUpdate(asked), "2020-02-02T00:00:00Z")

	d.Resources = []Resource{
		{ModifiedInternal: at("2021-01-01T00:00:00Z")},
		{ModifiedInternal: at("2022-01-01T00:00:00Z")},
		{ModifiedInternal: at("2020-01-01T00:00:00Z")},
	}
	check("updated, the newest resource", d.lastUpdate(asked), "2022-01-01T00:00:00Z")

	d.Doc.Harvest = &Harvest{CreatedAt: at("2011-01-01T00:00:00Z")}
	check("created there", d.createdAt(), "2011-01-01T00:00:00Z")
	check("updated, unknown there", d.lastUpdate(asked), "2022-01-01T00:00:00Z")
	d.Doc.Harvest.IssuedAt, d.Doc.Harvest.ModifiedAt = at("2012-01-01T00:00:00Z"), at("2013-01-01T00:00:00Z")
	check("issued there", d.createdAt(), "2012-01-01T00:00:00Z")
	check("modified there", d.lastModified(), "2013-01-01T00:00:00Z")
	check("updated there", d.lastUpdate(asked), "2013-01-01T00:00:00Z")
}

func TestDatesOfResource(t *testing.T) {
	const internal = "2020-02-02T00:00:00Z"
	for name, c := range map[string]struct {
		filetype, extras string
		harvest          *ResourceHarvest
		want             string
	}{
		"this portal's":        {FiletypeRemote, `{}`, nil, internal},
		"what was found":       {FiletypeRemote, `{"analysis:last-modified-at":"2023-05-30T01:02:03.000004+02:00"}`, nil, "2023-05-29T23:02:03.000004Z"},
		"without an offset":    {FiletypeRemote, `{"analysis:last-modified-at":"2023-05-30T01:02:03"}`, nil, "2023-05-30T01:02:03Z"},
		"with a blank":         {FiletypeRemote, `{"analysis:last-modified-at":"2023-05-30 01:02:03.5"}`, nil, "2023-05-30T01:02:03.5Z"},
		"as servers say it":    {FiletypeRemote, `{"analysis:last-modified-at":"Tue, 30 May 2023 01:02:03 GMT"}`, nil, "2023-05-30T01:02:03Z"},
		"unreadable":           {FiletypeRemote, `{"analysis:last-modified-at":"yesterday"}`, nil, internal},
		"no text":              {FiletypeRemote, `{"analysis:last-modified-at":12}`, nil, internal},
		"of an upload":         {FiletypeFile, `{"analysis:last-modified-at":"2023-05-30T00:00:00"}`, nil, internal},
		"what the source says": {FiletypeRemote, `{"analysis:last-modified-at":"2023-05-30T00:00:00"}`, &ResourceHarvest{ModifiedAt: at("2024-07-29T00:00:00Z")}, "2024-07-29T00:00:00Z"},
		"a source ahead":       {FiletypeRemote, `{}`, &ResourceHarvest{ModifiedAt: asked.Add(time.Hour)}, internal},
	} {
		r := Resource{Filetype: c.filetype, Extras: json.RawMessage(c.extras), Harvest: c.harvest, ModifiedInternal: at(internal)}
		if got := r.lastModified(asked); !got.Equal(at(c.want)) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	r := Resource{CreatedInternal: at(internal), Harvest: &ResourceHarvest{CreatedAt: at("2011-01-01T00:00:00Z")}}
	if got := r.createdAt(); !got.Equal(at(internal)) {
		t.Errorf("created: %s", got)
	}
	r.Harvest.IssuedAt = at("2012-01-01T00:00:00Z")
	if got := r.createdAt(); !got.Equal(at("2012-01-01T00:00:00Z")) {
		t.Errorf("issued: %s", got)
	}
}

func TestFrequencies(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Frequencies {
		if seen[f.ID] {
			t.Errorf("%s is there twice", f.ID)
		}
		seen[f.ID] = true
	}
	if len(seen) != 40 { // as many as udata's
		t.Errorf("%d frequencies", len(seen))
	}
	for former, now := range formerFrequencies {
		if seen[former] || !seen[now] {
			t.Errorf("%s is now called %s", former, now)
		}
	}
}
