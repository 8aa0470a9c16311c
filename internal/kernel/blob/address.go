package blob

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
)

// Open opens the store at an address: a bucket (s3://…, see ParseS3) or a
// folder, as a path or as file:PATH.
func Open(ctx context.Context, address string) (Store, error) {
	path, err := folder(address)
	if err != nil {
		return nil, err
	}
	if path != "" {
		return opened(OpenDir(path))
	}
	c, err := ParseS3(address)
	if err != nil {
		return nil, err
	}
	return opened(OpenS3(ctx, c))
}

// folder returns the folder that an address names; "" when it is a bucket.
func folder(address string) (string, error) {
	scheme, rest, named := strings.Cut(address, ":")
	switch {
	case address == "":
		return "", errors.New("blob: the address of the files is empty")
	case named && scheme == "s3":
		return "", nil
	case named && scheme == "file" && strings.HasPrefix(rest, "//"):
		u, err := url.Parse(address)
		if err != nil || u.Host != "" || u.Path == "" {
			return "", fmt.Errorf("blob: %q must read file:///PATH", address)
		}
		return u.Path, nil
	case named && scheme == "file" && rest != "":
		return rest, nil
	case strings.HasPrefix(rest, "//"):
		return "", fmt.Errorf("blob: files are kept in a folder or at s3://BUCKET, not at %s://", scheme)
	}
	return address, nil
}

// OpenExisting is Open for a store that must be there already: a folder is not
// made.
func OpenExisting(ctx context.Context, address string) (Store, error) {
	s, err := folder(address)
	if err != nil {
		return nil, err
	}
	if s != "" {
		if _, err := os.Stat(s); err != nil {
			return nil, fmt.Errorf("blob: open folder: %w", err)
		}
	}
	return Open(ctx, address)
}

// opened keeps a failure from being a store that is not nil.
func opened[S interface {
	*Dir | *S3
	Store
}](s S, err error) (Store, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Redact returns an address as it may be shown.
func Redact(address string) string {
	if !strings.HasPrefix(address, "s3:") {
		return address
	}
	u, err := url.Parse(address)
	if err != nil {
		return "s3:(unreadable address)"
	}
	return u.Redacted()
}
