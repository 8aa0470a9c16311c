package mongodump_test

import (
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"ouvert/internal/migrate/intake/intaketest"
)

// TestPlaces imports territories, which take the place of the built-in ones.
func TestPlaces(t *testing.T) {
	both(t, collections{
		"geo_level": {
			bson.M{"_id": "fr:commune", "name": "French town", "admin_level": 80},
			bson.M{"_id": "odd", "admin_level": 900},
			bson.M{"_id": oid(hex("aa", 1)), "name": "x"},
		},
		"geo_zone": {
			bson.M{"_id": "fr:commune:75056", "slug": "paris", "name": "Paris", "code": "75056", "level": "fr:commune", "uri": "http://id.insee.fr/geo/commune/x", "metrics": bson.M{"datasets": 5}},
			bson.M{
				"_id": "fr:departement:75@1860-07-01", "name": "Paris", "code": "75", "level": "fr:departement", "keys": bson.M{"insee": "75"}, "parents": bson.A{"country:fr"},
				"geom": bson.M{"type": "MultiPolygon", "coordinates": bson.A{}},
			},
			bson.M{"_id": "nowhere", "name": "x"},
			bson.M{"_id": "fr:commune:1", "name": 5},
		},
	}, func(t *testing.T, p *intaketest.Portal, out outcome) {
		out.wantRow(t, "geo_level", 2, 1, 0)
		out.wantRow(t, "geo_zone", 3, 1, 1)
		out.want(t, "geo_zone\tnowhere\tskipped\tits _id is no id of a territory")
		text(t, p, "French town 80", "SELECT name || ' ' || admin_level FROM geo_level WHERE id = $1", "fr:commune")
		text(t, p, "odd 110", "SELECT name || ' ' || admin_level FROM geo_level WHERE id = $1", "odd")
		text(t, p, "French county 60", "SELECT name || ' ' || admin_level FROM geo_level WHERE id = $1", "fr:departement")
		text(t, p, "paris 75056 http://id.insee.fr/geo/commune/x", "SELECT slug || ' ' || code || ' ' || uri FROM geo_zone WHERE id = $1", "fr:commune:75056")
		text(t, p, `{"coordinates":[],"type":"MultiPolygon"}`, "SELECT geom FROM geo_zone WHERE id = $1", "fr:departement:75@1860-07-01")
		number(t, p, 0, "SELECT count(*) FROM geo_zone WHERE builtin")
	})
}
