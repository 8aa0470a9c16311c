package intake

import (
	"context"
	"database/sql"
	"io"
	"time"

	"ouvert/internal/catalog/contactpoint"
	"ouvert/internal/catalog/dataservice"
	"ouvert/internal/catalog/dataset"
	"ouvert/internal/catalog/discussion"
	"ouvert/internal/catalog/follow"
	"ouvert/internal/catalog/license"
	"ouvert/internal/catalog/notification"
	"ouvert/internal/catalog/oauth2"
	"ouvert/internal/catalog/organization"
	"ouvert/internal/catalog/post"
	"ouvert/internal/catalog/report"
	"ouvert/internal/catalog/reuse"
	"ouvert/internal/catalog/site"
	"ouvert/internal/catalog/spatial"
	"ouvert/internal/catalog/topic"
	"ouvert/internal/catalog/transfer"
	"ouvert/internal/catalog/user"
	"ouvert/internal/kernel/blob"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/ref"
)

// Target is the portal that an import fills. Its nouns must have been
// registered with each other.
type Target struct {
	DB            *db.DB
	Users         *user.Service
	OAuth2        *oauth2.Service
	Organizations *organization.Service
	Licenses      *license.Service
	ContactPoints *contactpoint.Service
	Datasets      *dataset.Service
	Dataservices  *dataservice.Service
	Reuses        *reuse.Service
	Follows       *follow.Service
	Discussions   *discussion.Service
	Topics        *topic.Service
	Transfers     *transfer.Service
	Reports       *report.Service
	Notifications *notification.Service
	Site          *site.Service
	Spatial       *spatial.Service
	Posts         *post.Service
	// Blobs is where pictures go; nil leaves them out.
	Blobs blob.Store
}

// Options say how to import. The zero value works.
type Options struct {
	// Progress is told how far the import is: in one line that is written
	// again and again on a terminal, in a line every few seconds otherwise.
	Progress io.Writer
	// SkipFile is the path of the file that gets the reason of each skip and
	// of each repair, one a line. It is not made when there is nothing to
	// write.
	SkipFile string
	// Now is the instant of the import; the zero value is the present.
	Now time.Time
	// SiteID is which document of udata's collection `site` is the portal's:
	// its setting SITE_ID. "" is "default", or the only one there is.
	SiteID string
}

// noun is what an import asks of a class.
type noun struct {
	ref.Noun
	// free returns the slug that an object may have, and keep remembers one
	// that it had before; nil for classes without slugs.
	free func(ctx context.Context, q db.Querier, wanted, self string) (string, error)
	keep func(ctx context.Context, tx *sql.Tx, old, oid string) error
}

// contactPoint is the class of contact points.
const contactPoint = contactpoint.Class

func (t Target) nouns() map[string]noun {
	return map[string]noun{
		ref.User:         {t.Users.Noun(), t.Users.FreeSlug, t.Users.ImportOldSlug},
		ref.Organization: {t.Organizations.Noun(), t.Organizations.FreeSlug, t.Organizations.ImportOldSlug},
		contactPoint:     {Noun: t.ContactPoints.Noun()},
		ref.Dataset:      {t.Datasets.Noun(), t.Datasets.FreeSlug, t.Datasets.ImportOldSlug},
		ref.Dataservice:  {t.Dataservices.Noun(), t.Dataservices.FreeSlug, t.Dataservices.ImportOldSlug},
		ref.Reuse:        {t.Reuses.Noun(), t.Reuses.FreeSlug, t.Reuses.ImportOldSlug},
		ref.Topic:        {t.Topics.Noun(), t.Topics.FreeSlug, t.Topics.ImportOldSlug},
		ref.Post:         {t.Posts.Noun(), t.Posts.FreeSlug, t.Posts.ImportOldSlug},
		ref.Discussion:   {Noun: t.Discussions.Noun()},
	}
}

// classes are the classes of collections, by the collections' names.
var classes = map[string]string{
	"user": ref.User, "organization": ref.Organization, "contact_point": contactPoint, "dataset": ref.Dataset,
	"dataservice": ref.Dataservice, "reuse": ref.Reuse, "topic": ref.Topic, "post": ref.Post, "discussion": ref.Discussion,
}
