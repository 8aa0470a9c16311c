package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"ouvert/internal/app"
	"ouvert/internal/migrate/fixtures"
	"ouvert/internal/migrate/mongodump"
	"ouvert/internal/migrate/report"
	"ouvert/internal/migrate/seed"
	"ouvert/internal/migrate/zones"
)

type importCmd struct {
	Mongodump importMongodumpCmd `cmd:"" help:"A mongodump of a udata database."`
	Fixtures  importFixturesCmd  `cmd:"" help:"udata's fixtures file."`
	Zones     importZonesCmd     `cmd:"" help:"Territories and their levels, as GeoJSON or in the files of udata's spatial load."`
}

type importMongodumpCmd struct {
	settings
	SiteID string `name:"site-id" help:"udata's SITE_ID, when the database knows several sites." env:"-"`
	Dir    string `arg:"" help:"The folder with the .bson files." type:"existingdir"`
}

// Run imports the dump.
func (c *importMongodumpCmd) Run(ctx context.Context) error {
	return importInto(ctx, c.settings, func(a *app.App, skips string) (*report.Report, error) {
		return mongodump.Import(ctx, c.Dir, a.MigrateTarget(), mongodump.Options{Progress: os.Stderr, SkipFile: skips, Now: time.Now().UTC(), SiteID: c.SiteID})
	})
}

type importFixturesCmd struct {
	settings
	File string `arg:"" help:"The file." type:"existingfile"`
}

// Run imports the fixtures.
func (c *importFixturesCmd) Run(ctx context.Context) error {
	return importInto(ctx, c.settings, func(a *app.App, skips string) (*report.Report, error) {
		return fixtures.Import(ctx, c.File, a.MigrateTarget(), fixtures.Options{Progress: os.Stderr, SkipFile: skips, Now: time.Now().UTC()})
	})
}

type importZonesCmd struct {
	settings
	File string `arg:"" help:"The file." type:"existingfile"`
}

// Run imports the territories, all or none.
func (c *importZonesCmd) Run(ctx context.Context) error {
	a, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	r, err := zones.Import(ctx, c.File, a.DB, a.Spatial)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	return r.WriteTable(os.Stdout)
}

// importInto opens the portal, runs an import, and prints its table.
func importInto(ctx context.Context, s settings, run func(a *app.App, skips string) (*report.Report, error)) error {
	a, err := s.open(ctx, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	if os.Getenv("OUVERT_API_TOKEN_SECRET") == "" && os.Getenv("OUVERT_API_TOKEN_SECRET_FILE") == "" {
		fmt.Fprintln(os.Stderr, "Note: OUVERT_API_TOKEN_SECRET is not set. API tokens of the portal that is imported will only work when it is its API_TOKEN_SECRET.")
	}
	dir := a.Config.Data
	if dir == "" {
		dir = "."
	}
	skips := filepath.Join(dir, "import-"+time.Now().UTC().Format("20060102-150405")+".tsv")
	r, err := run(a, skips)
	if r != nil {
		r.WriteTable(os.Stdout)
	}
	return err
}

type seedCmd struct {
	settings
	Reuses              int    `help:"How many reuses." default:"500" env:"-"`
	Datasets            int    `help:"How many datasets; three a reuse by default." env:"-"`
	ResourcesPerDataset int    `help:"How many resources each dataset has." default:"10" env:"-"`
	Organizations       int    `help:"How many organizations." default:"60" env:"-"`
	Users               int    `help:"How many people." default:"200" env:"-"`
	Seed                uint64 `help:"The number that the content follows from." default:"1" env:"-"`
	Add                 bool   `help:"Add to a portal that has content." env:"-"`
}

// Run fills the portal.
func (c *seedCmd) Run(ctx context.Context) error {
	if c.Reuses < 0 || c.Datasets < 0 || c.ResourcesPerDataset < 0 || c.Organizations < 1 || c.Users < 1 {
		return usageError{errors.New("seed: numbers must not be negative, and there must be at least one organization and one person")}
	}
	a, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	_, err = a.Fill(ctx, seed.Options{
		Reuses: c.Reuses, Datasets: c.Datasets, ResourcesPerDataset: c.ResourcesPerDataset, Organizations: c.Organizations,
		Users: c.Users, Seed: c.Seed, Add: c.Add, Now: time.Now().UTC(), Progress: os.Stderr,
	})
	return err
}

type jobsCmd struct {
	Run jobsRunCmd `cmd:"" help:"Run a job now."`
}

type jobsRunCmd struct {
	settings
	Name string `arg:"" help:"The job: site-metrics counts the portal's figures, reindex writes the search's index anew." enum:"site-metrics,reindex"`
}

// Run runs the job.
func (c *jobsRunCmd) Run(ctx context.Context) error {
	a, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	if c.Name == "reindex" {
		return a.Reindex(ctx)
	}
	return a.Site.Recount(ctx)
}

type openapiCmd struct {
	API int `help:"The API's version, 1 or 2." default:"1" enum:"1,2" env:"-"`
}

// Run prints the document; it needs no database.
func (c *openapiCmd) Run() error {
	_, err := os.Stdout.Write(app.Swagger(c.API))
	return err
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run() error {
	_, err := fmt.Fprintf(os.Stdout, "ouvert %s (%s, API of udata %s)\n", version, runtime.Version(), app.APIVersion)
	return err
}
