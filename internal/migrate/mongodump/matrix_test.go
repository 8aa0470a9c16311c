package mongodump_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/kernel/weburl"
	"ouvert/internal/migrate/intake/intaketest"
)

// odd are values that a field should not have.
var odd = map[string]any{
	"null": nil, "missing": gone, "true": true, "int": int32(-3), "long": int64(math.MaxInt64), "double": 1.5, "nan": math.NaN(), "inf": math.Inf(-1),
	"empty": "", "text": "x", "nul": "a\x00b", "no utf-8": "\xff\xfe", "long text": strings.Repeat("é", 5000), "hex": hex("a1", 1), "id": bson.NewObjectID(),
	"list": bson.A{1, "x", nil, bson.M{"a": bson.A{math.NaN()}}}, "empty list": bson.A{}, "object": bson.M{"a": 1, "$b.c": "\x00"}, "empty object": bson.M{},
	"ref": bson.D{{Key: "$ref", Value: "x"}, {Key: "$id", Value: bson.NewObjectID()}}, "late": bson.DateTime(math.MaxInt64), "early": bson.DateTime(math.MinInt64),
	"date": bson.DateTime(0), "regex": bson.Regex{Pattern: "("}, "binary": bson.Binary{Data: []byte{0xff}}, "uuid": bson.Binary{Subtype: 3, Data: make([]byte, 16)},
	"script": bson.JavaScript("x"), "symbol": bson.Symbol("x"), "pointer": bson.DBPointer{DB: "x", Pointer: bson.NewObjectID()}, "timestamp": bson.Timestamp{T: 1},
	"min": bson.MinKey{}, "max": bson.MaxKey{}, "decimal": mustDec("NaN"), "undefined": bson.Undefined{},
}

func mustDec(s string) bson.Decimal128 {
	d, err := bson.ParseDecimal128(s)
	if err != nil {
		panic(err)
	}
	return d
}

// whole returns a document of a collection with every field that is read.
func whole(collection string, n int) bson.M {
	name, one := fmt.Sprintf("x-%d", n), oid(hex("a1", 1))
	generic := bson.M{"_cls": "User", "_ref": one}
	common := bson.M{
		"slug": name, "title": "x", "acronym": "x", "description": "x", "private": false, "featured": true, "owner": one, "organization": oid(hex("a2", 1)),
		"created_at": made, "last_modified": made, "archived": made, "deleted": made, "tags": bson.A{"a"}, "extras": bson.M{"a": 1}, "metrics": bson.M{"views": 1, "reuses": 2},
		"badges": bson.A{bson.M{"kind": "x", "created": made, "created_by": one}}, "license": "lov2", "contact_points": bson.A{one}, "access_type": "open",
		"access_audiences": bson.A{bson.M{"role": "x", "condition": "yes"}}, "harvest": bson.M{"uri": "x", "created_at": made},
	}
	switch collection {
	case "user":
		return bson.M{
			"slug": name, "email": name + "@example.org", "active": true, "first_name": "x", "last_name": "y", "password": "x", "roles": bson.A{one}, "created_at": made,
			"confirmed_at": made, "current_login_at": made, "last_login_at": made, "deleted": made, "prefered_language": "fr", "about": "x", "website": "x",
			"metrics": bson.M{"followers": 1}, "avatar": bson.M{"filename": "a", "thumbnails": bson.M{"100": "b"}, "bbox": bson.A{1, 2, 3, 4}}, "apikey": name, "rest": 1,
		}
	case "api_token":
		return bson.M{"token_hash": name, "token_prefix": "x", "user": one, "name": "x", "kind": "api_key", "scopes": bson.A{"admin"}, "created_at": made, "last_used_at": made, "revoked_at": made, "expires_at": made}
	case "organization":
		return bson.M{
			"slug": name, "name": "x", "acronym": "x", "created_at": made, "last_modified": made, "deleted": made, "members": bson.A{bson.M{"user": one, "role": "admin", "since": made}},
			"badges": common["badges"], "description": "x", "url": "x", "image_url": "x", "business_number_id": "x", "zone": "x", "logo": bson.M{"filename": "a"},
			"extras": bson.M{"a": 1}, "ext": bson.M{"a": 1}, "teams": bson.A{bson.M{"a": 1}}, "presentation_blocs_published_at": made, "metrics": bson.M{"views": 1}, "rest": 1,
		}
	case "license":
		return bson.M{"title": "x", "slug": "x", "url": "x", "maintainer": "x", "flags": bson.A{"x"}, "alternate_titles": bson.A{"x"}, "alternate_urls": bson.A{"x"}, "active": true, "created_at": made}
	case "contact_point":
		return bson.M{"name": "x", "email": "x", "contact_form": "x", "role": "contact", "owner": one, "organization": one}
	case "dataset":
		return merge(common, bson.M{
			"created_at_internal": made, "last_modified_internal": made, "last_update": made, "frequency": "daily", "frequency_date": made, "description_short": "x",
			"temporal_coverage": bson.M{"start": "2020-01-01", "end": made}, "spatial": bson.M{"zones": bson.A{"x"}, "granularity": "x", "geom": bson.M{"type": "Point"}},
			"schema": bson.M{"name": "x", "version": "1"}, "resources": bson.A{bson.M{
				"_id": "00000000-0000-4000-8000-000000000000", "title": "x", "url": "x", "filesize": 1, "checksum": bson.M{"type": "sha1", "value": "x"},
				"harvest": bson.M{"uri": "x"}, "extras": bson.M{"a": 1}, "metrics": bson.M{"views": 1}, "created_at_internal": made, "schema": bson.M{},
			}},
		})
	case "dataservice":
		return merge(common, bson.M{"datasets": bson.A{one}, "base_api_url": "x", "availability": 99.5, "rate_limiting": "x", "format": "REST", "archived_at": made, "deleted_at": made, "metadata_modified_at": made})
	case "reuse":
		return merge(common, bson.M{
			"type": "api", "topic": "others", "url": "https://example.org/" + name, "urlhash": weburl.Hash(name), "datasets": bson.A{one}, "dataservices": bson.A{one},
			"image": bson.M{"filename": "a", "original": "b", "thumbnails": bson.M{"500": "c"}, "bbox": bson.A{1, 2, 3, 4.5}}, "image_url": "x",
		})
	case "assignment":
		return bson.M{"user": one, "organization": oid(hex("a2", 1)), "subject": generic}
	case "follow":
		return bson.M{"follower": one, "following": generic, "since": made, "until": made}
	case "slug_follow":
		return bson.M{"namespace": "User", "old_slug": "was-" + name, "new_slug": "person-0001"}
	case "activity":
		return bson.M{"_cls": "Activity.UserFollowedUser", "actor": one, "organization": one, "related_to": one, "created_at": made, "changes": bson.A{"x"}, "extras": bson.M{"a": 1}}
	case "site":
		return bson.M{"title": "x", "keywords": bson.A{"x"}, "feed_size": 20, "metrics": bson.M{"reuses": 1}}
	}
	return nil
}

// needed are the fields without which a document is of no use: it may be
// skipped when they are odd.
var needed = map[string][]string{
	"user": {"_id", "email"}, "api_token": {"_id", "user", "token_hash"}, "organization": {"_id"}, "license": {"_id"}, "contact_point": {"_id"}, "dataset": {"_id"},
	"dataservice": {"_id"}, "reuse": {"_id", "urlhash"}, "assignment": {"_id", "user", "organization", "subject"}, "follow": {"_id", "follower", "following", "until"},
	"slug_follow": {"_id", "namespace", "old_slug", "new_slug"}, "activity": {"_id", "_cls", "related_to"}, "site": {"_id", "title", "keywords", "feed_size", "metrics"},
}

// variants calls f with the document, each of its fields in turn being odd,
// those of objects and of the objects in lists too.
func variants(doc bson.M, f func(field string, doc bson.M)) {
	for field, v := range doc {
		for _, value := range odd {
			f(field, merge(doc, bson.M{field: value}))
			switch x := v.(type) {
			case bson.M:
				for inner := range x {
					f(field, merge(doc, bson.M{field: merge(x, bson.M{inner: value})}))
				}
			case bson.A:
				f(field, merge(doc, bson.M{field: append(bson.A{value}, x...)}))
				o, ok := x[0].(bson.M)
				for inner := range o {
					if ok {
						f(field, merge(doc, bson.M{field: bson.A{merge(o, bson.M{inner: value})}}))
					}
				}
			}
		}
	}
}

// TestOddValues: whatever stands in a field, the import goes on, and only
// documents that are of no use without it are skipped.
func TestOddValues(t *testing.T) {
	c := collections{"role": {}, "user": {person(1, nil)}, "organization": {bson.M{"_id": oid(hex("a2", 1)), "name": "x", "slug": "one", "created_at": made}}}
	fields := map[string]string{}
	for i, collection := range slices.Sorted(maps.Keys(needed)) {
		class := fmt.Sprintf("e%x", i)
		n := 0
		template := whole(collection, 0)
		template["_id"] = nil
		variants(template, func(field string, doc bson.M) {
			n++
			id := any(oid(hex(class, n)))
			if collection == "license" || collection == "site" {
				id = hex(class, n)
			}
			// What must be unique is, unless it is the field in question.
			for unique, v := range whole(collection, n) {
				if unique != field && slices.Contains([]string{"slug", "email", "urlhash", "token_hash", "old_slug", "apikey"}, unique) {
					doc[unique] = v
				}
			}
			if field != "_id" {
				doc["_id"] = id
			} else if _, ok := doc["_id"].(bson.ObjectID); ok {
				return
			}
			fields[collection+"/"+hex(class, n)] = field
			c[collection] = append(c[collection], doc)
		})
	}
	dir := writeDump(t, c)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := intaketest.New(t, d)
		out := mustRun(t, p, dir)
		for _, line := range out.lines {
			part := strings.SplitN(line, "\t", 4)
			field, ok := fields[part[0]+"/"+part[1]]
			if part[2] == "skipped" && ok && part[0] != "site" && !slices.Contains(needed[part[0]], field) {
				t.Errorf("a document was skipped for its field %s: %s", field, line)
			}
		}
		for collection := range needed {
			r := out.Find(collection)
			if r.Read != len(c[collection]) || r.Read != r.Written+r.Skipped {
				t.Errorf("%s: of %d documents, got %+v", collection, len(c[collection]), r)
			}
			if collection != "site" && r.Written == 0 {
				t.Errorf("%s: nothing was written", collection)
			}
		}
	})
}
