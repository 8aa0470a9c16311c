package dataset

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/feed"
	"ouvert/internal/kernel/markdown"
)

// FeedRoute is the operation of the feed.
func (s *Service) FeedRoute(settings feed.Settings) api.Route {
	return api.Route{
		Method: http.MethodGet, Path: v1 + "recent.atom", ID: "recent_datasets_atom_feed", Tag: "datasets", Access: api.Anyone,
		Summary: "The newest datasets as an Atom feed", Doc: "The filters are those of the list.",
		Query: slices.Concat(feedParams(), feed.Lang), Produces: feed.Produces,
		Handle: func(ctx context.Context, r *api.Request) (*api.Response, error) { return s.feed(ctx, r, settings) },
	}
}

// feedParams are those of the list, but for its pages.
func feedParams() []api.Param {
	return slices.DeleteFunc(slices.Clone(listParams), func(p api.Param) bool {
		return p.Name == "page" || p.Name == "page_size" || p.Name == "sort"
	})
}

func (s *Service) feed(ctx context.Context, r *api.Request, settings feed.Settings) (*api.Response, error) {
	f, err := s.filter(ctx, r)
	if err != nil {
		return nil, err
	}
	out := feed.Feed{Title: r.Lang.T("Latest datasets")}
	switch q := strings.TrimSpace(f.Query); {
	case q != "":
		out.Title = r.Lang.T("Datasets search: %s", q)
	case f.narrows():
		out.Title = r.Lang.T("Filtered datasets")
	}
	if f.Limit, err = settings.Size(ctx); err != nil {
		return nil, err
	}
	f.Sort, f.Descending, f.CreatedBefore, f.CertifiedBefore = "created", true, r.Now.Add(-settings.Delay), r.Now
	found, err := s.List(ctx, f, Seen, r.Actor)
	if err != nil {
		return nil, err
	}
	for _, d := range found {
		out.Entries = append(out.Entries, feed.Entry{
			Title: d.Title, Page: d.page(s.links), ID: s.links.Site + "/datasets/" + d.ID, Published: d.createdAt(), Updated: d.lastModified(),
			Owner: d.Owner, Organization: d.Organization, Summary: d.Doc.Description, Content: feed.Markdown(markdown.HTML(d.Doc.Description)),
		})
	}
	return out.Answer(ctx, r, s.links, s.refs, s.db.Read())
}

// narrows tells whether the filter leaves something out.
func (f Filter) narrows() bool {
	for _, text := range []string{
		f.Owner, f.Organization, f.OrganizationBadge, f.Badge, f.License, f.AccessType, f.Granularity, f.Zone, f.Covers, f.Format, f.Schema,
		f.SchemaVersion, f.Reuse, f.Dataservice, f.Topic, f.FollowedBy,
	} {
		if text != "" {
			return true
		}
	}
	return len(f.Tags) > 0 || f.Featured != nil || f.Private != nil || f.Archived != nil || f.IsDeleted != nil
}
