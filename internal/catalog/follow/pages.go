package follow

import (
	"embed"
	"net/http"
	"net/url"

	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/web"
)

//go:embed pages/*.html
var templates embed.FS

// Pages are the button that follows an object, on the page of that.
func (s *Service) Pages() web.Pages {
	p := web.Pages{
		Name: "follow", Templates: templates,
		Pages: []web.Page{{Method: http.MethodPost, Path: "/follow", SignedIn: true, Handle: followPage}},
	}
	for _, class := range []string{ref.Reuse, ref.Dataset, ref.Dataservice, ref.Organization, ref.User} {
		p.Parts = append(p.Parts, web.Part{Place: class, Slot: "actions", Order: 10, Show: part})
	}
	return p
}

func part(v *web.View, of *web.Object) (string, any, error) {
	d := map[string]any{"Class": of.Class, "ID": of.ID, "Label": of.Label(), "Followers": of.Metrics.N("followers")}
	if of.Hidden() || (v.Actor != nil && v.Actor.Is(of.ID)) {
		return "", nil, nil
	}
	if v.Actor != nil {
		var list web.List[web.Object]
		if err := v.Get("/api/1/"+web.Collection(of.Class)+"/"+of.ID+"/followers/?user="+v.Actor.ID+"&page_size=1", &list); err != nil {
			return "", nil, err
		}
		d["Follows"] = list.Total > 0
	}
	return "follow/part", d, nil
}

func followPage(v *web.View) error {
	collection := web.Collection(v.PostFormValue("class"))
	if collection == "" {
		return errs.NotFound()
	}
	method := http.MethodPost
	if v.PostFormValue("do") == "unfollow" {
		method = http.MethodDelete
	}
	if err := v.Send(method, "/api/1/"+collection+"/"+url.PathEscape(v.PostFormValue("id"))+"/followers/", nil, nil); err != nil {
		return err
	}
	return v.Back("/")
}
