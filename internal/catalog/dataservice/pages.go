package dataservice

import (
	"embed"
	"net/http"

	"ouvert/internal/kernel/markdown"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/web"
)

//go:embed pages/*.html
var templates embed.FS

// Pages are the noun's pages.
func (s *Service) Pages() web.Pages {
	return web.Pages{
		Name: "dataservice", Templates: templates,
		Pages: []web.Page{
			{Method: http.MethodGet, Path: "/dataservices", Handle: listPage},
			{Method: http.MethodGet, Path: "/dataservices/{slug}", Handle: onePage},
		},
		Parts: []web.Part{
			{Place: ref.Organization, Slot: "main", Order: 30, Show: partOf("organization", "Its APIs")},
			{Place: ref.User, Slot: "main", Order: 30, Show: partOf("owner", "APIs")},
			{Place: ref.Dataset, Slot: "main", Order: 30, Show: partOf("dataset", "APIs that serve it")},
		},
		Menu: []web.Link{{Path: "/dataservices", Label: "APIs"}},
	}
}

// shown is a dataservice as its page has it.
type shown struct {
	web.Object
	BaseURL      string  `json:"base_api_url"`
	Technical    string  `json:"technical_documentation_url"`
	Machine      string  `json:"machine_documentation_url"`
	Business     string  `json:"business_documentation_url"`
	Rate         string  `json:"rate_limiting"`
	Format       string  `json:"format"`
	Availability float64 `json:"availability"`
}

func onePage(v *web.View) error {
	d := &shown{}
	if err := v.Object("/api/1/dataservices/", d); err != nil {
		return err
	}
	d.Class = ref.Dataservice
	return v.ShowOf(ref.Dataservice, &d.Object, "dataservice/one", web.Head{
		Title: d.Title, Description: markdown.Excerpt(d.Description, 200), Canonical: d.Web, NoIndex: d.Hidden(),
		JSONLD: map[string]any{
			"@context": "https://schema.org", "@type": "WebAPI", "name": d.Title, "url": d.Web, "description": markdown.Excerpt(d.Description, 500), "documentation": d.Technical,
		},
	}, d)
}

func listPage(v *web.View) error {
	q := v.Ask(20, "q", "tag", "organization", "owner", "dataset")
	var list web.List[web.Object]
	if err := v.Get("/api/1/dataservices/?"+q.Encode(), &list); err != nil {
		return err
	}
	return v.Show("dataservice/list", web.Head{Title: v.Lang.T("APIs"), Canonical: v.Base() + "/dataservices", NoIndex: v.URL.RawQuery != ""}, map[string]any{
		"List": list, "Pager": v.Pager(list.Page, list.Size, list.Total), "Q": v.URL.Query().Get("q"), "Filtered": v.URL.RawQuery != "",
	})
}

// partOf shows the dataservices that have an object as their parameter.
func partOf(param, title string) func(*web.View, *web.Object) (string, any, error) {
	return web.Of("dataservice/part", "/api/1/dataservices/?page_size=6", "/dataservices", param, title)
}
