package patch

import (
	"testing"

	"ouvert/internal/kernel/id"
)

func TestClassRef(t *testing.T) {
	const oid = "5e00000000000000000000c9"
	for _, c := range []struct {
		in, class, id, err string
		state              State
	}{
		{`{"s": {"class": "Reuse", "id": "5E00000000000000000000C9"}}`, "Reuse", oid, "", Set},
		{`{"s": {"class": "Reuse", "id": "` + oid + `", "more": 1}}`, "Reuse", oid, "", Set},
		{`{}`, "", "", "", Absent},
		{`{"s": null}`, "", "", "", Null},
		{`{"s": "x"}`, "", "", NotClassRef, Bad},
		{`{"s": []}`, "", "", NotClassRef, Bad},
		{`{"s": {}}`, "", "", NotClassRef, Bad},
		{`{"s": {"class": "Reuse"}}`, "", "", NotClassRef, Bad},
		{`{"s": {"id": "` + oid + `"}}`, "", "", NotClassRef, Bad},
		{`{"s": {"class": 1, "id": "` + oid + `"}}`, "", "", NotClassRef, Bad},
		{`{"s": {"class": "Reuse", "id": 1}}`, "", "", NotClassRef, Bad},
		{`{"s": {"class": "Reuse", "id": "x"}}`, "", "", "Unknown reference 'x'", Bad},
	} {
		o, err := Parse([]byte(c.in))
		if err != nil {
			t.Fatal(err)
		}
		class, oid, state := o.ClassRef("s")
		if class != c.class || oid != c.id || state != c.state || o.Errors()["s"] != c.err {
			t.Errorf("%s: %q %q %v %q", c.in, class, oid, state, o.Errors()["s"])
		}
	}
}

func FuzzClassRef(f *testing.F) {
	f.Add(`{"s": {"class": "Reuse", "id": "5e00000000000000000000c9"}}`)
	f.Add(`{"s": {"class": null, "id": []}}`)
	f.Fuzz(func(t *testing.T, in string) {
		o, err := Parse([]byte(in))
		if err != nil {
			return
		}
		class, oid, state := o.ClassRef("s")
		if _, ok := id.Parse(oid); (state == Set) != ok {
			t.Errorf("%q: %q %q %v", in, class, oid, state)
		}
		if (state == Bad) != (o.Errors() != nil) {
			t.Errorf("%q: state %v, errors %v", in, state, o.Errors())
		}
	})
}
