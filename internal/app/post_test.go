package app_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
)

const posts = "/api/1/posts/"

// news writes a post and publishes it.
func (w *world) news(name string, more ...any) string {
	w.t.Helper()
	b := body{"name": name, "content": "Words"}
	for i := 0; i+1 < len(more); i += 2 {
		b[more[i].(string)] = more[i+1]
	}
	oid := w.Want(201, w.root, "POST", posts, b).Get("id").(string)
	w.Want(200, w.root, "POST", posts+oid+"/publish/", nil)
	return oid
}

func names(got apptest.Answer) []string {
	var out []string
	list, _ := got.Get("data").([]any)
	for _, x := range list {
		out = append(out, apptest.At(x, "name").(string))
	}
	return out
}

// TestDrafts: a post is the sysadmins' until it is published, and again when
// it is unpublished.
func TestDrafts(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		made := w.Want(201, w.root, "POST", posts, body{"name": "Été à la plage", "content": "x"})
		oid := made.Get("id").(string)
		for path, want := range map[string]any{
			"slug": "ete-a-la-plage", "published": nil, "kind": "news", "body_type": "markdown", "headline": nil, "image": nil, "credit_url": nil,
			"owner.id": w.root.ID, "page": "https://www.example.org/posts/ete-a-la-plage", "uri": "http://portal.test/api/1/posts/ete-a-la-plage/",
		} {
			if v := made.Get(path); v != want {
				t.Errorf("%s is %v, want %v", path, v, want)
			}
		}
		w.news("Published")
		check := func(when string, seen bool) {
			t.Helper()
			for _, who := range []apptest.Person{nobody, w.max, w.carol} {
				want := 404
				if seen {
					want = 200
				}
				w.Want(want, who, "GET", posts+"ete-a-la-plage/", nil)
				w.Want(want, who, "GET", posts+oid+"/", nil)
				for _, list := range []string{posts, posts + "?with_drafts=true", "/api/2/posts/search/", posts + "?kind=news&q=ete"} {
					if got := slices.Contains(names(w.Want(200, who, "GET", list, nil)), "Été à la plage"); got != seen {
						t.Errorf("%s: %s holds it: %v", when, list, got)
					}
				}
			}
			w.Want(200, w.root, "GET", posts+oid+"/", nil)
			if got := names(w.Want(200, w.root, "GET", posts+"?with_drafts=true", nil)); len(got) != 2 {
				t.Errorf("%s: a sysadmin finds %q", when, got)
			}
			for _, list := range []string{posts, "/api/2/posts/search/", posts + "?with_drafts=false"} {
				if got := slices.Contains(names(w.Want(200, w.root, "GET", list, nil)), "Été à la plage"); got != seen {
					t.Errorf("%s: for a sysadmin, %s holds it: %v", when, list, got)
				}
			}
		}
		check("as a draft", false)
		if at := w.Want(200, w.root, "POST", posts+oid+"/publish/", nil).Get("published"); at == nil {
			t.Error("it was published at no time")
		}
		check("published", true)
		w.Want(200, w.root, "DELETE", posts+oid+"/publish/", nil)
		check("a draft again", false)
		for _, c := range []struct{ method, path string }{{"POST", posts}, {"PUT", posts + oid + "/"}, {"DELETE", posts + oid + "/"}, {"POST", posts + oid + "/publish/"}, {"DELETE", posts + oid + "/publish/"}} {
			w.Want(401, nobody, c.method, c.path, body{"name": "x", "content": "x"})
			w.Want(403, w.carol, c.method, c.path, body{"name": "x", "content": "x"})
		}
		w.Want(200, w.root, "PUT", posts+oid+"/", body{"name": "Hiver"})
		if got := w.Want(308, w.root, "GET", posts+"ete-a-la-plage/?lang=fr", nil).Header.Get("Location"); !strings.HasSuffix(got, "/api/1/posts/hiver/?lang=fr") {
			t.Errorf("the old address leads to %q", got)
		}
		w.Want(204, w.root, "DELETE", posts+oid+"/", nil)
		w.Want(404, w.root, "GET", posts+oid+"/", nil)
		w.Want(404, w.root, "GET", posts+"ete-a-la-plage/", nil)
	})
}

// TestPostIsRefused: what is wrong is named, and nothing is written.
func TestPostIsRefused(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		oid := w.news("As it is")
		before := w.Want(200, w.root, "GET", posts+oid+"/", nil).Text
		for _, c := range []struct {
			field string
			body  body
		}{
			{"name", body{"name": ""}},
			{"name", body{"name": strings.Repeat("x", 256)}},
			{"content", body{"content": " "}},
			{"content", body{"content": strings.Repeat("x", 500_001)}},
			{"body_type", body{"body_type": "pdf"}},
			{"kind", body{"kind": "external"}},
			{"credit_url", body{"credit_url": "javascript:alert(1)"}},
			{"tags", body{"tags": 5}},
			{"datasets", body{"datasets": []string{unknown}}},
			{"reuses", body{"reuses": "x"}},
			{"blocs", body{"body_type": "blocs", "blocs": []body{{"class": "MarkdownBloc"}}}},
		} {
			for _, call := range []struct{ method, path string }{{"PUT", posts + oid + "/"}, {"POST", posts}} {
				b := body{"name": "New", "content": "x"}
				if call.method == "PUT" {
					b = body{}
				}
				for k, v := range c.body {
					b[k] = v
				}
				if got := w.Want(400, w.root, call.method, call.path, b); got.Get("errors."+c.field) == nil {
					t.Errorf("%s %v: %s", call.method, c.body, got.Text)
				}
			}
		}
		if got := w.Want(400, w.root, "POST", posts, body{}); got.Get("errors.name") == nil || got.Get("errors.content") == nil {
			t.Errorf("nothing: %s", got.Text)
		}
		if after := w.Want(200, w.root, "GET", posts+oid+"/", nil).Text; after != before {
			t.Errorf("it was %s and is %s", before, after)
		}
		if got := names(w.Want(200, w.root, "GET", posts+"?with_drafts=1", nil)); len(got) != 1 {
			t.Errorf("there are %q", got)
		}
		for _, query := range []string{"?kind=x", "?sort=x", "?with_drafts=x"} {
			w.Want(400, nobody, "GET", posts+query, nil)
		}
		w.Want(400, nobody, "GET", "/api/2/posts/search/?last_update_range=x", nil)
		// A whole answer may be sent back, as clients do.
		w.Want(200, w.root, "PUT", posts+oid+"/", w.Want(200, w.root, "GET", posts+oid+"/", nil).Body)
	})
}

// TestPostLists: filters, sorts, and what stands in a list.
func TestPostLists(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		w.news("Buses", "tags", []string{"transport"})
		w.Pass(48 * time.Hour)
		w.news("Trams", "content", "They meet the buses", "tags", []string{"transport", "Été"}, "headline", "A")
		w.Pass(40 * 24 * time.Hour)
		w.news("About", "kind", "page", "body_type", "html", "content", "<p>Who we are</p><script>buses()</script>")
		w.news("Blocs", "body_type", "blocs", "content", nil, "headline", "B", "blocs", []body{{"class": "MarkdownBloc", "content": "Of *zeppelins*"}})
		for query, want := range map[string]string{
			posts: "Blocs About Trams Buses", posts + "?sort=name": "About Blocs Buses Trams", posts + "?sort=-published": "Blocs About Trams Buses",
			posts + "?sort=created_at": "Buses Trams About Blocs", posts + "?sort=-modified": "Blocs About Trams Buses", posts + "?sort=-headline": "Blocs Trams About Buses",
			posts + "?kind=page": "About", posts + "?q=buses": "Buses Trams", posts + "?q=buses&sort=-published": "Trams Buses", posts + "?q=zeppelins": "Blocs",
			posts + "?q=%20": "", posts + "?page_size=1&page=2": "About", posts + "?q=we+who": "About",
			"/api/2/posts/search/": "Blocs About Trams Buses", "/api/2/posts/search/?tag=transport": "Trams Buses",
			"/api/2/posts/search/?tag=transport&tag=%C3%89t%C3%A9": "Trams", "/api/2/posts/search/?q=buses&sort=created": "Buses Trams",
			"/api/2/posts/search/?last_update_range=last_30_days": "Blocs About", "/api/2/posts/search/?last_update_range=last_12_months": "Blocs About Trams Buses",
		} {
			if got := strings.Join(names(w.Want(200, nobody, "GET", query, nil)), " "); got != want {
				t.Errorf("%s: want %q, got %q", query, want, got)
			}
		}
		listed := w.Want(200, nobody, "GET", posts, nil)
		if _, ok := listed.Get("data.0").(map[string]any)["blocs"]; ok {
			t.Error("a list holds blocs")
		}
		if got := w.Want(200, nobody, "GET", posts, nil, "X-Fields", "data{blocs}").Get("data.0.blocs.0.content"); got != "Of *zeppelins*" {
			t.Errorf("asked for, the blocs are %v", got)
		}
	})
}

// TestPostLinks: what a post is about is shown to those who may see it.
func TestPostLinks(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		public := w.publish(w.ada, "Public", "datasets", []string{w.dataset})
		draft := w.publish(w.ada, "Draft", "private", true)
		oid := w.news("News", "reuses", []string{draft, public}, "datasets", []body{{"class": "Dataset", "id": w.dataset}})
		for who, n := range map[apptest.Person]int{nobody: 1, w.max: 1, w.ada: 2, w.root: 2} {
			for _, got := range []any{w.Want(200, who, "GET", posts+oid+"/", nil).Body, w.Want(200, who, "GET", posts, nil).Get("data.0")} {
				if list := apptest.At(got, "reuses").([]any); len(list) != n {
					t.Errorf("want %d reuses, got %v", n, list)
				}
				if apptest.At(got, "datasets.0.resources.0.title") != "Stops" {
					t.Errorf("the dataset is not whole: %v", apptest.At(got, "datasets"))
				}
			}
		}
		// People discuss posts.
		made := w.Want(201, w.max, "POST", "/api/1/discussions/", body{"title": "Why?", "comment": "Say", "subject": body{"class": "Post", "id": oid}})
		if made.Get("subject.class") != "Post" {
			t.Errorf("the discussion is %s", made.Text)
		}
		if got := w.Want(200, nobody, "GET", "/api/1/discussions/?for="+oid, nil).Get("total"); got != 1.0 {
			t.Errorf("there are %v discussions", got)
		}
		w.Want(204, w.root, "DELETE", posts+oid+"/", nil)
		w.Want(200, nobody, "GET", "/api/1/discussions/"+made.Get("id").(string)+"/", nil)
	})
}

// TestPostPicture: it may be cut anew without being sent again, and goes with
// the post.
func TestPostPicture(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		oid := w.news("Pictured")
		image := posts + oid + "/image/"
		w.Want(400, w.root, "PUT", image, form(t, nil), "Content-Type", pictureType)
		first := w.Want(200, w.root, "POST", image, picture(t, 40, 30), "Content-Type", pictureType)
		if first.Get("success") != true || !strings.Contains(first.Get("image").(string), "/images/") {
			t.Fatalf("uploaded: %s", first.Text)
		}
		again := w.Want(200, w.root, "PUT", image, form(t, nil), "Content-Type", pictureType).Get("image").(string)
		got := w.Want(200, nobody, "GET", posts+oid+"/", nil)
		if got.Get("image") != again || again == first.Get("image") || got.Get("image_thumbnail") == nil {
			t.Errorf("cut anew: %s", got.Text)
		}
		for _, f := range verified(t, w.Portal, false, "files") {
			if !strings.HasPrefix(f, "files Organization") { // the world's logo is none
				t.Errorf("a file that nothing names: %s", f)
			}
		}
		w.Want(403, w.carol, "POST", image, picture(t, 8, 8), "Content-Type", pictureType)
		path := strings.TrimPrefix(again, "http://portal.test")
		w.Want(200, nobody, "GET", path, nil)
		w.Want(404, nobody, "GET", strings.TrimPrefix(first.Get("image").(string), "http://portal.test"), nil)
		w.Want(204, w.root, "DELETE", posts+oid+"/", nil)
		w.Want(404, nobody, "GET", path, nil)
	})
}
