package patch

import "ouvert/internal/kernel/id"

// The messages about references that name a class, in udata's words.
const (
	NotClassRef = "Expected an object with `class` and `id` keys"
	UnknownRef  = "Unknown reference '%s'"
)

// ClassRef reads a reference to an object of any class: {"class": …, "id": …}.
// Whether there is such a class and such an object is the caller's to find
// out. The id is in lower case.
func (o *Object) ClassRef(name string) (class, ref string, state State) {
	raw, state := o.get(name)
	if state != Set {
		return "", "", state
	}
	if raw[0] != '{' {
		return "", "", o.bad(name, NotClassRef)
	}
	inner := sub(raw)
	class, c := inner.String("class")
	text, i := inner.String("id")
	if c != Set || i != Set {
		return "", "", o.bad(name, NotClassRef)
	}
	ref, ok := id.Parse(text)
	if !ok {
		return "", "", o.bad(name, UnknownRef, short(text))
	}
	return short(class), ref, Set
}
