package app_test

import (
	"encoding/xml"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ouvert/internal/app"
)

// atom is what a feed reader sees.
type atom struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	Title   string   `xml:"title"`
	ID      string   `xml:"id"`
	Updated string   `xml:"updated"`
	Links   []struct {
		Href string `xml:"href,attr"`
		Rel  string `xml:"rel,attr"`
	} `xml:"link"`
	Entries []struct {
		Title     string `xml:"title"`
		ID        string `xml:"id"`
		Published string `xml:"published"`
		Updated   string `xml:"updated"`
		Author    struct {
			Name string `xml:"name"`
			URI  string `xml:"uri"`
		} `xml:"author"`
		Link struct {
			Href string `xml:"href,attr"`
		} `xml:"link"`
		Summary string `xml:"summary"`
		Content string `xml:"content"`
	} `xml:"entry"`
}

func (w *world) feed(query string) atom {
	w.t.Helper()
	got := w.Want(200, nobody, "GET", "/api/1/reuses/recent.atom"+query, nil)
	if contentType := got.Header.Get("Content-Type"); contentType != "application/atom+xml" {
		w.t.Errorf("the feed is %s", contentType)
	}
	var feed atom
	if err := xml.Unmarshal([]byte(got.Text), &feed); err != nil {
		w.t.Fatalf("%v in %s", err, got.Text)
	}
	return feed
}

func (f atom) titles() []string {
	var out []string
	for _, e := range f.Entries {
		out = append(out, e.Title)
	}
	return out
}

// TestFeedDelay: a new reuse waits ten hours, so that moderators see it first,
// but not that of a certified organization.
func TestFeedDelay(t *testing.T) {
	eachWorld(t, app.Config{FeedDelay: 10 * time.Hour}, func(t *testing.T, w *world) {
		data := []any{"datasets", []string{w.dataset}}
		want := func(when string, titles ...string) {
			t.Helper()
			if got := w.feed("").titles(); !slices.Equal(got, titles) {
				t.Errorf("%s the feed holds %q, want %q", when, got, titles)
			}
		}
		oid := w.publish(w.ada, "Ada's", data...)
		w.publish(w.eve, "The town's", append(data, "organization", w.organization)...)
		w.publish(w.eve, "A draft", append(data, "private", true)...)
		want("at once", "The town's")
		w.Pass(10*time.Hour - time.Minute)
		want("a minute before", "The town's")
		w.Pass(time.Minute)
		want("after ten hours", "The town's", "Ada's")
		w.publish(w.ada, "Another", data...)
		want("when there is a newer one", "The town's", "Ada's")
		w.Want(204, w.ada, "DELETE", one(oid), nil)
		want("when it is gone", "The town's")
	})
}

// TestFeedContent: what a feed reader is shown, in which language, however
// hostile the texts.
func TestFeedContent(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		title, about := `</title><script>&"'`+"\u2028\u0001é", "**Bold** <script>alert(1)</script> ]]> &amp; [x](javascript:alert(1))"
		oid := w.publish(w.eve, title, "description", about, "datasets", []string{w.dataset}, "organization", w.organization)
		w.publish(w.ada, "Second", "datasets", []string{w.dataset})
		feed := w.feed("")
		if feed.Title != "Latests reuses" || len(feed.Entries) != 2 {
			t.Fatalf("the feed is %+v", feed)
		}
		if got := w.feed("?lang=fr").Title; got != "Dernières réutilisations" {
			t.Errorf("in French it is called %q", got)
		}
		e := feed.Entries[1]
		if e.Title != strings.ReplaceAll(title, "\u0001", "\ufffd") || e.Summary != about {
			t.Errorf("the entry is called %q: %q", e.Title, e.Summary)
		}
		if !strings.Contains(e.Content, "<strong>Bold</strong>") || strings.Contains(e.Content, "<script") || strings.Contains(e.Content, "javascript:") {
			t.Errorf("the content is %q", e.Content)
		}
		if e.Author.Name != "Town" || e.Author.URI != "https://www.example.org/organizations/town" || feed.Entries[0].Author.Name != "Ada Test" {
			t.Errorf("the authors are %+v, %+v", e.Author, feed.Entries[0].Author)
		}
		if e.ID != "https://www.example.org/reuses/"+oid || e.Link.Href != "https://www.example.org/reuses/"+w.Want(200, nobody, "GET", one(oid), nil).Get("slug").(string) {
			t.Errorf("the entry is %q at %q", e.ID, e.Link.Href)
		}
		if len(feed.Links) != 2 || feed.Links[1].Rel != "self" || w.feed("?lang=fr&x=%22").Links[1].Href != "http://portal.test/api/1/reuses/recent.atom?lang=fr&x=%22" {
			t.Errorf("the links are %+v", feed.Links)
		}
		for _, instant := range []string{feed.Updated, e.Published, e.Updated} {
			if _, err := time.Parse(time.RFC3339, instant); err != nil {
				t.Errorf("%q is no instant", instant)
			}
		}
	})
}

// TestFeedSize: the feed holds the twenty newest.
func TestFeedSize(t *testing.T) {
	w := newWorld(t, app.Config{})
	if empty := w.feed(""); len(empty.Entries) != 0 || empty.Updated == "" {
		t.Errorf("an empty feed is %+v", empty)
	}
	var want []string
	for i := range 22 {
		w.publish(w.ada, "Reuse "+strconv.Itoa(i), "datasets", []string{w.dataset})
		if i >= 2 {
			want = append([]string{"Reuse " + strconv.Itoa(i)}, want...)
		}
	}
	if got := w.feed("").titles(); !slices.Equal(got, want) {
		t.Errorf("the feed holds %q", got)
	}
}
