package discussion

import (
	"embed"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/web"
)

//go:embed pages/*.html
var templates embed.FS

// Pages are what is said about objects, on the pages of those.
func (s *Service) Pages() web.Pages {
	p := web.Pages{
		Name: "discussion", Templates: templates,
		Pages: []web.Page{
			{Method: http.MethodPost, Path: "/discussions", SignedIn: true, Handle: startPage},
			{Method: http.MethodPost, Path: "/discussions/{id}", SignedIn: true, Handle: answerPage},
		},
	}
	for _, class := range []string{ref.Reuse, ref.Dataset, ref.Dataservice, ref.Topic} {
		p.Parts = append(p.Parts, web.Part{Place: class, Slot: "main", Order: 80, Show: part})
		collection := web.Collection(class)
		// Where the API's self_web_url leads.
		p.Pages = append(p.Pages, web.Page{Method: http.MethodGet, Path: "/" + collection + "/{slug}/discussions", Handle: func(v *web.View) error {
			to := "/" + collection + "/" + url.PathEscape(v.PathValue("slug"))
			if oid := v.URL.Query().Get("discussion_id"); oid != "" {
				to += "#discussion-" + url.PathEscape(oid)
			}
			return v.Go(to)
		}})
	}
	return p
}

// thread is a discussion as pages show it.
type thread struct {
	ID       string     `json:"id"`
	Title    string     `json:"title"`
	Closed   *time.Time `json:"closed"`
	Messages []struct {
		Content string      `json:"content"`
		By      *web.Object `json:"posted_by"`
		For     *web.Object `json:"posted_by_organization"`
		On      time.Time   `json:"posted_on"`
	} `json:"discussion"`
	Permissions struct {
		Close bool `json:"close"`
	} `json:"permissions"`
}

// shownAtOnce is how many discussions a page has.
const shownAtOnce = 20

func part(v *web.View, of *web.Object) (string, any, error) {
	var list web.List[thread]
	if err := v.Get("/api/1/discussions/?for="+of.ID+"&page_size="+strconv.Itoa(shownAtOnce), &list); err != nil {
		return "", nil, err
	}
	return "discussion/part", map[string]any{"List": list.Data, "Total": list.Total, "Class": of.Class, "ID": of.ID, "Open": !of.Gone()}, nil
}

func startPage(v *web.View) error {
	class := v.PostFormValue("class")
	if web.Collection(class) == "" {
		return errs.NotFound()
	}
	f := v.FormOf()
	err := v.Send(http.MethodPost, "/api/1/discussions/", map[string]any{
		"title": v.PostFormValue("title"), "comment": v.PostFormValue("comment"),
		"subject": map[string]string{"class": class, "id": v.PostFormValue("id")},
	}, nil)
	return after(v, f, err, "title", "comment")
}

func answerPage(v *web.View) error {
	body := map[string]any{}
	if text := v.PostFormValue("comment"); text != "" {
		body["comment"] = text
	}
	if v.PostFormValue("close") != "" {
		body["close"] = true
	}
	err := v.Send(http.MethodPost, "/api/1/discussions/"+url.PathEscape(v.PathValue("id"))+"/", body, nil)
	return after(v, v.FormOf(), err, "comment")
}

// after goes back to the page of the object, or shows the form alone, with
// what is wrong with it.
func after(v *web.View, f *web.Form, err error, fields ...string) error {
	if err := f.Take(v, err, fields...); err != nil {
		return err
	}
	if !f.Failed() {
		return v.Back("/")
	}
	return v.ShowForm(f, "discussion/form", web.Head{Title: v.Lang.T("Say something")}, map[string]any{
		"Form": f, "Action": v.URL.Path, "Start": len(fields) == 2, "Class": f.Value("class"), "ID": f.Value("id"), "Back": f.Value("back"),
	})
}
