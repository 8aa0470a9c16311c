package organization

import (
	"encoding/json"
	"strings"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/metric"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
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
type Badge struct {
	Kind      string
	CreatedAt time.Time
	CreatedBy string
}

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
	// PresentationBlocsPublishedAt is udata's editorial page of the
	// organization.
	PresentationBlocsPublishedAt time.Time `json:"presentation_blocs_published_at,omitzero"`
	// Kept is what another portal knew and this one has no use for yet:
	// membership requests, editorial blocks.
	Kept json.RawMessage `json:"kept,omitempty"`
}

// BadgeKinds are the badges an organization may have.
var BadgeKinds = []string{"public-service", "certified", "association", "company", "local-authority"}

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

var permissionsModel = &schema.Model{
	Name: "OrganizationPermissions",
	Doc:  "What the caller may do with the organization.",
	Fields: []schema.Field{
		{Name: "delete", Type: schema.Bool()},
		{Name: "edit", Type: schema.Bool()},
		{Name: "harvest", Type: schema.Bool()},
		{Name: "members", Type: schema.Bool()},
		{Name: "private", Type: schema.Bool()},
	},
}

var cardModel = &schema.Model{
	Name: "OrganizationReference",
	Fields: []schema.Field{
		{Name: "acronym", Type: schema.Text()},
		{Name: "badges", Type: schema.List(schema.Of(ref.BadgeModel)), ReadOnly: true},
		{Name: "class", Type: schema.Text(), Required: true, ReadOnly: true, Doc: "The object's class, Organization"},
		{Name: "id", Type: schema.Text(), Required: true},
		{Name: "logo", Type: schema.Text(), ReadOnly: true, Doc: "Address of the logo"},
		{Name: "logo_thumbnail", Type: schema.Text(), ReadOnly: true, Doc: "Address of the logo as a square of 100 pixels"},
		{Name: "name", Type: schema.Text(), Required: true},
		{Name: "page", Type: schema.Text(), ReadOnly: true, Doc: "The organization's page"},
		{Name: "permissions", Type: schema.Of(permissionsModel), ReadOnly: true},
		{Name: "slug", Type: schema.Text(), ReadOnly: true, Required: true},
		{Name: "uri", Type: schema.Text(), ReadOnly: true, Doc: "The organization in this API"},
	},
}

func memberModel(user *schema.Model) *schema.Model {
	withEmail := &schema.Model{Name: "UserReferenceWithEmail", Fields: append([]schema.Field{
		{Name: "email", Type: schema.Text(), ReadOnly: true, Doc: "The address, masked for all but sysadmins"},
		{Name: "last_login_at", Type: schema.Time(), ReadOnly: true, Doc: "Shown to members and sysadmins"},
	}, user.Fields...)}
	return &schema.Model{
		Name: "Member (read)",
		Fields: []schema.Field{
			{Name: "label", Type: schema.Text(), ReadOnly: true, Doc: "The role's name in the caller's language"},
			{Name: "role", Type: schema.Enum("admin", "editor", "partial_editor"), Required: true},
			{Name: "since", Type: schema.Time(), ReadOnly: true},
			{Name: "user", Type: schema.Of(withEmail), ReadOnly: true},
		},
	}
}

func model(user *schema.Model) *schema.Model {
	return &schema.Model{
		Name: "Organization (read)",
		Fields: []schema.Field{
			{Name: "acronym", Type: schema.Text()},
			{Name: "badges", Type: schema.List(schema.Of(ref.BadgeModel)), ReadOnly: true},
			{Name: "business_number_id", Type: schema.Text(), Doc: "The number in the national register of businesses"},
			{Name: "created_at", Type: schema.Time(), ReadOnly: true, Required: true},
			{Name: "deleted", Type: schema.Time(), ReadOnly: true},
			{Name: "description", Type: schema.Markdown(), Required: true},
			{Name: "ext", Type: schema.Any()},
			{Name: "extras", Type: schema.Any(), Doc: "The client's own members"},
			{Name: "id", Type: schema.Text(), ReadOnly: true, Required: true},
			{Name: "image_url", Type: schema.Text()},
			{Name: "last_modified", Type: schema.Time(), ReadOnly: true, Required: true},
			{Name: "logo", Type: schema.Text(), ReadOnly: true, Doc: "Address of the logo"},
			{Name: "logo_thumbnail", Type: schema.Text(), ReadOnly: true, Doc: "Address of the logo as a square of 100 pixels"},
			{Name: "members", Type: schema.List(schema.Of(memberModel(user))), ReadOnly: true},
			{Name: "metrics", Type: schema.Any(), ReadOnly: true, Doc: "Counters"},
			{Name: "name", Type: schema.Text(), Required: true},
			{Name: "page", Type: schema.Text(), ReadOnly: true, Doc: "The organization's page"},
			{Name: "permissions", Type: schema.Of(permissionsModel), ReadOnly: true},
			{Name: "presentation_blocs_published_at", Type: schema.Time(), ReadOnly: true},
			{Name: "slug", Type: schema.Text(), ReadOnly: true, Required: true},
			{Name: "teams", Type: schema.List(schema.Any()), ReadOnly: true},
			{Name: "uri", Type: schema.Text(), ReadOnly: true, Doc: "The organization in this API"},
			{Name: "url", Type: schema.Text(), Doc: "The organization's own web site"},
			{Name: "zone", Type: schema.Text(), Doc: "The territory it is about"},
		},
	}
}

const avatars = "avatars"

func (o *Organization) uri(l wire.Links) string {
	return l.API + "/api/1/organizations/" + o.Slug + "/"
}
func (o *Organization) page(l wire.Links) string { return l.Site + "/organizations/" + o.Slug }

func (o *Organization) owned() auth.Owned { return auth.Owned{ID: o.ID, Organization: o.ID} }

func (o *Organization) writeBadges(w *wire.Writer) {
	w.Key("badges")
	w.Open('[')
	for _, b := range o.Badges {
		w.Open('{')
		w.Key("kind")
		w.String(b.Kind)
		w.Close('}')
	}
	w.Close(']')
}

// card writes the short form.
func (o *Organization) card(l wire.Links) wire.Fragment {
	w := wire.NewWriter(512)
	w.Open('{')
	w.Key("acronym")
	w.StringOrNull(o.Acronym)
	o.writeBadges(w)
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
// the caller may see them.
func (o *Organization) full(l wire.Links, members []byte) wire.Fragment {
	w := wire.NewWriter(2048)
	w.Open('{')
	w.Key("acronym")
	w.StringOrNull(o.Acronym)
	o.writeBadges(w)
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
	return string(shown) + strings.Repeat("*", max(2, len([]rune(name))-2)) + "@" + domain
}
