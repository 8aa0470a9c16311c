package seed

import (
	"context"

	"ouvert/internal/catalog/dataservice"
)

func (w *writer) writeDataservices(ctx context.Context) error {
	w.made.Dataservices = len(w.dataservices)
	return batches(ctx, w, "dataservices", len(w.dataservices), 19, w.dataservice, dataservice.InsertMany)
}

func (w *writer) dataservice(i int) (*dataservice.Dataservice, error) {
	r, x := w.of(details+dataservices, i), &w.dataservices[i]
	title := x.text(r, []string{"API {Things} {of}", "API des {things} {in}"}, []string{"{Things} {in} API"})
	slug := w.slugs[dataservices].name(title)
	base := "https://api.example.org/" + slug
	d := &dataservice.Dataservice{
		ID: x.id, Slug: slug, Title: title, Private: x.private, CreatedAt: x.created, LastModified: x.modified, Archived: x.archived,
		Deleted: x.deletion, Datasets: []string{w.datasets[x.dataset].id},
		Counts: map[string]int64{"reuses": int64(x.reuses), "followers": int64(x.followers), "views": int64(longTail(r, 300, 1_000_000))},
		Doc: dataservice.Doc{
			Description: x.text(r, serviceText, serviceTextEN), Tags: x.tags(r, []string{"api"}), License: pick(r, licenses), Format: "REST",
			BaseAPIURL: base + "/v1/", MachineDocumentationURL: base + "/openapi.json", TechnicalDocumentationURL: base + "/docs",
		},
	}
	d.Owner, d.Organization = w.ids(x.owner)
	if chance(r, 0.6) {
		share := 98 + float64(r.IntN(200))/100
		d.Doc.Availability = &share
		d.Doc.RateLimiting = x.text(r, []string{"10 requêtes par seconde", "50 requêtes par minute"}, []string{"10 requests a second"})
	}
	m := more{}
	m.byMonths("followers_by_months", w.Now, x.followedAt, x.followed)
	var err error
	d.Metrics, err = m.text()
	return d, err
}
