package reuse

import (
	"context"
	"embed"
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"

	"ouvert/internal/kernel/image"
	"ouvert/internal/kernel/markdown"
	"ouvert/internal/kernel/picture"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/web"
	"ouvert/internal/kernel/wire"
)

//go:embed pages/*.html
var templates embed.FS

// Pages are the noun's pages; publish.go and embed.go hold the forms and what
// other sites embed.
func (s *Service) Pages() web.Pages {
	const get, post = http.MethodGet, http.MethodPost
	return web.Pages{
		Name: "reuse", Templates: templates,
		Funcs: template.FuncMap{"typeOf": func(id string) string { return labelOf(Types, id) }},
		Pages: []web.Page{
			{Method: get, Path: "/reuses", Handle: s.listPage},
			{Method: get, Path: "/reuses/{slug}", Handle: s.onePage},
			{Method: get, Path: "/reuses/{slug}/edit", SignedIn: true, Handle: s.editPage},
			{Method: post, Path: "/reuses/{slug}/edit", SignedIn: true, Handle: s.editPage},
			{Method: get, Path: "/reuses/{slug}/image", SignedIn: true, Handle: s.imagePage},
			{Method: post, Path: "/reuses/{slug}/image", SignedIn: true, BodyLimit: picture.BodyLimit(image.Reuse), Handle: s.imagePage},
			{Method: get, Path: "/reuses/{slug}/review", SignedIn: true, Handle: s.reviewPage},
			{Method: post, Path: "/reuses/{slug}/review", SignedIn: true, Handle: s.reviewPage},
			{Method: get, Path: "/reuses/{slug}/delete", SignedIn: true, Handle: s.deletePage},
			{Method: post, Path: "/reuses/{slug}/delete", SignedIn: true, Handle: s.deletePage},
			{Method: post, Path: "/reuses/{slug}/restore", SignedIn: true, Handle: s.restorePage},
			{Method: post, Path: "/reuses/{slug}/distinguish", Sysadmin: true, Handle: s.distinguishPage},
			{Method: get, Path: "/publish", SignedIn: true, Handle: s.publishPage},
			{Method: post, Path: "/publish", SignedIn: true, Handle: s.publishPage},
			{Method: get, Path: "/reuses/{slug}/card", Handle: s.cardPage},
			{Method: get, Path: "/reuses/{slug}/badge.svg", Handle: s.badgePage},
			{Method: get, Path: "/oembed", Handle: s.oembedPage},
			{Method: get, Path: "/covers/{type}/{id}", Handle: coverPage},
		},
		Parts: []web.Part{
			{Place: "home", Slot: "main", Order: 10, Show: s.featuredPart},
			{Place: "home", Slot: "main", Order: 20, Show: s.latestPart},
			{Place: ref.Dataset, Slot: "main", Order: 20, Show: partOf("dataset", "What was made with it")},
			{Place: ref.Dataservice, Slot: "main", Order: 20, Show: partOf("dataservice", "What was made with it")},
			{Place: ref.Organization, Slot: "main", Order: 10, Show: partOf("organization", "Its reuses")},
			{Place: ref.User, Slot: "main", Order: 10, Show: partOf("owner", "Reuses")},
			{Place: ref.Topic, Slot: "main", Order: 10, Show: topicPart},
			{Place: "me", Slot: "main", Order: 10, Show: s.minePart},
		},
		Menu: []web.Link{{Path: "/reuses", Label: "Reuses"}},
	}
}

// shown is a reuse as its page has it.
type shown struct {
	web.Object
	Datasets     []web.Object `json:"datasets"`
	Dataservices []web.Object `json:"dataservices"`
}

// sheet is what the template of a reuse gets.
type sheet struct {
	Reuse      *shown
	Type       string
	Topic      string
	TopicLabel string
	Related    []web.Object
	Badges     []Label
	Mine       bool
	Sysadmin   bool
	Embed      string
}

func labelOf(list []Label, id string) string {
	for _, l := range list {
		if l.ID == id {
			return l.Label
		}
	}
	return ""
}

func (s *Service) onePage(v *web.View) error {
	r := &shown{}
	if err := v.Object("/api/1/reuses/", r); err != nil {
		return err
	}
	r.Class = ref.Reuse
	related, err := s.related(v.Context(), r.ID)
	if err != nil {
		return err
	}
	d := sheet{
		Reuse: r, Type: labelOf(Types, r.Type), Topic: r.Topic, TopicLabel: labelOf(Topics, r.Topic), Related: related,
		Badges: s.config.Badges, Mine: r.Permissions.Edit, Sysadmin: v.Actor.IsSysadmin(),
		Embed: `<iframe src="` + v.Base() + "/reuses/" + r.Slug + `/card" width="480" height="420" loading="lazy"></iframe>`,
	}
	return v.ShowOf(ref.Reuse, &r.Object, "reuse/one", web.Head{
		Title: r.Title, Description: markdown.Excerpt(r.Description, 200), Image: v.Base() + cover(&r.Object), Canonical: r.Page,
		OEmbed: !r.Hidden(), JSONLD: describe(r), NoIndex: r.Hidden(),
	}, d)
}

// describe tells search engines what the reuse is (schema.org).
func describe(r *shown) map[string]any {
	var based []map[string]string
	for _, d := range r.Datasets {
		based = append(based, map[string]string{"@type": "Dataset", "name": d.Title, "url": d.Page})
	}
	out := map[string]any{
		"@context": "https://schema.org", "@type": "CreativeWork", "name": r.Title, "url": r.URL, "mainEntityOfPage": r.Page,
		"description": markdown.Excerpt(r.Description, 500), "dateCreated": r.CreatedAt, "dateModified": r.LastModified, "isBasedOn": based,
	}
	if p := r.Publisher(); p != nil {
		kind := "Person"
		if r.Organization != nil {
			kind = "Organization"
		}
		out["creator"] = map[string]string{"@type": kind, "name": p.Label(), "url": p.Link()}
	}
	if len(r.Tags) > 0 {
		out["keywords"] = r.Tags
	}
	return out
}

// related are the public reuses of the same datasets, those with the most
// followers first.
func (s *Service) related(ctx context.Context, oid string) ([]web.Object, error) {
	list, err := load(ctx, s.db.Read(), "SELECT "+prefixed+" FROM reuse r WHERE "+visible+` AND r.id IN
		(SELECT b.reuse FROM reuse_dataset a JOIN reuse_dataset b ON b.dataset = a.dataset WHERE a.reuse = $1 AND b.reuse <> a.reuse)
		ORDER BY r.metric_followers DESC, r.created_at DESC, r.id LIMIT 4`, oid)
	if err != nil {
		return nil, err
	}
	found, err := s.render(ctx, list, false)
	if err != nil {
		return nil, err
	}
	return objects(found)
}

func objects(found []wire.Fragment) ([]web.Object, error) {
	out := make([]web.Object, len(found))
	for i, f := range found {
		if err := json.Unmarshal(f.Text, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

const pageSize = 24

func (s *Service) listPage(v *web.View) error {
	q := v.Ask(pageSize, "q", "type", "topic", "tag", "sort", "dataset", "dataservice", "organization", "owner", "featured")
	if q.Get("sort") == "" {
		q.Del("sort")
	}
	var list web.List[web.Object]
	if err := v.Get("/api/2/reuses/?"+q.Encode(), &list); err != nil {
		return err
	}
	get := v.URL.Query().Get
	title := v.Lang.T("Reuses")
	if text := get("q"); text != "" {
		title = v.Lang.T("Reuses about “%s”", text)
	}
	d := map[string]any{
		"List": list, "Pager": v.Pager(list.Page, list.Size, list.Total), "Types": Types, "Topics": Topics, "Title": title,
		"Q": get("q"), "Type": get("type"), "Topic": get("topic"), "Sort": get("sort"), "Tags": q["tag"],
		"Kept":  kept(q, "tag", "dataset", "dataservice", "organization", "owner", "featured"),
		"Clear": v.URL.Path,
	}
	return v.Show("reuse/list", web.Head{
		Title: title, Canonical: v.Base() + "/reuses", Feed: v.Base() + "/api/1/reuses/recent.atom",
		Description: v.Lang.T("Applications, maps, articles and APIs that people made with open data."), NoIndex: len(v.URL.RawQuery) > 0 && get("page") == "",
	}, d)
}

// kept are the parameters that a form of filters has no field for.
func kept(q url.Values, names ...string) (out []struct{ Name, Value string }) {
	for _, name := range names {
		for _, value := range q[name] {
			out = append(out, struct{ Name, Value string }{name, value})
		}
	}
	return out
}

// cards are what a part shows: some reuses, and where there are more.
type cards struct {
	Title string
	List  []web.Object
	Total int
	More  string
	// Invite is what to do when there are none.
	Invite string
}

func ask(v *web.View, query string) (list web.List[web.Object], err error) {
	err = v.Get("/api/2/reuses/?"+query, &list)
	return list, err
}

// seen asks for what everybody sees, without the reader's own drafts.
func seen(v *web.View, query string) (list web.List[web.Object], err error) {
	err = v.Get("/api/2/reuses/search/?"+query, &list)
	return list, err
}

func (s *Service) featuredPart(v *web.View, _ *web.Object) (string, any, error) {
	list, err := seen(v, "featured=true&page_size=3")
	if err != nil || len(list.Data) == 0 {
		return "", nil, err
	}
	return "reuse/cards", cards{Title: v.Lang.T("Worth a look"), List: list.Data, Total: list.Total, More: "/reuses?featured=true"}, nil
}

func (s *Service) latestPart(v *web.View, _ *web.Object) (string, any, error) {
	list, err := seen(v, "page_size=6&sort=-created")
	return "reuse/cards", cards{Title: v.Lang.T("Just published"), List: list.Data, Total: list.Total, More: "/reuses"}, err
}

// partOf shows the reuses that have an object as their parameter.
func partOf(param, title string) func(*web.View, *web.Object) (string, any, error) {
	return func(v *web.View, of *web.Object) (string, any, error) {
		list, err := ask(v, param+"="+of.ID+"&page_size=6&sort=-followers")
		if err != nil || (len(list.Data) == 0 && param != "dataset") {
			return "", nil, err
		}
		c := cards{Title: v.Lang.T(title), List: list.Data, Total: list.Total, More: "/reuses?" + param + "=" + of.ID}
		if param == "dataset" {
			c.Invite = "/publish?dataset=" + of.ID
		}
		return "reuse/cards", c, nil
	}
}

// topicPart shows the reuses that a topic names.
func topicPart(v *web.View, of *web.Object) (string, any, error) {
	var list web.List[struct {
		Element *struct{ ID string } `json:"element"`
	}]
	if err := v.Get("/api/2/topics/"+of.ID+"/elements/?class=Reuse&page_size=12", &list); err != nil || len(list.Data) == 0 {
		return "", nil, err
	}
	c := cards{Title: v.Lang.T("Reuses"), Total: list.Total}
	for _, e := range list.Data {
		if e.Element == nil {
			continue
		}
		var r web.Object
		if err := v.Get("/api/1/reuses/"+e.Element.ID+"/", &r); err != nil {
			continue // a draft, or gone
		}
		c.List = append(c.List, r)
	}
	return "reuse/cards", c, nil
}

// mineItem is a reuse of the reader's, with what it counts by month.
type mineItem struct {
	web.Object
	Plot []bar
	Last int
}

type bar struct{ X, Y, Height int }

// plot draws a counter by months, in a field of 13 by 40.
func plot(raw json.RawMessage) (bars []bar, last int) {
	var months map[string]int
	if json.Unmarshal(raw, &months) != nil || len(months) == 0 {
		return nil, 0
	}
	names := make([]string, 0, len(months))
	top := 1
	for name, n := range months {
		names = append(names, name)
		top = max(top, n)
	}
	sortStrings(names)
	for i, name := range names {
		h := max(1, months[name]*40/top)
		bars = append(bars, bar{X: i * 8, Y: 40 - h, Height: h})
		last = months[name]
	}
	return bars, last
}

func (s *Service) minePart(v *web.View, _ *web.Object) (string, any, error) {
	list, err := ask(v, "owner="+v.Actor.ID+"&page_size=50")
	if err != nil {
		return "", nil, err
	}
	d := struct {
		List  []mineItem
		Total int
	}{Total: list.Total}
	for _, r := range list.Data {
		m := mineItem{Object: r}
		m.Plot, m.Last = plot(r.Metrics["followers_by_months"])
		d.List = append(d.List, m)
	}
	return "reuse/mine", d, nil
}

func (s *Service) distinguishPage(v *web.View) error {
	r := &shown{}
	if err := v.Object("/api/1/reuses/", r); err != nil {
		return err
	}
	path := "/api/1/reuses/" + r.ID + "/"
	var err error
	switch kind := v.PostFormValue("kind"); v.PostFormValue("do") {
	case "feature":
		err = v.Send(http.MethodPost, path+"featured/", nil, nil)
	case "unfeature":
		err = v.Send(http.MethodDelete, path+"featured/", nil, nil)
	case "badge":
		err = v.Send(http.MethodPost, path+"badges/", map[string]string{"kind": kind}, nil)
	case "unbadge":
		err = v.Send(http.MethodDelete, path+"badges/"+url.PathEscape(kind)+"/", nil, nil)
	}
	if err != nil {
		return err
	}
	return v.Back("/reuses/" + r.Slug)
}
