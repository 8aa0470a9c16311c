package post

import (
	"encoding/json"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/bloc"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// Post is a piece of news, or a page.
type Post struct {
	ID   string
	Slug string
	Name string
	// Headline says in a sentence what it is about.
	Headline string
	// Kind is one of Kinds.
	Kind string
	// Owner is the id of who wrote it.
	Owner string
	// Published is when everybody was to see it; the zero time is a draft.
	Published    time.Time
	CreatedAt    time.Time
	LastModified time.Time
	Doc          Doc
	Revision     int64
}

// Doc is what SQL never looks into.
type Doc struct {
	// BodyType is one of BodyTypes.
	BodyType string `json:"body_type"`
	// Content is the source, of a post that is not made of blocs.
	Content string      `json:"content,omitempty"`
	Blocs   []bloc.Bloc `json:"blocs,omitempty"`
	Tags    []string    `json:"tags,omitempty"`
	// Datasets and Reuses are ids, in the order given.
	Datasets []string `json:"datasets,omitempty"`
	Reuses   []string `json:"reuses,omitempty"`
	// ImageURL is a picture that stands elsewhere, Image one that was uploaded.
	ImageURL  string        `json:"image_url,omitempty"`
	Image     *wire.Picture `json:"image,omitempty"`
	CreditTo  string        `json:"credit_to,omitempty"`
	CreditURL string        `json:"credit_url,omitempty"`
	// Kept is what another portal knew and this one has no use for yet.
	Kept json.RawMessage `json:"kept,omitempty"`
}

// The kinds of posts and of what they say, in udata's order
// (core/post/constants.py).
const (
	News  = "news"
	Page  = "page"
	Blocs = "blocs"

	Markdown = "markdown"
	HTML     = "html"
)

var (
	// Kinds are the kinds of posts.
	Kinds = []string{News, Page}
	// BodyTypes are what a post may be written in.
	BodyTypes = []string{Markdown, HTML, Blocs}
)

const (
	images        = "images"
	thumbnailSide = "100"
)

// Draft tells whether sysadmins alone may see the post.
func (p *Post) Draft() bool { return p.Published.IsZero() }

func (p *Post) owned() auth.Owned { return auth.Owned{ID: p.ID, Owner: p.Owner} }

func (p *Post) uri(l wire.Links) string  { return l.API + "/api/1/posts/" + p.Slug + "/" }
func (p *Post) page(l wire.Links) string { return l.Site + "/posts/" + p.Slug }

// parts are the wire forms of what posts mention.
type parts struct {
	users            map[string]wire.Fragment
	datasets, reuses map[string]wire.Fragment
	shown            bloc.Shown
}

// full writes the post; blocs tells whether with its blocs.
func (p *Post) full(l wire.Links, x parts, blocs bool) wire.Fragment {
	w := wire.NewWriter(4096)
	w.Open('{')
	if blocs {
		w.Key("blocs")
		bloc.Write(w, p.Doc.Blocs, x.shown)
	}
	w.Key("body_type")
	w.String(p.Doc.BodyType)
	w.Key("content")
	w.StringOrNull(p.Doc.Content)
	w.Key("created_at")
	w.Time(p.CreatedAt)
	w.Key("credit_to")
	w.StringOrNull(p.Doc.CreditTo)
	w.Key("credit_url")
	w.StringOrNull(p.Doc.CreditURL)
	w.Key("datasets")
	writeAll(w, x.datasets, p.Doc.Datasets)
	w.Key("headline")
	w.StringOrNull(p.Headline)
	w.Key("id")
	w.String(p.ID)
	w.Key("image")
	w.StringOrNull(p.Doc.Image.URL(l, images))
	w.Key("image_thumbnail")
	w.StringOrNull(p.Doc.Image.Thumbnail(l, images, thumbnailSide))
	w.Key("image_url")
	w.StringOrNull(p.Doc.ImageURL)
	w.Key("kind")
	w.String(p.Kind)
	w.Key("last_modified")
	w.Time(p.LastModified)
	w.Key("name")
	w.String(p.Name)
	w.Key("owner")
	w.Embed(x.users[p.Owner])
	w.Key("page")
	w.String(p.page(l))
	w.Key("published")
	w.Time(p.Published)
	w.Key("reuses")
	writeAll(w, x.reuses, p.Doc.Reuses)
	w.Key("slug")
	w.String(p.Slug)
	w.Key("tags")
	w.Strings(p.Doc.Tags)
	w.Key("uri")
	w.String(p.uri(l))
	w.Close('}')
	return w.Fragment()
}

// writeAll writes those of the ids that were found.
func writeAll(w *wire.Writer, found map[string]wire.Fragment, ids []string) {
	w.Open('[')
	for _, oid := range ids {
		if f, ok := found[oid]; ok {
			w.Embed(f)
		}
	}
	w.Close(']')
}

// card writes the short form in which others mention the post.
func (p *Post) card(l wire.Links) wire.Fragment {
	w := wire.NewWriter(256)
	w.Open('{')
	w.Key("class")
	w.String(ref.Post)
	w.Key("id")
	w.String(p.ID)
	w.Key("name")
	w.String(p.Name)
	w.Key("page")
	w.String(p.page(l))
	w.Key("uri")
	w.String(p.uri(l))
	w.Close('}')
	return w.Fragment()
}
