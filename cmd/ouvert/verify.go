package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"ouvert/internal/app"
	"ouvert/internal/kernel/verify"
)

type verifyCmd struct {
	settings
	Repair bool     `help:"Set counters to what the facts say; safe while the portal serves." env:"-"`
	JSON   bool     `name:"json" help:"Print each difference as a line of JSON." env:"-"`
	List   bool     `help:"Print the checks and what must hold." env:"-"`
	Checks []string `arg:"" optional:"" help:"Only checks whose name begins like this."`
}

// Run prints what differs, and fails when anything does that was not repaired.
func (c *verifyCmd) Run(ctx context.Context) error {
	a, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	if c.List {
		w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		for _, check := range a.Checks() {
			fmt.Fprintf(w, "%s\t%s\n", check.Name, check.Doc)
		}
		return w.Flush()
	}
	out, told, repaired := json.NewEncoder(os.Stdout), time.Now(), 0
	r := &verify.Run{
		Repair: c.Repair,
		Found: func(f verify.Finding) error {
			if f.Repaired {
				repaired++
			}
			if c.JSON {
				return out.Encode(f)
			}
			end := ""
			if f.Repaired {
				end = " (repaired)"
			}
			_, err := fmt.Printf("%s: %s %s: %s is %s, should be %s%s\n", f.Check, f.Class, f.ID, f.Field, text(f.Stands), text(f.Facts), end)
			return err
		},
		Progress: func(check string, done int) {
			if time.Since(told) > 2*time.Second {
				told = time.Now()
				fmt.Fprintf(os.Stderr, "%s: %d looked at\n", check, done)
			}
		},
	}
	differ, err := a.Verify(ctx, r, c.Checks...)
	switch {
	case err != nil:
		return err
	case differ > 0 && !c.Repair:
		return fmt.Errorf("%d things differ; counters are set right with --repair", differ)
	case differ > 0:
		return fmt.Errorf("%d things differ, %d were repaired", differ, repaired)
	}
	fmt.Fprintf(os.Stderr, "Everything is as the facts say; %d repaired.\n", repaired)
	return nil
}

// text is a value as it is stored.
func text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

type exportCmd struct {
	settings
	PublicURL string `name:"public-url" help:"Address under which browsers reach the API; it stands in what is exported." placeholder:"URL" default:"http://127.0.0.1:7000"`
	SiteURL   string `name:"site-url" help:"Address of the portal's pages; the public address by default." placeholder:"URL"`
	Private   bool   `help:"Also what is private or deleted." env:"-"`
	Dir       string `arg:"" help:"The folder to make." type:"path"`
}

// Run writes the export and prints its manifest.
func (c *exportCmd) Run(ctx context.Context) error {
	if c.Dir == "" {
		return usageError{errors.New("export: name the folder to make")}
	}
	a, err := c.open(ctx, func(conf *app.Config) {
		conf.PublicURL, conf.SiteURL = c.PublicURL, c.SiteURL
	})
	if err != nil {
		return err
	}
	defer a.Close()
	m, err := a.Export(ctx, c.Dir, app.ExportOptions{Private: c.Private, Progress: os.Stderr})
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, f := range m.Files {
		rows := "table"
		if f.Rows > 0 || len(f.Name) > 7 && f.Name[len(f.Name)-7:] == ".ndjson" {
			rows = fmt.Sprint(f.Rows)
		}
		fmt.Fprintf(w, "%s\t%s\t%d bytes\n", f.Name, rows, f.Bytes)
	}
	return w.Flush()
}
