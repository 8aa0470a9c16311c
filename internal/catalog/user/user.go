package user

import (
	"encoding/json"
	"time"

	"ouvert/internal/kernel/metric"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// User is a person.
type User struct {
	ID        string
	Slug      string
	Email     string
	FirstName string
	LastName  string
	// Password is a hash, "" for somebody who cannot sign in with one.
	Password string
	Active   bool
	Sysadmin bool
	// Lang is the chosen language, "" for the portal's.
	Lang        string
	CreatedAt   time.Time
	ConfirmedAt time.Time
	LastLoginAt time.Time
	Deleted     time.Time
	// Counts are the counters that are columns; Metrics is a JSON object of
	// the others.
	Counts   map[string]int64
	Metrics  string
	Doc      Doc
	Revision int64
}

// Doc is what SQL never looks into.
type Doc struct {
	About   string        `json:"about,omitempty"`
	Website string        `json:"website,omitempty"`
	Avatar  *wire.Picture `json:"avatar,omitempty"`
	// PasswordRotationDemanded and …Performed are udata's, kept for its
	// clients.
	PasswordRotationDemanded  time.Time `json:"password_rotation_demanded,omitzero"`
	PasswordRotationPerformed time.Time `json:"password_rotation_performed,omitzero"`
	// Kept is what another portal knew and this one has no use for yet.
	Kept json.RawMessage `json:"kept,omitempty"`
}

// Token is an API token, without its secret.
type Token struct {
	ID     string
	Hash   string
	Prefix string
	Person string
	Name   string
	Kind   string
	// Scopes is a JSON array of udata's scopes.
	Scopes     string
	CreatedAt  time.Time
	LastUsedAt time.Time
	RevokedAt  time.Time
	ExpiresAt  time.Time
	// UserAgents are the programs that used it, at most maxAgents.
	UserAgents []string
}

// Counters of a person.
var Counters = metric.Counters{
	Table: "person",
	Names: []string{"dataservices", "datasets", "followers", "following", "reuses"},
	Columns: map[string]string{
		"datasets": "metric_datasets", "reuses": "metric_reuses",
		"followers": "metric_followers", "following": "metric_following",
	},
}

func (u *User) uri(l wire.Links) string  { return l.API + "/api/1/users/" + u.Slug + "/" }
func (u *User) page(l wire.Links) string { return l.Site + "/users/" + u.Slug }

const avatars = "avatars"

// thumbnail is the address of the avatar's largest square. Pictures of older
// portals lack the largest.
func (u *User) thumbnail(l wire.Links) string {
	for _, side := range []string{"500", "200", "100"} {
		if address := u.Doc.Avatar.Thumbnail(l, avatars, side); address != "" {
			return address
		}
	}
	return "" // as in udata: a picture that came without squares has no thumbnail
}

// card writes the short form.
func (u *User) card(l wire.Links) wire.Fragment {
	w := wire.NewWriter(512)
	w.Open('{')
	w.Key("avatar")
	w.StringOrNull(u.Doc.Avatar.URL(l, avatars))
	w.Key("avatar_thumbnail")
	w.StringOrNull(u.thumbnail(l))
	w.Key("class")
	w.String(ref.User)
	w.Key("first_name")
	w.String(u.FirstName)
	w.Key("id")
	w.String(u.ID)
	w.Key("last_name")
	w.String(u.LastName)
	w.Key("page")
	w.String(u.page(l))
	w.Key("slug")
	w.String(u.Slug)
	w.Key("uri")
	w.String(u.uri(l))
	w.Close('}')
	return w.Fragment()
}

// full writes the whole person. What only they and sysadmins see is null
// unless confidential is set.
func (u *User) full(l wire.Links, organizations []wire.Fragment, confidential bool) wire.Fragment {
	w := wire.NewWriter(1024)
	w.Open('{')
	w.Key("about")
	w.StringOrNull(u.Doc.About)
	w.Key("active")
	w.Bool(u.Active)
	w.Key("avatar")
	w.StringOrNull(u.Doc.Avatar.URL(l, avatars))
	w.Key("avatar_thumbnail")
	w.StringOrNull(u.thumbnail(l))
	w.Key("email")
	if confidential {
		w.StringOrNull(u.Email)
	} else {
		w.Null()
	}
	w.Key("first_name")
	w.String(u.FirstName)
	w.Key("id")
	w.String(u.ID)
	w.Key("last_login_at")
	if confidential {
		w.Time(u.LastLoginAt)
	} else {
		w.Null()
	}
	w.Key("last_name")
	w.String(u.LastName)
	Counters.Write(w, u.Counts, []byte(u.Metrics))
	w.Key("organizations")
	w.Open('[')
	for _, o := range organizations {
		w.Embed(o)
	}
	w.Close(']')
	w.Key("page")
	w.String(u.page(l))
	w.Key("password_rotation_demanded")
	w.Time(u.Doc.PasswordRotationDemanded)
	w.Key("password_rotation_performed")
	w.Time(u.Doc.PasswordRotationPerformed)
	w.Key("roles")
	w.Open('[')
	if u.Sysadmin {
		w.String("admin")
	}
	w.Close(']')
	w.Key("since")
	w.Time(u.CreatedAt)
	w.Key("slug")
	w.String(u.Slug)
	w.Key("uri")
	w.String(u.uri(l))
	w.Key("website")
	w.StringOrNull(u.Doc.Website)
	w.Close('}')
	return w.Fragment()
}
