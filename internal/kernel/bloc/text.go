package bloc

import "strings"

// Text is what blocs say in words, as Markdown: for a search, and for readers
// who get no page.
func Text(blocs []Bloc) string {
	var b strings.Builder
	say(&b, blocs)
	return strings.TrimSpace(b.String())
}

// spoken are the texts that a reader reads, in their order.
var spoken = []string{"title", "subtitle", "description", "paragraph", "content", "main_link_title"}

func say(b *strings.Builder, blocs []Bloc) {
	line := func(s string) {
		if s = strings.TrimSpace(s); s != "" {
			b.WriteString(s + "\n\n")
		}
	}
	for _, x := range blocs {
		for _, name := range spoken {
			line(x.Texts[name])
		}
		for _, l := range x.Links {
			line(l.Title)
		}
		for _, item := range x.Items {
			line(item.Title)
			say(b, item.Content)
		}
	}
}
