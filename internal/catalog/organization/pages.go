package organization

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
		Name: "organization", Templates: templates,
		Pages: []web.Page{
			{Method: http.MethodGet, Path: "/organizations", Handle: listPage},
			{Method: http.MethodGet, Path: "/organizations/{slug}", Handle: onePage},
		},
		Parts: []web.Part{{Place: "me", Slot: "side", Order: 10, Show: minePart}},
		Menu:  []web.Link{{Path: "/organizations", Label: "Organizations"}},
	}
}

func onePage(v *web.View) error {
	o := &web.Object{}
	if err := v.Object("/api/1/organizations/", o); err != nil {
		return err
	}
	o.Class = ref.Organization
	var badges map[string]string
	if err := v.Get("/api/1/organizations/badges/", &badges); err != nil {
		return err
	}
	labels := []string{}
	for _, b := range o.Badges {
		if l := badges[b.Kind]; l != "" {
			labels = append(labels, l)
		}
	}
	return v.ShowOf(ref.Organization, o, "organization/one", web.Head{
		Title: o.Name, Description: markdown.Excerpt(o.Description, 200), Canonical: o.Page, Image: o.Logo, NoIndex: o.Hidden(),
		JSONLD: map[string]any{"@context": "https://schema.org", "@type": "Organization", "name": o.Name, "url": o.Page, "sameAs": o.URL},
	}, map[string]any{"Org": o, "Badges": labels})
}

func listPage(v *web.View) error {
	q := v.Ask(30, "q", "sort", "badge")
	if q.Get("sort") == "" {
		q.Set("sort", "-reuses")
	}
	var list web.List[web.Object]
	if err := v.Get("/api/1/organizations/?"+q.Encode(), &list); err != nil {
		return err
	}
	return v.Show("organization/list", web.Head{Title: v.Lang.T("Organizations"), Canonical: v.Base() + "/organizations", NoIndex: v.URL.RawQuery != ""}, map[string]any{
		"List": list, "Pager": v.Pager(list.Page, list.Size, list.Total), "Q": v.URL.Query().Get("q"),
	})
}

// minePart shows the reader's own organizations.
func minePart(v *web.View, _ *web.Object) (string, any, error) {
	var me struct {
		Organizations []web.Object `json:"organizations"`
	}
	err := v.Get("/api/1/me/", &me)
	return "organization/mine", me.Organizations, err
}
