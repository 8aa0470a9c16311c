package seed

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"

	"ouvert/internal/catalog/reuse"
	"ouvert/internal/kernel/weburl"
)

func (w *writer) writeReuses(ctx context.Context) error {
	w.made.Reuses = len(w.reuses)
	return batches(ctx, w, "reuses", len(w.reuses), 23, w.reuse, reuse.InsertMany)
}

// Tags of a type, beside those of the subject.
var kindTags = map[string][]string{
	"visualization": {"carte", "datavisualisation", "open-data", "tableau-de-bord"},
	"application":   {"application", "mobile", "open-data", "service"},
	"api":           {"api", "json", "developpement"},
	"paper":         {"recherche", "analyse", "statistiques"},
	"news_article":  {"enquete", "journalisme", "decryptage"},
	"post":          {"tutoriel", "python", "retour-dexperience"},
	"idea":          {"idee", "prototype"},
	"hardware":      {"objet-connecte", "diy", "electronique"},
}

func (w *writer) reuse(i int) (*reuse.Reuse, error) {
	r, x := w.of(details+reuses, i), &w.reuses[i]
	title := x.title(r)
	slug := w.slugs[reuses].name(title)
	out := &reuse.Reuse{
		ID: x.id, Slug: slug, Title: title, Type: x.kind, Topic: x.topic, Private: x.private, Featured: x.featured,
		CreatedAt: x.created, LastModified: x.modified, Archived: x.archived, Deleted: x.deletion,
		Counts: map[string]int64{
			"datasets": int64(len(x.datasets)), "followers": int64(x.followers), "views": int64(longTail(r, 150, 500_000)),
		},
	}
	out.URL, out.URLHash = w.address(r, x, slug)
	if _, err := weburl.Default.Check(out.URL); err != nil {
		return nil, fmt.Errorf("the made-up address of %q: %w", slug, err)
	}
	out.Owner, out.Organization = w.ids(x.owner)
	source, publisher := "", ""
	for n, d := range x.datasets {
		out.Datasets = append(out.Datasets, w.datasets[d].id)
		if n == 0 {
			source, publisher = w.titleOf(d), w.publisherOf(w.datasets[d].owner, x.en)
		}
	}
	for _, s := range x.dataservices {
		out.Dataservices = append(out.Dataservices, w.dataservices[s].id)
	}
	out.Doc.Description = x.description(r, source, publisher, w.publisherOf(x.owner, x.en))
	if chance(r, 0.9) {
		out.Doc.Tags = x.tags(r, []string{pick(r, kindTags[x.kind])})
	}
	m := more{}
	m.byMonths("followers_by_months", w.Now, x.followedAt, x.followed)
	var err error
	out.Metrics, err = m.text()
	return out, err
}

// address is where the reuse stands. It holds the slug, which is unique, so it
// is too – unless somebody else registered it before.
func (w *writer) address(r *rand.Rand, x *work, slug string) (url, hash string) {
	home := "https://projets.example.org/"
	if x.organization >= 0 {
		home = "https://" + host(w.organizations[x.organization].tag()) + ".example.org/"
	}
	switch {
	case x.kind == "news_article" || x.kind == "post":
		url = home + "articles/" + x.created.Format("2006/01/") + slug
	case x.kind == "api":
		url = "https://api.example.org/" + slug + "/v1/"
	case x.kind == "paper":
		url = "https://archives.example.org/" + slug + ".pdf"
	case len(slug) <= 40 && chance(r, 0.5):
		url = "https://" + slug + ".example.org/"
	default:
		url = home + slug
	}
	for n := 2; ; n++ {
		hash = weburl.Hash(url)
		if !w.addresses[hash] {
			w.addresses[hash] = true
			return url, hash
		}
		url += "?v=" + strconv.Itoa(n)
	}
}
