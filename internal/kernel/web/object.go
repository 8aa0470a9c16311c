package web

import (
	"encoding/json"
	"strings"
	"time"

	"ouvert/internal/kernel/ref"
)

// Object is what pages may know of an object of any class, from the API.
type Object struct {
	Class       string `json:"class"`
	ID          string `json:"id"`
	Slug        string `json:"slug"`
	Title       string `json:"title"`
	Name        string `json:"name"`
	Acronym     string `json:"acronym"`
	FirstName   string `json:"first_name"`
	LastName    string `json:"last_name"`
	Page        string `json:"page"`
	Web         string `json:"self_web_url"`
	URI         string `json:"uri"`
	URL         string `json:"url"`
	Description string `json:"description"`
	About       string `json:"about"`
	Headline    string `json:"headline"`
	Type        string `json:"type"`
	Topic       string `json:"topic"`

	Image     string `json:"image"`
	Thumbnail string `json:"image_thumbnail"`
	Logo      string `json:"logo"`
	LogoSmall string `json:"logo_thumbnail"`
	Avatar    string `json:"avatar"`
	Face      string `json:"avatar_thumbnail"`

	Organization *Object  `json:"organization"`
	Owner        *Object  `json:"owner"`
	Tags         []string `json:"tags"`
	Badges       []struct {
		Kind string `json:"kind"`
	} `json:"badges"`
	Metrics Metrics `json:"metrics"`

	CreatedAt    time.Time  `json:"created_at"`
	LastModified time.Time  `json:"last_modified"`
	LastUpdate   time.Time  `json:"last_update"`
	Published    *time.Time `json:"published"`
	Archived     *time.Time `json:"archived"`
	Deleted      *time.Time `json:"deleted"`
	DeletedAt    *time.Time `json:"deleted_at"`
	Private      bool       `json:"private"`
	Featured     bool       `json:"featured"`
	License      string     `json:"license"`
	Permissions  struct {
		Edit   bool `json:"edit"`
		Delete bool `json:"delete"`
	} `json:"permissions"`
}

// Metrics are counters; those by month are objects, and count nothing here.
type Metrics map[string]json.RawMessage

// N is a counter.
func (m Metrics) N(name string) (n int) {
	_ = json.Unmarshal(m[name], &n) // an object is no counter
	return n
}

// Label is what the object is called.
func (o *Object) Label() string {
	switch {
	case o.Title != "":
		return o.Title
	case o.Name != "":
		return o.Name
	}
	return strings.TrimSpace(o.FirstName + " " + o.LastName)
}

// Link is the address of its page.
func (o *Object) Link() string {
	if o.Page != "" {
		return o.Page
	}
	return o.Web
}

// Picture is the address of what shows it, "" when there is none.
func (o *Object) Picture() string {
	for _, s := range []string{o.Thumbnail, o.LogoSmall, o.Face, o.Image, o.Logo, o.Avatar} {
		if s != "" {
			return s
		}
	}
	return ""
}

// Publisher is whose it is; nil for nobody's.
func (o *Object) Publisher() *Object {
	if o.Organization != nil {
		return o.Organization
	}
	return o.Owner
}

// Gone tells whether it was deleted.
func (o *Object) Gone() bool { return o.Deleted != nil || o.DeletedAt != nil }

// Hidden tells whether only its owners see it.
func (o *Object) Hidden() bool { return o.Private || o.Gone() }

// Has tells whether it has a badge.
func (o *Object) Has(kind string) bool {
	for _, b := range o.Badges {
		if b.Kind == kind {
			return true
		}
	}
	return false
}

// collections are where the API has the objects of a class.
var collections = map[string]string{
	ref.Reuse: "reuses", ref.Dataset: "datasets", ref.Dataservice: "dataservices", ref.Organization: "organizations", ref.User: "users",
	ref.Topic: "topics", ref.Post: "posts",
}

// Collection is the name of the objects of a class in paths, "" for a class
// without pages.
func Collection(class string) string { return collections[class] }
