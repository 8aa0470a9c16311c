package site

import (
	"embed"
	"net/http"

	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/web"
)

//go:embed pages/*.html
var templates embed.FS

// Pages are the portal's front page, and those of the operator's theme.
func (s *Service) Pages() web.Pages {
	return web.Pages{
		Name: "site", Templates: templates,
		Pages: []web.Page{
			{Method: http.MethodGet, Path: "/", Handle: homePage},
			{Method: http.MethodGet, Path: "/pages/{slug}", Handle: themePage},
		},
	}
}

// flashes are what a link of a mail has done, in udata's words.
var flashes = map[string]string{
	"post_confirm":           "Your address is confirmed: you may sign in now.",
	"confirm_error":          "This link is invalid or has expired.",
	"change_email_confirmed": "Your new address is confirmed.",
	"change_email_expired":   "This link is invalid or has expired.",
	"change_email_invalid":   "This link is invalid or has expired.",
}

func homePage(v *web.View) error {
	var site web.Object
	if err := v.Get("/api/1/site/", &site); err != nil {
		return err
	}
	data := map[string]any{"Site": site}
	if flash := flashes[v.URL.Query().Get("flash")]; flash != "" {
		data["Flash"] = v.Lang.T(flash)
	}
	return v.ShowOf("home", nil, "site/home", web.Head{
		Canonical: v.Base() + "/", Description: v.Lang.T("What people make with open data."), Feed: v.Base() + "/api/1/reuses/recent.atom",
		JSONLD: map[string]any{"@context": "https://schema.org", "@type": "DataCatalog", "name": site.Title, "url": v.Base() + "/"},
	}, data)
}

func themePage(v *web.View) error {
	p, ok := v.ThemePage(v.PathValue("slug"))
	if !ok {
		return errs.NotFound()
	}
	return v.Show("site/page", web.Head{Title: p.Title, Canonical: v.Base() + "/pages/" + p.Name}, p)
}
