package seed

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"ouvert/internal/catalog/dataset"
	"ouvert/internal/kernel/territory"
)

func (w *writer) writeDatasets(ctx context.Context) error {
	w.made.Datasets, w.made.Resources = len(w.datasets), len(w.datasets)*w.ResourcesPerDataset
	return batches(ctx, w, "datasets", len(w.datasets), max(21, 5*w.ResourcesPerDataset), w.dataset, dataset.InsertMany)
}

// titleOf is the name of the i-th dataset; reuses mention it too.
func (p *plan) titleOf(i int) string {
	d := &p.datasets[i]
	r := p.of(words+datasets, i)
	title := d.title
	if d.en {
		title = d.titleEN
	}
	title = fill(title, d.word)
	if d.year > 0 {
		return title + " – " + strconv.Itoa(d.year)
	}
	if chance(r, 0.12) {
		if d.en {
			return title + pick(r, []string{" – history", " – provisional data", " (detailed)"})
		}
		return title + pick(r, []string{" – historique", " – données provisoires", " (version détaillée)", " – extrait mensuel"})
	}
	return title
}

// publisherOf is who published it, as it stands after "par" or "by".
func (p *plan) publisherOf(o owner, en bool) string {
	switch {
	case o.organization >= 0 && en:
		return p.organizations[o.organization].name
	case o.organization >= 0:
		return p.organizations[o.organization].by
	}
	return p.nameOf(o.person).full()
}

// ids of the owner; one of them is "".
func (p *plan) ids(o owner) (person, organization string) {
	if o.organization >= 0 {
		return "", p.organizations[o.organization].id
	}
	return p.people[o.person].id, ""
}

// Licences, common ones several times; "" is none said.
var licenses = []string{"lov2", "lov2", "lov2", "lov2", "lov2", "fr-lo", "fr-lo", "odc-odbl", "odc-odbl", "cc-by", "cc-by-sa", "cc-zero", "other-open", ""}

func (w *writer) dataset(i int) (*dataset.Dataset, error) {
	r, x := w.of(details+datasets, i), &w.datasets[i]
	title := w.titleOf(i)
	d := &dataset.Dataset{
		ID: x.id, Slug: w.slugs[datasets].name(title), Title: title, License: pick(r, licenses), Private: x.private,
		Featured:        !x.hidden() && chance(r, 0.02),
		CreatedInternal: x.created, ModifiedInternal: x.modified, Archived: x.archived, Deleted: x.deletion,
		Counts: map[string]int64{
			"reuses": int64(x.reuses), "followers": int64(x.followers), "views": int64(longTail(r, 300, 2_000_000)),
		},
		Doc: dataset.Doc{Tags: x.tags(r, nil), Schema: x.schema},
	}
	d.Owner, d.Organization = w.ids(x.owner)
	if chance(r, 0.9) {
		d.Doc.Frequency = x.frequency
	}
	d.Doc.Description = w.describe(r, x)
	if chance(r, 0.85) {
		d.Doc.Spatial = &territory.Coverage{Zones: []string{x.place.zone}, Granularity: x.place.granularity()}
	}
	if x.year > 0 {
		d.Doc.TemporalCoverage = coverage(x.year, x.year)
	} else if chance(r, 0.4) {
		year := x.created.Year()
		d.Doc.TemporalCoverage = coverage(year-1-r.IntN(12), year)
	}
	if chance(r, 0.08) {
		d.Doc.Harvest = harvest(r, x, d.Slug)
	}
	for n := range w.ResourcesPerDataset {
		d.Resources = append(d.Resources, w.resource(r, i, n, d.Slug))
	}
	m := more{"dataservices": x.dataservices, "resources_downloads": longTail(r, 200, 5_000_000)}
	m.byMonths("followers_by_months", w.Now, x.followedAt, x.followed)
	m.byMonths("reuses_by_months", w.Now, x.reusesAt, x.linked)
	var err error
	d.Metrics, err = m.text()
	return d, err
}

func coverage(first, last int) *dataset.TemporalCoverage {
	return &dataset.TemporalCoverage{Start: strconv.Itoa(first) + "-01-01", End: strconv.Itoa(last) + "-12-31"}
}

func (w *writer) describe(r *rand.Rand, x *data) string {
	intro, rest, language := datasetIntro, datasetMore, 0
	if x.en {
		intro, rest, language = datasetIntroEN, datasetMoreEN, 1
	}
	parts := []string{pick(r, intro)}
	for _, n := range r.Perm(len(rest))[:1+r.IntN(3)] {
		parts = append(parts, rest[n])
	}
	return fill(strings.Join(parts, "\n\n"), func(word string) (string, bool) {
		switch word {
		case "publisher":
			return w.publisherOf(x.owner, x.en), true
		case "every":
			return every[x.frequency][language], true
		case "year":
			return strconv.Itoa(x.created.Year() - 2), true
		}
		return x.word(word)
	})
}

// tags are some of the subject's, its place, and those of the caller, sorted.
func (s *subject) tags(r *rand.Rand, also []string) []string {
	out := append([]string{}, also...)
	for i, t := range s.series.tags {
		if i == 0 || chance(r, 0.7) {
			out = append(out, t)
		}
	}
	if chance(r, 0.6) {
		out = append(out, s.place.tag)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// harvest says that the dataset came from the publisher's own portal.
func harvest(r *rand.Rand, x *data, slug string) *dataset.Harvest {
	domain := "data." + host(x.place.tag) + ".example.org"
	n := strconv.Itoa(10000 + r.IntN(90000))
	return &dataset.Harvest{
		Backend: "dcat", Domain: domain, RemoteID: n, RemoteURL: "https://" + domain + "/datasets/" + slug, URI: "https://" + domain + "/id/" + n,
		CreatedAt: x.created, IssuedAt: x.created, ModifiedAt: x.modified, LastUpdate: x.modified,
	}
}

var mimes = map[string]string{
	"csv": "text/csv", "json": "application/json", "geojson": "application/geo+json", "pdf": "application/pdf", "xml": "application/xml",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "ods": "application/vnd.oasis.opendocument.spreadsheet",
	"gtfs": "application/zip", "shp": "application/zip", "rdf": "application/rdf+xml",
}

// resource makes the n-th resource of the i-th dataset: first the formats,
// then the years before, at the end the documentation.
func (w *writer) resource(r *rand.Rand, i, n int, slug string) dataset.Resource {
	x := &w.datasets[i]
	format := x.formats[n%len(x.formats)]
	year := x.created.Year() - n/len(x.formats)
	if x.year > 0 {
		year = x.year
	}
	at := between(r, x.created, x.modified)
	size := int64(2000 + longTail(r, 80_000, 4_000_000_000))
	res := dataset.Resource{
		ID:   resourceID(r, i*w.ResourcesPerDataset+n, len(w.datasets)*w.ResourcesPerDataset),
		Type: dataset.TypeMain, Filetype: dataset.FiletypeRemote, Format: format, Mime: mimes[format], Filesize: &size,
		CreatedInternal: x.created, ModifiedInternal: at,
	}
	name := host(slug)
	if n > 0 && n == w.ResourcesPerDataset-1 {
		res.Type, res.Format, res.Mime, name = "documentation", "pdf", mimes["pdf"], "documentation"
		res.Title = "Documentation"
		text := "Description des champs et des codes utilisés."
		if x.en {
			text = "Describes the fields and codes."
		}
		res.Description = &text
	} else {
		res.Title = upper(x.things) + " " + strconv.Itoa(year) + " (" + strings.ToUpper(format) + ")"
		if x.en {
			res.Title = upper(x.thingsEN) + " " + strconv.Itoa(year) + " (" + strings.ToUpper(format) + ")"
		}
		if n == 0 {
			res.Schema = x.schema
		}
	}
	extension := res.Format
	if res.Mime == "application/zip" {
		extension += ".zip"
	}
	res.URL = "https://static.example.org/resources/" + slug + "/" + at.Format("20060102-150405") + "/" + name + "-" + strconv.Itoa(n+1) + "." + extension
	if chance(r, 0.7) {
		res.Checksum = checksum(r)
	}
	if views := longTail(r, 30, 500_000); views > 0 {
		res.Metrics = json.RawMessage(`{"views":` + strconv.Itoa(views) + `}`)
	}
	if chance(r, 0.1) {
		res.Extras = checked(between(r, at, w.Now), chance(r, 0.95))
	}
	return res
}

func checksum(r *rand.Rand) *dataset.Checksum {
	var b [32]byte
	for i := 0; i < len(b); i += 8 {
		n := r.Uint64()
		for j := range 8 {
			b[i+j] = byte(n >> (8 * j))
		}
	}
	if chance(r, 0.5) {
		return &dataset.Checksum{Type: "sha256", Value: hex.EncodeToString(b[:])}
	}
	return &dataset.Checksum{Type: "sha1", Value: hex.EncodeToString(b[:20])}
}

// checked is what a link checker wrote.
func checked(at time.Time, available bool) json.RawMessage {
	status := "200"
	if !available {
		status = "404"
	}
	return json.RawMessage(`{"check:available":` + strconv.FormatBool(available) + `,"check:date":"` + at.Format(time.RFC3339) + `","check:status":` + status + `}`)
}
