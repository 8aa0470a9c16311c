package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"ouvert/internal/app"
	"ouvert/internal/kernel/clock"
)

// settings are the flags of every command that opens a portal. Secrets are
// variables alone, so that they are in no list of processes.
type settings struct {
	Data     string `help:"Folder of a one-machine portal; with --database, of what this node keeps for itself." type:"path" default:"data" placeholder:"DIR"`
	Database string `help:"Address of a PostgreSQL database, instead of SQLite in the data folder." placeholder:"URL"`
	LogJSON  *bool  `name:"log-json" help:"Write logs as JSON; by default when standard error is no terminal." negatable:""`
}

func (s settings) open(ctx context.Context, more func(*app.Config)) (*app.App, error) {
	var values [3]string
	for i, name := range []string{"OUVERT_PASSWORD_SALT", "OUVERT_REUSE_BADGES", "OUVERT_SMTP"} {
		var err error
		if values[i], err = variable(name); err != nil {
			return nil, err
		}
	}
	c := app.Config{
		Data: s.Data, Database: s.Database, Version: version, PublicURL: "http://127.0.0.1:7000",
		TokenSecret:  os.Getenv("OUVERT_API_TOKEN_SECRET"),
		PasswordSalt: values[0],
		ReuseBadges:  values[1],
		SMTP:         values[2],
		FeedDelay:    10 * time.Hour,
	}
	if more != nil {
		more(&c)
	}
	s.logger()
	return app.Open(ctx, c, clock.System)
}

// variable reads NAME, or the file that NAME_FILE names.
func variable(name string) (string, error) {
	v := os.Getenv(name)
	path := os.Getenv(name + "_FILE")
	if v != "" || path == "" {
		return v, nil
	}
	b, err := os.ReadFile(path)
	return strings.TrimSpace(string(b)), err
}

// logger sets the program's logger.
func (s settings) logger() *slog.Logger {
	l := slog.New(s.logFormat(os.Stderr))
	slog.SetDefault(l)
	return l
}

// logFormat is that of the log: text on a terminal, JSON elsewhere.
func (s settings) logFormat(w io.Writer) slog.Handler {
	json := !isTerminal(os.Stderr)
	if s.LogJSON != nil {
		json = *s.LogJSON
	}
	if json {
		return slog.NewJSONHandler(w, nil)
	}
	return slog.NewTextHandler(w, nil)
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
