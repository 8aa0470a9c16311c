// Package intaketest makes the portal that tests import into.
package intaketest

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"ouvert/internal/catalog/contactpoint"
	"ouvert/internal/catalog/dataservice"
	"ouvert/internal/catalog/dataset"
	"ouvert/internal/catalog/discussion"
	"ouvert/internal/catalog/follow"
	"ouvert/internal/catalog/license"
	"ouvert/internal/catalog/notification"
	"ouvert/internal/catalog/organization"
	"ouvert/internal/catalog/report"
	"ouvert/internal/catalog/reuse"
	"ouvert/internal/catalog/site"
	"ouvert/internal/catalog/spatial"
	"ouvert/internal/catalog/topic"
	"ouvert/internal/catalog/transfer"
	"ouvert/internal/catalog/user"
	"ouvert/internal/kernel/blob"
	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
	"ouvert/internal/migrate/intake"
)

// Now is the instant of a test.
var Now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// Secret keys the hashes of API tokens.
const Secret = "sample-token-secret"

// Portal is a portal without its HTTP side.
type Portal struct {
	intake.Target
	Refs *ref.Registry
	Data string
}

// New makes a portal on a database.
func New(t testing.TB, d *db.DB) *Portal {
	t.Helper()
	data := t.TempDir()
	blobs, err := blob.OpenDir(filepath.Join(data, "files"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { blobs.Close() })
	refs, l, now := ref.NewRegistry(), wire.NewLinks("http://portal.test", "https://www.example.org"), clock.Fixed(Now)
	orgs := organization.New(d, refs, l, now, blobs)
	p := &Portal{Refs: refs, Data: data, Target: intake.Target{
		DB: d, Organizations: orgs, Users: user.New(d, refs, l, now, blobs, user.Config{TokenSecret: Secret}, user.Others{Memberships: orgs}), Licenses: license.New(d),
		ContactPoints: contactpoint.New(d, refs, l, now), Datasets: dataset.New(d, refs, l, now, blobs, nil), Dataservices: dataservice.New(d, refs, l, now, nil),
		Reuses: reuse.New(d, refs, l, now, blobs, orgs, reuse.Config{}), Follows: follow.New(d, refs, l, now),
		Site: site.New(d, now, "Open data", "test"), Spatial: spatial.New(d, refs), Blobs: blobs,
		Discussions: discussion.New(d, refs, l, now), Transfers: transfer.New(d, refs, l, now, orgs), Reports: report.New(d, refs, l, now),
	}}
	p.Topics = topic.New(d, refs, l, now, p.Spatial, orgs, p.Discussions)
	p.Notifications = notification.New(d, refs, l, now, orgs, p.Discussions, p.Transfers)
	for _, noun := range []func() ref.Noun{
		p.Users.Noun, p.Organizations.Noun, p.ContactPoints.Noun, p.Datasets.Noun, p.Dataservices.Noun, p.Reuses.Noun, p.Topics.Noun,
		p.Discussions.Noun,
	} {
		refs.Register(noun())
	}
	return p
}

// Tables are those that an import fills.
var Tables = []string{
	"person", "api_token", "organization", "organization_member", "organization_badge", "organization_request", "license", "contact_point", "dataset",
	"dataset_tag", "dataset_resource", "dataset_badge", "dataset_zone", "community_resource", "dataservice", "dataservice_dataset", "reuse",
	"reuse_dataset", "reuse_dataservice", "reuse_tag", "assignment", "follow", "old_slug", "site", "discussion", "discussion_message", "transfer",
	"report", "notification", "notification_object", "topic", "topic_tag", "topic_zone", "topic_element", "topic_element_tag", "missing_link",
}

// Counts counts the rows of the tables, and the activities.
func (p *Portal) Counts(t testing.TB) map[string]int {
	t.Helper()
	out := map[string]int{"activity": p.Int(t, "SELECT count(*) FROM event WHERE NOT hidden")}
	for _, table := range Tables {
		out[table] = p.Int(t, "SELECT count(*) FROM "+table)
	}
	return out
}

// Int runs a query of one number.
func (p *Portal) Int(t testing.TB, query string, args ...any) int {
	t.Helper()
	var n int
	if err := p.DB.Read().QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// Text runs a query of one text, which may be NULL; "(none)" when there is no
// row.
func (p *Portal) Text(t testing.TB, query string, args ...any) string {
	t.Helper()
	var s sql.NullString
	err := p.DB.Read().QueryRowContext(context.Background(), query, args...).Scan(&s)
	if err == sql.ErrNoRows {
		return "(none)"
	}
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return s.String
}

// Shared returns the path of a file in the folder that stands beside the
// repository, and skips the test when it is not there.
func Shared(t testing.TB, path string) string {
	t.Helper()
	_, here, _, ok := runtime.Caller(0)
	if !ok {
		t.Skip("the place of the repository is unknown")
	}
	root := filepath.Join(filepath.Dir(here), "..", "..", "..", "..")
	full := filepath.Join(root, "..", "shared", path)
	if _, err := os.Stat(full); err != nil {
		t.Skipf("%s is not there: the project's shared folder does not stand beside the repository", full)
	}
	return full
}
