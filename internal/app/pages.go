package app

import (
	"net/http"
	"strings"

	"ouvert/internal/kernel/i18n"
	"ouvert/internal/kernel/web"
)

// openTheme reads what the operator changed of the pages.
func (a *App) openTheme() (err error) {
	a.theme, err = web.OpenTheme(a.Config.Theme)
	return err
}

// site makes the portal's pages; nil when they stand on another host
// (--site-url), whose front asks the API as any client.
func (a *App) site(server http.Handler) *web.Site {
	if a.links.Site != a.links.API {
		return nil
	}
	n := a.Nouns
	o := web.Options{
		Title: n.Site.Title, Base: a.links.Site, Lang: i18n.Parse(a.Config.Lang), Authenticate: n.Users.Session, API: server,
		Theme: a.theme, Secure: strings.HasPrefix(a.links.Site, "https://"),
	}
	return web.New(
		o, n.Site.Pages(), n.Reuses.Pages(), n.Datasets.Pages(), n.Dataservices.Pages(), n.Organizations.Pages(), n.Topics.Pages(), n.Posts.Pages(),
		n.Users.Pages(), n.Follows.Pages(), n.Discussions.Pages(), n.Notifications.Pages(), n.Reports.Pages(),
	)
}

// isBrowser tells whether a person would read the answer: what is unknown is
// told them as a page.
func isBrowser(r *http.Request) bool {
	return r.Method == http.MethodGet && !strings.HasPrefix(r.URL.Path, "/api/") && !strings.HasPrefix(r.URL.Path, "/oauth/") &&
		strings.Contains(r.Header.Get("Accept"), "text/html")
}
