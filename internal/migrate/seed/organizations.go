package seed

import (
	"context"
	"fmt"
	"strings"

	"ouvert/internal/catalog/organization"
	"ouvert/internal/kernel/slug"
)

func (w *writer) writeOrganizations(ctx context.Context) error {
	w.made.Organizations = len(w.organizations)
	return batches(ctx, w, "organizations", len(w.organizations), 20, w.organization, organization.InsertMany)
}

func (w *writer) organization(i int) (*organization.Organization, error) {
	r, b := w.of(details+organizations, i), &w.organizations[i]
	name := w.slugs[organizations].name(b.name)
	o := &organization.Organization{
		ID: b.id, Slug: name, Name: b.name, Acronym: b.acronym, CreatedAt: b.created, LastModified: between(r, b.created, w.Now),
		Counts: map[string]int64{
			"datasets": int64(b.datasets), "reuses": int64(b.reuses), "followers": int64(b.followers), "views": int64(longTail(r, 2000, 3_000_000)),
		},
		Doc: organization.Doc{Description: b.description(pick(r, b.about)), URL: "https://" + host(name) + ".example.org/", Zone: b.place.zone},
	}
	if chance(r, 0.7) {
		// No business has a number that begins with so many zeros.
		o.Doc.BusinessNumberID = fmt.Sprintf("000000%03d%05d", i%1000, r.IntN(100000))
	}
	for _, m := range b.members {
		o.Members = append(o.Members, organization.Member{Person: w.people[m.person].id, Role: m.role, Since: m.since})
	}
	for _, kind := range b.badges {
		o.Badges = append(o.Badges, organization.Badge{Kind: kind, CreatedAt: between(r, b.created, w.Now)})
	}
	m := more{"members": len(o.Members), "dataservices": b.dataservices}
	m.byMonths("datasets_by_months", w.Now, b.months.datasets, b.datasets > 0)
	m.byMonths("datasets_followers_by_months", w.Now, b.months.datasetsFollowed, b.datasets > 0)
	m.byMonths("datasets_reuses_by_months", w.Now, b.months.datasetsReused, b.datasets > 0)
	m.byMonths("dataservices_by_months", w.Now, b.months.dataservices, b.dataservices > 0)
	m.byMonths("reuses_by_months", w.Now, b.reusesAt, b.linked)
	m.byMonths("reuses_followers_by_months", w.Now, b.months.reusesFollowed, b.linked)
	var err error
	o.Metrics, err = m.text()
	return o, err
}

// description says what the publisher does, and that there is none.
func (b *publisher) description(text string) string {
	note, in := madeUp, b.place.in
	if b.en {
		note, in = madeUpEnglish, "in "+b.place.english()
	}
	return fill(text, func(word string) (string, bool) {
		switch word {
		case "By":
			return upper(b.by), true
		case "name":
			return b.name, true
		case "in":
			return in, true
		}
		return "", false
	}) + note
}

// tag is the name as a part of an address; two of a name share it.
func (b *publisher) tag() string { return slug.Make(b.name) }

// host is a slug that may be one label of a host's name.
func host(slug string) string {
	const most = 63 // RFC 1035
	return strings.TrimRight(slug[:min(len(slug), most)], "-")
}
