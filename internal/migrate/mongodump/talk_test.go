package mongodump_test

import (
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"ouvert/internal/migrate/intake/intaketest"
)

func reference(class, h string) bson.M {
	return bson.M{"_cls": class, "_ref": bson.M{"$ref": strings.ToLower(class), "$id": oid(h)}}
}

// What people said, asked and were told, whole and damaged.
func TestTalkOfAnOldPortal(t *testing.T) {
	ada, gone1, data := hex("a1", 1), hex("a1", 9), hex("a3", 1)
	talk := func(n int, changes bson.M) bson.M {
		return merge(bson.M{
			"_id": oid(hex("b1", n)), "user": oid(ada), "subject": reference("Dataset", data), "title": "Why?", "created": made,
			"discussion": bson.A{bson.M{"id": "AE552495-a8ee-4005-8c15-ea80b46bc68a", "content": "Because", "posted_on": made, "posted_by": oid(ada)}},
		}, changes)
	}
	ask := func(n int, changes bson.M) bson.M {
		return merge(bson.M{
			"_id": oid(hex("b2", n)), "user": oid(ada), "owner": reference("User", ada), "recipient": reference("User", hex("a1", 2)),
			"subject": reference("Dataset", data), "status": "pending", "created": made,
		}, changes)
	}
	tell := func(id string, changes bson.M) bson.M {
		return merge(bson.M{
			"_id": id, "created_at": made, "last_modified": made, "user": oid(ada),
			"details": bson.M{"_cls": "DiscussionNotificationDetails", "discussion": oid(hex("b1", 1)), "status": "closed"},
		}, changes)
	}
	const uuid = "00000000-0000-4000-8000-00000000000"
	both(t, collections{
		"user":    {person(1, nil), person(2, nil)},
		"dataset": {aDataset(1, nil)},
		"discussion": {
			talk(1, nil),
			talk(2, bson.M{"user": oid(gone1), "discussion": bson.A{bson.M{"content": "x", "posted_by": oid(gone1)}, "rubbish", bson.M{"content": 5}}}),
			talk(3, bson.M{"subject": reference("Dataset", hex("a3", 9))}),
			talk(4, bson.M{"subject": nil}),
			talk(5, bson.M{"subject": reference("Harvest", data)}),
			talk(6, bson.M{"discussion": nil, "title": nil, "closed": made, "closed_by": oid(gone1), "extras": bson.M{"a": 1}}),
		},
		"transfer": {
			ask(1, nil), ask(2, bson.M{"status": "lost"}), ask(3, bson.M{"owner": nil}), ask(4, bson.M{"recipient": reference("User", gone1)}),
		},
		"report": {
			bson.M{"_id": oid(hex("b3", 1)), "subject": reference("Reuse", hex("a4", 9)), "reason": "spam", "reported_at": made, "callbacks": bson.M{"x": 1}},
			bson.M{"_id": oid(hex("b3", 2)), "subject": reference("Post", hex("a4", 9)), "reason": "spam", "reported_at": made, "by": oid(gone1)},
			bson.M{"_id": oid(hex("b3", 3)), "reason": nil, "reported_at": nil, "subject_embed_id": "no uuid"},
		},
		"notification": {
			tell(uuid+"1", nil),
			tell(uuid+"2", bson.M{"details": bson.M{"_cls": "NewsNotificationDetails"}}),
			tell(uuid+"3", bson.M{"details": nil}),
			tell(uuid+"4", bson.M{"user": oid(gone1)}),
			tell("5", nil),
			tell(uuid+"6", bson.M{"details": bson.M{"_cls": "ValidateHarvesterNotificationDetails", "source": oid(data), "status": "pending", "more": 1}}),
			tell(uuid+"7", bson.M{"details": bson.M{"_cls": "TransferRequestNotificationDetails", "transfer_owner": reference("User", ada), "transfer_subject": reference("Dataset", hex("a3", 9))}}),
		},
	}, func(t *testing.T, p *intaketest.Portal, out outcome) {
		for name, n := range map[string]int{"discussion": 3, "transfer": 1, "report": 3, "notification": 3} {
			if row := out.Find(name); row.Written != n {
				t.Errorf("%s: want %d written, got %+v", name, n, row)
			}
		}
		for query, want := range map[string]string{
			"SELECT id FROM discussion_message WHERE discussion = '" + hex("b1", 1) + "'":       "ae552495-a8ee-4005-8c15-ea80b46bc68a",
			"SELECT doc FROM discussion WHERE id = '" + hex("b1", 6) + "'":                      `{"extras":{"a":1}}`,
			"SELECT class FROM report WHERE id = '" + hex("b3", 2) + "'":                        "Post",
			"SELECT doc FROM notification WHERE id = '" + uuid + "6'":                           `{"values":{"status":"pending"},"kept":{"more":1}}`,
			"SELECT object FROM notification_object WHERE notification = '" + uuid + "1'":       hex("b1", 1),
			"SELECT class FROM notification_object WHERE notification = '" + uuid + "6'":        "HarvestSource",
			"SELECT name FROM notification_object WHERE object = '" + hex("a3", 9) + "'":        "transfer_subject",
			"SELECT count(*) FROM discussion_message WHERE discussion = '" + hex("b1", 2) + "'": "2",
			"SELECT kind FROM notification WHERE id = '" + uuid + "7' AND handled_at IS NULL":   "TransferRequest",
			"SELECT title FROM discussion WHERE id = '" + hex("b1", 2) + "' AND closed IS NULL": "Why?",
			"SELECT status FROM transfer WHERE recipient = '" + hex("a1", 2) + "'":              "pending",
			"SELECT reason FROM report WHERE id = '" + hex("b3", 1) + "' AND callbacks = 1":     "spam",
		} {
			if got := p.Text(t, query); got != want {
				t.Errorf("%s: want %q, got %q", query, want, got)
			}
		}
	})
}
