package seed

import "ouvert/internal/kernel/slug"

// namer gives slugs that nobody has, numbered as permalink.Table.Free numbers
// them, without asking the database each time.
type namer struct {
	used map[string]bool
	next map[string]int
}

func (n *namer) name(title string) string {
	base := slug.Make(title)
	s := base
	for n.used[s] {
		n.next[base]++
		s = slug.Numbered(base, n.next[base])
	}
	n.used[s] = true
	return s
}
