package organization

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/badge"
	"ouvert/internal/kernel/bloc"
	"ouvert/internal/kernel/metric"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// Organization is a publisher.
type Organization struct {
	ID           string
	Slug         string
	Name         string
	Acronym      string
	CreatedAt    time.Time
	LastModified time.Time
	Deleted      time.Time
	Members      []Member
	Badges       []Badge
	Counts       map[string]int64
	Metrics      string
	Doc          Doc
	Revision     int64
}

// Member is a person's place in an organization.
type Member struct {
	Person string
	Role   auth.Role
	Since  time.Time
}

// Badge is a distinction that the portal gave.
type Badge = badge.Badge

// Doc is what SQL never looks into.
type Doc struct {
	Description      string          `json:"description,omitempty"`
	URL              string          `json:"url,omitempty"`
	ImageURL         string          `json:"image_url,omitempty"`
	BusinessNumberID string          `json:"business_number_id,omitempty"`
	Zone             string          `json:"zone,omitempty"`
	Logo             *wire.Picture   `json:"logo,omitempty"`
	Extras           json.RawMessage `json:"extras,omitempty"`
	Ext              json.RawMessage `json:"ext,omitempty"`
	Teams            json.RawMessage `json:"teams,omitempty"`
	// PresentationBlocs are the organization's page about itself, which
	// everybody sees once PresentationBlocsPublishedAt is set, and its admins
	// before.
	PresentationBlocs            []bloc.Bloc `json:"presentation_blocs,omitzero"`
	PresentationBlocsPublishedAt time.Time   `json:"presentation_blocs_published_at,omitzero"`
	// Kept is what another portal knew and this one has no use for yet.
	Kept json.RawMessage `json:"kept,omitempty"`
}

// Badges are the kinds that may be given, with the message ids of their labels,
// in udata's order.
var Badges = []Label{
	{"public-service", "Public Service"},
	{"certified", "Certified"},
	{"association", "Association"},
	{"company", "Company"},
	{"local-authority", "Local authority"},
}

// Label names a choice: ID is what the API speaks, Label the English name,
// which is the message id of the translations.
type Label struct{ ID, Label string }

// BadgeKinds are the badges an organization may have.
var BadgeKinds = func() []string {
	var kinds []string
	for _, b := range Badges {
		kinds = append(kinds, b.ID)
	}
	return kinds
}()

func (o *Organization) id() string { return o.ID }

func (o *Organization) member(person string) int {
	return slices.IndexFunc(o.Members, func(m Member) bool { return m.Person == person })
}

// Counters of an organization.
var Counters = metric.Counters{
	Table: "organization",
	Names: []string{
		"dataservices", "dataservices_by_months", "datasets", "datasets_by_months", "datasets_followers_by_months",
		"datasets_reuses_by_months", "followers", "members", "reuses", "reuses_by_months", "reuses_followers_by_months", "views",
	},
	Columns: map[string]string{
		"datasets": "metric_datasets", "reuses": "metric_reuses", "followers": "metric_followers", "views": "metric_views",
	},
}

const avatars = "avatars"

func (o *Organization) uri(l wire.Links) string {
	return l.API + "/api/1/organizations/" + o.Slug + "/"
}
func (o *Organization) page(l wire.Links) string { return l.Site + "/organizations/" + o.Slug }

func (o *Organization) owned() auth.Owned { return auth.Owned{ID: o.ID, Organization: o.ID} }

// card writes the short form.
func (o *Organization) card(l wire.Links) wire.Fragment {
	w := wire.NewWriter(512)
	w.Open('{')
	w.Key("acronym")
	w.StringOrNull(o.Acronym)
	badge.Write(w, o.Badges)
	w.Key("class")
	w.String(ref.Organization)
	w.Key("id")
	w.String(o.ID)
	w.Key("logo")
	w.StringOrNull(o.Doc.Logo.URL(l, avatars))
	w.Key("logo_thumbnail")
	w.StringOrNull(o.Doc.Logo.Thumbnail(l, avatars, "100"))
	w.Key("name")
	w.String(o.Name)
	w.Key("page")
	w.String(o.page(l))
	auth.WritePermissions(w, ref.Organization, o.owned())
	w.Key("slug")
	w.String(o.Slug)
	w.Key("uri")
	w.String(o.uri(l))
	w.Close('}')
	return w.Fragment()
}

// full writes the whole organization; members is the JSON of its members, as
// the caller may see them, blocs that of its page about itself, nil to leave
// it out.
func (o *Organization) full(l wire.Links, members, blocs []byte) wire.Fragment {
	w := wire.NewWriter(2048)
	w.Open('{')
	w.Key("acronym")
	w.StringOrNull(o.Acronym)
	badge.Write(w, o.Badges)
	w.Key("business_number_id")
	w.StringOrNull(o.Doc.BusinessNumberID)
	w.Key("created_at")
	w.Time(o.CreatedAt)
	w.Key("deleted")
	w.Time(o.Deleted)
	w.Key("description")
	w.String(o.Doc.Description)
	w.Key("ext")
	w.Raw(orEmpty(o.Doc.Ext))
	w.Key("extras")
	w.Raw(orEmpty(o.Doc.Extras))
	w.Key("id")
	w.String(o.ID)
	w.Key("image_url")
	w.StringOrNull(o.Doc.ImageURL)
	w.Key("last_modified")
	w.Time(o.LastModified)
	w.Key("logo")
	w.StringOrNull(o.Doc.Logo.URL(l, avatars))
	w.Key("logo_thumbnail")
	w.StringOrNull(o.Doc.Logo.Thumbnail(l, avatars, "100"))
	w.Key("members")
	w.Raw(members)
	Counters.Write(w, o.Counts, []byte(o.Metrics))
	w.Key("name")
	w.String(o.Name)
	w.Key("page")
	w.String(o.page(l))
	auth.WritePermissions(w, ref.Organization, o.owned())
	if blocs != nil {
		w.Key("presentation_blocs")
		w.Raw(blocs)
	}
	w.Key("presentation_blocs_published_at")
	w.Time(o.Doc.PresentationBlocsPublishedAt)
	w.Key("slug")
	w.String(o.Slug)
	w.Key("teams")
	if len(o.Doc.Teams) > 0 {
		w.Raw(o.Doc.Teams)
	} else {
		w.Raw([]byte("[]"))
	}
	w.Key("uri")
	w.String(o.uri(l))
	w.Key("url")
	w.StringOrNull(o.Doc.URL)
	w.Key("zone")
	w.StringOrNull(o.Doc.Zone)
	w.Close('}')
	return w.Fragment()
}

func orEmpty(raw json.RawMessage) []byte {
	if len(raw) == 0 || string(raw) == "null" {
		return []byte("{}")
	}
	return raw
}

// suggestion writes what completes a name.
func (o *Organization) suggestion(l wire.Links) wire.Fragment {
	w := wire.NewWriter(256)
	w.Open('{')
	w.Key("acronym")
	w.StringOrNull(o.Acronym)
	w.Key("id")
	w.String(o.ID)
	w.Key("image_url")
	w.StringOrNull(o.Doc.Logo.Thumbnail(l, avatars, "100"))
	w.Key("name")
	w.String(o.Name)
	w.Key("page")
	w.String(o.page(l))
	w.Key("slug")
	w.String(o.Slug)
	w.Close('}')
	return w.Fragment()
}

// maskEmail hides an address as udata does: strangers see the domain, members
// the first two letters too.
func maskEmail(email string, toMember bool) string {
	name, domain, ok := strings.Cut(email, "@")
	if !ok {
		return "***"
	}
	if !toMember {
		return "***@" + domain
	}
	shown := []rune(name)
	shown = shown[:min(2, len(shown))]
	return string(shown) + strings.Repeat("*", max(1, utf8.RuneCountInString(name)-2)) + "@" + domain
}
