package post

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/blob"
	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/picture"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// Service holds the verbs of the noun. Who may call them is the routes'
// affair: sysadmins.
type Service struct {
	db    *db.DB
	refs  *ref.Registry
	links wire.Links
	clock clock.Clock
	blobs blob.Store
	// title is the portal's name, the author of its news.
	title func(ctx context.Context) (string, error)
}

// New returns the noun. title returns the portal's name.
func New(d *db.DB, refs *ref.Registry, l wire.Links, c clock.Clock, blobs blob.Store, title func(ctx context.Context) (string, error)) *Service {
	return &Service{db: d, refs: refs, links: l, clock: c, blobs: blobs, title: title}
}

// Noun is what other nouns may ask of posts.
func (s *Service) Noun() ref.Noun {
	load := ref.Listed(byIDs, func(p *Post) string { return p.ID })
	return ref.Noun{
		Class: ref.Post,
		Card:  cardModel,
		Render: load.Render(
			func(p *Post) wire.Fragment { return p.card(s.links) },
			func(ctx context.Context, q db.Querier, _ ref.Form, found map[string]*Post) (map[string]wire.Fragment, error) {
				return ref.RenderList(found, func(list []*Post) ([]wire.Fragment, error) {
					return s.renderFrom(ctx, q, nil, list, true) // as anybody sees them
				})
			}),
		Find:    load.Find(s.object),
		Resolve: ref.Resolver(s.resolve, s.object),
	}
}

func (s *Service) object(p *Post) ref.Object {
	return ref.Object{
		Ref: ref.Ref{Class: ref.Post, ID: p.ID}, Owned: p.owned(), Slug: p.Slug, Title: p.Name, Page: p.page(s.links), Private: p.Draft(),
	}
}

// resolve finds a post by what stands in a path; see permalink.Resolve.
func (s *Service) resolve(ctx context.Context, q db.Querier, key string) (*Post, error) {
	oid, err := slugs.Resolve(ctx, q, key)
	if err != nil {
		return nil, err
	}
	return byID(ctx, q, oid)
}

// A translator renders a message in the client's language.
type translator = func(msgid string, args ...any) string

// Write makes a post of a body: a draft of the actor's. Errors: 400 with what
// is wrong by field.
func (s *Service) Write(ctx context.Context, a *auth.Actor, o *patch.Object, t translator) (*Post, error) {
	now := s.clock()
	p := &Post{}
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		*p = Post{ID: id.New(now), Kind: News, Owner: a.ID, CreatedAt: now, LastModified: now, Doc: Doc{BodyType: Markdown}}
		if _, err := s.apply(ctx, tx, p, o, a, t, true); err != nil {
			return err
		}
		if err := o.Err(t); err != nil {
			return err
		}
		var err error
		if p.Slug, err = slugs.Free(ctx, tx, p.Name, "post-"+p.ID, ""); err != nil {
			return err
		}
		if err := save(ctx, tx, p); err != nil {
			return err
		}
		return s.tell(ctx, tx, now, "post:created", p.ID, a, nil)
	})
	return p, err
}

// tell appends an event for the readers of the log: as in udata, posts are
// nobody's activity.
func (s *Service) tell(ctx context.Context, tx *sql.Tx, now time.Time, key, oid string, a *auth.Actor, changes []string) error {
	_, err := event.Append(ctx, tx, event.Event{
		At: now, Key: key, Subject: ref.Ref{Class: ref.Post, ID: oid}, Actor: a.ID, Changes: changes, Hidden: true,
	})
	return err
}

// change loads the post in a transaction, lets f change it, and writes it with
// its slug and event.
func (s *Service) change(ctx context.Context, a *auth.Actor, oid string, f func(tx *sql.Tx, p *Post, now time.Time) (changes []string, err error)) (*Post, error) {
	now := s.clock()
	var p *Post
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		before, err := byID(ctx, tx, oid)
		if err != nil {
			return err
		}
		after := *before
		after.Doc.Datasets, after.Doc.Reuses = slices.Clone(before.Doc.Datasets), slices.Clone(before.Doc.Reuses)
		p = &after
		changes, err := f(tx, p, now)
		if err != nil {
			return err
		}
		p.LastModified = now
		if p.Name != before.Name {
			if p.Slug, err = slugs.Rename(ctx, tx, p.Name, "post-"+p.ID, p.ID, p.Slug); err != nil {
				return err
			}
		}
		if err := save(ctx, tx, p); err != nil {
			return err
		}
		return s.tell(ctx, tx, now, "post:updated", p.ID, a, changes)
	})
	return p, err
}

// Update changes the fields that the body names. Errors: 400 with what is
// wrong by field.
func (s *Service) Update(ctx context.Context, a *auth.Actor, oid string, o *patch.Object, t translator) (*Post, error) {
	return s.change(ctx, a, oid, func(tx *sql.Tx, p *Post, _ time.Time) ([]string, error) {
		changes, err := s.apply(ctx, tx, p, o, a, t, false)
		if err != nil {
			return nil, err
		}
		return changes, o.Err(t)
	})
}

// Publish shows the post to everybody, as of now, or makes it a draft.
func (s *Service) Publish(ctx context.Context, a *auth.Actor, oid string, published bool) (*Post, error) {
	return s.change(ctx, a, oid, func(_ *sql.Tx, p *Post, now time.Time) ([]string, error) {
		p.Published = time.Time{}
		if published {
			p.Published = now
		}
		return []string{"published"}, nil
	})
}

// Delete removes the post, with its picture.
func (s *Service) Delete(ctx context.Context, a *auth.Actor, oid string) error {
	now := s.clock()
	var kept *wire.Picture
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		p, err := byID(ctx, tx, oid)
		if err != nil {
			return err
		}
		kept = p.Doc.Image
		if err := remove(ctx, tx, oid); err != nil {
			return err
		}
		return s.tell(ctx, tx, now, "post:deleted", oid, a, nil)
	})
	if err == nil {
		picture.Remove(ctx, s.blobs, images, kept)
	}
	return err
}

// Import writes a post of another portal as it is, over the one that an
// earlier run of the same import wrote.
func (s *Service) Import(ctx context.Context, tx *sql.Tx, p *Post) error { return save(ctx, tx, p) }

// ImportOldSlug keeps a link that another portal redirected.
func (s *Service) ImportOldSlug(ctx context.Context, tx *sql.Tx, old, oid string) error {
	return slugs.Remember(ctx, tx, old, oid)
}

// FreeSlug returns the slug that an imported post may have, made of what it
// would be called: numbered when another one has it. self is its own id.
func (s *Service) FreeSlug(ctx context.Context, q db.Querier, wanted, self string) (string, error) {
	return slugs.Free(ctx, q, wanted, "post-"+self, self)
}

// InsertMany writes new posts, for made-up catalogues. Each gets its slug.
func InsertMany(ctx context.Context, tx *sql.Tx, list []*Post) error {
	for _, p := range list {
		var err error
		if p.Slug, err = slugs.Free(ctx, tx, p.Name, "post-"+p.ID, ""); err != nil {
			return err
		}
		if err := save(ctx, tx, p); err != nil {
			return err
		}
	}
	return nil
}
