package mongodump

import (
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"

	"ouvert/internal/migrate/intake"
)

// FuzzDocs: whatever stands in a file, reading it ends, and what comes out can
// be held by a database.
func FuzzDocs(f *testing.F) {
	for _, doc := range []any{
		bson.M{},
		bson.M{"_id": bson.NewObjectID(), "a": bson.A{1, "x", nil, bson.M{"b": 1.5}}, "d": bson.DateTime(1)},
		bson.D{{Key: "$ref", Value: "x"}, {Key: "$id", Value: 1}},
		bson.M{"r": bson.Regex{Pattern: "a", Options: "i"}, "b": bson.Binary{Subtype: 4, Data: make([]byte, 16)}},
		bson.M{"s": "\x00\xff", "m": bson.MinKey{}, "p": bson.DBPointer{DB: "x"}, "j": bson.JavaScript("x"), "t": bson.Timestamp{T: 1}},
	} {
		b, err := bson.Marshal(doc)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(append(b, b...))
		f.Add(b[:len(b)-1])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "x.bson")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		s := stream{path: path}
		n := 0
		for d := range s.docs() {
			n++
			check(t, d.Object)
		}
		c := stream{path: path}
		if got := c.count(); got != n || (c.err == nil) != (s.err == nil) {
			t.Errorf("read %d (%v), counted %d (%v)", n, s.err, got, c.err)
		}
	})
}

func check(t *testing.T, v any) {
	switch x := v.(type) {
	case string:
		if !utf8.ValidString(x) {
			t.Errorf("%q is not UTF-8", x)
		}
		for i := range len(x) {
			if x[i] == 0 {
				t.Errorf("%q holds NUL", x)
			}
		}
	case []any:
		for _, e := range x {
			check(t, e)
		}
	case intake.Object:
		for k, e := range x {
			check(t, k)
			check(t, e)
		}
	}
}
