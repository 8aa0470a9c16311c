// Package errs holds the one kind of error that reaches a client: a status,
// a sentence that is safe to show, and the fields it is about.
//
// Every other error is internal: the API answers 500 and logs it, and nothing
// of its text leaves the server.
package errs

import (
	"errors"
	"fmt"
	"net/http"
)

// Error is an answer other than success.
type Error struct {
	// Status is the HTTP status, 400 to 599 (308 for Moved).
	Status int
	// Message is shown to the client.
	Message string
	// Fields says what is wrong with which field of the request; udata's
	// clients read it from `errors`. Nil when the error is about no field.
	Fields map[string]string
	// Nested are errors about what stands inside of a field, as `errors` shows
	// them: {"discussion": {"0": {"content": "…"}}}. Nil for nearly all.
	Nested map[string]any
	// Location is where to go instead, for Moved.
	Location string
	// RetryAfter is a number of seconds, sent as Retry-After when not 0.
	RetryAfter int

	// msgid and args make the text that In translates, field is the one it
	// is about.
	msgid string
	args  []any
	field string
}

func (e *Error) Error() string { return e.Message }

// In returns the message and the fields in the words of t, which translates a
// fmt format and fills it.
func (e *Error) In(t func(msgid string, args ...any) string) (string, map[string]string) {
	if e.msgid == "" {
		return t(e.Message), e.Fields
	}
	text := t(e.msgid, e.args...)
	if e.field == "" {
		return text, e.Fields
	}
	fields := map[string]string{e.field: text}
	if e.Message == inputFailed {
		return t(inputFailed), fields
	}
	return text, fields
}

// As returns the client's error in err's chain, or nil.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// Is tells whether err answers with the given status.
func Is(err error, status int) bool {
	e := As(err)
	return e != nil && e.Status == status
}

// New makes an error with any status.
func New(status int, format string, args ...any) *Error {
	return &Error{Status: status, Message: sprintf(format, args), msgid: format, args: args}
}

// BadRequest is a 400 that is about no particular field.
func BadRequest(format string, args ...any) *Error {
	return New(http.StatusBadRequest, format, args...)
}

// Field is a 400 about one field of the body.
func Field(name, format string, args ...any) *Error {
	m := sprintf(format, args)
	return &Error{
		Status: http.StatusBadRequest, Message: m, Fields: map[string]string{name: m},
		msgid: format, args: args, field: name,
	}
}

// Fields is a 400 about several fields of the body.
func Fields(message string, fields map[string]string) *Error {
	return &Error{Status: http.StatusBadRequest, Message: message, Fields: fields}
}

const inputFailed = "Input payload validation failed"

// Query is a 400 about a parameter of the query, in the words of udata's
// request parser.
func Query(name, format string, args ...any) *Error {
	return &Error{
		Status: http.StatusBadRequest, Message: inputFailed, Fields: map[string]string{name: sprintf(format, args)},
		msgid: format, args: args, field: name,
	}
}

// NotFound is a 404: there is no such thing, or not for this caller.
func NotFound() *Error {
	return New(http.StatusNotFound, "The requested URL was not found on the server. "+
		"If you entered the URL manually please check your spelling and try again.")
}

// Gone is a 410.
func Gone(message string) *Error { return &Error{Status: http.StatusGone, Message: message} }

// Forbidden is the 403 of a caller without the right to change an object.
func Forbidden() *Error {
	return New(http.StatusForbidden, "You do not have the permission to modify that object.")
}

// Away is a 503: what the answer needs is away for a moment.
func Away() *Error {
	return &Error{Status: http.StatusServiceUnavailable, Message: "The portal can't answer for the moment. Try again in a few seconds.", RetryAfter: 3}
}

// Unauthorized is a 401.
func Unauthorized(message string) *Error {
	if message == "" {
		message = "The server could not verify that you are authorized to access the URL requested. " +
			"Sign in, or send an API token in the X-API-KEY header."
	}
	return &Error{Status: http.StatusUnauthorized, Message: message}
}

// Moved is a 308 to another path of this server.
func Moved(location string) *Error {
	return &Error{Status: http.StatusPermanentRedirect, Message: "Moved", Location: location}
}

func sprintf(format string, args []any) string {
	if len(args) == 0 {
		return format
	}
	return fmt.Sprintf(format, args...)
}
