package dataset

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
		Name: "dataset", Templates: templates,
		Pages: []web.Page{
			{Method: http.MethodGet, Path: "/datasets", Handle: listPage},
			{Method: http.MethodGet, Path: "/datasets/{slug}", Handle: onePage},
		},
		Parts: []web.Part{
			{Place: ref.Organization, Slot: "main", Order: 20, Show: partOf("organization", "Its data")},
			{Place: ref.User, Slot: "main", Order: 20, Show: partOf("owner", "Data")},
			{Place: ref.Topic, Slot: "main", Order: 20, Show: partOf("topic", "Data")},
			{Place: ref.Dataservice, Slot: "main", Order: 10, Show: partOf("dataservice", "The data that it serves")},
		},
		Menu: []web.Link{{Path: "/datasets", Label: "Data"}},
	}
}

// file is a resource as pages show it.
type file struct {
	web.Object
	Format   string `json:"format"`
	Filesize int64  `json:"filesize"`
	Latest   string `json:"latest"`
}

// shown is a dataset as its page has it.
type shown struct {
	web.Object
	Frequency string       `json:"frequency"`
	Resources []file       `json:"resources"`
	Community []web.Object `json:"community_resources"`
	Quality   struct {
		Score float64 `json:"score"`
	} `json:"quality"`
}

func onePage(v *web.View) error {
	d := &shown{}
	if err := v.Object("/api/1/datasets/", d); err != nil {
		return err
	}
	d.Class = ref.Dataset
	var licences []struct{ ID, Title, URL string }
	if d.License != "" {
		if err := v.Get("/api/1/datasets/licenses/", &licences); err != nil {
			return err
		}
	}
	data := map[string]any{"Dataset": d, "Percent": int(d.Quality.Score*100 + .5)}
	for _, l := range licences {
		if l.ID == d.License {
			data["Licence"] = l
		}
	}
	return v.ShowOf(ref.Dataset, &d.Object, "dataset/one", web.Head{
		Title: d.Title, Description: markdown.Excerpt(d.Description, 200), Canonical: d.Page, NoIndex: d.Hidden(), JSONLD: describe(d),
	}, data)
}

// describe tells search engines of the dataset (schema.org).
func describe(d *shown) map[string]any {
	var files []map[string]any
	for _, f := range d.Resources {
		files = append(files, map[string]any{"@type": "DataDownload", "name": f.Title, "contentUrl": f.URL, "encodingFormat": f.Format})
	}
	out := map[string]any{
		"@context": "https://schema.org", "@type": "Dataset", "name": d.Title, "url": d.Page, "description": markdown.Excerpt(d.Description, 4000),
		"dateCreated": d.CreatedAt, "dateModified": d.LastUpdate, "distribution": files, "keywords": d.Tags,
	}
	if p := d.Publisher(); p != nil {
		kind := "Person"
		if d.Organization != nil {
			kind = "Organization"
		}
		out["creator"] = map[string]string{"@type": kind, "name": p.Label(), "url": p.Link()}
	}
	return out
}

func listPage(v *web.View) error {
	q := v.Ask(20, "q", "tag", "organization", "owner", "topic", "dataservice", "format", "sort")
	var list web.List[web.Object]
	if err := v.Get("/api/2/datasets/?"+q.Encode(), &list); err != nil {
		return err
	}
	text := v.URL.Query().Get("q")
	title := v.Lang.T("Data")
	if text != "" {
		title = v.Lang.T("Data about “%s”", text)
	}
	return v.Show("dataset/list", web.Head{Title: title, Canonical: v.Base() + "/datasets", NoIndex: v.URL.RawQuery != ""}, map[string]any{
		"List": list, "Pager": v.Pager(list.Page, list.Size, list.Total), "Title": title, "Q": text, "Sort": q.Get("sort"), "Filtered": v.URL.RawQuery != "",
		"Kept": map[string]string{"tag": q.Get("tag"), "organization": q.Get("organization"), "owner": q.Get("owner"), "topic": q.Get("topic")},
	})
}

// partOf shows the datasets that have an object as their parameter.
func partOf(param, title string) func(*web.View, *web.Object) (string, any, error) {
	return web.Of("dataset/part", "/api/2/datasets/?page_size=6&sort=-last_update", "/datasets", param, title)
}
