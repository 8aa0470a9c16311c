package post

import (
	"context"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/bloc"
	"ouvert/internal/kernel/feed"
	"ouvert/internal/kernel/markdown"
)

// feedSize is how many posts the feed holds, as in udata.
const feedSize = 15

// feed tells of the news; pages are none.
func (s *Service) feed(ctx context.Context, r *api.Request) (*api.Response, error) {
	found, err := s.List(ctx, Filter{Kind: News, Limit: feedSize}, "published")
	if err != nil {
		return nil, err
	}
	title, err := s.title(ctx)
	if err != nil {
		return nil, err
	}
	out := feed.Feed{Title: r.Lang.T("Latests posts")}
	for _, p := range found {
		out.Entries = append(out.Entries, feed.Entry{
			Title: p.Name, Page: p.page(s.links), ID: s.links.Site + "/posts/" + p.ID, Published: p.Published, Updated: p.LastModified,
			Author: &feed.Author{Name: title}, Summary: p.Headline, Content: p.html(),
		})
	}
	return out.Answer(ctx, r, s.links, s.refs, s.db.Read())
}

// html is what the post says, as harmless HTML.
func (p *Post) html() string {
	switch p.Doc.BodyType {
	case HTML:
		return markdown.CleanHTML(p.Doc.Content)
	case Blocs:
		return feed.Markdown(markdown.HTML(bloc.Text(p.Doc.Blocs)))
	}
	return feed.Markdown(markdown.HTML(p.Doc.Content))
}
