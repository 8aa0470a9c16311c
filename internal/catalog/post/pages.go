package post

import (
	"embed"
	"encoding/json"
	"html/template"
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
		Name: "post", Templates: templates,
		Pages: []web.Page{
			{Method: http.MethodGet, Path: "/posts", Handle: listPage},
			{Method: http.MethodGet, Path: "/posts/{slug}", Handle: onePage},
		},
		Parts: []web.Part{{Place: "home", Slot: "main", Order: 50, Show: web.First("post/part", "/api/1/posts/?page_size=3")}},
		Menu:  []web.Link{{Path: "/posts", Label: "News"}},
	}
}

// shown is a post as its page has it. Its blocs are read as deep as lists of
// cards and texts go.
type shown struct {
	web.Object
	Content  string       `json:"content"`
	BodyType string       `json:"body_type"`
	Blocs    []pageBloc   `json:"blocs"`
	Datasets []web.Object `json:"datasets"`
	Reuses   []web.Object `json:"reuses"`
	Credit   string       `json:"credit_to"`
	HTML     template.HTML
}

type pageBloc struct {
	Class       string `json:"class"`
	Title       string `json:"title"`
	Subtitle    string `json:"subtitle"`
	Description string `json:"description"`
	Paragraph   string `json:"paragraph"`
	Content     text   `json:"content"`
	Links       []struct{ Title, URL string }
	Cards       []web.Object
	Items       []struct {
		Title   string     `json:"title"`
		Content []pageBloc `json:"content"`
	} `json:"items"`

	Datasets     []web.Object `json:"datasets"`
	Reuses       []web.Object `json:"reuses"`
	Dataservices []web.Object `json:"dataservices"`
}

// text is a member that is a text in one class of blocs and something else in
// others.
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*t = text(s)
	}
	return nil
}

func onePage(v *web.View) error {
	p := &shown{}
	if err := v.Object("/api/1/posts/", p); err != nil {
		return err
	}
	switch p.BodyType {
	case "html":
		p.HTML = template.HTML(markdown.CleanHTML(p.Content)) //nolint:gosec // cleaned
	case "blocs":
		if len(p.Blocs) == 0 { // the list leaves them out; so does an older portal
			break
		}
	default:
		p.HTML = template.HTML(markdown.HTML(p.Content)) //nolint:gosec // sanitized
	}
	for i := range p.Blocs {
		gather(&p.Blocs[i])
	}
	p.Class = ref.Post
	return v.ShowOf(ref.Post, &p.Object, "post/one", web.Head{Title: p.Name, Description: p.Headline, Canonical: p.Page, Image: p.Image, NoIndex: p.Published == nil}, p)
}

func gather(b *pageBloc) {
	b.Cards = append(append(append(b.Cards, b.Datasets...), b.Reuses...), b.Dataservices...)
	for i := range b.Items {
		for j := range b.Items[i].Content {
			gather(&b.Items[i].Content[j])
		}
	}
}

func listPage(v *web.View) error {
	q := v.Ask(12, "q", "tag")
	var list web.List[web.Object]
	if err := v.Get("/api/1/posts/?"+q.Encode(), &list); err != nil {
		return err
	}
	return v.Show("post/list", web.Head{Title: v.Lang.T("News"), Canonical: v.Base() + "/posts"}, map[string]any{"List": list, "Pager": v.Pager(list.Page, list.Size, list.Total)})
}
