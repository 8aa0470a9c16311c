package dataset

import (
	"context"
	"database/sql"
	"iter"
	"net/http"
	"slices"
	"strings"
	"time"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/rdf"
	"ouvert/internal/kernel/ref"
)

// hvd is the badge of datasets of high value, and the tag of dataservices.
const hvd = "hvd"

func (s *Service) rdfRoutes() []api.Route {
	return []api.Route{
		{
			Method: http.MethodGet, Path: one1 + "rdf", ID: "rdf_dataset", Summary: "Lead to the description in the format that the client likes", Access: api.Anyone,
			Doc: rdf.Negotiation, Status: http.StatusFound, Errors: gone, Subject: s.subject, Handle: s.rdfRedirect,
		},
		{
			Method: http.MethodGet, Path: one1 + "rdf.{_format}", ID: "rdf_dataset_format", Summary: "Describe a dataset in RDF (DCAT-AP)", Access: api.Anyone,
			Produces: rdf.JSONLD.MediaType, Errors: gone, Subject: s.subject, Handle: s.rdf,
		},
	}
}

func (s *Service) rdfRedirect(_ context.Context, r *api.Request) (*api.Response, error) {
	d := r.Subject.(*Dataset)
	if err := visibleTo(r, d); err != nil {
		return nil, err
	}
	return rdf.Redirect(v1 + d.ID + "/rdf." + rdf.Negotiate(r.Header).Extension), nil
}

func (s *Service) rdf(ctx context.Context, r *api.Request) (*api.Response, error) {
	d := r.Subject.(*Dataset)
	if err := visibleTo(r, d); err != nil {
		return nil, err
	}
	f, err := rdf.Named(r.PathValue("_format"))
	if err != nil {
		return nil, err
	}
	t, err := s.teller(ctx, s.db.Read(), map[string]*Dataset{d.ID: d}, r.Now)
	if err != nil {
		return nil, err
	}
	return rdf.Answer(f, func(doc *rdf.Document) error {
		for n := range t.nodes(d) {
			doc.Write(n)
		}
		return nil
	}), nil
}

// permanent is the address of the dataset's page by id, which unlike the slug
// stays.
func (s *Service) permanent(d *Dataset) string { return s.links.Site + "/datasets/" + d.ID }

// term is the IRI: the one under which the dataset was harvested, or its
// permanent address.
func (s *Service) term(d *Dataset) rdf.Term {
	if h := d.Doc.Harvest; h != nil {
		if t := rdf.Address(h.URI); !t.IsZero() {
			return t
		}
	}
	return rdf.IRI(s.permanent(d))
}

// describe tells of the datasets that everybody may see.
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
	out := make(map[string]rdf.Description, len(found))
	if form == ref.Card {
		for oid, d := range found {
			out[oid] = rdf.Description{Term: s.term(d)}
		}
		return out, nil
	}
	t, err := s.teller(ctx, q, found, s.clock())
	if err != nil {
		return nil, err
	}
	for oid, d := range found {
		out[oid] = rdf.Description{Term: s.term(d), Nodes: slices.Collect(t.nodes(d))}
	}
	return out, nil
}

// teller describes loaded datasets.
type teller struct {
	s   *Service
	now time.Time
	// What datasets mention, by id.
	owners, organizations, licenses, contacts, services map[string]rdf.Description
	// serving are the dataservices of high value of each dataset.
	serving map[string][]string
}

// teller loads the resources of datasets and what they mention, in a number of
// statements that does not depend on how many they are.
func (s *Service) teller(ctx context.Context, q db.Querier, found map[string]*Dataset, now time.Time) (*teller, error) {
	t := &teller{s: s, now: now}
	if err := loadResources(ctx, q, found); err != nil {
		return nil, err
	}
	owners, organizations, licenses, contacts := set{}, set{}, set{}, set{}
	var valued []string
	for oid, d := range found {
		owners.add(d.Owner)
		organizations.add(d.Organization)
		licenses.add(d.License)
		contacts.add(d.Doc.ContactPoints...)
		if d.highValue() {
			valued = append(valued, oid)
		}
	}
	var err error
	services := set{}
	if t.serving, err = serving(ctx, q, valued); err != nil {
		return nil, err
	}
	for _, list := range t.serving {
		services.add(list...)
	}
	for _, x := range []struct {
		class string
		ids   set
		into  *map[string]rdf.Description
	}{
		{ref.User, owners, &t.owners},
		{ref.Organization, organizations, &t.organizations},
		{licenseClass, licenses, &t.licenses},
		{contactPoint, contacts, &t.contacts},
		{ref.Dataservice, services, &t.services},
	} {
		if *x.into, err = s.refs.Describe(ctx, q, x.class, ref.Full, x.ids.list()); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// serving returns the public dataservices, tagged as of high value, that serve
// each of the datasets.
func serving(ctx context.Context, q db.Querier, ids []string) (map[string][]string, error) {
	out := map[string][]string{}
	if len(ids) == 0 {
		return out, nil
	}
	err := db.EachIn(ctx, q, `SELECT DISTINCT l.dataset, l.dataservice FROM dataservice_dataset l
		JOIN dataservice_tag t ON t.dataservice = l.dataservice AND t.tag = 'hvd'
		JOIN dataservice d ON d.id = l.dataservice AND `+visible+`
		WHERE l.dataset IN {ids} ORDER BY l.dataset, l.dataservice`, ids, func(rows *sql.Rows) error {
		var dataset, dataservice string
		err := rows.Scan(&dataset, &dataservice)
		out[dataset] = append(out[dataset], dataservice)
		return err
	})
	return out, err
}

func (d *Dataset) highValue() bool {
	return slices.ContainsFunc(d.Doc.Badges, func(b Badge) bool { return b.Kind == hvd })
}

// nodes describes the dataset, its resources and what it mentions, one after
// the other, so that a dataset of many resources is never described whole in
// memory (udata: core/dataset/rdf.py).
func (t *teller) nodes(d *Dataset) iter.Seq[*rdf.Node] {
	return func(yield func(*rdf.Node) bool) {
		n, others := t.dataset(d)
		if !yield(n) {
			return
		}
		for i := range d.Resources {
			if !yield(t.resource(d, &d.Resources[i])) {
				return
			}
		}
		for _, o := range others {
			if !yield(o) {
				return
			}
		}
	}
}

// dataset describes the dataset, with the nodes that it mentions.
func (t *teller) dataset(d *Dataset) (n *rdf.Node, others []*rdf.Node) {
	n = rdf.New(t.s.term(d), rdf.DCAT("Dataset"))
	identifier, landing := d.ID, rdf.IRI(d.page(t.s.links))
	created, issued, modified := d.createdAt(), d.createdAt(), d.lastModified()
	if h := d.Doc.Harvest; h != nil {
		created, issued, modified = h.CreatedAt, h.IssuedAt, h.ModifiedAt
		if remote := rdf.Address(h.RemoteURL); !remote.IsZero() {
			landing = remote
		}
		if h.DctIdentifier != "" {
			identifier = h.DctIdentifier
			n.Nest(rdf.ADMS("identifier"), rdf.Nested(rdf.ADMS("Identifier")).
				Add(rdf.DCT("creator"), rdf.OrNothing(t.s.portal.Title)).
				Add(rdf.SKOS("notation"), rdf.Text(t.s.permanent(d))))
		}
	}
	n.Add(rdf.DCT("identifier"), rdf.Text(identifier)).
		Add(rdf.DCT("title"), rdf.Text(d.Title)).
		Add(rdf.DCT("description"), rdf.Text(d.Doc.Description)).
		Add(rdf.SKOS("altLabel"), rdf.OrNothing(d.Acronym)).
		Add(rdf.DCT("created"), rdf.Instant(created)).
		Add(rdf.DCT("issued"), rdf.Instant(issued)).
		Add(rdf.DCT("modified"), rdf.Instant(modified)).
		Add(rdf.DCAT("landingPage"), landing).
		Add(rdf.DCT("accrualPeriodicity"), frequencyTerm(d.frequency().ID))
	for _, tag := range d.Doc.Tags {
		n.Add(rdf.DCAT("keyword"), rdf.Text(tag))
	}
	if c := d.Doc.TemporalCoverage; c != nil && c.Start+c.End != "" {
		n.Nest(rdf.DCT("temporal"), rdf.Nested(rdf.DCT("PeriodOfTime")).
			Add(rdf.DCAT("startDate"), rdf.Day(c.Start)).Add(rdf.DCAT("endDate"), rdf.Day(c.End)))
	}
	conforms(n, d.Doc.Schema)
	rights := d.accessRight()
	n.Add(rdf.DCT("accessRights"), rights.Subject)
	others = append(others, rights)
	if why := d.reason(); why != nil {
		others = append(others, why)
	}
	if d.highValue() {
		n.Add(rdf.DCATAP("applicableLegislation"), rdf.HVDLegislation)
		addCategories(n, d)
		for _, oid := range t.serving[d.ID] {
			others = append(others, t.asDistribution(n, oid)...)
		}
	}
	for i := range d.Resources {
		n.Add(rdf.DCAT("distribution"), t.distribution(d, &d.Resources[i]))
	}
	return n, append(others, t.people(n, d)...)
}

// people adds who is something to the dataset: its owner, and the contact
// points. Where one of those publishes it, the owner hands it out.
func (t *teller) people(n *rdf.Node, d *Dataset) (nodes []*rdf.Node) {
	as := rdf.DCT("publisher")
	nodes = t.addContacts(n, d)
	if !n.Value(as).IsZero() {
		as = rdf.GeoDCAT("distributor")
	}
	owner, ok := t.owners[d.Owner]
	if !ok {
		owner, ok = t.organizations[d.Organization]
	}
	if ok {
		n.Add(as, owner.Term)
		nodes = append(nodes, owner.Nodes...)
	}
	return nodes
}

func (t *teller) addContacts(n *rdf.Node, d *Dataset) (nodes []*rdf.Node) {
	for i, oid := range d.Doc.ContactPoints {
		if c, ok := t.contacts[oid]; ok && !slices.Contains(d.Doc.ContactPoints[:i], oid) {
			n.Add(c.As, c.Term)
			nodes = append(nodes, c.Nodes...)
		}
	}
	return nodes
}

// addLicense adds under which terms the data may be used: a licence that has
// an address is a licence, another one a text about rights.
func (t *teller) addLicense(n *rdf.Node, d *Dataset) {
	if l, ok := t.licenses[d.License]; ok {
		if l.Term.IsIRI() {
			n.Add(rdf.DCT("license"), l.Term)
		} else {
			n.Add(rdf.DCT("rights"), l.Term)
		}
	}
	if why := d.reason(); why != nil {
		n.Add(rdf.DCT("rights"), why.Subject)
	}
}

// asDistribution adds a dataservice of high value as a distribution: those who
// harvest DCAT-AP for the European reports look for none elsewhere.
func (t *teller) asDistribution(n *rdf.Node, oid string) []*rdf.Node {
	service, ok := t.services[oid]
	if !ok {
		return nil
	}
	n.Nest(rdf.DCAT("distribution"), rdf.Nested(rdf.DCAT("Distribution")).
		Add(rdf.DCT("title"), service.Nodes[0].Value(rdf.DCT("title"))).
		Add(rdf.DCAT("accessURL"), service.Nodes[0].Value(rdf.DCAT("endpointURL"))).
		Add(rdf.DCATAP("applicableLegislation"), rdf.HVDLegislation).
		Add(rdf.DCAT("accessService"), service.Term))
	return service.Nodes
}

func (t *teller) distribution(d *Dataset, r *Resource) rdf.Term {
	return rdf.IRI(t.s.permanent(d) + "?resource_id=" + r.ID)
}

// resource describes a resource as a distribution.
func (t *teller) resource(d *Dataset, r *Resource) *rdf.Node {
	issued, modified := r.createdAt(), r.lastModified(t.now)
	if r.Harvest != nil {
		issued, modified = r.Harvest.IssuedAt, r.Harvest.ModifiedAt
	}
	n := rdf.New(t.distribution(d, r), rdf.DCAT("Distribution")).
		Add(rdf.DCT("identifier"), rdf.Text(r.ID)).
		Add(rdf.DCT("title"), rdf.Text(r.Title)).
		Add(rdf.DCAT("downloadURL"), rdf.Address(r.URL)).
		Add(rdf.DCAT("accessURL"), rdf.IRI(r.latest(t.s.links))).
		Add(rdf.DCT("issued"), rdf.Instant(issued)).
		Add(rdf.DCT("modified"), rdf.Instant(modified)).
		Add(rdf.DCAT("mediaType"), rdf.OrNothing(r.Mime)).
		Add(rdf.DCT("format"), rdf.OrNothing(r.Format))
	if r.Description != nil {
		n.Add(rdf.DCT("description"), rdf.Text(*r.Description))
	}
	if r.Filesize != nil {
		n.Add(rdf.DCAT("byteSize"), rdf.Int(*r.Filesize))
	}
	if c := r.Checksum; c != nil && c.Value != "" {
		sum := rdf.Nested(rdf.SPDX("Checksum")).Add(rdf.SPDX("checksumValue"), rdf.Text(c.Value))
		if kind := orElse(c.Type, "sha1"); slices.Contains(checksumTypes, kind) {
			sum.Add(rdf.SPDX("algorithm"), rdf.SPDX("checksumAlgorithm_"+kind).Term())
		}
		n.Nest(rdf.SPDX("checksum"), sum)
	}
	conforms(n, r.Schema)
	t.addLicense(n, d)
	if d.highValue() {
		n.Add(rdf.DCATAP("applicableLegislation"), rdf.HVDLegislation)
	}
	if kind := r.geoService(); kind != "" {
		n.Nest(rdf.DCAT("accessService"), t.geoService(d, r, kind))
	}
	return n
}

// geoServices are the kinds of geographic services (OGC) that are told apart.
var geoServices = []string{"wms", "wfs"}

// geoService tells which geographic service a resource is, "" for none: its
// format says so, or its address asks for what the service can do.
func (r *Resource) geoService() string {
	if kind := strings.TrimPrefix(strings.ToLower(r.Format), "ogc:"); slices.Contains(geoServices, kind) {
		return kind
	}
	if !r.asksForCapabilities() {
		return ""
	}
	for _, kind := range geoServices {
		if strings.Contains(strings.ToLower(r.URL), "service="+kind) {
			return kind
		}
	}
	return ""
}

func (r *Resource) asksForCapabilities() bool {
	return strings.Contains(strings.ToLower(r.URL), "request=getcapabilities")
}

// geoService describes a resource as the service that it is.
func (t *teller) geoService(d *Dataset, r *Resource, kind string) *rdf.Node {
	endpoint, _, _ := strings.Cut(r.URL, "?")
	n := rdf.Nested(rdf.DCAT("DataService")).
		Add(rdf.DCT("title"), rdf.Text(r.Title)).
		Add(rdf.DCAT("endpointURL"), rdf.Address(endpoint)).
		Add(rdf.DCT("conformsTo"), rdf.IRI("http://www.opengeospatial.org/standards/"+kind))
	if r.asksForCapabilities() {
		n.Add(rdf.DCAT("endpointDescription"), rdf.Address(r.URL))
	}
	t.addLicense(n, d)
	t.addContacts(n, d) // the dataset brings their nodes
	if d.highValue() {
		n.Add(rdf.DCATAP("applicableLegislation"), rdf.HVDLegislation)
		addCategories(n, d)
	}
	return n
}

func addCategories(n *rdf.Node, d *Dataset) {
	for _, tag := range d.Doc.Tags {
		n.Add(rdf.DCATAP("hvdCategory"), rdf.HVDCategories[tag])
	}
}

// conforms adds the schema that the data keeps, when it has an address. udata
// reads it, but does not write it.
func conforms(n *rdf.Node, s *Schema) {
	if s != nil {
		n.Add(rdf.DCT("conformsTo"), rdf.Address(s.URL))
	}
}

// accessRight is who may have the data, in the words of the European Union. What
// needs an account is public there; what is restricted is not public, which is
// closer to its definition than "restricted".
func (d *Dataset) accessRight() *rdf.Node {
	name := "PUBLIC"
	if d.Doc.Access.Type == "restricted" {
		name = "NON_PUBLIC"
	}
	n := rdf.New(rdf.IRI("http://publications.europa.eu/resource/authority/access-right/"+name), rdf.DCT("RightsStatement"))
	n.Shared = true
	return n
}

// reason is why access is restricted, nil when nothing is said: the letter of
// article 13 (1) of the INSPIRE directive, under the registry's IRI and label.
func (d *Dataset) reason() *rdf.Node {
	i := slices.Index(reasonIDs, d.Doc.Access.ReasonCategory)
	if i < 0 {
		return nil
	}
	letter := string(rune('a' + i))
	n := rdf.New(rdf.IRI("http://inspire.ec.europa.eu/metadata-codelist/LimitationsOnPublicAccess/INSPIRE_Directive_Article13_1"+letter), rdf.DCT("RightsStatement")).
		Add(rdf.DCT("description"), rdf.Text("public access limited according to Article 13(1)("+letter+") of the INSPIRE Directive"))
	n.Shared = true
	return n
}
