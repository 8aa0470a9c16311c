// Package feed writes Atom feeds, RFC 4287, with the elements in udata's
// order.
package feed

import (
	"context"
	"encoding/xml"
	"time"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/wire"
)

// Produces is the media type of a feed.
const Produces = "application/atom+xml"

// Lang is the parameter of every feed.
var Lang = []api.Param{{Name: "lang", Type: schema.Text(), Doc: "The language of the feed's title: en, fr, es, de, it, pt"}}

// Settings are what a portal decides about feeds.
type Settings struct {
	// Delay is how long something new waits before it is in a feed, so that
	// moderators see it first. What certified organizations publish does not
	// wait.
	Delay time.Duration
	// Size returns how many entries a feed holds.
	Size func(ctx context.Context) (int, error)
}

// Feed is what a feed reader is told.
type Feed struct {
	Title   string
	Entries []Entry
}

// Entry is one piece of news.
type Entry struct {
	Title, Page string
	// ID must never change, so it is an address that holds the object's id, not
	// its slug.
	ID                 string
	Published, Updated time.Time
	// Owner and Organization are the ids of who published it; Author is somebody
	// else.
	Owner, Organization string
	Author              *Author
	// Summary and Content are HTML.
	Summary, Content string
}

// Author is who published it.
type Author struct{ Name, Page string }

type (
	atomFeed struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Title   string      `xml:"title"`
		Links   []atomLink  `xml:"link"`
		ID      string      `xml:"id"`
		Updated string      `xml:"updated"`
		Entries []atomEntry `xml:"entry"`
	}
	atomLink struct {
		Href string `xml:"href,attr"`
		Rel  string `xml:"rel,attr"`
	}
	atomEntry struct {
		Title     string      `xml:"title"`
		Link      atomLink    `xml:"link"`
		Published string      `xml:"published"`
		Updated   string      `xml:"updated"`
		Author    *atomPerson `xml:"author,omitempty"`
		ID        string      `xml:"id"`
		Summary   *atomText   `xml:"summary,omitempty"`
		Content   atomText    `xml:"content"`
	}
	atomPerson struct {
		Name string `xml:"name"`
		URI  string `xml:"uri,omitempty"`
	}
	atomText struct {
		Type string `xml:"type,attr"`
		Text string `xml:",chardata"`
	}
)

// Answer answers with the feed. When nothing is in it, it was updated now.
func (f Feed) Answer(ctx context.Context, r *api.Request, l wire.Links, refs *ref.Registry, q db.Querier) (*api.Response, error) {
	if err := f.name(ctx, refs, q); err != nil {
		return nil, err
	}
	self := l.API + r.URL.EscapedPath()
	if r.URL.RawQuery != "" {
		self += "?" + r.URL.RawQuery
	}
	out := atomFeed{
		Title: f.Title, Links: []atomLink{{l.API + "/", "alternate"}, {self, "self"}}, ID: l.API + "/", Updated: instant(r.Now),
	}
	var newest time.Time
	for _, e := range f.Entries {
		if e.Updated.After(newest) {
			newest = e.Updated
			out.Updated = instant(newest)
		}
		x := atomEntry{
			Title: e.Title, Link: atomLink{e.Page, "alternate"}, Published: instant(e.Published), Updated: instant(e.Updated),
			ID: e.ID, Content: atomText{"html", e.Content},
		}
		if e.Summary != "" {
			x.Summary = &atomText{"html", e.Summary}
		}
		if e.Author != nil {
			x.Author = &atomPerson{e.Author.Name, e.Author.Page}
		}
		out.Entries = append(out.Entries, x)
	}
	body, err := xml.Marshal(out)
	if err != nil {
		return nil, err
	}
	return &api.Response{Body: append([]byte(`<?xml version="1.0" encoding="utf-8"?>`+"\n"), body...)}, nil
}

// Markdown wraps the HTML of a description as udata does.
func Markdown(html string) string { return `<div class="markdown">` + html + "</div>" }

func instant(t time.Time) string {
	if t.Nanosecond() == 0 {
		return t.UTC().Format("2006-01-02T15:04:05Z")
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000Z")
}

// name finds who published the entries, in a constant number of statements: the
// organization, or else the person.
func (f Feed) name(ctx context.Context, refs *ref.Registry, q db.Querier) error {
	var named []ref.Ref
	for _, e := range f.Entries {
		named = append(named, e.publishers()...)
	}
	found, err := refs.FindAll(ctx, q, named)
	if err != nil {
		return err
	}
	for i := range f.Entries {
		for _, p := range f.Entries[i].publishers() {
			if o, ok := found[p]; ok {
				f.Entries[i].Author = &Author{o.Title, o.Page}
				break
			}
		}
	}
	return nil
}

func (e *Entry) publishers() []ref.Ref {
	return []ref.Ref{{Class: ref.Organization, ID: e.Organization}, {Class: ref.User, ID: e.Owner}}
}
