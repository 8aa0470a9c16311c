package mongodump_test

import (
	"fmt"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/migrate/intake/intaketest"
)

// hex makes an id of a number and the first digits of a class.
func hex(class string, n int) string { return fmt.Sprintf("%s%022x", class, n) }

// made is when the documents of a made-up dump were made.
var made = time.Date(2024, 5, 6, 7, 8, 9, 123e6, time.UTC)

// large is a dump of so many reuses, each with three datasets of its own of ten
// resources each.
func large(reuses int) collections {
	c := collections{"role": {}, "user": {}, "organization": {}, "dataset": {}, "reuse": {}}
	for i := range reuses / 50 {
		c["user"] = append(c["user"], bson.M{
			"_id": oid(hex("a1", i)), "slug": fmt.Sprintf("person-%d", i), "email": fmt.Sprintf("p%d@example.org", i), "active": true,
			"first_name": "Ada", "last_name": fmt.Sprint(i), "created_at": made, "roles": bson.A{},
		})
		c["organization"] = append(c["organization"], bson.M{
			"_id": oid(hex("a2", i)), "slug": fmt.Sprintf("org-%d", i), "name": fmt.Sprintf("Organization %d", i), "created_at": made,
			"members": bson.A{bson.M{"user": oid(hex("a1", i)), "role": "admin", "since": made}},
		})
	}
	for i := range reuses * 3 {
		var resources bson.A
		for r := range 10 {
			resources = append(resources, bson.M{
				"_id": fmt.Sprintf("00000000-0000-4000-8000-%012x", i*10+r), "title": fmt.Sprintf("file %d.csv", r), "filetype": "file", "type": "main",
				"url": fmt.Sprintf("https://static.example.org/%d/%d.csv", i, r), "format": "csv", "mime": "text/csv", "filesize": 493 + r,
				"checksum": bson.M{"type": "sha1", "value": "5b787ad25b85b994d03b5c536d8ecdecef3da9a1"}, "metrics": bson.M{"views": r},
				"extras":              bson.M{"check:available": true, "check:date": "2023-06-02T05:29:30.914685+00:00", "check:status": 200},
				"created_at_internal": made, "last_modified_internal": made, "schema": bson.M{},
			})
		}
		c["dataset"] = append(c["dataset"], bson.M{
			"_id": oid(hex("a3", i)), "slug": fmt.Sprintf("dataset-%d", i), "title": fmt.Sprintf("Dataset %d", i), "private": false,
			"description": "Tous les **arrêts** de bus et de tram, avec leurs horaires et leurs équipements, mis à jour chaque nuit.",
			"tags":        bson.A{"bus", "tram", fmt.Sprintf("tag-%d", i%500)}, "resources": resources, "frequency": "daily",
			"organization": oid(hex("a2", i%(reuses/50))), "created_at_internal": made, "last_modified_internal": made, "last_update": made,
			"metrics": bson.M{"reuses": 1, "views": 10, "followers": 3}, "extras": bson.M{}, "featured": false,
		})
	}
	for i := range reuses {
		url := fmt.Sprintf("https://reuse.example.org/%d", i)
		c["reuse"] = append(c["reuse"], bson.M{
			"_id": oid(hex("a4", i)), "slug": fmt.Sprintf("reuse-%d", i), "title": fmt.Sprintf("Reuse %d", i), "type": "application", "topic": "others",
			"description": "Une application qui dit quand passe le prochain bus.", "url": url, "urlhash": fmt.Sprintf("%040x", i), "private": false,
			"datasets": bson.A{oid(hex("a3", 3*i)), oid(hex("a3", 3*i+1)), oid(hex("a3", 3*i+2))}, "tags": bson.A{"bus", "tram"},
			"owner": oid(hex("a1", i%(reuses/50))), "created_at": made, "last_modified": made, "metrics": bson.M{"datasets": 3, "views": 12},
		})
	}
	return c
}

func BenchmarkImport(b *testing.B) {
	const reuses = 5000
	dir := writeDump(b, large(reuses))
	for name, open := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgresql": dbtest.PostgreSQL} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				b.StopTimer()
				p := intaketest.New(b, open(b))
				b.StartTimer()
				if out := mustRun(b, p, dir); out.Find("reuse").Written != reuses || out.Find("dataset").Written != 3*reuses {
					b.Fatal(out.Rows)
				}
			}
		})
	}
}
