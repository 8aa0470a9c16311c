package reuse

import (
	"context"
	"encoding/xml"
	"time"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/markdown"
	"ouvert/internal/kernel/ref"
)

// feedSize is how many reuses the feed holds, udata's site.feed_size.
const feedSize = 20

// The Atom feed, RFC 4287, with the elements in udata's order.
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
		Summary   atomText    `xml:"summary"`
		Content   atomText    `xml:"content"`
	}
	atomPerson struct {
		Name string `xml:"name"`
		URI  string `xml:"uri"`
	}
	atomText struct {
		Type string `xml:"type,attr"`
		Text string `xml:",chardata"`
	}
)

func (s *Service) feed(ctx context.Context, r *api.Request) (*api.Response, error) {
	found, err := s.List(ctx, Filter{
		CreatedBefore: r.Now.Add(-s.config.FeedDelay), CertifiedBefore: r.Now, Limit: feedSize,
	}, Seen, r.Actor)
	if err != nil {
		return nil, err
	}
	authors, err := s.authors(ctx, found)
	if err != nil {
		return nil, err
	}
	self := s.links.API + r.URL.EscapedPath()
	if r.URL.RawQuery != "" {
		self += "?" + r.URL.RawQuery
	}
	feed := atomFeed{
		Title:   r.Lang.T("Latests reuses"),
		Links:   []atomLink{{s.links.API + "/", "alternate"}, {self, "self"}},
		ID:      s.links.API + "/",
		Updated: atomTime(r.Now),
	}
	var newest time.Time
	for _, reuse := range found {
		if reuse.LastModified.After(newest) {
			newest = reuse.LastModified
			feed.Updated = atomTime(newest)
		}
		e := atomEntry{
			Title: reuse.Title, Link: atomLink{reuse.page(s.links), "alternate"},
			Published: atomTime(reuse.CreatedAt), Updated: atomTime(reuse.LastModified),
			// An entry's id must never change, so it holds the id, not the slug.
			ID:      s.links.Site + "/reuses/" + reuse.ID,
			Summary: atomText{"html", reuse.Doc.Description},
			Content: atomText{"html", `<div class="markdown">` + markdown.HTML(reuse.Doc.Description) + "</div>"},
		}
		if a, ok := authors[reuse.Organization]; ok {
			e.Author = &atomPerson{a.Title, a.Page}
		} else if a, ok := authors[reuse.Owner]; ok {
			e.Author = &atomPerson{a.Title, a.Page}
		}
		feed.Entries = append(feed.Entries, e)
	}
	body, err := xml.Marshal(feed)
	if err != nil {
		return nil, err
	}
	return &api.Response{Body: append([]byte(`<?xml version="1.0" encoding="utf-8"?>`+"\n"), body...)}, nil
}

// authors finds the people and organizations of the reuses, by id.
func (s *Service) authors(ctx context.Context, list []*Reuse) (map[string]ref.Object, error) {
	var users, organizations collector
	for _, r := range list {
		users.add(r.Owner)
		organizations.add(r.Organization)
	}
	out, err := s.refs.Find(ctx, s.db.Read(), ref.User, users.ids)
	if err != nil {
		return nil, err
	}
	found, err := s.refs.Find(ctx, s.db.Read(), ref.Organization, organizations.ids)
	if err != nil {
		return nil, err
	}
	if out == nil {
		out = map[string]ref.Object{}
	}
	for oid, o := range found {
		out[oid] = o
	}
	return out, nil
}

func atomTime(t time.Time) string {
	if t.Nanosecond() == 0 {
		return t.UTC().Format("2006-01-02T15:04:05Z")
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000Z")
}
