package topic

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
		Name: "topic", Templates: templates,
		Pages: []web.Page{
			{Method: http.MethodGet, Path: "/topics", Handle: listPage},
			{Method: http.MethodGet, Path: "/topics/{slug}", Handle: onePage},
		},
		Parts: []web.Part{{Place: "home", Slot: "main", Order: 40, Show: web.First("topic/part", "/api/2/topics/?page_size=3")}},
	}
}

func onePage(v *web.View) error {
	t := &web.Object{}
	if err := v.Object("/api/2/topics/", t); err != nil {
		return err
	}
	t.Class = ref.Topic
	return v.ShowOf(ref.Topic, t, "topic/one", web.Head{
		Title: t.Name, Description: markdown.Excerpt(t.Description, 200), Canonical: t.Page, NoIndex: t.Hidden(),
	}, t)
}

func listPage(v *web.View) error {
	q := v.Ask(24, "q", "tag")
	var list web.List[web.Object]
	if err := v.Get("/api/2/topics/?"+q.Encode(), &list); err != nil {
		return err
	}
	return v.Show("topic/list", web.Head{Title: v.Lang.T("Topics"), Canonical: v.Base() + "/topics"}, map[string]any{"List": list, "Pager": v.Pager(list.Page, list.Size, list.Total)})
}
