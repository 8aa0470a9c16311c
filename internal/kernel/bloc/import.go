package bloc

import (
	"encoding/json"
	"slices"

	"ouvert/internal/kernel/id"
)

// Import reads blocs of another portal: of its database (`_cls`, `_id`) or of
// its API (`class`, `id`). What cannot be read is left out; left is how many
// blocs that were.
func Import(raw json.RawMessage) (blocs []Bloc, left int) {
	var items []map[string]json.RawMessage
	if len(raw) == 0 || json.Unmarshal(raw, &items) != nil {
		return nil, 0
	}
	for _, o := range items {
		if b, ok := importOne(o); ok {
			blocs = append(blocs, b)
		} else {
			left++
		}
	}
	return blocs, left
}

// Kept reads the blocs that stand, under a name, in what an import kept of an
// object's members that this portal did not know then.
func Kept(kept json.RawMessage, name string) []Bloc {
	var all map[string]json.RawMessage
	if len(kept) == 0 || json.Unmarshal(kept, &all) != nil {
		return nil
	}
	blocs, _ := Import(all[name])
	return blocs
}

func importOne(o map[string]json.RawMessage) (b Bloc, ok bool) {
	text := func(names ...string) (string, bool) {
		for _, name := range names {
			var s *string
			if json.Unmarshal(o[name], &s) == nil && s != nil {
				return *s, true
			}
		}
		return "", false
	}
	b.Class, _ = text("class", "_cls")
	c, known := classes[b.Class]
	if !known {
		return b, false
	}
	given, _ := text("id", "_id")
	if b.ID, ok = id.ParseUUID(given); !ok {
		b.ID = id.UUID()
	}
	for _, name := range c.texts {
		s, ok := text(name)
		if allowed := c.choices[name]; ok && (allowed == nil || slices.Contains(allowed, s)) {
			if b.Texts == nil {
				b.Texts = map[string]string{}
			}
			b.Texts[name] = s
		}
	}
	var objects []json.RawMessage
	_ = json.Unmarshal(o[c.objects], &objects) // none, then
	for _, raw := range objects {
		if oid := identify(raw); oid != "" {
			b.Objects = append(b.Objects, oid)
		}
	}
	if c.links {
		_ = json.Unmarshal(o["links"], &b.Links)
	}
	var items []struct {
		Title   string          `json:"title"`
		Content json.RawMessage `json:"content"`
	}
	if c.items && json.Unmarshal(o["items"], &items) == nil {
		for _, x := range items {
			content, _ := Import(x.Content)
			content = slices.DeleteFunc(content, func(b Bloc) bool { return !slices.Contains(nested, b.Class) })
			b.Items = append(b.Items, Item{x.Title, content})
		}
	}
	return b, true
}

// identify finds the id of an object that is named: by its id, or as it is
// shown.
func identify(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		var o struct {
			ID string `json:"id"`
		}
		_ = json.Unmarshal(raw, &o)
		s = o.ID
	}
	oid, _ := id.Parse(s)
	return oid
}
