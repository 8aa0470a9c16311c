package keep

import (
	"context"

	"ouvert/internal/kernel/db"
)

// mentioned are the objects that were asked for with a context.
type mentioned struct{ objects map[db.Object]struct{} }

type mentionedKey struct{}

// record returns a context with which all objects that are rendered or found
// are noted, those that are not there included: what is made of them stands as
// long as they are not touched. The context is for one goroutine.
func record(ctx context.Context) (context.Context, *mentioned) {
	m := &mentioned{objects: map[db.Object]struct{}{}}
	return context.WithValue(ctx, mentionedKey{}, m), m
}

// Mention notes that a form which is being rendered is made of objects. The
// registry of nouns calls it for all that is asked of it.
func Mention(ctx context.Context, class string, ids ...string) {
	m, _ := ctx.Value(mentionedKey{}).(*mentioned)
	if m == nil {
		return
	}
	for _, oid := range ids {
		m.objects[db.Object{Class: class, ID: oid}] = struct{}{}
	}
}

// list returns what was noted, in no order.
func (m *mentioned) list() []db.Object {
	out := make([]db.Object, 0, len(m.objects))
	for o := range m.objects {
		out = append(out, o)
	}
	return out
}
