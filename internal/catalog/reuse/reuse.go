package reuse

import (
	"encoding/json"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/badge"
	"ouvert/internal/kernel/metric"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// Reuse is something that was made with open data.
type Reuse struct {
	ID    string
	Slug  string
	Title string
	// Type is one of Types, Topic one of Topics; portals from before topics
	// have reuses without one.
	Type  string
	Topic string
	URL   string
	// URLHash is what makes the address unique, see weburl.Hash.
	URLHash string
	// Owner and Organization are ids; most reuses have one of them.
	Owner        string
	Organization string
	Private      bool
	// Featured is nil until a sysadmin said something about it.
	Featured     *bool
	CreatedAt    time.Time
	LastModified time.Time
	// Archived is when the reuse stopped working; it stays in all lists.
	Archived time.Time
	Deleted  time.Time
	// Datasets and Dataservices are ids, in the order given, which may name
	// something twice or something that is gone.
	Datasets     []string
	Dataservices []string
	Counts       map[string]int64
	// Metrics is a JSON object of the counters that are not columns.
	Metrics  string
	Doc      Doc
	Revision int64
}

// Doc is what SQL never looks into.
type Doc struct {
	Description string          `json:"description"`
	Tags        []string        `json:"tags,omitempty"`
	Extras      json.RawMessage `json:"extras,omitempty"`
	Badges      []Badge         `json:"badges,omitempty"`
	Image       *wire.Picture   `json:"image,omitempty"`
	// Kept is what another portal knew and this one has no use for yet.
	Kept json.RawMessage `json:"kept,omitempty"`
}

// Badge is a distinction that the portal gave.
type Badge = badge.Badge

// Label names a choice: ID is what the API speaks, Label the English name,
// which is the message id of the translations.
type Label struct{ ID, Label string }

// Types are the kinds of reuses, in udata's order (core/reuse/constants.py).
var Types = []Label{
	{"api", "API"},
	{"application", "Application"},
	{"idea", "Idea"},
	{"news_article", "News Article"},
	{"paper", "Paper"},
	{"post", "Post"},
	{"visualization", "Visualization"},
	{"hardware", "Connected device"},
}

// Topics are the subjects of reuses, in udata's order.
var Topics = []Label{
	{"health", "Health"},
	{"transport_and_mobility", "Transport and mobility"},
	{"housing_and_development", "Housing and development"},
	{"food_and_agriculture", "Food and agriculture"},
	{"culture_and_recreation", "Culture and recreation"},
	{"economy_and_business", "Economy and business"},
	{"environment_and_energy", "Environment and energy"},
	{"work_and_training", "Work and training"},
	{"politics_and_public_life", "Politics and public life"},
	{"safety_and_security", "Safety and security"},
	{"education_and_research", "Education and research"},
	{"society_and_demography", "Society and demography"},
	{"law_and_justice", "Law and justice"},
	{"open_data_tools", "Open data tools"},
	{"others", "Others"},
}

var (
	typeIDs  = ids(Types)
	topicIDs = ids(Topics)
)

func ids(labels []Label) []string {
	out := make([]string, len(labels))
	for i, l := range labels {
		out[i] = l.ID
	}
	return out
}

// Limits of a tag, in characters after normalisation.
const (
	minTag = 3
	maxTag = 96
)

// Counters of a reuse.
var Counters = metric.Counters{
	Table: "reuse",
	Names: []string{"datasets", "discussions", "discussions_open", "followers", "followers_by_months", "views"},
	Columns: map[string]string{
		"datasets": "metric_datasets", "followers": "metric_followers", "views": "metric_views",
	},
}

func (r *Reuse) id() string { return r.ID }

// Owned says whose reuse it is.
func (r *Reuse) Owned() auth.Owned {
	return auth.Owned{ID: r.ID, Owner: r.Owner, Organization: r.Organization}
}

// Hidden tells whether only its owners may see the reuse.
func (r *Reuse) Hidden() bool { return r.Private || !r.Deleted.IsZero() }

// Visible tells whether the reuse counts for what it is linked with.
func (r *Reuse) Visible() bool { return !r.Hidden() && len(r.Datasets) > 0 }

func (r *Reuse) uri(l wire.Links) string  { return l.API + "/api/1/reuses/" + r.Slug + "/" }
func (r *Reuse) page(l wire.Links) string { return l.Site + "/reuses/" + r.Slug }

const (
	images        = "images"
	thumbnailSide = "500"
)

// parts are the wire forms of what a reuse mentions, by id.
type parts struct {
	users, organizations, datasets, dataservices map[string]wire.Fragment
}

// full writes the v1 form.
func (r *Reuse) full(l wire.Links, p parts) wire.Fragment {
	w := wire.NewWriter(4096)
	w.Open('{')
	w.Key("archived")
	w.Time(r.Archived)
	badge.Write(w, r.Doc.Badges)
	w.Key("created_at")
	w.Time(r.CreatedAt)
	w.Key("dataservices")
	writeAll(w, p.dataservices, r.Dataservices)
	w.Key("datasets")
	writeAll(w, p.datasets, r.Datasets)
	w.Key("deleted")
	w.Time(r.Deleted)
	w.Key("description")
	w.String(r.Doc.Description)
	w.Key("extras")
	w.Raw(r.extras())
	r.writeCommon(w, l, p)
	w.Close('}')
	return w.Fragment()
}

// light writes the v2 form, which links to datasets and dataservices instead
// of holding them.
func (r *Reuse) light(l wire.Links, p parts) wire.Fragment {
	w := wire.NewWriter(2048)
	w.Open('{')
	w.Key("archived")
	w.Time(r.Archived)
	badge.Write(w, r.Doc.Badges)
	w.Key("created_at")
	w.Time(r.CreatedAt)
	w.Key("dataservices")
	writeSubsection(w, l.API+"/api/1/dataservices/?reuse="+r.ID+"&page=1&page_size=50", int64(len(r.Dataservices)))
	w.Key("datasets")
	writeSubsection(w, l.API+"/api/2/datasets/?reuse="+r.ID+"&page=1&page_size=50", r.Counts["datasets"])
	w.Key("deleted")
	w.Time(r.Deleted)
	w.Key("description")
	w.String(r.Doc.Description)
	w.Key("extras")
	w.Raw(r.extras())
	r.writeCommon(w, l, p)
	w.Close('}')
	return w.Fragment()
}

// writeCommon writes the members that both forms share, from `featured` on.
func (r *Reuse) writeCommon(w *wire.Writer, l wire.Links, p parts) {
	w.Key("featured")
	w.BoolOrNull(r.Featured)
	w.Key("id")
	w.String(r.ID)
	w.Key("image")
	w.StringOrNull(r.Doc.Image.URL(l, images))
	w.Key("image_thumbnail")
	w.StringOrNull(r.Doc.Image.Thumbnail(l, images, thumbnailSide))
	w.Key("last_modified")
	w.Time(r.LastModified)
	Counters.Write(w, r.Counts, []byte(r.Metrics))
	w.Key("organization")
	w.Embed(p.organizations[r.Organization])
	w.Key("owner")
	w.Embed(p.users[r.Owner])
	w.Key("page")
	w.String(r.page(l))
	auth.WritePermissions(w, ref.Reuse, r.Owned())
	w.Key("private")
	w.Bool(r.Private)
	w.Key("slug")
	w.String(r.Slug)
	w.Key("tags")
	w.Strings(r.Doc.Tags)
	w.Key("title")
	w.String(r.Title)
	w.Key("topic")
	w.StringOrNull(r.Topic)
	w.Key("type")
	w.String(r.Type)
	w.Key("uri")
	w.String(r.uri(l))
	w.Key("url")
	w.String(r.URL)
}

func (r *Reuse) extras() []byte {
	if len(r.Doc.Extras) == 0 || string(r.Doc.Extras) == "null" {
		return []byte("{}")
	}
	return r.Doc.Extras
}

// writeAll writes those of the ids that exist.
func writeAll(w *wire.Writer, found map[string]wire.Fragment, ids []string) {
	w.Open('[')
	for _, oid := range ids {
		if f, ok := found[oid]; ok {
			w.Embed(f)
		}
	}
	w.Close(']')
}

func writeSubsection(w *wire.Writer, href string, total int64) {
	w.Open('{')
	w.Key("href")
	w.String(href)
	w.Key("rel")
	w.String("subsection")
	w.Key("total")
	w.Int(total)
	w.Key("type")
	w.String("GET")
	w.Close('}')
}

// card writes the short form in which others mention the reuse.
func (r *Reuse) card(l wire.Links) wire.Fragment {
	w := wire.NewWriter(512)
	w.Open('{')
	w.Key("class")
	w.String(ref.Reuse)
	w.Key("id")
	w.String(r.ID)
	w.Key("image")
	w.StringOrNull(r.Doc.Image.URL(l, images))
	w.Key("image_thumbnail")
	w.StringOrNull(r.Doc.Image.Thumbnail(l, images, thumbnailSide))
	w.Key("page")
	w.String(r.page(l))
	w.Key("title")
	w.String(r.Title)
	w.Key("uri")
	w.String(r.uri(l))
	w.Close('}')
	return w.Fragment()
}

// suggestion writes the form that completes what a person types.
func (r *Reuse) suggestion(l wire.Links) wire.Fragment {
	w := wire.NewWriter(512)
	w.Open('{')
	w.Key("id")
	w.String(r.ID)
	w.Key("image_url")
	w.StringOrNull(r.Doc.Image.Thumbnail(l, images, thumbnailSide))
	w.Key("page")
	w.String(r.page(l))
	w.Key("slug")
	w.String(r.Slug)
	w.Key("title")
	w.String(r.Title)
	w.Close('}')
	return w.Fragment()
}
