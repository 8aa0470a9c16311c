package dataset

import (
	"context"
	"database/sql"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/fold"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/wire"
)

// v2Routes are the operations of the API v2.
func (s *Service) v2Routes() []api.Route {
	const (
		many = one2 + "resources/"
		one  = many + "{rid}/"
	)
	light := s.lightModel()
	page := schema.Page(light)
	found := &schema.Model{Name: "DatasetSearchPage", Doc: "A page of a search.", Fields: append([]schema.Field{
		{Name: "facets", Type: schema.Any(), Doc: "How many results there are by facet"},
	}, page.Fields...)}
	objects := objectsModel(light)
	pageObjects := schema.Page(objects)
	foundObjects := &schema.Model{Name: found.Name, Fields: append(slices.Clone(found.Fields[:1]), pageObjects.Fields...)}
	specific := &schema.Model{Name: "SpecificResource", Fields: []schema.Field{
		{Name: "dataset_id", Type: schema.Text(), Doc: "The id of the dataset, null for a community resource"},
		{Name: "resource", Type: schema.Of(resourceModel)},
	}}
	noResource := map[int]string{404: "There is no such dataset or resource", 410: gone[410]}
	extrasErrors := map[int]string{400: "The body is no object, or no list", 404: noResource[404], 410: gone[410]}
	const fullDoc = "With the header `X-Get-Datasets-Full-Objects: True`, licence, frequency, granularity and zones are objects instead of their ids."
	return []api.Route{
		{Method: http.MethodGet, Path: v2, ID: "list_datasets", Summary: "List or search datasets in their light form", Access: api.Anyone, Doc: fullDoc, Query: listParams, Result: schema.Of(page), ResultFor: byHeader(schema.Of(page), schema.Of(pageObjects)), Handle: s.listLight},
		{Method: http.MethodGet, Path: v2 + "search/", ID: "search_datasets", Summary: "Search datasets", Access: api.Anyone, Doc: fullDoc, Query: searchParams, Result: schema.Of(found), ResultFor: byHeader(schema.Of(found), schema.Of(foundObjects)), Handle: s.search},
		{Method: http.MethodGet, Path: one2, ID: "get_dataset", Summary: "Fetch a dataset in its light form", Access: api.Anyone, Doc: fullDoc, Result: schema.Of(light), ResultFor: byHeader(schema.Of(light), schema.Of(objects)), Errors: gone, Subject: s.seen, Handle: s.getLight},
		{
			Method: http.MethodGet, Path: many, ID: "list_resources", Summary: "List the resources of a dataset", Access: api.Anyone, Result: schema.Of(schema.Page(resourceModel)), Errors: gone,
			Query: concat([]api.Param{
				{Name: "type", Type: schema.Text(), Doc: "What the resource is for"},
				{Name: "q", Type: schema.Text(), Doc: "What the title contains"},
			}, []api.Param{api.PageParams[0], {Name: "page_size", Type: schema.Int(), Doc: api.PageParams[1].Doc, Default: 50}}),
			Subject: s.subject, Handle: s.listResources,
		},
		{Method: http.MethodGet, Path: v2 + "resources/{rid}/", ID: "get_resource", Summary: "Fetch a resource by its id alone", Access: api.Anyone, Result: schema.Of(specific), Errors: noResource, Handle: s.specificResource},
		{Method: http.MethodGet, Path: one2 + "schemas/", ID: "get_dataset_schemas", Summary: "List the schemas of a dataset's resources", Access: api.Anyone, Result: schema.List(schema.Of(schemaModel)), Errors: gone, Subject: s.subject, Handle: s.schemas},
		{Method: http.MethodGet, Path: one2 + "extras/", ID: "get_dataset_extras", Summary: "Fetch what clients noted about a dataset", Access: api.Anyone, Result: schema.Any(), Errors: gone, Subject: s.subject, Handle: s.getExtras},
		{
			Method: http.MethodPut, Path: one2 + "extras/", ID: "update_dataset_extras", Summary: "Note something about a dataset", Result: schema.Any(), Errors: extrasErrors,
			Doc: "The members of the body are added, or take the place of those of the same name; null takes one away.", Subject: s.subject, Handle: s.putExtras,
		},
		{
			Method: http.MethodDelete, Path: one2 + "extras/", ID: "delete_dataset_extras", Summary: "Take away notes about a dataset", Status: http.StatusNoContent, Errors: extrasErrors,
			Doc: "The body is a list of names.", Subject: s.subject, Handle: s.deleteExtras,
		},
		{Method: http.MethodGet, Path: one + "extras/", ID: "get_resource_extras", Summary: "Fetch what clients noted about a resource", Access: api.Anyone, Result: schema.Any(), Errors: noResource, Subject: s.resourceSubject, Handle: s.getExtras},
		{
			Method: http.MethodPut, Path: one + "extras/", ID: "update_resource_extras", Summary: "Note something about a resource", Result: schema.Any(), Errors: extrasErrors,
			Doc: "The members of the body are added, or take the place of those of the same name; null takes one away.", Subject: s.resourceSubject, Handle: s.putExtras,
		},
		{
			Method: http.MethodDelete, Path: one + "extras/", ID: "delete_resource_extras", Summary: "Take away notes about a resource", Status: http.StatusNoContent, Errors: extrasErrors,
			Doc: "The body is a list of names.", Subject: s.resourceSubject, Handle: s.deleteExtras,
		},
	}
}

// wantsObjects tells whether the caller asked for whole objects in the light
// form.
func wantsObjects(r *api.Request) bool {
	return r.Header.Get("X-Get-Datasets-Full-Objects") != "" // whatever it says, as in udata
}

// byHeader is the type of a result, with ids or with whole objects, as the caller
// asked for it.
func byHeader(ids, objects schema.Type) func(*api.Request) schema.Type {
	return func(r *api.Request) schema.Type {
		if wantsObjects(r) {
			return objects
		}
		return ids
	}
}

// lightForm is the light form, as the caller asked for it.
func (s *Service) lightForm(r *api.Request) form {
	if wantsObjects(r) {
		return form{"dataset light " + string(r.Lang) + " ", s.lightly(true, r.Lang)}
	}
	return form{"dataset light ", s.lightly(false, r.Lang)}
}

func (s *Service) listLight(ctx context.Context, r *api.Request) (*api.Response, error) {
	f, err := s.filter(ctx, r)
	if err != nil {
		return nil, err
	}
	return s.page(ctx, r, f, Listed, s.lightForm(r), nil)
}

func (s *Service) getLight(ctx context.Context, r *api.Request) (*api.Response, error) {
	return s.show(ctx, r, s.lightForm(r))
}

func (s *Service) search(ctx context.Context, r *api.Request) (*api.Response, error) {
	f, err := s.searchFilter(ctx, r)
	if err != nil {
		return nil, err
	}
	return s.page(ctx, r, f, Seen, s.lightForm(r), func(w *wire.Writer) {
		w.Key("facets")
		w.Raw([]byte("{}"))
	})
}

func (s *Service) searchFilter(ctx context.Context, r *api.Request) (f Filter, err error) {
	q := r.Query
	if f.Sort, f.Descending, err = q.Sort(searchSortKeys...); err != nil {
		return f, err
	}
	for name, allowed := range map[string][]string{
		"format_family": formatFamilies, "producer_type": producerTypes, "last_update_range": lastUpdateRanges,
	} {
		if _, err := q.Choice(name, "", allowed...); err != nil {
			return f, err
		}
	}
	if f.Badge, err = q.Choice("badge", "", badgeKinds...); err != nil {
		return f, err
	}
	if f.OrganizationBadge, err = q.Choice("organization_badge", "", organizationBadges...); err != nil {
		return f, err
	}
	featured, _, err := q.Bool("featured")
	if err != nil {
		return f, err
	}
	if featured {
		f.Featured = &featured
	}
	f.AccessType, _ = q.Get("access_type")
	f.Schema, _ = q.Get("schema")
	return f, s.commonFilter(ctx, q, r.Actor, &f)
}

// listResources answers with a page of the resources. A page past the end is
// empty, as in udata.
func (s *Service) listResources(ctx context.Context, r *api.Request) (*api.Response, error) {
	d := r.Subject.(*Dataset)
	if err := visibleTo(r, d); err != nil {
		return nil, err
	}
	page, err := append(slices.Clone(r.Query), api.Pair{Name: "page_size", Value: "50"}).Page()
	if err != nil {
		return nil, err
	}
	if err := loadResources(ctx, s.db.Read(), map[string]*Dataset{d.ID: d}); err != nil {
		return nil, err
	}
	kind, _ := r.Query.Get("type")
	q, _ := r.Query.Get("q")
	var list []*Resource
	for i := range d.Resources {
		x := &d.Resources[i]
		if (kind == "" || orElse(x.Type, TypeMain) == kind) && (q == "" || strings.Contains(fold.Text(x.Title), fold.Text(q))) {
			list = append(list, x)
		}
	}
	link := func(n int) string {
		out := s.links.API + v2 + d.ID + "/resources/?page=" + itoa(n) + "&page_size=" + itoa(page.Size)
		if kind != "" {
			out += "&type=" + url.QueryEscape(kind)
		}
		if q != "" {
			out += "&q=" + url.QueryEscape(q)
		}
		return out
	}
	w := wire.NewWriter(4096)
	w.Open('{')
	w.Key("data")
	w.Open('[')
	for i := page.Offset(); i < min(page.Offset()+page.Limit(), len(list)); i++ {
		list[i].write(w, s.links, r.Now)
	}
	w.Close(']')
	w.Key("next_page")
	if page.Offset()+page.Limit() < len(list) {
		w.String(link(page.Number + 1))
	} else {
		w.Null()
	}
	w.Key("page")
	w.Int(int64(page.Number))
	w.Key("page_size")
	w.Int(int64(page.Size))
	w.Key("previous_page")
	if page.Number > 1 {
		w.String(link(page.Number - 1))
	} else {
		w.Null()
	}
	w.Key("total")
	w.Int(int64(len(list)))
	w.Close('}')
	return api.JSON(r, w.Fragment()), nil
}

// specificResource finds a resource, or community resource, by its id alone.
func (s *Service) specificResource(ctx context.Context, r *api.Request) (*api.Response, error) {
	key := strings.ToLower(r.PathValue("rid"))
	if !isUUID(key) {
		return nil, errs.NotFound()
	}
	q := s.db.Read()
	owners, err := db.Strings(ctx, q, `SELECT d.id FROM dataset_resource r JOIN dataset d ON d.id = r.dataset WHERE r.id = $1
		ORDER BY d.private, d.deleted IS NOT NULL, d.id LIMIT 1`, key)
	if err != nil {
		return nil, err
	}
	var x *Resource
	of := ""
	if len(owners) > 0 {
		of = owners[0]
		found, err := byIDs(ctx, q, owners)
		if err != nil {
			return nil, err
		}
		d := found[of]
		if d == nil {
			return nil, errNoResource()
		}
		if err := visibleTo(r, d); err != nil {
			return nil, err
		}
		if err := loadResources(ctx, q, found); err != nil {
			return nil, err
		}
		if at := d.find(key); at >= 0 {
			x = &d.Resources[at]
		}
	} else if c, err := communityByID(ctx, q, key); err == nil {
		x = &c.Resource
	} else if !errs.Is(err, http.StatusNotFound) {
		return nil, err
	}
	if x == nil {
		return nil, errNoResource()
	}
	w := wire.NewWriter(1024)
	w.Open('{')
	w.Key("dataset_id")
	w.StringOrNull(of)
	w.Key("resource")
	x.write(w, s.links, r.Now)
	w.Close('}')
	return api.JSON(r, w.Fragment()), nil
}

// schemas answers with the schemas of the resources, each once.
func (s *Service) schemas(ctx context.Context, r *api.Request) (*api.Response, error) {
	d := r.Subject.(*Dataset)
	if err := visibleTo(r, d); err != nil {
		return nil, err
	}
	if err := loadResources(ctx, s.db.Read(), map[string]*Dataset{d.ID: d}); err != nil {
		return nil, err
	}
	w := wire.NewWriter(256)
	w.Open('[')
	seen := map[Schema]bool{{}: true}
	for i := range d.Resources {
		if x := d.Resources[i].Schema; x != nil && !seen[*x] {
			seen[*x] = true
			x.write(w)
		}
	}
	w.Close(']')
	return api.JSON(r, w.Fragment()), nil
}

// extrasOf returns the extras of the request's dataset, or of its resource.
func (s *Service) extrasOf(ctx context.Context, r *api.Request) (json.RawMessage, error) {
	if r.PathValue("rid") == "" {
		return r.Subject.(*Dataset).Doc.Extras, nil
	}
	x, err := s.resourceOf(ctx, r)
	if err != nil {
		return nil, err
	}
	return x.Extras, nil
}

func (s *Service) getExtras(ctx context.Context, r *api.Request) (*api.Response, error) {
	if err := visibleTo(r, r.Subject.(*Dataset)); err != nil {
		return nil, err
	}
	raw, err := s.extrasOf(ctx, r)
	if err != nil {
		return nil, err
	}
	return answerExtras(r, raw), nil
}

func answerExtras(r *api.Request, raw json.RawMessage) *api.Response {
	w := wire.NewWriter(len(raw) + 2)
	w.Object(raw)
	return api.JSON(r, w.Fragment())
}

func (s *Service) putExtras(ctx context.Context, r *api.Request) (*api.Response, error) {
	if _, err := writable(r); err != nil {
		return nil, err
	}
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	return s.changeExtras(ctx, r, func(members map[string]json.RawMessage) error {
		for _, name := range o.Names() {
			if o.IsNull(name) {
				delete(members, name)
			} else {
				members[name] = o.Raw(name)
			}
		}
		return nil
	})
}

func (s *Service) deleteExtras(ctx context.Context, r *api.Request) (*api.Response, error) {
	if _, err := writable(r); err != nil {
		return nil, err
	}
	items, err := readList(r)
	if err != nil {
		return nil, err
	}
	_, err = s.changeExtras(ctx, r, func(members map[string]json.RawMessage) error {
		for _, raw := range items {
			var name string
			if json.Unmarshal(raw, &name) != nil {
				return errs.BadRequest("Wrong payload format, list expected")
			}
			if _, ok := members[name]; !ok {
				return errs.New(http.StatusNotFound, "Key not found in existing extras")
			}
			delete(members, name)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return api.NoContent(), nil
}

// changeExtras changes the extras of the request's dataset or resource.
func (s *Service) changeExtras(ctx context.Context, r *api.Request, f func(members map[string]json.RawMessage) error) (*api.Response, error) {
	d, resource := r.Subject.(*Dataset), strings.ToLower(r.PathValue("rid"))
	var out json.RawMessage
	edit := func(raw *json.RawMessage) error {
		members := map[string]json.RawMessage{}
		if len(*raw) > 0 {
			if err := json.Unmarshal(*raw, &members); err != nil {
				return err
			}
		}
		if members == nil {
			members = map[string]json.RawMessage{}
		}
		if err := f(members); err != nil {
			return err
		}
		var err error
		out, err = json.Marshal(members)
		*raw = out
		return err
	}
	var err error
	if resource == "" {
		err = s.changeOwnExtras(ctx, r.Actor, d.ID, edit)
	} else {
		_, err = s.changeResource(ctx, r.Actor, d.ID, resource, func(x *Resource) error { return edit(&x.Extras) })
	}
	if err != nil {
		return nil, err
	}
	return answerExtras(r, out), nil
}

func (s *Service) changeOwnExtras(ctx context.Context, a *auth.Actor, oid string, edit func(raw *json.RawMessage) error) error {
	_, err := s.change(ctx, a, oid, func(_ *sql.Tx, d *Dataset, _ time.Time) (fact, error) {
		if err := editable(d, a); err != nil {
			return fact{}, err
		}
		return fact{key: keyUpdated}, edit(&d.Doc.Extras)
	})
	return err
}
