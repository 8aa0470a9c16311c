package discussion

import (
	"encoding/json"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// Discussion is what was said about an object.
type Discussion struct {
	ID      string
	Subject ref.Ref
	auth.Said
	Title     string
	CreatedAt time.Time
	// Closed is zero while it is open.
	Closed   time.Time
	ClosedBy auth.Said
	// Messages in the order in which they were said. Only an imported
	// discussion may have none.
	Messages []Message
	Doc      Doc
}

// Message is one thing that was said.
type Message struct {
	// ID is a UUID.
	ID string
	auth.Said
	Content  string
	PostedOn time.Time
	// Modified is when it was last changed, zero when never.
	Modified time.Time
}

// Doc is what SQL never looks into.
type Doc struct {
	Extras json.RawMessage `json:"extras,omitempty"`
	// Kept is what another portal knew and this one has no use for yet.
	Kept json.RawMessage `json:"kept,omitempty"`
}

// MaxComment is how many characters a message holds at most, as in udata
// (core/discussions/constants.py).
const MaxComment = 50_000

// subjects are the classes that there are discussions about.
var subjects = []string{ref.Dataset, ref.Reuse, ref.Dataservice, ref.Topic, ref.Post}

// parts are what discussions mention.
type parts struct {
	users, organizations map[string]wire.Fragment
	subjects             map[ref.Ref]ref.Object
}

func (d *Discussion) uri(l wire.Links) string { return l.API + "/api/1/discussions/" + d.ID + "/" }

// page is where a discussion about the object with the page is read.
func (d *Discussion) page(subject string) string {
	if subject == "" {
		return ""
	}
	return subject + "/discussions?discussion_id=" + d.ID
}

func (d *Discussion) full(l wire.Links, p parts) wire.Fragment {
	about := p.subjects[d.Subject]
	w := wire.NewWriter(1024 * (1 + len(d.Messages)))
	w.Open('{')
	w.Key("closed")
	w.Time(d.Closed)
	w.Key("closed_by")
	w.Embed(p.users[d.ClosedBy.Person])
	w.Key("closed_by_organization")
	w.Embed(p.organizations[d.ClosedBy.Organization])
	w.Key("created")
	w.Time(d.CreatedAt)
	w.Key("discussion")
	w.Open('[')
	for i := range d.Messages {
		d.Messages[i].write(w, p)
	}
	w.Close(']')
	w.Key("extras")
	w.Object(d.Doc.Extras)
	w.Key("id")
	w.String(d.ID)
	w.Key("organization")
	w.Embed(p.organizations[d.Organization])
	auth.WriteDiscussion(w, d.Said, about.Owned)
	w.Key("self_web_url")
	w.StringOrNull(d.page(about.Page))
	w.Key("subject")
	w.Reference(d.Subject.Class, d.Subject.ID)
	w.Key("title")
	w.String(d.Title)
	w.Key("url")
	w.String(d.uri(l))
	w.Key("user")
	w.Embed(p.users[d.Person])
	w.Close('}')
	return w.Fragment()
}

func (m *Message) write(w *wire.Writer, p parts) {
	w.Open('{')
	w.Key("content")
	w.String(m.Content)
	w.Key("id")
	w.String(m.ID)
	w.Key("last_modified_at")
	w.Time(m.Modified)
	auth.WriteMessage(w, m.Said)
	w.Key("posted_by")
	w.Embed(p.users[m.Person])
	w.Key("posted_by_organization")
	w.Embed(p.organizations[m.Organization])
	w.Key("posted_on")
	w.Time(m.PostedOn)
	w.Close('}')
}
