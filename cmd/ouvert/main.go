// Command ouvert runs an open-data portal's reuses and the catalogue around
// them. `ouvert --help` lists its commands; docs/operations.md its settings.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set by the build (-ldflags "-X main.version=…").
var version = "development"

type cli struct {
	Serve       serveCmd       `cmd:"" help:"Serve the portal."`
	Import      importCmd      `cmd:"" help:"Bring another portal's content in."`
	Seed        seedCmd        `cmd:"" help:"Fill a portal with a made-up catalogue."`
	User        userCmd        `cmd:"" help:"People."`
	Token       tokenCmd       `cmd:"" help:"API tokens."`
	OAuthClient oauthClientCmd `cmd:"" name:"oauth-client" help:"Programs that act for people (OAuth 2)."`
	Jobs        jobsCmd        `cmd:"" help:"Background work."`
	Verify      verifyCmd      `cmd:"" help:"Compare counters, links and files with the facts."`
	Blobs       blobsCmd       `cmd:"" help:"The portal's files."`
	Backup      backupCmd      `cmd:"" help:"Write all of a portal into one file, while it serves."`
	Restore     restoreCmd     `cmd:"" help:"Make a portal of such a file."`
	Move        moveCmd        `cmd:"" help:"Copy a portal to another database and other files, verified."`
	Export      exportCmd      `cmd:"" help:"Write the catalogue as JSON lines and tables into a folder."`
	OpenAPI     openapiCmd     `cmd:"" name:"openapi" help:"Print the Swagger document of the API."`
	Version     versionCmd     `cmd:"" help:"Print the version."`
}

// Exit codes, a contract.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	var c cli
	parser, err := kong.New(&c,
		kong.Name("ouvert"),
		kong.Description("One binary that runs the reuses of an open-data portal, in udata's API.\n\n"+
			"Every flag is also a variable: --public-url is OUVERT_PUBLIC_URL."),
		kong.DefaultEnvars("OUVERT"),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		fmt.Fprintln(os.Stderr, "ouvert:", err)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "ouvert: %v\nTry `ouvert --help`.\n", err)
		return exitUsage
	}
	switch err := k.Run(); {
	case err == nil:
		return exitDone
	case errors.As(err, new(usageError)):
		fmt.Fprintln(os.Stderr, "ouvert:", err)
		return exitUsage
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		fmt.Fprintln(os.Stderr, "ouvert: stopped")
		return exitFailed
	default:
		fmt.Fprintln(os.Stderr, "ouvert:", err)
		return exitFailed
	}
}

// usageError is a fault of the command line.
type usageError struct{ error }
