package mongodump

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"

	"ouvert/internal/migrate/intake"
)

// maxDepth bounds how deep objects may lie in each other; MongoDB's limit is
// 100.
const maxDepth = 200

var errDepth = errors.New("its objects lie too deep in each other")

// object converts a document; path is where it stands, for notes.
func object(raw bson.Raw, n *intake.Notes, path string, depth int) (intake.Object, error) {
	if depth > maxDepth {
		return nil, errDepth
	}
	elements, err := raw.Elements()
	if err != nil {
		return nil, err
	}
	o := make(intake.Object, len(elements))
	for _, e := range elements {
		key, err := e.KeyErr()
		if err != nil {
			return nil, err
		}
		v, err := e.ValueErr()
		if err != nil {
			return nil, err
		}
		key = text(key, n, path, "a name")
		if o[key], err = value(v, n, path, key, depth); err != nil { // of two of one name, the last counts, as in Python
			return nil, err
		}
	}
	return o, nil
}

// text returns a text that a database may hold.
func text(s string, n *intake.Notes, path, key string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return n.Text(s, path+key)
}

var errValue = errors.New("a value is broken")

// value converts a value.
func value(v bson.RawValue, n *intake.Notes, path, key string, depth int) (any, error) {
	var out any
	ok := true
	switch v.Type {
	case bson.TypeNull, bson.TypeUndefined:
	case bson.TypeString:
		var s string
		if s, ok = v.StringValueOK(); ok {
			out = text(s, n, path, key)
		}
	case bson.TypeObjectID:
		var id bson.ObjectID
		id, ok = v.ObjectIDOK()
		out = intake.ID(id.Hex())
	case bson.TypeBoolean:
		out, ok = v.BooleanOK()
	case bson.TypeInt32:
		var i int32
		i, ok = v.Int32OK()
		out = int64(i)
	case bson.TypeInt64:
		out, ok = v.Int64OK()
	case bson.TypeDouble:
		out, ok = v.DoubleOK()
	case bson.TypeDateTime:
		var ms int64
		ms, ok = v.DateTimeOK()
		out = intake.Instant(ms)
	case bson.TypeTimestamp:
		var seconds uint32
		seconds, _, ok = v.TimestampOK()
		out = intake.Instant(int64(seconds) * 1000)
	case bson.TypeEmbeddedDocument:
		raw, isDoc := v.DocumentOK()
		if !isDoc {
			return nil, errValue
		}
		o, err := object(raw, n, path+key+".", depth+1)
		if err != nil {
			return nil, err
		}
		return reference(o), nil
	case bson.TypeArray:
		return array(v, n, path, key, depth)
	case bson.TypeDBPointer:
		var name string
		var id bson.ObjectID
		name, id, ok = v.DBPointerOK()
		out = intake.DBRef{Collection: name, ID: intake.ID(id.Hex())}
	case bson.TypeBinary:
		var kind byte
		var b []byte
		kind, b, ok = v.BinaryOK()
		out = uuid(kind, b)
	case bson.TypeDecimal128:
		var d bson.Decimal128
		d, ok = v.Decimal128OK()
		out = decimal(d)
	default:
		return odd(v, n, path, key), nil
	}
	if !ok {
		return nil, errValue
	}
	return out, nil
}

func array(v bson.RawValue, n *intake.Notes, path, key string, depth int) (any, error) {
	if depth > maxDepth {
		return nil, errDepth
	}
	raw, ok := v.ArrayOK()
	if !ok {
		return nil, errValue
	}
	values, err := raw.Values()
	if err != nil {
		return nil, err
	}
	list := make([]any, len(values))
	for i, e := range values {
		if list[i], err = value(e, n, path, key+"[]", depth+1); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// reference makes a DBRef of the object that stands for one.
func reference(o intake.Object) any {
	name, ok := o["$ref"].(string)
	id, has := o["$id"]
	if !ok || !has {
		return o
	}
	return intake.DBRef{Collection: name, ID: id}
}

// The kinds of binary values that are UUIDs.
const (
	oldUUID = 3
	newUUID = 4
)

// uuid makes a text of bytes: a UUID of those that are one.
func uuid(kind byte, b []byte) any {
	h := hex.EncodeToString(b)
	if (kind == oldUUID || kind == newUUID) && len(b) == 16 {
		return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
	}
	return intake.Odd{Kind: "binary", Text: h}
}

func decimal(d bson.Decimal128) any {
	f, err := strconv.ParseFloat(d.String(), 64)
	if err != nil {
		return intake.Odd{Kind: "a decimal", Text: d.String()}
	}
	return f
}

// odd converts values of kinds that no field has.
func odd(v bson.RawValue, n *intake.Notes, path, key string) any {
	switch v.Type {
	case bson.TypeSymbol:
		if s, ok := v.SymbolOK(); ok {
			return text(s, n, path, key)
		}
	case bson.TypeRegex:
		if pattern, options, ok := v.RegexOK(); ok {
			return intake.Odd{Kind: "a regular expression", Text: text("/"+pattern+"/"+options, n, path, key)}
		}
	case bson.TypeJavaScript:
		if s, ok := v.JavaScriptOK(); ok {
			return intake.Odd{Kind: "a script", Text: text(s, n, path, key)}
		}
	}
	return intake.Odd{Kind: fmt.Sprintf("a value of type %s", v.Type)}
}
