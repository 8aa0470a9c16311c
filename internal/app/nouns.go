package app

import (
	"ouvert/internal/catalog/activity"
	"ouvert/internal/catalog/contactpoint"
	"ouvert/internal/catalog/dataservice"
	"ouvert/internal/catalog/dataset"
	"ouvert/internal/catalog/discussion"
	"ouvert/internal/catalog/follow"
	"ouvert/internal/catalog/license"
	"ouvert/internal/catalog/notification"
	"ouvert/internal/catalog/oauth2"
	"ouvert/internal/catalog/organization"
	"ouvert/internal/catalog/post"
	"ouvert/internal/catalog/report"
	"ouvert/internal/catalog/reuse"
	"ouvert/internal/catalog/site"
	"ouvert/internal/catalog/spatial"
	"ouvert/internal/catalog/tag"
	"ouvert/internal/catalog/topic"
	"ouvert/internal/catalog/transfer"
	"ouvert/internal/catalog/user"
	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/feed"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/search"
	"ouvert/internal/kernel/sitemap"
)

// Nouns are what a catalogue consists of.
type Nouns struct {
	Refs          *ref.Registry
	Search        *search.Index
	Users         *user.Service
	OAuth2        *oauth2.Service
	Organizations *organization.Service
	Licenses      *license.Service
	ContactPoints *contactpoint.Service
	Datasets      *dataset.Service
	Dataservices  *dataservice.Service
	Reuses        *reuse.Service
	Follows       *follow.Service
	Activities    *activity.Service
	Discussions   *discussion.Service
	Topics        *topic.Service
	Transfers     *transfer.Service
	Reports       *report.Service
	Notifications *notification.Service
	Site          *site.Service
	Spatial       *spatial.Service
	Tags          *tag.Service
	Posts         *post.Service

	feeds feed.Settings
}

// OIDC is what the command line says about signing in elsewhere.
type OIDC = user.OIDC

// What the command line makes clients of.
type (
	OAuth2Client = oauth2.Client
	OAuth2Doc    = oauth2.Doc
)

// nouns makes all nouns and tells them of each other.
func (a *App) nouns() (Nouns, error) {
	badges, err := a.Config.badges()
	if err != nil {
		return Nouns{}, err
	}
	refs := ref.NewRegistry()
	refs.Keep = a.keep
	d, l, now := a.DB, a.links, a.clock
	n := Nouns{Refs: refs, Search: search.New(d)}
	n.Search.Extra = a.Config.SearchFilters
	n.Organizations = organization.New(d, refs, l, now, a.Blobs)
	n.Licenses = license.New(d)
	n.Datasets = dataset.New(d, refs, l, now, a.Blobs, n.Organizations)
	n.Spatial = spatial.New(d, refs)
	n.Datasets.SetPlaces(n.Spatial)
	n.Dataservices = dataservice.New(d, refs, l, now, n.Organizations)
	n.ContactPoints = contactpoint.New(d, refs, l, now, n.Datasets, n.Dataservices)
	n.Reuses = reuse.New(d, refs, l, now, a.Blobs, n.Organizations, reuse.Config{Badges: badges})
	n.Follows = follow.New(d, refs, l, now)
	n.Discussions = discussion.New(d, refs, l, now)
	people, err := a.people()
	if err != nil {
		return Nouns{}, err
	}
	n.OAuth2 = oauth2.New(d, l, now, a.Config.TokenSecret, a.Config.Title)
	n.Users = user.New(d, refs, l, now, a.Blobs, people, user.Others{
		Memberships: n.Organizations, Follows: n.Follows, Datasets: n.Datasets, ContactPoints: n.ContactPoints, Grants: n.OAuth2, Discussions: n.Discussions,
	})
	n.OAuth2.Know(n.Users)
	n.Activities = activity.New(d, refs, l)
	n.Topics = topic.New(d, refs, l, now, n.Spatial, n.Organizations, n.Discussions)
	for _, noun := range []interface{ SetIndex(*search.Index) }{n.Organizations, n.Datasets, n.Dataservices, n.Reuses, n.Topics} {
		noun.SetIndex(n.Search)
	}
	n.Transfers = transfer.New(d, refs, l, now, n.Organizations)
	n.Reports = report.New(d, refs, l, now)
	n.Notifications = notification.New(d, refs, l, now, n.Organizations, n.Discussions, n.Transfers)
	n.Tags = tag.New(d)
	n.Site = site.New(d, refs, l, now, a.Config.Title, APIVersion)
	n.Posts = post.New(d, refs, l, now, a.Blobs, n.Site.Title)
	n.feeds = feed.Settings{Delay: a.Config.FeedDelay, Size: n.Site.FeedSize}
	n.Datasets.In(dataset.Portal{Title: a.Config.Title, SiteTitle: n.Site.Title, Lang: a.Config.Lang, Serving: n.Dataservices.Serving})
	n.Notifications.SetMailing(notification.Mailing{Post: n.Users, Every: a.Config.DigestEvery, Secret: people.TokenSecret})
	// In this order: a noun's models may name those of the nouns before it.
	for _, noun := range []func() ref.Noun{
		n.Users.Noun, n.Organizations.Noun, n.Licenses.Noun, n.ContactPoints.Noun, n.Datasets.Noun, n.Dataservices.Noun, n.Reuses.Noun, n.Topics.Noun,
		n.Posts.Noun, n.Discussions.Noun,
	} {
		refs.Register(noun())
	}
	return n, nil
}

// readers are those of the event log.
func (n Nouns) readers() []*event.Reader {
	return []*event.Reader{n.Notifications.Reader(), n.Reports.Reader(), n.Users.LegalReader()}
}

// Routes are all operations of the API.
func (n Nouns) Routes() []api.Route {
	var all []api.Route
	for _, routes := range [][]api.Route{
		n.Reuses.Routes(),
		{n.Reuses.FeedRoute(n.feeds)},
		n.Follows.Routes(ref.Reuse, "reuses", "reuse"),
		n.Licenses.Routes(),
		n.Datasets.Routes(),
		{n.Datasets.FeedRoute(n.feeds)},
		n.Follows.Routes(ref.Dataset, "datasets", "dataset"),
		n.Topics.Routes(),
		n.Dataservices.Routes(),
		{n.Dataservices.FeedRoute(n.feeds)},
		n.Follows.Routes(ref.Dataservice, "dataservices", "dataservice"),
		n.Organizations.Routes(),
		n.Follows.Routes(ref.Organization, "organizations", "organization"),
		n.ContactPoints.Routes(),
		n.Users.Routes(),
		n.Users.SignInRoutes(),
		n.Users.OIDCRoutes(),
		n.OAuth2.Routes(),
		n.Follows.Routes(ref.User, "users", "user"),
		n.Activities.Routes(),
		n.Discussions.Routes(),
		n.Transfers.Routes(),
		n.Reports.Routes(),
		n.Notifications.Routes(),
		n.Site.Routes(),
		n.Posts.Routes(),
		n.Spatial.Routes(),
		n.Tags.Routes(),
	} {
		all = append(all, routes...)
	}
	return all
}

// sections are the nouns that have pages, for search engines.
var sections = []sitemap.Section{dataset.Sitemap, reuse.Sitemap, dataservice.Sitemap, organization.Sitemap, topic.Sitemap, post.Sitemap}
