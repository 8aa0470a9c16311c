package dataset

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/fold"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// CommunityResource is a resource that somebody else than the publisher added
// to a dataset. It is theirs, whoever the dataset belongs to.
type CommunityResource struct {
	Resource
	// Dataset is an id; "" when the dataset is gone.
	Dataset string
	// Owner and Organization are ids; one of them is set.
	Owner        string
	Organization string
}

// Owned says whose it is.
func (c *CommunityResource) Owned() auth.Owned {
	return auth.Owned{ID: c.ID, Owner: c.Owner, Organization: c.Organization}
}

const (
	communityClass   = "CommunityResource"
	communityColumns = "id, dataset, owner, organization, url, doc"
)

func scanCommunity(rows *sql.Rows) (*CommunityResource, error) {
	c := &CommunityResource{}
	var doc sql.RawBytes
	err := rows.Scan(&c.ID, db.Text{S: &c.Dataset}, db.Text{S: &c.Owner}, db.Text{S: &c.Organization}, &c.URL, &doc)
	if err != nil {
		return nil, err
	}
	return c, json.Unmarshal(doc, &c.Resource)
}

// communityByID loads one; errs.NotFound when there is none.
func communityByID(ctx context.Context, q db.Querier, id string) (*CommunityResource, error) {
	var found *CommunityResource
	err := db.Each(ctx, q, "SELECT "+communityColumns+" FROM community_resource WHERE id = $1", []any{id}, func(rows *sql.Rows) (err error) {
		found, err = scanCommunity(rows)
		return err
	})
	if err == nil && found == nil {
		err = errs.NotFound()
	}
	return found, err
}

// communitiesOf loads the community resources of datasets, by dataset, the
// oldest first.
func communitiesOf(ctx context.Context, q db.Querier, datasets map[string]*Dataset) (map[string][]*CommunityResource, error) {
	ids := make([]string, 0, len(datasets))
	for oid := range datasets {
		ids = append(ids, oid)
	}
	out := map[string][]*CommunityResource{}
	err := db.EachIn(ctx, q, "SELECT "+communityColumns+" FROM community_resource WHERE dataset IN {ids} ORDER BY created_at, id", ids,
		func(rows *sql.Rows) error {
			c, err := scanCommunity(rows)
			if err == nil {
				out[c.Dataset] = append(out[c.Dataset], c)
			}
			return err
		})
	return out, err
}

// saveCommunity writes a community resource, new or not.
func saveCommunity(ctx context.Context, tx *sql.Tx, c *CommunityResource) error {
	doc, err := json.Marshal(&c.Resource)
	if err != nil {
		return fmt.Errorf("the community resource %s: %w", c.ID, err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO community_resource
		(id, dataset, owner, organization, title, title_plain, url, created_at, last_modified, doc, revision) VALUES `+db.Values(1, 11)+`
		ON CONFLICT (id) DO UPDATE SET dataset = excluded.dataset, owner = excluded.owner, organization = excluded.organization,
		title = excluded.title, title_plain = excluded.title_plain, url = excluded.url, created_at = excluded.created_at,
		last_modified = excluded.last_modified, doc = excluded.doc, revision = community_resource.revision + 1`,
		c.ID, db.Null(c.Dataset), db.Null(c.Owner), db.Null(c.Organization), c.Title, fold.Text(c.Title), c.URL,
		c.CreatedInternal.UnixMicro(), c.ModifiedInternal.UnixMicro(), string(doc), 1)
	if err != nil {
		return fmt.Errorf("saving the community resource %s: %w", c.ID, err)
	}
	return nil
}

// communityFilter is which community resources a list holds.
type communityFilter struct {
	dataset, owner, organization string
	// mine asks for those of this person and of their organizations.
	mine string
	// title must be in the title, in any case.
	title         string
	sort          string
	limit, offset int
}

var communitySorts = map[string]string{
	"title": "title", "created_at_internal": "created_at", "created": "created_at", "last_modified_internal": "last_modified",
	"last_modified": "last_modified",
}

func (f communityFilter) where() *db.Where {
	w := &db.Where{}
	for _, c := range []struct{ column, value string }{{"dataset", f.dataset}, {"owner", f.owner}, {"organization", f.organization}} {
		if c.value != "" {
			w.And(c.column+" = ?", c.value)
		}
	}
	if f.mine != "" {
		w.And("(owner = ? OR organization IN (SELECT organization FROM organization_member WHERE person = ?))", f.mine, f.mine)
	}
	if f.title != "" {
		w.And(`title_plain LIKE ? ESCAPE '\'`, "%"+db.Like(fold.Sought(f.title))+"%")
	}
	return w
}

// order is the newest first, or as asked for; what is asked for and unknown
// is the title, since udata takes any key.
func (f communityFilter) order() string {
	key, descending := strings.CutPrefix(f.sort, "-")
	column := communitySorts[key]
	switch {
	case f.sort == "":
		column, descending = "created_at", true
	case column == "":
		column = "title"
	}
	if descending {
		column += " DESC"
	}
	return " ORDER BY " + column + ", created_at, id"
}

func (s *Service) listCommunities(ctx context.Context, f communityFilter) (list []*CommunityResource, total int, err error) {
	w := f.where()
	q := s.db.Read()
	if err := q.QueryRowContext(ctx, "SELECT count(*) FROM community_resource"+w.String(), w.Args()...).Scan(&total); err != nil {
		return nil, 0, err
	}
	query := "SELECT " + communityColumns + " FROM community_resource" + w.String() + f.order() + " LIMIT " + w.Arg(f.limit) + " OFFSET " + w.Arg(f.offset)
	err = db.Each(ctx, q, query, w.Args(), func(rows *sql.Rows) error {
		c, err := scanCommunity(rows)
		list = append(list, c)
		return err
	})
	return list, total, err
}

// renderCommunities writes community resources, in a constant number of
// statements. uploaded adds what the answer to an upload says.
func (s *Service) renderCommunities(ctx context.Context, list []*CommunityResource, uploaded bool) ([]wire.Fragment, error) {
	users, organizations, datasets := set{}, set{}, set{}
	for _, c := range list {
		users.add(c.Owner)
		organizations.add(c.Organization)
		datasets.add(c.Dataset)
	}
	q := s.db.Read()
	var p parts
	var err error
	if p.users, err = s.refs.Render(ctx, q, ref.User, ref.Card, users.list()); err != nil {
		return nil, err
	}
	if p.organizations, err = s.refs.Render(ctx, q, ref.Organization, ref.Card, organizations.list()); err != nil {
		return nil, err
	}
	if p.datasets, err = s.refs.Render(ctx, q, ref.Dataset, ref.Card, datasets.list()); err != nil {
		return nil, err
	}
	now := s.clock()
	out := make([]wire.Fragment, len(list))
	for i, c := range list {
		w := wire.NewWriter(2048)
		c.write(w, s.links, p, now, uploaded)
		out[i] = w.Fragment()
	}
	return out, nil
}

func (c *CommunityResource) write(w *wire.Writer, l wire.Links, p parts, now time.Time, uploaded bool) {
	w.Open('{')
	w.Key("dataset")
	w.Embed(p.datasets[c.Dataset])
	w.Key("organization")
	w.Embed(p.organizations[c.Organization])
	w.Key("owner")
	w.Embed(p.users[c.Owner])
	auth.WritePermissions(w, communityClass, c.Owned())
	if uploaded {
		w.Key("success")
		w.Bool(true)
	}
	c.writeMembers(w, l, now)
	w.Close('}')
}

// countCommunities counts the community resources of datasets.
func countCommunities(ctx context.Context, q db.Querier, ids []string) (map[string]int64, error) {
	out := map[string]int64{}
	err := db.EachIn(ctx, q, "SELECT dataset, count(*) FROM community_resource WHERE dataset IN {ids} GROUP BY dataset", ids, func(rows *sql.Rows) error {
		var oid string
		var n int64
		err := rows.Scan(&oid, &n)
		out[oid] = n
		return err
	})
	return out, err
}
