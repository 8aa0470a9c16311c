package reuse

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
		Method: http.MethodGet, Path: "/api/1/reuses/recent.atom", ID: "recent_reuses_atom_feed", Tag: "reuses", Access: api.Anyone,
		Summary: "The newest reuses as an Atom feed", Query: feed.Lang, Produces: feed.Produces,
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
	out := feed.Feed{Title: r.Lang.T("Latests reuses")}
	for _, x := range found {
		out.Entries = append(out.Entries, feed.Entry{
			Title: x.Title, Page: x.page(s.links), ID: s.links.Site + "/reuses/" + x.ID, Published: x.CreatedAt, Updated: x.LastModified,
			Owner: x.Owner, Organization: x.Organization, Summary: x.Doc.Description, Content: feed.Markdown(markdown.HTML(x.Doc.Description)),
		})
	}
	return out.Answer(ctx, r, s.links, s.refs, s.db.Read())
}
