package dataservice

import (
	"context"
	"net/http"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/feed"
	"ouvert/internal/kernel/markdown"
)

// FeedRoute is the operation of the feed.
func (s *Service) FeedRoute(settings feed.Settings) api.Route {
	return api.Route{
		Method: http.MethodGet, Path: "/api/1/dataservices/recent.atom", ID: "recent_dataservices_atom_feed", Tag: "dataservices", Access: api.Anyone,
		Summary: "The newest dataservices as an Atom feed", Query: feed.Lang, Produces: feed.Produces,
		Handle: func(ctx context.Context, r *api.Request) (*api.Response, error) { return s.feed(ctx, r, settings) },
	}
}

func (s *Service) feed(ctx context.Context, r *api.Request, settings feed.Settings) (*api.Response, error) {
	size, err := settings.Size(ctx)
	if err != nil {
		return nil, err
	}
	found, err := s.List(ctx, Filter{CreatedBefore: r.Now.Add(-settings.Delay), CertifiedBefore: r.Now, Limit: size}, Seen, r.Actor)
	if err != nil {
		return nil, err
	}
	out := feed.Feed{Title: r.Lang.T("Latest APIs")}
	for _, d := range found {
		out.Entries = append(out.Entries, feed.Entry{
			Title: d.Title, Page: d.page(s.links), ID: s.links.Site + "/dataservices/" + d.ID, Published: d.CreatedAt, Updated: d.LastModified,
			Owner: d.Owner, Organization: d.Organization, Summary: d.Doc.Description, Content: feed.Markdown(markdown.HTML(d.Doc.Description)),
		})
	}
	return out.Answer(ctx, r, s.links, s.refs, s.db.Read())
}
