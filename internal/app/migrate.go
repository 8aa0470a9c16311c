package app

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/search"
	"ouvert/internal/kernel/swagger"
	"ouvert/internal/migrate/mongodump"
	"ouvert/internal/migrate/seed"
)

// MigrateTarget is where the content of other portals goes.
func (a *App) MigrateTarget() mongodump.Target {
	return mongodump.Target{
		DB: a.DB, Blobs: a.Blobs,
		Users: a.Users, OAuth2: a.OAuth2, Organizations: a.Organizations, Licenses: a.Licenses, ContactPoints: a.ContactPoints,
		Datasets: a.Datasets, Dataservices: a.Dataservices, Reuses: a.Reuses, Follows: a.Follows, Site: a.Site, Spatial: a.Spatial,
		Topics: a.Topics, Discussions: a.Discussions, Transfers: a.Transfers, Reports: a.Reports, Notifications: a.Notifications,
		Posts: a.Posts,
	}
}

// Fill fills the portal with a made-up catalogue.
func (a *App) Fill(ctx context.Context, o seed.Options) (seed.Counts, error) {
	return seed.Fill(ctx, seed.Target{
		DB: a.DB, Users: a.Users, Organizations: a.Organizations, Licenses: a.Licenses,
		Datasets: a.Datasets, Dataservices: a.Dataservices, Reuses: a.Reuses, Follows: a.Follows, Site: a.Site,
	}, o)
}

// DemoAccess is how a demonstration portal is signed in to.
type DemoAccess struct {
	Email    string `json:"email"`
	Password string `json:"password"`
	Token    string `json:"token"`
}

// Demo fills an empty portal and makes an administrator. The token and the
// password are kept in the data folder, so that the next start can tell it again.
func (a *App) Demo(ctx context.Context, progress io.Writer) (DemoAccess, error) {
	file := filepath.Join(a.Config.Data, "demo.json")
	var d DemoAccess
	b, err := os.ReadFile(file)
	if err == nil {
		return d, json.Unmarshal(b, &d)
	}
	if !errors.Is(err, os.ErrNotExist) {
		return d, err
	}
	_, err = a.Fill(ctx, seed.Options{
		Reuses: 500, ResourcesPerDataset: 10, Organizations: 60, Users: 200, Seed: 1, Now: a.clock(), Progress: progress,
	})
	if err != nil && !errors.Is(err, seed.ErrNotEmpty) {
		return d, err
	}
	d.Email = "admin@example.com"
	u, err := a.Users.ByEmail(ctx, d.Email)
	if errs.Is(err, 404) {
		u, err = a.Users.Create(ctx, d.Email, "Demo", "Administrator", true)
	}
	if err != nil {
		return d, err
	}
	if d.Token, err = a.Users.CreateToken(ctx, u.ID, "demonstration"); err != nil {
		return d, err
	}
	d.Password = "Demo-" + auth.NewSecret()[:12] + "1"
	if err = a.Users.SetPassword(ctx, u.ID, auth.HashPassword(d.Password)); err != nil {
		return d, err
	}
	if b, err = json.Marshal(d); err != nil {
		return d, err
	}
	return d, os.WriteFile(file, b, 0o600)
}

// Swagger returns the document of an API version, 1 or 2. It needs no
// database.
func Swagger(version int) []byte {
	a := &App{}
	n, err := a.nouns()
	if err != nil {
		panic(err) // no settings, nothing to be wrong with
	}
	a.Nouns = n
	routes := a.Routes()
	list := make([]*api.Route, len(routes))
	for i := range routes {
		list[i] = &routes[i]
	}
	base := "/api/1"
	if version == 2 {
		base = "/api/2"
	}
	return swagger.Document(list, swagger.Options{Title: "ouvert", Description: docsIntroduction, Version: APIVersion, BasePath: base})
}

// Reindex writes the search's index anew, while others are served from it.
func (a *App) Reindex(ctx context.Context) error { return a.Search.Rebuild(ctx, indexed(ctx)) }

// indexed is the progress of filling the search's index, for the log: every
// ten thousand documents, and the end of each class.
func indexed(ctx context.Context) search.Progress {
	return func(class string, written int, last bool) {
		if last || written%10_000 == 0 {
			slog.InfoContext(ctx, "filling the search's index", "class", class, "written", written, "done", last)
		}
	}
}
