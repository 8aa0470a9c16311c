package dataservice

import (
	"cmp"
	"context"
	"database/sql"
	"net/http"
	"slices"
	"strings"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/rdf"
	"ouvert/internal/kernel/ref"
)

// hvd is the badge and the tag of what is of high value (rdf.HVDCategories).
const hvd = "hvd"

func (s *Service) rdfRoutes() []api.Route {
	const one = "/api/1/dataservices/{dataservice}/rdf"
	missing := map[int]string{404: "There is no such dataservice, or not for the caller"}
	return []api.Route{
		{
			Method: http.MethodGet, Path: one, ID: "rdf_dataservice", Summary: "Lead to the description in the format that the client likes", Access: api.Anyone,
			Doc: rdf.Negotiation, Status: http.StatusFound, Errors: missing, Subject: s.subject, Handle: s.rdfRedirect,
		},
		{
			Method: http.MethodGet, Path: one + ".{_format}", ID: "rdf_dataservice_format", Summary: "Describe a dataservice in RDF (DCAT-AP)", Access: api.Anyone,
			Produces: rdf.JSONLD.MediaType, PathDoc: map[string]string{"_format": rdf.FormatDoc},
			Errors: map[int]string{404: missing[404] + ", or no such format", 410: "The dataservice was deleted"}, Subject: s.subject, Handle: s.rdf,
		},
	}
}

func (s *Service) rdfRedirect(_ context.Context, r *api.Request) (*api.Response, error) {
	d := r.Subject.(*Dataservice)
	if err := visibleTo(r, d); err != nil {
		return nil, err
	}
	return rdf.Redirect("/api/1/dataservices/" + d.ID + "/rdf." + rdf.Negotiate(r.Header).Extension), nil
}

func (s *Service) rdf(ctx context.Context, r *api.Request) (*api.Response, error) {
	d := r.Subject.(*Dataservice)
	if err := visibleTo(r, d); err != nil {
		return nil, err
	}
	f, err := rdf.Named(r.PathValue("_format"))
	if err != nil {
		return nil, err
	}
	told, err := s.tellAll(ctx, s.db.Read(), map[string]*Dataservice{d.ID: d})
	if err != nil {
		return nil, err
	}
	return rdf.Answer(f, func(doc *rdf.Document) error {
		doc.Write(told[d.ID].Nodes...)
		return nil
	}), nil
}

// term is the IRI: the one under which the dataservice was harvested, or the
// address of its page by id, which unlike the slug stays.
func (s *Service) term(d *Dataservice) rdf.Term {
	if h := d.Doc.Harvest; h != nil {
		if t := rdf.Address(h.URI); !t.IsZero() {
			return t
		}
	}
	return rdf.IRI(s.links.Site + "/dataservices/" + d.ID)
}

// describe tells of the dataservices that everybody may see.
func (s *Service) describe(ctx context.Context, q db.Querier, form ref.Form, ids []string) (map[string]rdf.Description, error) {
	found, err := byIDs(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	for oid, d := range found {
		if d.Private || !d.Deleted.IsZero() {
			delete(found, oid)
		}
	}
	if form == ref.Full {
		return s.tellAll(ctx, q, found)
	}
	out := make(map[string]rdf.Description, len(found))
	for oid, d := range found {
		out[oid] = rdf.Description{Term: s.term(d)}
	}
	return out, nil
}

// tellAll describes loaded dataservices, in a number of statements that does
// not depend on how many they are.
func (s *Service) tellAll(ctx context.Context, q db.Querier, found map[string]*Dataservice) (map[string]rdf.Description, error) {
	if err := loadDatasets(ctx, q, found); err != nil {
		return nil, err
	}
	var datasets, contacts []string
	for _, d := range found {
		datasets = append(datasets, d.Datasets...)
		contacts = append(contacts, d.Doc.ContactPoints...)
	}
	serves, err := s.refs.Describe(ctx, q, ref.Dataset, ref.Card, unique(datasets))
	if err != nil {
		return nil, err
	}
	toAsk, err := s.refs.Describe(ctx, q, contactPoint, ref.Full, unique(contacts))
	if err != nil {
		return nil, err
	}
	categories, err := categoriesOf(ctx, q, found)
	if err != nil {
		return nil, err
	}
	out := make(map[string]rdf.Description, len(found))
	for oid, d := range found {
		n := s.node(d)
		for _, c := range categories[oid] {
			n.Add(rdf.DCATAP("hvdCategory"), rdf.HVDCategories[c])
		}
		for _, oid := range unique(d.Datasets) {
			n.Add(rdf.DCAT("servesDataset"), serves[oid].Term)
		}
		nodes := []*rdf.Node{n}
		for _, oid := range unique(d.Doc.ContactPoints) {
			if c, ok := toAsk[oid]; ok {
				n.Add(c.As, c.Term)
				nodes = append(nodes, c.Nodes...)
			}
		}
		out[oid] = rdf.Description{Term: n.Subject, Nodes: nodes}
	}
	return out, nil
}

// node describes what the dataservice itself knows (udata:
// core/dataservices/rdf.py).
func (s *Service) node(d *Dataservice) *rdf.Node {
	n := rdf.New(s.term(d), rdf.DCAT("DataService"))
	n.Shared = true // a catalogue names it, and so may several datasets
	identifier, landing := d.ID, rdf.IRI(d.page(s.links))
	created, issued := d.CreatedAt, d.CreatedAt
	if h := d.Doc.Harvest; h != nil {
		identifier = cmp.Or(h.RemoteID, identifier)
		created, issued = h.CreatedAt, h.IssuedAt
		if remote := rdf.Address(h.RemoteURL); !remote.IsZero() {
			landing = remote
		}
	}
	n.Add(rdf.DCT("identifier"), rdf.Text(identifier)).
		Add(rdf.DCT("title"), rdf.Text(d.Title)).
		Add(rdf.DCT("description"), rdf.Text(d.Doc.Description)).
		Add(rdf.DCT("created"), rdf.Instant(created)).
		Add(rdf.DCT("issued"), rdf.Instant(issued)).
		Add(rdf.DCT("modified"), rdf.Instant(d.LastModified)).
		Add(rdf.DCAT("endpointURL"), rdf.Address(d.Doc.BaseAPIURL)).
		Add(rdf.DCAT("endpointDescription"), rdf.Address(d.Doc.MachineDocumentationURL)).
		Add(rdf.DCAT("landingPage"), landing)
	for _, t := range d.Doc.Tags {
		n.Add(rdf.DCAT("keyword"), rdf.Text(t))
	}
	if d.highValue() {
		n.Add(rdf.DCATAP("applicableLegislation"), rdf.HVDLegislation)
	}
	return n
}

func (d *Dataservice) highValue() bool {
	return slices.ContainsFunc(d.Doc.Badges, func(b Badge) bool { return b.Kind == hvd })
}

// categoriesOf returns the categories of those of high value: their own tags,
// and those of the datasets of high value that they serve.
func categoriesOf(ctx context.Context, q db.Querier, found map[string]*Dataservice) (map[string][]string, error) {
	out := map[string][]string{}
	var ids []string
	add := func(oid, tag string) {
		if _, ok := rdf.HVDCategories[tag]; ok && !slices.Contains(out[oid], tag) {
			out[oid] = append(out[oid], tag)
		}
	}
	for oid, d := range found {
		if d.highValue() {
			ids = append(ids, oid)
			for _, t := range d.Doc.Tags {
				add(oid, t)
			}
		}
	}
	if len(ids) == 0 {
		return out, nil
	}
	err := db.EachIn(ctx, q, `SELECT DISTINCT l.dataservice, t.tag FROM dataservice_dataset l
		JOIN dataset d ON d.id = l.dataset AND NOT d.private AND d.deleted IS NULL
		JOIN dataset_tag h ON h.dataset = d.id AND h.tag = 'hvd'
		JOIN dataset_tag t ON t.dataset = d.id
		WHERE l.dataservice IN {ids} ORDER BY l.dataservice, t.tag`, ids, func(rows *sql.Rows) error {
		var oid, tag string
		if err := rows.Scan(&oid, &tag); err != nil {
			return err
		}
		add(oid, tag)
		return nil
	})
	return out, err
}

// Serving returns the ids of the dataservices that belong to a page of a
// catalogue: those that serve one of its datasets and, when loose is set, those
// that serve none. organization is "" for the whole portal; q are the
// catalogue's parameters, of which those that dataservices have filter them
// too.
func (s *Service) Serving(ctx context.Context, datasets []string, loose bool, organization string, q api.Query) ([]string, error) {
	if len(datasets) == 0 && !loose {
		return nil, nil
	}
	f := Filter{Tags: q.All("tag"), Sort: "created"}
	f.Query, _ = q.Get("q")
	f.AccessType, _ = q.Get("access_type")
	f.OrganizationBadge, _ = q.Get("organization_badge")
	for name, into := range map[string]*string{"owner": &f.Owner, "organization": &f.Organization} {
		text, _ := q.Get(name)
		*into, _ = id.Parse(text)
	}
	if featured, given, err := q.Bool("featured"); err == nil && given {
		f.Featured = &featured
	}
	if text, _ := q.Get("topic"); text != "" {
		oid, _ := id.Parse(text)
		found, err := s.refs.Find(ctx, s.db.Read(), ref.Topic, []string{oid})
		if err != nil {
			return nil, err
		}
		if len(found) > 0 { // an unknown one filters nothing, as in lists
			f.Topic = oid
		}
	}
	w := f.where(Seen, nil)
	if organization != "" {
		w.And("d.organization = ?", organization)
	}
	var either []string
	if len(datasets) > 0 {
		either = append(either, "d.id IN (SELECT dataservice FROM dataservice_dataset WHERE dataset IN (?"+strings.Repeat(", ?", len(datasets)-1)+"))")
	}
	if loose {
		either = append(either, "NOT EXISTS (SELECT 1 FROM dataservice_dataset l WHERE l.dataservice = d.id)")
	}
	args := make([]any, len(datasets))
	for i, oid := range datasets {
		args[i] = oid
	}
	w.And("("+strings.Join(either, " OR ")+")", args...)
	return s.ids(ctx, f, Seen, nil, w)
}

// unique returns the ids, each once, in their order.
func unique(ids []string) []string {
	seen := make(map[string]bool, len(ids))
	var out []string
	for _, oid := range ids {
		if !seen[oid] {
			seen[oid] = true
			out = append(out, oid)
		}
	}
	return out
}
