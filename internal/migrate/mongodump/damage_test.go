package mongodump_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/kernel/weburl"
	"ouvert/internal/migrate/intake/intaketest"
)

// merge returns a document with some fields changed; nil values stay as null,
// and gone removes a field.
func merge(m bson.M, changes bson.M) bson.M {
	out := bson.M{}
	for k, v := range m {
		out[k] = v
	}
	for k, v := range changes {
		if v == gone {
			delete(out, k)
			continue
		}
		out[k] = v
	}
	return out
}

// gone is a field that is missing.
var gone = &struct{ _ byte }{}

func person(n int, changes bson.M) bson.M {
	h := hex("a1", n)
	return merge(bson.M{
		"_id": oid(h), "slug": "person-" + h[20:], "email": h[20:] + "@example.org", "active": true, "first_name": "Ada", "last_name": "Lee",
		"created_at": made, "roles": bson.A{}, "metrics": bson.M{},
	}, changes)
}

func aDataset(n int, changes bson.M) bson.M {
	h := hex("a3", n)
	return merge(bson.M{
		"_id": oid(h), "slug": "dataset-" + h[20:], "title": "Dataset", "description": "x", "private": false, "resources": bson.A{},
		"created_at_internal": made, "last_modified_internal": made, "metrics": bson.M{}, "tags": bson.A{},
	}, changes)
}

func aReuse(n int, changes bson.M) bson.M {
	h := hex("a4", n)
	url := "https://reuse.example.org/" + h[20:]
	return merge(bson.M{
		"_id": oid(h), "slug": "reuse-" + h[20:], "title": "Reuse", "description": "x", "type": "api", "topic": "others", "url": url,
		"urlhash": weburl.Hash(url), "private": false, "datasets": bson.A{}, "created_at": made, "last_modified": made, "metrics": bson.M{}, "tags": bson.A{},
	}, changes)
}

// both runs a test on both databases: the dump is imported twice, which must
// come to the same, and then looked at.
func both(t *testing.T, c collections, check func(t *testing.T, p *intaketest.Portal, out outcome)) {
	t.Helper()
	dir := writeDump(t, c)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := intaketest.New(t, d)
		first := mustRun(t, p, dir)
		counts := p.Counts(t)
		second := mustRun(t, p, dir)
		for i, row := range first.Rows {
			if *second.Rows[i] != *row {
				t.Errorf("the second time: want %+v, got %+v", *row, *second.Rows[i])
			}
		}
		for table, n := range p.Counts(t) {
			if n != counts[table] {
				t.Errorf("the second time: %s has %d rows, not %d", table, n, counts[table])
			}
		}
		check(t, p, second)
	})
}

func text(t *testing.T, p *intaketest.Portal, want, query string, args ...any) {
	t.Helper()
	if got := p.Text(t, query, args...); got != want {
		t.Errorf("%s: want %q, got %q", query, want, got)
	}
}

func number(t *testing.T, p *intaketest.Portal, want int, query string, args ...any) {
	t.Helper()
	if got := p.Int(t, query, args...); got != want {
		t.Errorf("%s: want %d, got %d", query, want, got)
	}
}

func TestDamagedPeople(t *testing.T) {
	admin := oid("b00000000000000000000001")
	both(t, collections{
		"role": {bson.M{"_id": admin, "name": "admin"}},
		"user": {
			person(0x01, bson.M{"roles": bson.A{admin}, "email": "Ada@Example.org", "current_login_at": made.Add(time.Hour), "last_login_at": made}),
			person(0x02, bson.M{"email": "ada@example.ORG"}),
			person(0x03, bson.M{"email": nil}),
			person(0x04, bson.M{"slug": "person-0001"}),
			person(0x05, bson.M{"slug": gone}),
			person(0x06, bson.M{"created_at": gone, "confirmed_at": bson.DateTime(math.MaxInt64), "deleted": bson.DateTime(-1e15)}),
			person(0x07, bson.M{"roles": bson.A{bson.D{{Key: "$ref", Value: "role"}, {Key: "$id", Value: admin}}}}),
			person(0x08, bson.M{"apikey": "old-key-in-the-clear", "ext": bson.M{"a": 1}, "fs_uniquifier": "u8"}),
			person(0x09, bson.M{"apikey": "another-key-in-the-clear", "about": "a\x00b", "last_name": "Caf\xe9"}),
			person(0x0a, bson.M{"_id": hex("a1", 0x0a)}),
			person(0x0b, bson.M{"_id": 11}),
			person(0x0c, bson.M{"_id": gone}),
			person(0x0d, bson.M{"metrics": nil, "active": gone}),
			person(0x0e, bson.M{"metrics": bson.M{"followers": "12", "reuses": nil, "datasets": 3.0, "following": bson.A{}, "views": math.NaN(), "other": int64(4)}, "active": 1}),
			person(0x0f, bson.M{"first_name": 12, "website": bson.M{"x": 1}, "prefered_language": "fr", "created_at": "2020-01-02T03:04:05Z"}),
			person(0x10, bson.M{"avatar": bson.M{"filename": "../../etc/passwd", "thumbnails": nil, "bbox": bson.A{1, 2}}}),
		},
		"api_token": {
			bson.M{"_id": oid(hex("c1", 1)), "token_hash": "ABCDEF", "token_prefix": "udata_abc", "user": oid(hex("a1", 1)), "name": "main", "scopes": bson.A{"admin"}, "created_at": made},
			bson.M{"_id": oid(hex("c1", 2)), "token_hash": "abcdef02", "user": oid(hex("af", 1))},
			bson.M{"_id": oid(hex("c1", 3)), "token_hash": "abcdef", "user": oid(hex("a1", 1)), "created_at": made},
			bson.M{"_id": oid(hex("c1", 4)), "user": oid(hex("a1", 1))},
			bson.M{"_id": oid(hex("c1", 6)), "token_hash": auth.HashToken(intaketest.Secret, "another-key-in-the-clear"), "user": oid(hex("a1", 9)), "created_at": made},
			bson.M{"_id": oid(hex("c1", 5)), "token_hash": "abcdef05", "user": nil},
		},
	}, func(t *testing.T, p *intaketest.Portal, out outcome) {
		out.wantRow(t, "user", 12, 4, 8)
		out.want(t, "user\t"+hex("a1", 2)+"\tskipped\tThis e-mail address is already registered")
		out.want(t, "user\t"+hex("a1", 3)+"\tkept\temail is missing")
		out.want(t, "user\t"+hex("a1", 4)+"\tkept\tits slug \"person-0001\" is taken, it got \"person-0001-1\"")
		out.want(t, "user\t"+hex("a1", 5)+"\tkept\tits slug is missing, it got \"ada-lee\"")
		out.want(t, "user\t"+hex("a1", 6)+"\tkept\tconfirmed_at is a date out of range, left out")
		out.want(t, "user\t"+hex("a1", 6)+"\tkept\tcreated_at is missing, taken from the id")
		out.want(t, "user\t"+hex("a1", 9)+"\tkept\tabout holds NUL characters")
		out.want(t, "user\t"+hex("a1", 9)+"\tkept\tlast_name is not UTF-8")
		out.want(t, "user\t"+hex("a1", 0xa)+"\tskipped\tits _id is a text, not an ObjectId")
		out.want(t, "user\t11\tskipped\tits _id is a number, not an ObjectId")
		out.want(t, "user\t-\tskipped\tit has no _id")
		out.want(t, "user\t"+hex("a1", 0xd)+"\tkept\tmetrics is null")
		out.want(t, "user\t"+hex("a1", 0xe)+"\tkept\tmetrics.followers is a text, taken as a number")
		out.want(t, "user\t"+hex("a1", 0xe)+"\tkept\tmetrics.following is a list, left out")
		out.want(t, "user\t"+hex("a1", 0xf)+"\tkept\tfirst_name is a number, taken as the text \"12\"")
		text(t, p, "ada@example.org", "SELECT email FROM person WHERE id = $1", hex("a1", 1))
		text(t, p, hex("a1", 3)+"@missing.invalid", "SELECT email FROM person WHERE id = $1", hex("a1", 3))
		number(t, p, int(made.Add(time.Hour).UnixMicro()), "SELECT last_login_at FROM person WHERE id = $1", hex("a1", 1))
		number(t, p, 2, "SELECT count(*) FROM person WHERE sysadmin")
		number(t, p, 0xa1000000*1e6, "SELECT created_at FROM person WHERE id = $1", hex("a1", 6))
		number(t, p, 1, "SELECT count(*) FROM person WHERE id = $1 AND confirmed_at IS NULL AND deleted IS NULL", hex("a1", 6))
		text(t, p, "Caf\ufffd", "SELECT last_name FROM person WHERE id = $1", hex("a1", 9))
		number(t, p, 12, "SELECT metric_followers FROM person WHERE id = $1", hex("a1", 0xe))
		number(t, p, 3, "SELECT metric_datasets FROM person WHERE id = $1", hex("a1", 0xe))
		text(t, p, `{"other":4}`, "SELECT metrics FROM person WHERE id = $1", hex("a1", 0xe))
		text(t, p, "fr", "SELECT lang FROM person WHERE id = $1", hex("a1", 0xf))
		text(t, p, `{"kept":{"ext":{"a":1},"fs_uniquifier":"u8"}}`, "SELECT doc FROM person WHERE id = $1", hex("a1", 8))
		if a, err := p.Users.Authenticate(t.Context(), "old-key-in-the-clear", ""); err != nil || a.ID != hex("a1", 8) {
			t.Errorf("an API key from before 2026: got %v, %v", a, err)
		}
		out.wantRow(t, "api_token", 2, 4, 0)
		text(t, p, hex("c1", 6), "SELECT id FROM api_token WHERE person = $1", hex("a1", 9))
		out.want(t, "api_token\t"+hex("c1", 2)+"\tskipped\tits person "+hex("af", 1)+" does not exist")
		text(t, p, "abcdef", "SELECT hash FROM api_token WHERE id = $1", hex("c1", 1))
		text(t, p, `["admin"]`, "SELECT scopes FROM api_token WHERE id = $1", hex("c1", 1))
	})
}

func TestDamagedOrganizations(t *testing.T) {
	both(t, collections{
		"role": {}, "user": {person(1, nil), person(2, nil)},
		"organization": {
			bson.M{
				"_id": oid(hex("a2", 1)), "name": "One", "slug": "one", "created_at": made, "members": bson.A{
					bson.M{"user": oid(hex("a1", 1)), "role": "admin", "since": made},
					bson.M{"user": oid(hex("a1", 1)), "role": "editor"},
					bson.M{"user": oid(hex("a1", 2)), "role": "boss"},
					bson.M{"user": oid(hex("af", 1)), "role": nil},
					bson.M{"user": nil},
					nil, "x",
				},
				"badges": bson.A{bson.M{"kind": "certified", "created": made}, bson.M{"kind": "certified"}, bson.M{}},
				"requests": bson.A{
					bson.M{"user": oid(hex("a1", 2)), "status": "pending", "created": made, "comment": "let me in"},
					bson.M{
						"id":    bson.Binary{Subtype: 4, Data: []byte{0x5b, 0xf6, 0x97, 0x14, 0xfd, 0x82, 0x4a, 0xe2, 0x8c, 0x4e, 0xae, 0xc0, 0x97, 0x73, 0xab, 0x0d}},
						"email": "New@Example.org", "kind": "invitation", "role": "partial_editor", "status": "canceled", "handled_by": oid(hex("a1", 1)), "handled_on": made,
						"assignments": bson.A{bson.M{"_cls": "Dataset", "_ref": bson.D{{Key: "$ref", Value: "dataset"}, {Key: "$id", Value: oid(hex("a3", 1))}}}, bson.M{"_cls": "Dataset"}},
					},
					bson.M{"user": oid(hex("a1", 2)), "status": "lost"},
					bson.M{"status": "pending"},
				},
				"presentation_blocs": bson.A{bson.M{"_cls": "X"}},
				"zone":               "country:fr", "url": "not an address", "deleted": made,
			},
			bson.M{"_id": oid(hex("a2", 2)), "name": nil, "slug": "", "members": nil, "badges": nil, "logo": "x.png", "extras": bson.A{1}},
			bson.M{"_id": oid(hex("a2", 3)), "name": "One", "slug": "one", "created_at": made},
		},
		"license": {
			bson.M{"_id": "lov2", "title": "Open Licence", "created_at": made, "active": false},
			bson.M{"_id": oid(hex("a2", 4)), "title": "x"},
		},
		"contact_point": {bson.M{"_id": oid(hex("a5", 1)), "name": "Desk", "organization": oid(hex("af", 2)), "email": "d@example.org"}},
	}, func(t *testing.T, p *intaketest.Portal, out outcome) {
		out.wantRow(t, "organization", 3, 0, 3)
		id := hex("a2", 1)
		out.want(t, "organization\t"+id+"\tkept\tthe member "+hex("a1", 1)+" is listed twice")
		out.want(t, "organization\t"+id+"\tkept\tthe role \"boss\" of the member")
		out.want(t, "organization\t"+id+"\tkept\tits member "+hex("af", 1)+" does not exist")
		out.want(t, "organization\t"+id+"\tkept\ta member is nobody, left out")
		out.want(t, "organization\t"+hex("a2", 2)+"\tkept\tname is missing")
		out.want(t, "organization\t"+hex("a2", 3)+"\tkept\tits slug \"one\" is taken, it got \"one-1\"")
		number(t, p, 3, "SELECT count(*) FROM organization_member WHERE organization = $1", id)
		number(t, p, 1, "SELECT count(*) FROM organization_badge WHERE organization = $1", id)
		text(t, p, "editor", "SELECT role FROM organization_member WHERE person = $1", hex("a1", 2))
		var doc struct {
			Kept struct {
				Blocs []any `json:"presentation_blocs"`
			}
		}
		if err := json.Unmarshal([]byte(p.Text(t, "SELECT doc FROM organization WHERE id = $1", id)), &doc); err != nil {
			t.Fatal(err)
		}
		out.want(t, "organization\t"+id+"\tkept\ta membership request is nobody's, left out")
		out.want(t, "organization\t"+id+"\tkept\tthe status \"lost\" of a membership request is unknown, taken as canceled")
		out.want(t, "organization\t"+id+"\tkept\ta membership request has no id")
		number(t, p, 3, "SELECT count(*) FROM organization_request WHERE organization = $1", id)
		text(t, p, "let me in", "SELECT comment FROM organization_request WHERE status = 'pending' AND kind = 'request' AND role = 'editor' AND person = $1", hex("a1", 2))
		number(t, p, int(made.UnixMicro()), "SELECT created_at FROM organization_request WHERE status = 'pending' AND organization = $1", id)
		text(t, p, `[{"class":"Dataset","id":"`+hex("a3", 1)+`"}]`, `SELECT assignments FROM organization_request
			WHERE email = 'new@example.org' AND status = 'canceled' AND role = 'partial_editor' AND handled_by = $1`, hex("a1", 1))
		text(t, p, "new@example.org", "SELECT email FROM organization_request WHERE id = $1", "5bf69714-fd82-4ae2-8c4e-aec09773ab0d")
		if len(doc.Kept.Blocs) != 1 {
			t.Errorf("what is of no use yet was not kept: %+v", doc)
		}
		out.wantRow(t, "license", 1, 1, 0)
		out.wantRow(t, "contact_point", 1, 0, 1)
	})
}

func TestDamagedDatasets(t *testing.T) {
	uuid := bson.Binary{Subtype: 4, Data: []byte{0x5b, 0xf6, 0x97, 0x14, 0xfd, 0x82, 0x4a, 0xe2, 0x8c, 0x4e, 0xae, 0xc0, 0x97, 0x73, 0xab, 0x0d}}
	both(t, collections{
		"role": {}, "user": {person(1, nil)}, "organization": {}, "license": {bson.M{"_id": "fr-lo", "title": "x"}},
		"contact_point": {bson.M{"_id": oid(hex("a5", 1)), "name": "Desk"}},
		"dataset": {
			aDataset(1, bson.M{
				"license": bson.D{{Key: "$ref", Value: "license"}, {Key: "$id", Value: "fr-lo"}}, "private": nil, "contact_point": oid(hex("a5", 1)),
				"created_at_internal": gone, "last_modified_internal": gone, "created_at": made, "last_modified": made.Add(time.Hour),
				"owner": oid(hex("a1", 1)), "organization": oid(hex("af", 1)), "schema": bson.M{}, "tags": bson.A{"a", "a", 3, nil, ""},
				"temporal_coverage": bson.M{"start": time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC), "end": "2021-01-01"},
				"spatial":           bson.M{"zones": bson.A{"fr:commune:75056", bson.D{{Key: "$ref", Value: "geo_zone"}, {Key: "$id", Value: "country:fr"}}}, "geom": bson.M{"type": "Point", "coordinates": bson.A{1.5, 2}}},
				"resources": bson.A{
					bson.M{"_id": uuid, "url": "https://x.example.org/1", "title": "one", "published": made, "filesize": 12.0, "schema": nil},
					bson.M{"url": nil, "title": nil, "filesize": "many", "created_at_internal": bson.DateTime(math.MinInt64), "extras": bson.M{"a": math.Inf(1), "b": made}},
					"not a resource",
					bson.M{"_id": "x", "url": "https://x.example.org/1", "schema": bson.M{}, "checksum": bson.M{"type": "sha1", "value": "v"}, "harvest": bson.M{"uri": "u"}, "wild": true},
				},
				"ext": bson.M{"x": 1}, "quality_cached": bson.M{"license": true}, "unheard": "of",
			}),
			aDataset(2, bson.M{"license": "gone", "resources": nil, "schema": "etalab/x", "frequency": "fourTimesADay", "contact_points": bson.A{oid(hex("a5", 9))}, "featured": nil, "extras": nil, "metrics": gone}),
			aDataset(3, bson.M{"_id": "a3"}),
		},
		"dataservice": {
			bson.M{"_id": oid(hex("a6", 1)), "title": "API", "slug": "api", "datasets": bson.A{oid(hex("a3", 1)), oid(hex("a3", 99))}, "private": nil, "created_at": made, "availability": "99.5", "endpoint_description_url": "https://x.example.org", "harvest": bson.M{}},
			bson.M{"_id": oid(hex("a6", 2)), "title": "API", "slug": "api", "created_at": made, "private": false, "unheard": "of"},
		},
	}, func(t *testing.T, p *intaketest.Portal, out outcome) {
		id := hex("a3", 1)
		out.wantRow(t, "dataset", 2, 1, 2)
		out.want(t, "dataset\t"+id+"\tkept\tprivate is null, taken as false")
		out.want(t, "dataset\t"+id+"\tkept\tits organization "+hex("af", 1)+" does not exist")
		out.want(t, "dataset\t"+id+"\tkept\tresources[] is a text, left out")
		out.want(t, "dataset\t"+id+"\tkept\tresources[].filesize is a text, left out")
		out.want(t, "dataset\t"+id+"\tkept\tresources[].created_at_internal is a date out of range")
		out.want(t, "dataset\t"+hex("a3", 2)+"\tkept\tits licence \"gone\" does not exist")
		out.want(t, "dataset\t"+hex("a3", 2)+"\tkept\tits contact point "+hex("a5", 9)+" does not exist")
		text(t, p, "fr-lo", "SELECT license FROM dataset WHERE id = $1", id)
		number(t, p, int(int(made.UnixMicro())), "SELECT created_at FROM dataset WHERE id = $1", id)
		number(t, p, int(made.Add(time.Hour).UnixMicro()), "SELECT last_modified FROM dataset WHERE id = $1", id)
		number(t, p, 3, "SELECT count(*) FROM dataset_resource WHERE dataset = $1", id)
		text(t, p, "5bf69714-fd82-4ae2-8c4e-aec09773ab0d", "SELECT id FROM dataset_resource WHERE dataset = $1 AND position = 0", id)
		number(t, p, 2, "SELECT count(*) FROM dataset_tag WHERE dataset = $1", id)
		var doc map[string]any
		if err := json.Unmarshal([]byte(p.Text(t, "SELECT doc FROM dataset WHERE id = $1", id)), &doc); err != nil {
			t.Fatal(err)
		}
		for key, want := range map[string]string{
			"temporal_coverage": `{"end":"2021-01-01","start":"2020-01-02"}`, "contact_points": `["` + hex("a5", 1) + `"]`, "schema": `{}`,
			"kept":    `{"ext":{"x":1},"unheard":"of"}`,
			"spatial": `{"geom":{"coordinates":[1.5,2],"type":"Point"},"zones":["fr:commune:75056","country:fr"]}`,
		} {
			if got, _ := json.Marshal(doc[key]); string(got) != want {
				t.Errorf("%s: want %s, got %s", key, want, got)
			}
		}
		if err := json.Unmarshal([]byte(p.Text(t, "SELECT doc FROM dataset_resource WHERE dataset = $1 AND position = 1", id)), &doc); err != nil {
			t.Fatal(err)
		}
		if got, _ := json.Marshal(doc["extras"]); string(got) != `{"a":null,"b":"2024-05-06T07:08:09.123000+00:00"}` {
			t.Errorf("extras: got %s", got)
		}
		out.wantRow(t, "dataservice", 2, 0, 2)
		out.want(t, "dataservice\t"+hex("a6", 1)+"\tkept\tits dataset "+hex("a3", 99)+" does not exist")
		text(t, p, "api-1", "SELECT slug FROM dataservice WHERE id = $1", hex("a6", 2))
		number(t, p, 2, "SELECT count(*) FROM dataservice_dataset")
	})
}
