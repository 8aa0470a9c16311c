package intake

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"ouvert/internal/catalog/contactpoint"
	"ouvert/internal/catalog/dataservice"
	"ouvert/internal/catalog/license"
	"ouvert/internal/catalog/reuse"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/weburl"
)

// badge is what the badges of all nouns are.
type badge struct {
	Kind      string
	CreatedAt time.Time
	CreatedBy string
}

// owned reads whose an object is, and mentions them.
func owned(rec *Record, it *item) (owner, org string) {
	owner, org = rec.Ref("owner"), rec.Ref("organization")
	it.refer(ref.User, "its owner", owner)
	it.refer(ref.Organization, "its organization", org)
	if owner != "" && org != "" {
		rec.Add("it has an owner and an organization")
	}
	return owner, org
}

func (r *Run) license(rec *Record, id string) (*item, error) {
	l := &license.License{ID: id, Title: rec.Needed("title"), CreatedAt: rec.Time("created_at")}
	if err := named(rec, id); err != nil {
		return nil, err
	}
	active := rec.OptionalBool("active")
	l.Doc = license.Doc{
		Slug: rec.Text("slug"), URL: rec.Text("url"), Maintainer: rec.Text("maintainer"), Flags: rec.Texts("flags"),
		AlternateTitles: rec.Texts("alternate_titles"), AlternateURLs: rec.Texts("alternate_urls"),
		Inactive: active != nil && !*active,
	}
	r.licenses[id] = true
	return &item{
		write: func(ctx context.Context, tx *sql.Tx) error { return r.target.Licenses.Import(ctx, tx, l) },
	}, nil
}

// licenseOf reads the licence that an object names.
func (r *Run) licenseOf(rec *Record) string {
	var name string
	switch v := rec.get("license").(type) {
	case DBRef:
		name = rec.text("license", v.ID)
	case Object:
		name = rec.text("license", v["_id"])
	default:
		name = rec.text("license", v)
	}
	if name != "" && !r.licenses[name] {
		rec.Add("its licence %q does not exist", name)
	}
	return name
}

func (r *Run) contactPoint(rec *Record, _ string) (*item, error) {
	oid, err := objectID(rec)
	if err != nil {
		return nil, err
	}
	it := &item{}
	c := &contactpoint.ContactPoint{
		ID: oid, Name: rec.Text("name"), Email: rec.Text("email"), ContactForm: rec.Text("contact_form"), Role: rec.Text("role"),
	}
	c.Owner, c.Organization = owned(rec, it)
	it.write = func(ctx context.Context, tx *sql.Tx) error { return r.target.ContactPoints.Import(ctx, tx, c) }
	return it, nil
}

func (r *Run) dataservice(rec *Record, _ string) (*item, error) {
	oid, err := objectID(rec)
	if err != nil {
		return nil, err
	}
	d := &dataservice.Dataservice{
		ID: oid, Slug: rec.Text("slug"), Title: rec.Needed("title"), Acronym: rec.Text("acronym"), Private: rec.Bool("private"),
		Featured: rec.OptionalBool("featured"), CreatedAt: rec.Created(oid, "created_at"), Archived: rec.Time("archived_at"),
		Deleted: rec.Time("deleted_at"), Datasets: rec.Refs("datasets"),
	}
	d.LastModified = rec.Changed(d.CreatedAt, "metadata_modified_at")
	d.Counts, d.Metrics = rec.Metrics(dataservice.Counters)
	it := &item{
		class: ref.Dataservice, slug: &d.Slug, title: d.Title,
		write: func(ctx context.Context, tx *sql.Tx) error { return r.target.Dataservices.Import(ctx, tx, d) },
	}
	d.Owner, d.Organization = owned(rec, it)
	it.refer(ref.Dataset, "its dataset", d.Datasets...)
	d.Doc = dataservice.Doc{
		Description: rec.Text("description"), Tags: tags(rec), License: r.licenseOf(rec), BaseAPIURL: rec.Text("base_api_url"),
		MachineDocumentationURL: rec.Text("machine_documentation_url"), TechnicalDocumentationURL: rec.Text("technical_documentation_url"),
		BusinessDocumentationURL: rec.Text("business_documentation_url"), RateLimiting: rec.Text("rate_limiting"),
		RateLimitingURL: rec.Text("rate_limiting_url"), Availability: rec.Float("availability"),
		AvailabilityURL: rec.Text("availability_url"), Format: rec.Text("format"), ContactPoints: rec.Refs("contact_points"),
		Access: dataservice.Access{
			Type: rec.Text("access_type"), RequestURL: rec.Text("authorization_request_url"),
			ReasonCategory: rec.Text("access_type_reason_category"), Reason: rec.Text("access_type_reason"),
		},
		Extras: rec.Raw("extras"),
	}
	if old := rec.Text("endpoint_description_url"); d.Doc.MachineDocumentationURL == "" { // its name before 2025
		d.Doc.MachineDocumentationURL = old
	}
	for _, a := range rec.Subs("access_audiences") {
		d.Doc.Access.Audiences = append(d.Doc.Access.Audiences, dataservice.Audience{Role: a.Text("role"), Condition: a.Text("condition")})
	}
	for _, b := range badges(rec) {
		d.Doc.Badges = append(d.Doc.Badges, dataservice.Badge(b))
	}
	it.refer(contactPoint, "its contact point", d.Doc.ContactPoints...)
	if h := rec.Sub("harvest"); h != nil && len(h.doc) > 0 {
		d.Doc.Harvest = &dataservice.Harvest{
			Backend: h.Text("backend"), Domain: h.Text("domain"), SourceID: h.Text("source_id"), SourceURL: h.Text("source_url"),
			RemoteID: h.Text("remote_id"), RemoteURL: h.Text("remote_url"), URI: h.Text("uri"), CreatedAt: h.Time("created_at"),
			IssuedAt: h.Time("issued_at"), ModifiedAt: h.Time("modified_at"), LastUpdate: h.Time("last_update"),
			ArchivedAt: h.Time("archived_at"), ArchivedReason: h.Text("archived_reason"),
		}
	}
	d.Doc.Kept = rec.Rest()
	return it, nil
}

// tags reads the tags of an object, each once.
func tags(rec *Record) []string {
	var out []string
	seen := map[string]bool{}
	for _, t := range rec.Texts("tags") {
		if len(t) > maxName {
			rec.Add("a tag is too long, left out")
			continue
		}
		if !seen[t] {
			seen[t] = true
			out = append(out, t)
		}
	}
	return out
}

func (r *Run) reuse(rec *Record, _ string) (*item, error) {
	oid, err := objectID(rec)
	if err != nil {
		return nil, err
	}
	x := &reuse.Reuse{
		ID: oid, Slug: rec.Text("slug"), Title: rec.Needed("title"), Type: rec.Needed("type"), Topic: rec.Needed("topic"),
		URL: rec.Needed("url"), URLHash: rec.Text("urlhash"), Private: rec.Bool("private"), Featured: rec.OptionalBool("featured"),
		CreatedAt: rec.Created(oid, "created_at"), Archived: rec.Time("archived"), Deleted: rec.Time("deleted"),
		Datasets: rec.Refs("datasets"), Dataservices: rec.Refs("dataservices"),
	}
	x.LastModified = rec.Changed(x.CreatedAt, "last_modified")
	x.Counts, x.Metrics = rec.Metrics(reuse.Counters)
	hashURL(rec, x)
	it := &item{
		class: ref.Reuse, slug: &x.Slug, title: x.Title,
		write: func(ctx context.Context, tx *sql.Tx) error { return r.target.Reuses.Import(ctx, tx, x) },
	}
	x.Owner, x.Organization = owned(rec, it)
	it.refer(ref.Dataset, "its dataset", x.Datasets...)
	it.refer(ref.Dataservice, "its dataservice", x.Dataservices...)
	x.Doc = reuse.Doc{
		Description: rec.Text("description"), Tags: tags(rec), Extras: rec.Raw("extras"), Image: r.picture(rec, "image", "images"),
	}
	for _, b := range badges(rec) {
		x.Doc.Badges = append(x.Doc.Badges, reuse.Badge(b))
	}
	x.Doc.Kept = rec.Rest()
	return it, nil
}

// hashLength is how many digits a SHA-1 has.
const hashLength = 40

// hashURL completes what makes a reuse's address unique, and notes an address
// that could not be given to a reuse today.
func hashURL(rec *Record, x *reuse.Reuse) {
	if x.URL == "" {
		// Not to be the double of another one without an address.
		x.URLHash = weburl.Hash("missing:" + x.ID)
		return
	}
	if _, err := weburl.Default.Check(x.URL); err != nil {
		rec.Add("its address would be refused today: %v", err)
	}
	if len(x.URLHash) != hashLength {
		x.URLHash = weburl.Hash(x.URL)
		rec.Add("urlhash is missing, made from the url")
	}
}

// siteItem reads the portal itself.
func (r *Run) siteItem(doc Object) *item {
	text := json.RawMessage(appendJSON(nil, doc))
	return &item{write: func(ctx context.Context, tx *sql.Tx) error { return r.target.Site.Import(ctx, tx, text) }}
}
