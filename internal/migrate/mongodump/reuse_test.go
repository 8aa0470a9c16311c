package mongodump_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"ouvert/internal/kernel/weburl"
	"ouvert/internal/migrate/intake/intaketest"
)

func TestDamagedReuses(t *testing.T) {
	ref := func(collection string, id any) bson.D {
		return bson.D{{Key: "$ref", Value: collection}, {Key: "$id", Value: id}}
	}
	both(t, collections{
		"role": {}, "user": {person(1, nil)}, "organization": {}, "dataset": {aDataset(1, nil), aDataset(2, nil), aDataset(3, nil), aDataset(4, nil)},
		"reuse": {
			aReuse(0x01, bson.M{"private": nil}),
			aReuse(0x02, bson.M{"topic": gone, "featured": nil}),
			aReuse(0x03, bson.M{"topic": nil, "featured": true}),
			aReuse(0x04, bson.M{"datasets": bson.A{ref("dataset", oid(hex("a3", 1))), hex("a3", 2), bson.M{"_id": oid(hex("a3", 3))}, 12, nil, oid(hex("af", 1)), oid(hex("a3", 4)), oid(hex("a3", 4))}}),
			aReuse(0x05, bson.M{"datasets": oid(hex("a3", 1)), "owner": oid(hex("af", 1))}),
			aReuse(0x06, bson.M{"url": "http://localhost/x", "urlhash": gone}),
			aReuse(0x07, bson.M{"url": "https://reuse.example.org/0001", "urlhash": weburl.Hash("https://reuse.example.org/0001")}),
			aReuse(0x08, bson.M{"slug": "reuse-0001"}),
			aReuse(0x09, bson.M{"url": nil, "urlhash": nil}),
			aReuse(0x0a, bson.M{"url": gone, "urlhash": gone}),
			aReuse(0x0b, bson.M{"title": nil, "description": nil, "type": gone, "slug": nil}),
			aReuse(0x0c, bson.M{"extras": bson.M{
				"when": made, "id": oid(hex("a3", 1)), "nan": math.NaN(), "big": int64(math.MaxInt64), "nested": bson.M{"list": bson.A{1, "x\x00y", true, nil}}, "re": bson.Regex{Pattern: "a"}, "d": mustDecimal(t, "1.5"),
			}}),
			aReuse(0x0d, bson.M{"tags": "one", "badges": bson.A{bson.M{"kind": "x"}, bson.M{"kind": "x"}}, "image_url": "https://old.example.org/i.png"}),
			aReuse(0x0e, bson.M{"created_at": nil, "last_modified": nil, "deleted": made, "archived": "2024-01-02"}),
			aReuse(0x0f, bson.M{"image": bson.M{"filename": "ab/c.png", "original": "ab/c-original.png", "thumbnails": bson.M{"500": "ab/c-500.png"}, "bbox": bson.A{1, 2, 3.5, 4}}}),
			aReuse(0x10, bson.M{"description": "long \x00 text", "metrics": bson.M{"views": bson.M{"x": 1}, "followers_by_months": bson.M{"2024-01": 2}}}),
			aReuse(0x11, bson.M{"_id": bson.A{1}}),
		},
	}, func(t *testing.T, p *intaketest.Portal, out outcome) {
		out.wantRow(t, "reuse", 15, 2, 14)
		id := func(n int) string { return hex("a4", n) }
		for n, line := range map[int]string{
			1: "private is null, taken as false", 2: "topic is missing", 3: "topic is missing", 6: "its address would be refused today",
			8: `its slug "reuse-0001" is taken, it got "reuse-0001-1"`, 9: "url is missing", 0xa: "url is missing", 0xb: "type is missing",
			0xd: "tags is a text, taken as a list of one", 0xe: "created_at is missing, taken from the id",
			0x10: "description holds NUL characters", 4: "its dataset " + hex("af", 1) + " does not exist", 5: "its owner " + hex("af", 1) + " does not exist",
		} {
			out.want(t, "reuse\t"+id(n)+"\tkept\t"+line)
		}
		out.want(t, "reuse\t"+id(6)+"\tkept\turlhash is missing, made from the url")
		out.want(t, "reuse\t"+id(4)+"\tkept\tdatasets[] is a DBRef, taken as the id "+hex("a3", 1))
		out.want(t, "reuse\t"+id(4)+"\tkept\tdatasets[] is a text, taken as the id "+hex("a3", 2))
		out.want(t, "reuse\t"+id(4)+"\tkept\tdatasets[] is a number, which refers to nothing, left out")
		out.want(t, "reuse\t"+id(7)+"\tskipped\tThis URL is already registered")
		out.want(t, "reuse\t[1]\tskipped\tits _id is a list")
		number(t, p, 6, "SELECT count(*) FROM reuse_dataset WHERE reuse = $1", id(4)) // the one that is gone, and one twice
		number(t, p, 1, "SELECT count(*) FROM reuse_dataset WHERE reuse = $1", id(5))
		number(t, p, 0, "SELECT count(*) FROM reuse WHERE private")
		number(t, p, 2, "SELECT count(*) FROM reuse WHERE topic IS NULL")
		number(t, p, 1, "SELECT count(*) FROM reuse WHERE featured")
		text(t, p, weburl.Hash("http://localhost/x"), "SELECT urlhash FROM reuse WHERE id = $1", id(6))
		number(t, p, 2, "SELECT count(*) FROM reuse WHERE url = ''")
		number(t, p, 0xa4000000*1e6, "SELECT created_at FROM reuse WHERE id = $1", id(0xe))
		number(t, p, int(made.UnixMicro()), "SELECT deleted FROM reuse WHERE id = $1", id(0xe))
		number(t, p, int(time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC).UnixMicro()), "SELECT archived FROM reuse WHERE id = $1", id(0xe))
		text(t, p, `{"followers_by_months":{"2024-01":2}}`, "SELECT metrics FROM reuse WHERE id = $1", id(0x10))
		var doc struct {
			Extras map[string]json.RawMessage
			Badges []any
			Tags   []string
			Kept   map[string]any
		}
		decode(t, p, id(0xc), &doc)
		for key, want := range map[string]string{
			"when": `"2024-05-06T07:08:09.123000+00:00"`, "id": `"` + hex("a3", 1) + `"`, "nan": "null", "big": "9223372036854775807",
			"nested": `{"list":[1,"xy",true,null]}`, "re": `"/a/"`, "d": "1.5",
		} {
			if got := string(doc.Extras[key]); got != want {
				t.Errorf("extras.%s: want %s, got %s", key, want, got)
			}
		}
		decode(t, p, id(0xd), &doc)
		if len(doc.Badges) != 1 || len(doc.Tags) != 1 || doc.Kept["image_url"] == nil {
			t.Errorf("reuse 0d: %+v", doc)
		}
		if len(out.Remarks) == 0 {
			t.Error("that there are no pictures is not told")
		}
	})
}

func decode(t *testing.T, p *intaketest.Portal, id string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(p.Text(t, "SELECT doc FROM reuse WHERE id = $1", id)), into); err != nil {
		t.Fatal(err)
	}
}

func mustDecimal(t *testing.T, s string) bson.Decimal128 {
	t.Helper()
	d, err := bson.ParseDecimal128(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestLinks(t *testing.T) {
	follow := func(n int, follower, class, object string, changes bson.M) bson.M {
		return merge(bson.M{
			"_id": oid(hex("d1", n)), "follower": oid(follower), "since": made,
			"following": bson.D{{Key: "_cls", Value: class}, {Key: "_ref", Value: bson.D{{Key: "$ref", Value: "x"}, {Key: "$id", Value: oid(object)}}}},
		}, changes)
	}
	slug := func(n int, class, old, current string) bson.M {
		return bson.M{"_id": oid(hex("d2", n)), "namespace": class, "old_slug": old, "new_slug": current}
	}
	activity := func(n int, class string, changes bson.M) bson.M {
		return merge(bson.M{"_id": oid(hex("d3", n)), "_cls": "Activity." + class, "actor": oid(hex("a1", 1)), "related_to": oid(hex("a4", 1)), "created_at": made, "changes": bson.A{}, "extras": bson.M{}}, changes)
	}
	subject := bson.D{{Key: "_cls", Value: "Reuse"}, {Key: "_ref", Value: oid(hex("a4", 1))}}
	both(t, collections{
		"role": {}, "user": {person(1, nil), person(2, nil)},
		"organization": {bson.M{"_id": oid(hex("a2", 1)), "name": "One", "slug": "one", "created_at": made}},
		"dataset":      {aDataset(1, nil)}, "reuse": {aReuse(1, nil), aReuse(2, nil)},
		"assignment": {
			bson.M{"_id": oid(hex("d4", 1)), "user": oid(hex("a1", 1)), "organization": oid(hex("a2", 1)), "subject": subject, "created_at": made},
			bson.M{"_id": oid(hex("d4", 2)), "user": oid(hex("a1", 9)), "organization": oid(hex("a2", 1)), "subject": subject},
			bson.M{"_id": oid(hex("d4", 3)), "user": oid(hex("a1", 1)), "organization": nil, "subject": subject},
		},
		"follow": {
			follow(1, hex("a1", 1), "Reuse", hex("a4", 1), nil),
			follow(2, hex("a1", 1), "Reuse", hex("a4", 1), nil), // twice
			follow(3, hex("a1", 1), "Reuse", hex("a4", 1), bson.M{"until": made}),
			follow(4, hex("a1", 9), "Reuse", hex("a4", 1), nil),
			follow(5, hex("a1", 1), "Dataset", hex("a3", 9), nil),
			follow(6, hex("a1", 1), "Topic", hex("a7", 1), nil),
			follow(7, hex("a1", 2), "User", hex("a1", 1), bson.M{"since": nil}),
			follow(8, hex("a1", 2), "Organization", hex("a2", 1), bson.M{"following": nil}),
			follow(9, hex("a1", 2), "Organization", hex("a2", 1), bson.M{"following": bson.D{{Key: "_cls", Value: "Organization"}, {Key: "_ref", Value: oid(hex("a2", 1))}}}),
		},
		"slug_follow": {
			slug(1, "Reuse", "first", "second"), // the chain stands the wrong way round
			slug(2, "Reuse", "second", "third"),
			slug(3, "Reuse", "third", "reuse-0001"),
			slug(4, "Reuse", "lost", "nowhere"),
			slug(5, "Reuse", "loop-a", "loop-b"), slug(6, "Reuse", "loop-b", "loop-a"),
			slug(7, "Dataset", "old-dataset", "dataset-0001"), slug(8, "User", "old-person", "person-0002"), slug(9, "Organization", "uno", "one"),
			slug(10, "Topic", "a", "b"), slug(11, "Reuse", "x", "x"),
			slug(12, "Reuse", "reuse-0002", "was-reuse-0002"), // written backwards
		},
		"activity": {
			activity(1, "UserUpdatedReuse", bson.M{"changes": bson.A{"title", "tags"}, "organization": oid(hex("a2", 1))}),
			activity(2, "UserAddedResourceToDataset", bson.M{"related_to": oid(hex("a3", 1)), "extras": bson.M{"resource": "r"}}),
			activity(3, "UserCreatedTopicElement", bson.M{"related_to": oid(hex("a7", 1))}),
			activity(4, "UserFollowedUser", bson.M{"related_to": bson.D{{Key: "$ref", Value: "user"}, {Key: "$id", Value: oid(hex("a1", 2))}}}),
			activity(5, "SomethingElse", nil),
			activity(6, "UserDeletedReuse", bson.M{"related_to": nil}),
			activity(7, "UserDeletedReuse", bson.M{"related_to": oid(hex("a4", 9)), "actor": nil}),
			activity(1, "UserUpdatedReuse", nil),
		},
		"site":  {bson.M{"_id": "portal", "title": "The portal", "feed_size": 50.0, "metrics": nil, "settings": bson.M{"home_reuses": bson.A{oid(hex("a4", 1))}}}},
		"topic": {bson.M{"_id": oid(hex("a7", 1))}}, "badge job": {},
	}, func(t *testing.T, p *intaketest.Portal, out outcome) {
		out.wantRow(t, "assignment", 1, 2, 0)
		number(t, p, 1, "SELECT count(*) FROM assignment WHERE object = $1", hex("a4", 1))
		out.wantRow(t, "follow", 5, 4, 1)
		out.want(t, "follow\t"+hex("d1", 2)+"\tskipped\tthe person follows it already")
		out.want(t, "follow\t"+hex("d1", 4)+"\tskipped\tits person "+hex("a1", 9)+" does not exist")
		out.want(t, "follow\t"+hex("d1", 5)+"\tskipped\twhat it follows, "+hex("a3", 9)+" does not exist")
		out.wantRow(t, "topic", 1, 0, 1)
		out.wantRow(t, "slug_follow", 7, 5, 1)
		for old, current := range map[string]string{"first": hex("a4", 1), "second": hex("a4", 1), "third": hex("a4", 1), "old-dataset": hex("a3", 1), "old-person": hex("a1", 2), "uno": hex("a2", 1), "was-reuse-0002": hex("a4", 2)} {
			text(t, p, current, "SELECT object FROM old_slug WHERE slug = $1", old)
		}
		out.want(t, "slug_follow\t"+hex("d2", 4)+"\tskipped\tit leads to nothing")
		out.want(t, "slug_follow\t"+hex("d2", 5)+"\tskipped\tit leads to nothing")
		out.wantRow(t, "activity", 6, 2, 1)
		out.want(t, "activity\t"+hex("d3", 5)+"\tskipped\tthe kind of activity \"Activity.SomethingElse\" is unknown")
		out.want(t, "activity\t"+hex("d3", 7)+"\tkept\twhat it tells of, "+hex("a4", 9)+" does not exist")
		for n, key := range map[int]string{1: "reuse:updated", 2: "dataset:resource:added", 3: "topic:element:created", 4: "user:followed", 7: "reuse:deleted"} {
			text(t, p, key, "SELECT key FROM event WHERE origin = $1", hex("d3", n))
		}
		text(t, p, `["title","tags"]`, "SELECT changes FROM event WHERE origin = $1", hex("d3", 1))
		text(t, p, hex("a1", 2), "SELECT object FROM event WHERE origin = $1", hex("d3", 4))
		number(t, p, 2, "SELECT count(*) FROM event WHERE key = 'import:finished' AND hidden")
		out.wantRow(t, "site", 1, 0, 0)
		var site struct {
			Title    string
			FeedSize int `json:"feed_size"`
		}
		if err := json.Unmarshal([]byte(p.Text(t, "SELECT doc FROM site")), &site); err != nil || site.Title != "The portal" || site.FeedSize != 50 {
			t.Errorf("site: %+v, %v", site, err)
		}
	})
}
