package mongodump_test

import (
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"ouvert/internal/migrate/intake/intaketest"
)

// TestPosts: the portal's news come with their pages, whole or damaged, and
// with the addresses that they had.
func TestPosts(t *testing.T) {
	both(t, collections{
		"user":    {person(1, nil)},
		"dataset": {aDataset(1, nil)},
		"reuse":   {aReuse(1, nil)},
		"post": {
			bson.M{
				"_id": oid(hex("a8", 1)), "name": "News", "slug": "news", "created_at": made, "last_modified": made, "published": made, "owner": oid(hex("a1", 1)),
				"body_type": "blocs", "kind": "page", "tags": bson.A{"a", "É"}, "datasets": bson.A{oid(hex("a3", 1))}, "reuses": bson.A{oid(hex("af", 1))},
				"blocs": bson.A{
					bson.M{"_cls": "ReusesListBloc", "_id": "fd2464f7-c529-4dd2-a55a-c709bb76d6b3", "title": "T", "reuses": bson.A{oid(hex("a4", 1))}},
					bson.M{"_cls": "ExploreBloc", "resource_id": "x"},
				},
				"image": bson.M{"filename": "no/where.png"}, "credit_to": "C", "unknown": 5,
			},
			bson.M{"_id": oid(hex("a8", 2)), "name": "Draft", "slug": "news", "content": "x", "kind": "odd", "created_at": made},
			bson.M{"_id": "text"},
		},
		"slug_follow": {bson.M{"_id": oid(hex("a9", 1)), "namespace": "Post", "old_slug": "before", "new_slug": "news"}},
	}, func(t *testing.T, p *intaketest.Portal, out outcome) {
		out.wantRow(t, "post", 2, 1, 2)
		one := hex("a8", 1)
		out.want(t, "post\t"+one+"\tkept\tits reuse "+hex("af", 1)+" does not exist")
		out.want(t, "post\t"+one+"\tkept\t1 blocs of blocs are of no class that is known, left out")
		out.want(t, "post\t"+hex("a8", 2)+"\tkept\tthe kind \"odd\" is unknown, taken as news")
		out.want(t, "post\t"+hex("a8", 2)+"\tkept\tits slug \"news\" is taken, it got \"news-1\"")
		text(t, p, hex("a1", 1), "SELECT owner FROM post WHERE kind = 'page' AND published = $1 AND slug = 'news'", made.UnixMicro())
		number(t, p, 2, "SELECT count(*) FROM post_tag WHERE post = $1", one)
		number(t, p, 1, "SELECT count(*) FROM post WHERE published IS NULL AND id = $1", hex("a8", 2))
		text(t, p, one, "SELECT object FROM old_slug WHERE class = 'Post' AND slug = $1", "before")
	})
}
