// Command serve runs a command beside an S3 server that keeps everything in
// memory (see scripts/with-s3): {blobs} in its arguments is the address of an
// empty bucket.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"ouvert/internal/kernel/blob/s3test"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: serve COMMAND [ARGUMENT…]")
		os.Exit(2)
	}
	server, stop, err := s3test.Serve()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	address, err := server.NewBucket()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	args := os.Args[2:]
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "{blobs}", address)
	}
	c := exec.CommandContext(context.Background(), os.Args[1], args...)
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = c.Run()
	stop()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		os.Exit(exit.ExitCode())
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
