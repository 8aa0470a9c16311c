package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"ouvert/internal/app"
	"ouvert/internal/kernel/job"
)

type jobsCmd struct {
	List jobsListCmd `cmd:"" default:"withargs" help:"Show the jobs, who has them and how they went, and how far the readers of the event log are."`
	Run  jobsRunCmd  `cmd:"" help:"Run a job now."`
}

type jobsListCmd struct {
	settings
	JSON bool `name:"json" help:"Print each as a line of JSON." env:"-"`
}

// Run prints the jobs and the readers.
func (c *jobsListCmd) Run(ctx context.Context) error {
	a, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	states, err := job.List(ctx, a.DB.Read())
	if err != nil {
		return err
	}
	readers, err := a.Readers(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		out := json.NewEncoder(os.Stdout)
		for _, s := range states {
			if err := out.Encode(s); err != nil {
				return err
			}
		}
		for _, r := range readers {
			if err := out.Encode(r); err != nil {
				return err
			}
		}
		return nil
	}
	row := map[string]job.State{}
	for _, s := range states {
		row[s.Name] = s
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "JOB\tEVERY\tLAST DONE\tDUE\tSTATE\tWHAT IT DOES")
	for _, j := range app.Jobs() {
		s, known := row[j.Name]
		state := "waits"
		switch {
		case !known:
			state = "no node has served yet"
		case s.Holder != "" && s.HeldUntil.After(time.Now()):
			state = "runs on " + s.Holder + " since " + instant(s.Started)
		case s.Holder != "":
			state = "its node " + s.Holder + " is not heard of; the next takes it"
		case s.Failures > 0:
			state = fmt.Sprintf("failed %d times: %s", s.Failures, s.Error)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", j.Name, strings.TrimSuffix(j.Every.String(), "0m0s"), instant(s.Ended), instant(s.Due), state, j.Doc)
	}
	fmt.Fprintln(w, "\nREADER OF THE LOG\tEVENTS THAT WAIT")
	for _, r := range readers {
		fmt.Fprintf(w, "%s\t%d\n", r.Name, r.Behind)
	}
	return w.Flush()
}

func instant(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

type jobsRunCmd struct {
	settings
	Name string `arg:"" help:"The job; jobs list shows them."`
}

// Run runs the job, beside the nodes that serve.
func (c *jobsRunCmd) Run(ctx context.Context) error {
	var names []string
	known := false
	for _, j := range app.Jobs() {
		names = append(names, j.Name)
		known = known || j.Name == c.Name
	}
	if !known {
		return usageError{fmt.Errorf("jobs run: there is no job %q; there are %s", c.Name, strings.Join(names, ", "))}
	}
	a, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.Runner().Now(ctx, c.Name); errors.Is(err, job.ErrHeld) {
		return fmt.Errorf("another node is at %s; jobs list tells which", c.Name)
	} else if err != nil {
		return err
	}
	return nil
}
