package app_test

import (
	"database/sql"
	"encoding/xml"
	"slices"
	"strings"
	"testing"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
	"ouvert/internal/catalog/organization"
)

type sitemapFile struct {
	Parts []struct {
		Loc     string `xml:"loc"`
		LastMod string `xml:"lastmod"`
	} `xml:"sitemap"`
	Pages []struct {
		Loc     string `xml:"loc"`
		LastMod string `xml:"lastmod"`
	} `xml:"url"`
}

func (w *world) sitemap(path string) (f sitemapFile) {
	w.t.Helper()
	got := w.Want(200, nobody, "GET", path, nil)
	if got.Header.Get("Content-Type") != "application/xml; charset=utf-8" {
		w.t.Errorf("%s is %q", path, got.Header.Get("Content-Type"))
	}
	if err := xml.Unmarshal([]byte(got.Text), &f); err != nil {
		w.t.Fatalf("%v in %s", err, got.Text)
	}
	return f
}

// TestSitemap: search engines are told of all that everybody may see, and of
// nothing else.
func TestSitemap(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		w.publish(w.ada, "Seen & found", "datasets", []string{w.dataset})
		w.publish(w.ada, "A draft", "datasets", []string{w.dataset}, "private", true)
		w.publish(w.ada, "Without data")
		w.Want(204, w.ada, "DELETE", one(w.publish(w.ada, "Gone", "datasets", []string{w.dataset})), nil)
		w.Want(201, w.root, "POST", "/api/1/posts/", body{"name": "A draft", "content": "x"})
		post := w.Want(201, w.root, "POST", "/api/1/posts/", body{"name": "News", "content": "x"}).Get("id").(string)
		w.Want(200, w.root, "POST", "/api/1/posts/"+post+"/publish/", nil)
		index := w.sitemap("/sitemap.xml")
		var parts []string
		pages := map[string][]string{}
		for _, p := range index.Parts {
			path, ok := strings.CutPrefix(p.Loc, "http://portal.test")
			if !ok || !strings.HasPrefix(p.LastMod, "2026-") {
				t.Errorf("a part: %+v", p)
			}
			parts = append(parts, path)
			for _, x := range w.sitemap(path).Pages {
				pages[path] = append(pages[path], strings.TrimPrefix(x.Loc, "https://www.example.org"))
				if !strings.HasPrefix(x.LastMod, "2026-") {
					t.Errorf("a page: %+v", x)
				}
			}
		}
		if want := []string{"/sitemaps/datasets_1.xml", "/sitemaps/reuses_1.xml", "/sitemaps/dataservices_1.xml", "/sitemaps/organizations_1.xml", "/sitemaps/posts_1.xml"}; !slices.Equal(parts, want) {
			t.Errorf("the parts are %q", parts)
		}
		for path, want := range map[string][]string{
			"/sitemaps/datasets_1.xml": {"/datasets/dataset-" + w.dataset}, "/sitemaps/reuses_1.xml": {"/reuses/seen-found"},
			"/sitemaps/dataservices_1.xml": {"/dataservices/dataservice-" + w.dataservice}, "/sitemaps/organizations_1.xml": {"/organizations/town"},
			"/sitemaps/posts_1.xml": {"/posts/news"},
		} {
			if !slices.Equal(pages[path], want) {
				t.Errorf("%s has %q, want %q", path, pages[path], want)
			}
		}
		for _, path := range []string{"/sitemaps/", "/sitemaps/reuses_2.xml", "/sitemaps/reuses_0.xml", "/sitemaps/reuses_01.xml", "/sitemaps/reuses_1", "/sitemaps/people_1.xml", "/sitemaps/reuses_99999999999999999999.xml"} {
			w.Want(404, nobody, "GET", path, nil)
		}
		w.Want(405, w.root, "POST", "/sitemap.xml", nil)
		if got := w.Want(200, nobody, "HEAD", "/sitemaps/reuses_1.xml", nil); got.Text != "" {
			t.Errorf("HEAD answers %q", got.Text)
		}
		if got := w.Want(200, nobody, "GET", "/robots.txt", nil).Text; !strings.Contains(got, "\nSitemap: http://portal.test/sitemap.xml\n") {
			t.Errorf("robots: %q", got)
		}
	})
}

// TestLargeSitemap: more pages than are in memory at a time are each there
// once.
func TestLargeSitemap(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		const many = 2300
		w.write(func(tx *sql.Tx) error {
			for range many {
				oid := w.newID()
				err := w.Organizations.Import(t.Context(), tx, &organization.Organization{ID: oid, Slug: "o-" + oid, Name: "O", CreatedAt: apptest.Start, LastModified: apptest.Start})
				if err != nil {
					return err
				}
			}
			return nil
		})
		seen := map[string]bool{}
		list := w.sitemap("/sitemaps/organizations_1.xml").Pages
		for _, p := range list {
			seen[p.Loc] = true
		}
		if len(list) != many+1 || len(seen) != many+1 {
			t.Errorf("there are %d, %d of them different", len(list), len(seen))
		}
	})
}
