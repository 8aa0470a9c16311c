package mongodump

import (
	"bufio"
	"bytes"
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
		reader := func() *bufio.Reader { return bufio.NewReader(bytes.NewReader(b)) }
		n := 0
		err := each(reader(), func(d intake.Doc) bool {
			n++
			check(t, d.Object)
			return true
		})
		if got, counted := countIn(reader()); got != n || (counted == nil) != (err == nil) {
			t.Errorf("read %d (%v), counted %d (%v)", n, err, got, counted)
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
