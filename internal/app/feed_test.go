package app_test

import (
	"encoding/xml"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
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

func (w *world) feed(query string) atom { return w.feedOf("reuses", query) }

func (w *world) feedOf(noun, query string) atom {
	w.t.Helper()
	got := w.Want(200, nobody, "GET", "/api/1/"+noun+"/recent.atom"+query, nil)
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

// TestOtherFeeds: those of datasets, dataservices and posts are like that of
// reuses.
func TestOtherFeeds(t *testing.T) {
	eachWorld(t, app.Config{FeedDelay: 10 * time.Hour}, func(t *testing.T, w *world) {
		add := func(who apptest.Person, noun, title string, more ...any) string {
			b := body{"title": title, "description": "**About** " + title, "datasets": []string{w.dataset}}
			for i := 0; i+1 < len(more); i += 2 {
				b[more[i].(string)] = more[i+1]
			}
			return w.Want(201, who, "POST", "/api/1/"+noun+"/", b).Get("id").(string)
		}
		for noun, c := range map[string]struct{ first, title, french string }{
			"datasets": {"Bus stops", "Latest datasets", "Derniers jeux de données"}, "dataservices": {"Bus API", "Latest APIs", "Dernières API"},
		} {
			mine := add(w.ada, noun, "Ada's", "tags", []string{"cycling"})
			add(w.eve, noun, "The town's", "organization", w.organization)
			add(w.eve, noun, "A draft", "organization", w.organization, "private", true)
			if got := w.feedOf(noun, "").titles(); !slices.Equal(got, []string{"The town's", c.first}) {
				t.Errorf("%s: at once the feed holds %q", noun, got)
			}
			w.Pass(10 * time.Hour)
			feed := w.feedOf(noun, "")
			if got := feed.titles(); !slices.Equal(got, []string{"The town's", "Ada's", c.first}) {
				t.Errorf("%s: after ten hours the feed holds %q", noun, got)
			}
			if feed.Title != c.title || w.feedOf(noun, "?lang=fr").Title != c.french {
				t.Errorf("%s: the feed is called %q", noun, feed.Title)
			}
			e := feed.Entries[1]
			if e.ID != "https://www.example.org/"+noun+"/"+mine || e.Author.Name != "Ada Test" || feed.Entries[0].Author.Name != "Town" || !strings.Contains(e.Content, "<strong>About</strong>") {
				t.Errorf("%s: an entry is %+v", noun, e)
			}
		}
		if got := w.feedOf("datasets", "?tag=cycling"); got.Title != "Filtered datasets" || !slices.Equal(got.titles(), []string{"Ada's"}) {
			t.Errorf("filtered: %q %q", got.Title, got.titles())
		}
		if got := w.feedOf("datasets", "?q=town"); got.Title != "Datasets search: town" || !slices.Equal(got.titles(), []string{"The town's", "Bus stops"}) { // both are Town's
			t.Errorf("searched: %q %q", got.Title, got.titles())
		}
		w.Want(400, nobody, "GET", "/api/1/datasets/recent.atom?badge=x", nil)

		w.news("Page", "kind", "page")
		news := w.news("News", "headline", "In short", "body_type", "html", "content", `<p onclick="x()">Hello<script>alert(1)</script> <a href="javascript:x()">you</a></p><iframe src="https://evil.example"></iframe>`)
		feed := w.feedOf("posts", "")
		if feed.Title != "Latests posts" || !slices.Equal(feed.titles(), []string{"News"}) {
			t.Fatalf("posts: %q %q", feed.Title, feed.titles())
		}
		if e := feed.Entries[0]; e.Author.Name != "Open data" || e.Summary != "In short" || e.ID != "https://www.example.org/posts/"+news || e.Content != "<p>Hello you</p>" {
			t.Errorf("an entry is %+v", e)
		}
		w.Want(200, w.root, "PATCH", "/api/1/site/", body{"feed_size": 1, "title": "The town's data"})
		if n := len(w.feedOf("datasets", "").Entries); n != 1 {
			t.Errorf("the feed holds %d entries", n)
		}
		if got := w.feedOf("posts", "").Entries[0].Author.Name; got != "The town's data" {
			t.Errorf("the author is %q", got)
		}
	})
}
