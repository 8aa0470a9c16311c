// Package bloc is what editors compose pages of: the portal's lists of
// datasets, reuses and dataservices, an organization's presentation, a post.
//
// A page is a list of blocs; a bloc's class says what it holds. The classes
// and their members are udata's (core/edito_blocs).
package bloc

import (
	"slices"

	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
)

// Bloc is one part of a page. It is kept as JSON.
type Bloc struct {
	// ID is a UUID; clients tell blocs apart by it.
	ID    string `json:"id"`
	Class string `json:"class"`
	// Texts are its members that are texts, by their names; one that is not
	// there is null.
	Texts map[string]string `json:"texts,omitempty"`
	// Objects are the ids of what a list shows, in the editor's order.
	Objects []string `json:"objects,omitempty"`
	Links   []Link   `json:"links,omitempty"`
	Items   []Item   `json:"items,omitempty"`
}

// Link is a link of a LinksListBloc.
type Link struct {
	Title string  `json:"title"`
	Color *string `json:"color,omitempty"`
	URL   *string `json:"url,omitempty"`
}

// Item is a part of an accordion that opens.
type Item struct {
	Title   string `json:"title"`
	Content []Bloc `json:"content,omitempty"`
}

// The classes.
const (
	accordion = "AccordionListBloc"
	hero      = "HeroBloc"
)

// class says what a bloc of a class holds.
type class struct {
	// texts are the members that are texts, required those that must be there.
	texts, required []string
	// choices are the values that a text may have, when not any.
	choices map[string][]string
	// objects is the member that lists objects, of the class of.
	objects, of string
	// links and items tell that it has those.
	links, items bool
}

var classes = map[string]class{
	"DatasetsListBloc":     {texts: []string{"subtitle", "title"}, required: []string{"title"}, objects: "datasets", of: ref.Dataset},
	"ReusesListBloc":       {texts: []string{"subtitle", "title"}, required: []string{"title"}, objects: "reuses", of: ref.Reuse},
	"DataservicesListBloc": {texts: []string{"subtitle", "title"}, required: []string{"title"}, objects: "dataservices", of: ref.Dataservice},
	"LinksListBloc": {
		texts: []string{"main_link_title", "main_link_url", "paragraph", "subtitle", "title"}, required: []string{"title"}, links: true,
	},
	hero: {
		texts: []string{"color", "description", "main_link_title", "main_link_url", "title"}, required: []string{"title"},
		choices: map[string][]string{"color": {"primary", "green", "purple"}},
	},
	"MarkdownBloc": {texts: []string{"content", "subtitle", "title"}, required: []string{"content"}},
	accordion:      {texts: []string{"description", "title"}, items: true},
}

// Classes are the names of the classes, in alphabetical order.
var Classes = func() []string {
	var out []string
	for name := range classes {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}()

// nested are the classes that may stand in an accordion.
var nested = slices.DeleteFunc(slices.Clone(Classes), func(c string) bool { return c == accordion || c == hero })

// Doc describes a list of blocs.
const Doc = "Parts of a page: each an object with a `class` (`DatasetsListBloc`, `ReusesListBloc`, `DataservicesListBloc`, `LinksListBloc`, " +
	"`HeroBloc`, `MarkdownBloc`, `AccordionListBloc`) and what a part of that class holds. Only answered when X-Fields asks for it."

// Field describes a member that is a list of blocs, which is left out of
// answers unless a mask asks for it.
func Field(name string) schema.Field {
	return schema.Field{Name: name, Type: schema.List(schema.Any()), OnRequest: true, Doc: Doc}
}

// objects calls f with the class and the ids of each list of objects.
func objects(blocs []Bloc, f func(class string, ids []string)) {
	for _, b := range blocs {
		if of := classes[b.Class].of; of != "" {
			f(of, b.Objects)
		}
		for _, item := range b.Items {
			objects(item.Content, f)
		}
	}
}
