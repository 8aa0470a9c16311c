package dataset

import (
	"context"
	"database/sql"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/rdf"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/search"
)

// Portal is what catalogues need of the portal around the datasets.
type Portal struct {
	// Title is the portal's name in its settings, SiteTitle the one that it was
	// given since.
	Title     string
	SiteTitle func(ctx context.Context) (string, error)
	// Lang is the portal's language.
	Lang string
	// Serving returns the dataservices of a page; see dataservice.Serving.
	Serving func(ctx context.Context, datasets []string, loose bool, organization string, q api.Query) ([]string, error)
}

// In tells the datasets of their portal, before the first request.
func (s *Service) In(p Portal) { s.portal = p }

const (
	// catalogPage is how many datasets a page of a catalogue has when nobody
	// says (udata), maxCatalogPage how many at most: the links to the other
	// pages tell what was done.
	catalogPage    = 100
	maxCatalogPage = 1000
	// catalogBatch datasets or dataservices are loaded at a time, fewer when they
	// have more than catalogResources resources together.
	catalogBatch     = 20
	catalogResources = 1000

	siteCatalog = "/api/1/site/catalog"
)

func (s *Service) catalogRoutes() []api.Route {
	doc := "The filters are those of the list of datasets; a page has at most 1000 datasets. The dataservices that serve one of the " +
		"page's datasets come with it, those that serve none with the first page. " +
		"The order is that of creation, the oldest first, or `sort`. `hydra:view` leads to the other pages."
	noOrganization := map[int]string{404: "There is no such organization"}
	bad := map[int]string{400: "A parameter cannot be read", 404: "There is no such format or page"}
	org := "/api/1/organizations/{org}/catalog"
	return []api.Route{
		{
			Method: http.MethodGet, Path: siteCatalog, ID: "get_site_rdf_catalog", Tag: "site", Summary: "Lead to the portal's catalogue in the format that the client likes", Access: api.Anyone,
			Doc: rdf.Negotiation, Query: catalogParams, Status: http.StatusFound, Errors: map[int]string{400: bad[400]}, Handle: s.catalogRedirect,
		},
		{
			Method: http.MethodGet, Path: siteCatalog + ".{_format}", ID: "get_site_rdf_catalog_format", Tag: "site", Summary: "The portal's catalogue in RDF (DCAT-AP)", Access: api.Anyone,
			Doc: doc, Query: catalogParams, Produces: rdf.JSONLD.MediaType, Errors: bad, Handle: s.catalog,
		},
		{
			Method: http.MethodGet, Path: "/api/1/site/data.{_format}", ID: "get_site_data_portal", Tag: "site", Summary: "Lead to the portal's catalogue, from where it used to be", Access: api.Anyone,
			Status: http.StatusFound, Errors: map[int]string{404: "There is no such format"}, Handle: oldCatalog,
		},
		{
			Method: http.MethodGet, Path: org, ID: "rdf_organization", Tag: "organizations", Summary: "Lead to an organization's catalogue in the format that the client likes", Access: api.Anyone,
			Doc: rdf.Negotiation, Query: catalogParams, Status: http.StatusFound, Errors: map[int]string{400: bad[400], 404: noOrganization[404]}, Subject: s.organizationSubject, Handle: s.catalogRedirect,
		},
		{
			Method: http.MethodGet, Path: org + ".{_format}", ID: "rdf_organization_format", Tag: "organizations", Summary: "An organization's catalogue in RDF (DCAT-AP)", Access: api.Anyone,
			Doc: doc, Query: catalogParams, Produces: rdf.JSONLD.MediaType, Errors: map[int]string{400: bad[400], 404: noOrganization[404] + ", format or page", 410: "The organization was deleted"},
			Subject: s.organizationSubject, Handle: s.catalog,
		},
	}
}

// catalogParams are those of the lists with another page size.
var catalogParams = concat(listParams[:len(listParams)-len(api.PageParams)], []api.Param{
	api.PageParams[0],
	{Name: "page_size", Type: api.PageParams[1].Type, Doc: "The page size to fetch, at most 1000", Default: catalogPage},
})

// catalogOrder is the order in which udata's addresses name the parameters.
var catalogOrder = []string{
	"q", "sort", "page", "tag", "license", "featured", "geozone", "granularity", "temporal_coverage", "access_type", "organization", "badge",
	"organization_badge", "owner", "followed_by", "format", "schema", "schema_version", "topic", "credit", "dataservice", "reuse",
	"archived", "deleted", "private", "page_size",
}

// catalogAddress is the path of a page of a catalogue in a format, with those
// of the caller's parameters that are known.
func catalogAddress(base, format string, q api.Query, page api.Page) string {
	address, sep := base+"."+url.PathEscape(format), "?"
	add := func(name, value string) {
		address += sep + name + "=" + url.QueryEscape(value)
		sep = "&"
	}
	for _, name := range catalogOrder {
		switch name {
		case "page":
			add(name, strconv.Itoa(page.Number))
		case "page_size":
			add(name, strconv.Itoa(page.Size))
		case "tag":
			for _, v := range q.All(name) {
				add(name, v)
			}
		default:
			if v, ok := q.Get(name); ok {
				add(name, v)
			}
		}
	}
	return address
}

// catalogOf is the address of the catalogue that a request is about, without
// the server's, and the id of its organization, "" for the portal's.
func catalogOf(r *api.Request) (base, organization string) {
	if org, ok := r.Subject.(ref.Object); ok {
		return "/api/1/organizations/" + org.Ref.ID + "/catalog", org.Ref.ID
	}
	return siteCatalog, ""
}

func catalogPageOf(q api.Query) (api.Page, error) {
	page, err := q.Page()
	if _, given := q.Get("page_size"); !given {
		page.Size = catalogPage
	}
	return page, err
}

func (s *Service) catalogRedirect(ctx context.Context, r *api.Request) (*api.Response, error) {
	if _, err := s.filter(ctx, r); err != nil {
		return nil, err
	}
	page, err := catalogPageOf(r.Query)
	if err != nil {
		return nil, err
	}
	base, _ := catalogOf(r)
	return rdf.Redirect(catalogAddress(base, rdf.Negotiate(r.Header).Extension, r.Query, page)), nil
}

func oldCatalog(_ context.Context, r *api.Request) (*api.Response, error) {
	name := r.PathValue("_format")
	if _, err := rdf.Named(name); err != nil {
		return nil, err
	}
	return rdf.Redirect(siteCatalog + "." + url.PathEscape(name)), nil
}

// catalogPart is a page of a catalogue: ids, which are all that is held of it.
type catalogPart struct {
	base, organization, format string
	page                       api.Page
	total                      int
	datasets, services         []string
}

func (s *Service) catalog(ctx context.Context, r *api.Request) (*api.Response, error) {
	if org, ok := r.Subject.(ref.Object); ok && org.Deleted {
		return nil, errs.Gone("Organization has been deleted")
	}
	f, err := rdf.Named(r.PathValue("_format"))
	if err != nil {
		return nil, err
	}
	c := &catalogPart{format: r.PathValue("_format")}
	c.base, c.organization = catalogOf(r)
	if err := s.findPart(ctx, r, c); err != nil {
		return nil, err
	}
	head, err := s.catalogHead(ctx, r, c)
	if err != nil {
		return nil, err
	}
	return rdf.Answer(f, func(doc *rdf.Document) error {
		doc.Write(head...)
		return s.writePart(ctx, r, c, doc)
	}), nil
}

// findAll is findPart where nobody looks for words: the tables count and cut.
func (s *Service) findAll(ctx context.Context, f Filter, w *db.Where, c *catalogPart) error {
	q := s.db.Read()
	if err := q.QueryRowContext(ctx, "SELECT count(*) FROM dataset d"+w.String(), w.Args()...).Scan(&c.total); err != nil {
		return err
	}
	query := "SELECT d.id FROM dataset d" + w.String() + f.sorted().Order() + " LIMIT " + w.Arg(c.page.Size) + " OFFSET " + w.Arg(c.page.Offset())
	var err error
	c.datasets, err = db.Strings(ctx, q, query, w.Args()...)
	return err
}

// findPart finds what belongs to the page. As in udata, a page past the end is
// a 404, except for the first.
func (s *Service) findPart(ctx context.Context, r *api.Request, c *catalogPart) error {
	f, err := s.filter(ctx, r)
	if err != nil {
		return err
	}
	if c.page, err = catalogPageOf(r.Query); err != nil {
		return err
	}
	c.page.Size = min(c.page.Size, maxCatalogPage)
	if f.Sort == "" {
		f.Sort = "created"
	}
	w := f.where(Seen, r.Actor)
	if c.organization != "" {
		w.And("d.organization = ?", c.organization)
	}
	if f.Query != "" {
		ids, err := s.ids(ctx, f, Seen, r.Actor, w)
		if err != nil {
			return err
		}
		c.total, c.datasets = len(ids), search.Page(ids, c.page.Offset(), c.page.Size)
	} else if err := s.findAll(ctx, f, w, c); err != nil {
		return err
	}
	if c.page.Number > 1 && c.page.Offset() >= c.total {
		return errs.NotFound()
	}
	c.services, err = s.portal.Serving(ctx, c.datasets, c.page.Number == 1, c.organization, r.Query)
	return err
}

// catalogHead describes the catalogue itself, its publisher and its pages.
func (s *Service) catalogHead(ctx context.Context, r *api.Request, c *catalogPart) ([]*rdf.Node, error) {
	q := s.db.Read()
	n := rdf.New(rdf.IRI(s.links.API+c.base), rdf.DCAT("Catalog")).Add(rdf.RDF("type"), rdf.Hydra("Collection").Term())
	nodes := []*rdf.Node{n}
	title := ""
	if c.organization == "" {
		var err error
		if title, err = s.portal.SiteTitle(ctx); err != nil {
			return nil, err
		}
		n.Add(rdf.DCT("language"), rdf.Text(s.portal.Lang)).
			Add(rdf.FOAF("homepage"), rdf.IRI(s.links.Site+"/")).
			Nest(rdf.DCT("publisher"), rdf.Nested(rdf.FOAF("Organization")).Add(rdf.FOAF("name"), rdf.Text(title)))
	} else {
		org := r.Subject.(ref.Object)
		title = org.Title
		told, err := s.refs.Describe(ctx, q, ref.Organization, ref.Full, []string{org.Ref.ID})
		if err != nil {
			return nil, err
		}
		n.Add(rdf.DCT("publisher"), told[org.Ref.ID].Term)
		nodes = append(nodes, told[org.Ref.ID].Nodes...)
	}
	n.Add(rdf.DCT("title"), rdf.Text(title)).Add(rdf.DCT("description"), rdf.Text(title))
	for _, part := range []struct {
		property rdf.Name
		class    string
		ids      []string
	}{
		{rdf.DCAT("dataset"), ref.Dataset, c.datasets},
		{rdf.DCAT("service"), ref.Dataservice, c.services},
	} {
		named, err := s.refs.Describe(ctx, q, part.class, ref.Card, part.ids)
		if err != nil {
			return nil, err
		}
		for _, oid := range part.ids {
			n.Add(part.property, named[oid].Term)
		}
	}
	page := func(number int) rdf.Term {
		return rdf.IRI(s.links.API + catalogAddress(c.base, c.format, r.Query, api.Page{Number: number, Size: c.page.Size}))
	}
	last := max(1, (c.total+c.page.Size-1)/c.page.Size)
	view := rdf.New(page(c.page.Number), rdf.Hydra("PartialCollectionView")).
		Add(rdf.Hydra("first"), page(1)).Add(rdf.Hydra("last"), page(last))
	if c.page.Number < last {
		view.Add(rdf.Hydra("next"), page(c.page.Number+1))
	}
	if c.page.Number > 1 {
		view.Add(rdf.Hydra("previous"), page(c.page.Number-1))
	}
	n.Add(rdf.Hydra("totalItems"), rdf.Int(int64(c.total))).Add(rdf.Hydra("view"), view.Subject)
	return append(nodes, view), nil
}

// writePart writes what the page holds, some of it at a time.
func (s *Service) writePart(ctx context.Context, r *api.Request, c *catalogPart, doc *rdf.Document) error {
	q := s.db.Read()
	counts, err := countResources(ctx, q, c.datasets)
	if err != nil {
		return err
	}
	for ids := range catalogBatches(c.datasets, counts) {
		found, err := byIDs(ctx, q, ids)
		if err != nil {
			return err
		}
		t, err := s.teller(ctx, q, found, r.Now)
		if err != nil {
			return err
		}
		for _, oid := range ids {
			d := found[oid]
			if d == nil || !d.Visible() {
				continue // it went since the page was begun
			}
			for n := range t.nodes(d) {
				doc.Write(n)
			}
		}
		if err := doc.Flush(); err != nil {
			return err
		}
	}
	for ids := range slices.Chunk(c.services, catalogBatch) {
		told, err := s.refs.Describe(ctx, q, ref.Dataservice, ref.Full, ids)
		if err != nil {
			return err
		}
		for _, oid := range ids {
			doc.Write(told[oid].Nodes...)
		}
		if err := doc.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// catalogBatches cuts the ids into what is loaded at a time.
func catalogBatches(ids []string, counts map[string]int) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for len(ids) > 0 {
			n, resources := 1, counts[ids[0]]
			for n < min(len(ids), catalogBatch) && resources+counts[ids[n]] <= catalogResources {
				resources += counts[ids[n]]
				n++
			}
			if !yield(ids[:n]) {
				return
			}
			ids = ids[n:]
		}
	}
}

// countResources counts the resources of each of the datasets.
func countResources(ctx context.Context, q db.Querier, ids []string) (map[string]int, error) {
	out := make(map[string]int, len(ids))
	err := db.EachIn(ctx, q, "SELECT dataset, count(*) FROM dataset_resource WHERE dataset IN {ids} GROUP BY dataset", ids, func(rows *sql.Rows) error {
		var oid string
		var n int
		err := rows.Scan(&oid, &n)
		out[oid] = n
		return err
	})
	return out, err
}
