package topic

import (
	"encoding/json"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/territory"
	"ouvert/internal/kernel/wire"
)

// Topic is a collection. `udata:` names the key of udata's collection `topic`
// that a field comes from.
type Topic struct {
	ID   string // udata: _id
	Slug string // udata: slug
	Name string // udata: name
	// Owner and Organization are ids; one of them is set. A portal from before
	// topics had owners may have neither.
	Owner        string // udata: owner
	Organization string // udata: organization
	// Private is nil until somebody said something about it.
	Private      *bool     // udata: private
	Featured     bool      // udata: featured
	CreatedAt    time.Time // udata: created_at
	LastModified time.Time // udata: last_modified
	Doc          Doc
	// Revision counts the writes; it is set by the store.
	Revision int64
	// Elements is how many there are; it is counted when the topic is written
	// out.
	Elements int
}

// Doc is what SQL never looks into.
type Doc struct {
	Description string              `json:"description,omitempty"` // udata: description, Markdown
	Tags        []string            `json:"tags,omitempty"`        // udata: tags
	Color       *int64              `json:"color,omitempty"`       // udata: color
	Spatial     *territory.Coverage `json:"spatial,omitempty"`     // udata: spatial
	// Extras are the client's own members, a JSON object.
	Extras json.RawMessage `json:"extras,omitempty"` // udata: extras
	// Kept is a JSON object of what another portal knew and this one has no
	// use for.
	Kept json.RawMessage `json:"kept,omitempty"` // udata: every key that is named nowhere here
}

// Element is one thing that a topic holds; udata: collection `topic_element`.
type Element struct {
	ID    string // udata: _id
	Topic string // udata: topic
	// Object is what it names; its zero value for none.
	Object ref.Ref // udata: element
	Doc    ElementDoc
}

// ElementDoc is what SQL never looks into.
type ElementDoc struct {
	Title       string          `json:"title,omitempty"`       // udata: title
	Description string          `json:"description,omitempty"` // udata: description, Markdown
	Tags        []string        `json:"tags,omitempty"`        // udata: tags
	Extras      json.RawMessage `json:"extras,omitempty"`      // udata: extras
	Kept        json.RawMessage `json:"kept,omitempty"`
}

// classes are those of what an element may name.
var classes = []string{ref.Dataset, ref.Reuse, ref.Dataservice}

// Owned says whose topic it is.
func (t *Topic) Owned() auth.Owned {
	return auth.Owned{ID: t.ID, Owner: t.Owner, Organization: t.Organization}
}

func (t *Topic) private() bool { return t.Private != nil && *t.Private }

func (t *Topic) uri(l wire.Links) string  { return l.API + "/api/2/topics/" + t.Slug + "/" }
func (t *Topic) page(l wire.Links) string { return l.Site + "/topics/" + t.Slug }

// card writes the short form in which others mention the topic.
func (t *Topic) card(l wire.Links) wire.Fragment {
	w := wire.NewWriter(256)
	w.Open('{')
	w.Key("class")
	w.String(ref.Topic)
	w.Key("id")
	w.String(t.ID)
	w.Key("name")
	w.String(t.Name)
	w.Key("page")
	w.String(t.page(l))
	w.Key("uri")
	w.String(t.uri(l))
	w.Close('}')
	return w.Fragment()
}

// parts are the wire forms of whom topics mention, by id.
type parts struct{ users, organizations map[string]wire.Fragment }

// full writes the whole topic. It links to its elements instead of holding
// them.
func (t *Topic) full(l wire.Links, p parts) wire.Fragment {
	w := wire.NewWriter(2048)
	w.Open('{')
	w.Key("color")
	if t.Doc.Color == nil {
		w.Null()
	} else {
		w.Int(*t.Doc.Color)
	}
	w.Key("created_at")
	w.Time(t.CreatedAt)
	w.Key("description")
	w.StringOrNull(t.Doc.Description)
	w.Key("elements")
	w.Open('{')
	w.Key("href")
	w.String(l.API + "/api/2/topics/" + t.ID + "/elements/?page=1&page_size=20")
	w.Key("rel")
	w.String("subsection")
	w.Key("total")
	w.Int(int64(t.Elements))
	w.Key("type")
	w.String("GET")
	w.Close('}')
	w.Key("extras")
	w.Object(t.Doc.Extras)
	w.Key("featured")
	w.Bool(t.Featured)
	w.Key("id")
	w.String(t.ID)
	w.Key("last_modified")
	w.Time(t.LastModified)
	w.Key("name")
	w.String(t.Name)
	w.Key("organization")
	w.Embed(p.organizations[t.Organization])
	w.Key("owner")
	w.Embed(p.users[t.Owner])
	w.Key("private")
	w.BoolOrNull(t.Private)
	w.Key("slug")
	w.String(t.Slug)
	w.Key("spatial")
	t.Doc.Spatial.Write(w)
	w.Key("tags")
	w.Strings(t.Doc.Tags)
	w.Key("uri")
	w.String(t.uri(l))
	w.Close('}')
	return w.Fragment()
}

// fragment writes the element.
func (e *Element) fragment() wire.Fragment {
	w := wire.NewWriter(512)
	w.Open('{')
	w.Key("description")
	w.StringOrNull(e.Doc.Description)
	w.Key("element")
	if e.Object.ID == "" {
		w.Null()
	} else {
		w.Open('{')
		w.Key("class")
		w.String(e.Object.Class)
		w.Key("id")
		w.String(e.Object.ID)
		w.Close('}')
	}
	w.Key("extras")
	w.Object(e.Doc.Extras)
	w.Key("id")
	w.String(e.ID)
	w.Key("tags")
	w.Strings(e.Doc.Tags)
	w.Key("title")
	w.StringOrNull(e.Doc.Title)
	w.Close('}')
	return w.Fragment()
}
