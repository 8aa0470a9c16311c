package notification

import (
	"encoding/json"
	"slices"
	"time"

	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// Notification is something that a person was told.
type Notification struct {
	// ID is a UUID.
	ID     string
	Person string
	// Kind is one of Kinds.
	Kind string
	// CreatedAt is when it happened, LastModified when the notification was
	// last written.
	CreatedAt, LastModified time.Time
	// Handled is zero until it is handled.
	Handled time.Time
	// Objects are what it names, by the member of its details.
	Objects map[string]ref.Ref
	Doc     Doc
}

// Doc is what SQL never looks into.
type Doc struct {
	// Values are the other members of its details.
	Values map[string]string `json:"values,omitempty"`
	// Kept is what another portal knew and this one has no use for yet.
	Kept json.RawMessage `json:"kept,omitempty"`
}

// Form is how a member of details looks.
type Form int

// The forms.
const (
	// Card and Full are the forms of objects, see kernel/ref.
	Card Form = iota
	Full
	// ID is the bare id of an object.
	ID
	// Value is a text.
	Value
)

// Member is one member of a kind's details. Class is the object's, "" when it
// may be of several.
type Member struct {
	Name, Class string
	Form        Form
}

// The kinds: what `details.class` says before "NotificationDetails".
const (
	ReuseCreated       = "ReuseCreated"
	DataserviceCreated = "DataserviceCreated"
	Discussion         = "Discussion"
	TransferRequest    = "TransferRequest"
	NewBadge           = "NewBadge"
	MembershipRequest  = "MembershipRequest"
	MembershipAccepted = "MembershipAccepted"
	MembershipRefused  = "MembershipRefused"
	ValidateHarvester  = "ValidateHarvester"
)

// message is the class of messages of discussions.
const message = "Message"

// Kinds are the members of details by kind, in alphabetical order.
var Kinds = map[string][]Member{
	ReuseCreated:       {{"dataset", ref.Dataset, Full}, {"reuse", ref.Reuse, Card}},
	DataserviceCreated: {{"dataservice", ref.Dataservice, Card}, {"dataset", ref.Dataset, Full}},
	Discussion:         {{"discussion", ref.Discussion, Full}, {"message_id", message, ID}, {"status", "", Value}},
	TransferRequest:    {{"transfer_owner", "", Card}, {"transfer_recipient", "", Card}, {"transfer_subject", "", Card}},
	NewBadge:           {{"kind", "", Value}, {"organization", ref.Organization, Card}},
	MembershipRequest:  {{"kind", "", Value}, {"request_organization", ref.Organization, Card}, {"request_user", ref.User, Card}},
	MembershipAccepted: {{"organization", ref.Organization, Card}},
	MembershipRefused:  {{"organization", ref.Organization, Card}},
	ValidateHarvester:  {{"source", "HarvestSource", Card}, {"status", "", Value}},
}

// looks names an object in one of its forms.
type looks struct {
	ref.Ref
	full bool
}

// mentions are the objects that have to be rendered for the notification, but
// its person.
func (n *Notification) mentions() (out []looks) {
	for _, m := range Kinds[n.Kind] {
		if m.Form == Card || m.Form == Full {
			out = append(out, looks{n.Objects[m.Name], m.Form == Full})
		}
	}
	return out
}

// full writes the notification. What is gone is null.
func (n *Notification) full(user wire.Fragment, parts map[looks]wire.Fragment) wire.Fragment {
	w := wire.NewWriter(4096)
	w.Open('{')
	w.Key("created_at")
	w.Time(n.CreatedAt)
	w.Key("details")
	w.Open('{')
	w.Key("class")
	w.String(n.Kind + "NotificationDetails")
	for _, m := range Kinds[n.Kind] {
		w.Name(m.Name)
		switch m.Form {
		case Value:
			w.StringOrNull(n.Doc.Values[m.Name])
		case ID:
			w.StringOrNull(n.Objects[m.Name].ID)
		default:
			w.Embed(parts[looks{n.Objects[m.Name], m.Form == Full}])
		}
	}
	w.Close('}')
	w.Key("handled_at")
	w.Time(n.Handled)
	w.Key("id")
	w.String(n.ID)
	w.Key("last_modified")
	w.Time(n.LastModified)
	w.Key("user")
	w.Embed(user)
	w.Close('}')
	return w.Fragment()
}

// names tells whether the notification names exactly these objects.
func (n *Notification) names(objects map[string]ref.Ref) bool {
	if len(n.Objects) != len(objects) {
		return false
	}
	for name, o := range objects {
		if n.Objects[name] != o {
			return false
		}
	}
	return true
}

// once returns the list with each person once, in its order.
func once(people []string) []string {
	var out []string
	for _, p := range people {
		if p != "" && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}
