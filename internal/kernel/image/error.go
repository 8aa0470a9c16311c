package image

import (
	"errors"
	"fmt"
)

// Kind says what is wrong with an upload.
type Kind string

// The kinds of Error.
const (
	// Unsupported: not a picture, or not of a kind that is accepted.
	Unsupported Kind = "unsupported"
	// Damaged: announced as a picture, but cut short or broken.
	Damaged Kind = "damaged"
	// TooLarge: too many bytes or pixels.
	TooLarge Kind = "too large"
	// BadBox: the box can't be read or isn't inside the picture.
	BadBox Kind = "bad box"
	// Empty: no bytes at all.
	Empty Kind = "empty"
)

// Error is a fault of the upload, as opposed to one of the server.
type Error struct {
	Kind Kind
	// Message is safe to show to who uploads.
	Message string
	cause   error
}

func (e *Error) Error() string { return e.Message }

// Unwrap returns what the decoder said, for the log, or nil.
func (e *Error) Unwrap() error { return e.cause }

// As returns the upload's fault in err's chain, or nil.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

func fail(kind Kind, cause error, format string, args ...any) error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...), cause: cause}
}
