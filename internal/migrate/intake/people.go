package intake

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"ouvert/internal/catalog/organization"
	"ouvert/internal/catalog/user"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/i18n"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// role learns which role makes a sysadmin; it is the only one that udata has.
func (r *Run) role(rec *Record, id string) (*item, error) {
	if rec.Text("name") == "admin" {
		r.adminRole = id
	}
	return &item{}, nil
}

// NoMail is the domain of the addresses of people who have none: no mail ever
// goes there (RFC 2606).
const NoMail = "@missing.invalid"

// minKey is the least length of an API key: one that is shorter would be
// guessed.
const minKey = 16

func (r *Run) user(rec *Record, _ string) (*item, error) {
	oid, err := objectID(rec)
	if err != nil {
		return nil, err
	}
	u := &user.User{
		ID: oid, Slug: rec.Text("slug"), Email: strings.TrimSpace(rec.Text("email")), FirstName: rec.Text("first_name"),
		LastName: rec.Text("last_name"), Password: rec.Text("password"), Active: rec.Bool("active"),
		Sysadmin: r.isAdmin(rec), Lang: string(i18n.Parse(rec.Text("prefered_language"))),
		CreatedAt: rec.Created(oid, "created_at"), ConfirmedAt: rec.Time("confirmed_at"), Deleted: rec.Time("deleted"),
		// udata shows the current sign-in as the last one.
		LastLoginAt: rec.Changed(rec.Time("last_login_at"), "current_login_at"),
	}
	if !rec.has("active") {
		rec.Add("active is missing: the person cannot sign in")
	}
	if u.Email == "" {
		u.Email = oid + NoMail
		rec.Add("email is missing, taken as %s", u.Email)
	}
	u.Counts, u.Metrics = rec.Metrics(user.Counters)
	key, _ := rec.get("apikey").(string) // in the clear, before 2026; not to be kept
	if len(key) < minKey && !empty(rec.doc["apikey"]) {
		rec.Add("apikey is no key, left out")
		key = ""
	}
	u.Doc = user.Doc{
		About: rec.Text("about"), Website: rec.Text("website"), Avatar: r.picture(rec, "avatar", "avatars"),
		PasswordRotationDemanded:  rec.Time("password_rotation_demanded"),
		PasswordRotationPerformed: rec.Time("password_rotation_performed"),
		Kept:                      rec.Rest(),
	}
	return &item{
		class: ref.User, slug: &u.Slug, title: u.FullName(),
		write: func(ctx context.Context, tx *sql.Tx) error {
			if err := r.target.Users.Import(ctx, tx, u); err != nil || key == "" {
				return err
			}
			return r.target.Users.ImportKey(ctx, tx, u.ID, key)
		},
	}, nil
}

// isAdmin tells whether one of the roles is the admin's. A source without ids
// names it.
func (r *Run) isAdmin(rec *Record) bool {
	for _, v := range rec.list("roles") {
		if rec.texts && v == "admin" {
			return true
		}
		if oid, _ := identify(v); oid != "" && oid == r.adminRole {
			return true
		}
	}
	return false
}

func (r *Run) token(rec *Record, _ string) (*item, error) {
	oid, err := objectID(rec)
	if err != nil {
		return nil, err
	}
	t := &user.Token{
		ID: oid, Hash: strings.ToLower(rec.Text("token_hash")), Prefix: rec.Text("token_prefix"), Person: rec.Ref("user"),
		Name: rec.Text("name"), Kind: rec.Text("kind"), CreatedAt: rec.Created(oid, "created_at"),
		LastUsedAt: rec.Time("last_used_at"), RevokedAt: rec.Time("revoked_at"), ExpiresAt: rec.Time("expires_at"),
		UserAgents: rec.Texts("user_agents"),
	}
	if t.Kind == "" {
		t.Kind = "api_key"
	}
	scopes, err := json.Marshal(append([]string{}, rec.Texts("scopes")...))
	if err != nil {
		return nil, err
	}
	t.Scopes = string(scopes)
	switch {
	case t.Hash == "":
		return nil, errors.New("it has no token_hash")
	case t.Person == "":
		return nil, errors.New("it is nobody's")
	}
	return &item{
		needs: []mention{{ref.User, t.Person, "its person"}},
		write: func(ctx context.Context, tx *sql.Tx) error { return r.target.Users.ImportToken(ctx, tx, t) },
	}, nil
}

func (r *Run) organization(rec *Record, _ string) (*item, error) {
	oid, err := objectID(rec)
	if err != nil {
		return nil, err
	}
	o := &organization.Organization{
		ID: oid, Slug: rec.Text("slug"), Name: rec.Needed("name"), Acronym: rec.Text("acronym"),
		CreatedAt: rec.Created(oid, "created_at"), Deleted: rec.Time("deleted"),
	}
	o.LastModified = rec.Changed(o.CreatedAt, "last_modified")
	o.Counts, o.Metrics = rec.Metrics(organization.Counters)
	var requests []*organization.Request
	it := &item{
		class: ref.Organization, slug: &o.Slug, title: o.Name,
		write: func(ctx context.Context, tx *sql.Tx) error {
			if err := r.target.Organizations.Import(ctx, tx, o); err != nil {
				return err
			}
			for _, m := range requests {
				if err := r.target.Organizations.ImportRequest(ctx, tx, m); err != nil {
					return err
				}
			}
			return nil
		},
	}
	for _, m := range rec.Subs("members") {
		member := organization.Member{Person: m.Ref("user"), Since: m.Time("since")}
		if member.Person == "" {
			rec.Add("a member is nobody, left out")
			continue
		}
		member.Role = memberRole(rec, m, member.Person)
		if slices.ContainsFunc(o.Members, func(x organization.Member) bool { return x.Person == member.Person }) {
			rec.Add("the member %s is listed twice", member.Person)
			continue
		}
		o.Members = append(o.Members, member)
		it.refer(ref.User, "its member", member.Person)
	}
	for i, sub := range rec.Subs("requests") {
		m := membershipRequest(rec, sub, o, i)
		if m == nil {
			continue
		}
		requests = append(requests, m)
		it.refer(ref.User, "who wants to be its member", m.Person)
	}
	for _, b := range badges(rec) {
		o.Badges = append(o.Badges, organization.Badge(b))
	}
	o.Doc = organization.Doc{
		Description: rec.Text("description"), URL: rec.Text("url"), ImageURL: rec.Text("image_url"),
		BusinessNumberID: rec.Text("business_number_id"), Zone: rec.Text("zone"), Logo: r.picture(rec, "logo", "avatars"),
		Extras: rec.Raw("extras"), Ext: rec.Raw("ext"), Teams: rec.RawList("teams"),
		PresentationBlocs:            blocs(rec, "presentation_blocs"),
		PresentationBlocsPublishedAt: rec.Time("presentation_blocs_published_at"),
		Kept:                         rec.Rest(),
	}
	return it, nil
}

// maxName is the most bytes of a name that the database looks things up by;
// PostgreSQL takes some 2700.
const maxName = 512

// memberRole reads the role of a member, or of somebody who is to be one.
func memberRole(rec, m *Record, person string) auth.Role {
	role := auth.Role(m.Text("role"))
	if role.Valid() {
		return role
	}
	if role != "" {
		rec.Add("the role %q of the member %s is unknown, taken as editor", role, person)
	}
	return auth.Editor // udata's default
}

// membershipRequest reads the n-th request or invitation of an organization,
// nil when it is about nobody.
func membershipRequest(rec, sub *Record, o *organization.Organization, n int) *organization.Request {
	m := &organization.Request{
		Organization: o.ID, Kind: sub.Text("kind"), Status: sub.Text("status"), Person: sub.Ref("user"),
		Email: strings.ToLower(strings.TrimSpace(sub.Text("email"))), Comment: sub.Text("comment"),
		CreatedAt: sub.Changed(o.CreatedAt, "created"), CreatedBy: sub.Ref("created_by"),
		HandledAt: sub.Time("handled_on"), HandledBy: sub.Ref("handled_by"), RefusalComment: sub.Text("refusal_comment"),
	}
	if m.Person == "" && m.Email == "" {
		rec.Add("a membership request is nobody's, left out")
		return nil
	}
	m.Role = memberRole(rec, sub, m.Person)
	if m.Kind != organization.Invited {
		m.Kind = organization.Asked // there was no other before 2026
	}
	switch m.Status {
	case organization.Pending, organization.Accepted, organization.Refused, organization.Canceled:
	default:
		rec.Add("the status %q of a membership request is unknown, taken as canceled", m.Status)
		m.Status = organization.Canceled
	}
	text := sub.Text("id")
	if text == "" {
		text = sub.Text("_id")
	}
	var ok bool
	if m.ID, ok = id.ParseUUID(text); !ok {
		// The same in each run of an import.
		sum := sha256.Sum256(fmt.Appendf(nil, "%s/request/%d", o.ID, n))
		m.ID = id.FormatUUID([16]byte(sum[:16]))
		rec.Add("a membership request has no id, it got %s", m.ID)
	}
	m.Assignments = sub.Generics("assignments")
	return m
}

// badges reads the badges of an object; one kind is there once.
func badges(rec *Record) []badge {
	var out []badge
	for _, b := range rec.Subs("badges") {
		x := badge{Kind: b.Text("kind"), CreatedAt: b.Time("created"), CreatedBy: b.Ref("created_by")}
		if x.Kind == "" {
			rec.Add("a badge has no kind, left out")
			continue
		}
		if len(x.Kind) > maxName {
			rec.Add("the name of a badge is too long, left out")
			continue
		}
		if slices.ContainsFunc(out, func(o badge) bool { return o.Kind == x.Kind }) {
			continue
		}
		out = append(out, x)
	}
	return out
}

// picture reads a stored picture, nil when there is none. Of keys that lead to
// no file, a note is made.
func (r *Run) picture(rec *Record, key, bucket string) *wire.Picture {
	p := rec.Sub(key)
	if p == nil {
		return nil
	}
	out := &wire.Picture{Filename: p.Text("filename"), Original: p.Text("original")}
	if thumbnails := p.Sub("thumbnails"); thumbnails != nil {
		for side := range thumbnails.doc {
			if k := thumbnails.Text(side); k != "" {
				if out.Thumbnails == nil {
					out.Thumbnails = map[string]string{}
				}
				out.Thumbnails[side] = k
			}
		}
	}
	for _, v := range p.list("bbox") {
		switch n := v.(type) {
		case int64:
			out.BBox = append(out.BBox, float64(n))
		case float64:
			if !math.IsNaN(n) && !math.IsInf(n, 0) {
				out.BBox = append(out.BBox, n)
			}
		}
	}
	if len(out.BBox) != 4 {
		out.BBox = nil
	}
	if out.Filename == "" && out.Original == "" && out.Thumbnails == nil {
		return nil
	}
	r.lookFor(rec, out, bucket)
	return out
}
