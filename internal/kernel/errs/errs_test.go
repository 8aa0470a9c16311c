package errs_test

import (
	"errors"
	"fmt"
	"maps"
	"testing"

	"ouvert/internal/kernel/errs"
)

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		err     *errs.Error
		status  int
		message string
		fields  map[string]string
	}{
		{errs.New(418, "A %s", "teapot"), 418, "A teapot", nil},
		{errs.New(418, "100%"), 418, "100%", nil},
		{errs.BadRequest("Bad %d", 1), 400, "Bad 1", nil},
		{errs.Field("title", "Too %s", "long"), 400, "Too long", map[string]string{"title": "Too long"}},
		{errs.Field("title", "100%"), 400, "100%", map[string]string{"title": "100%"}},
		{errs.Query("page", "%s is bad", "x"), 400, "Input payload validation failed", map[string]string{"page": "x is bad"}},
		{errs.Fields("Several", map[string]string{"a": "1", "b": "2"}), 400, "Several", map[string]string{"a": "1", "b": "2"}},
		{errs.Gone("100% gone"), 410, "100% gone", nil},
		{errs.Forbidden(), 403, "You do not have the permission to modify that object.", nil},
		{errs.Unauthorized("Invalid API token"), 401, "Invalid API token", nil},
	} {
		if c.err.Status != c.status || c.err.Message != c.message || c.err.Error() != c.message || !maps.Equal(c.err.Fields, c.fields) {
			t.Errorf("got %+v, want %d %q %v", c.err, c.status, c.message, c.fields)
		}
	}
	if e := errs.NotFound(); e.Status != 404 || e.Message == "" {
		t.Errorf("not found is %+v", e)
	}
	if e := errs.Unauthorized(""); e.Status != 401 || e.Message == "" {
		t.Errorf("unauthorized is %+v", e)
	}
	if e := errs.Moved("/there/"); e.Status != 308 || e.Location != "/there/" {
		t.Errorf("moved is %+v", e)
	}
}

func TestAsAndIs(t *testing.T) {
	e := errs.Gone("Gone")
	for _, err := range []error{e, fmt.Errorf("a: %w", e), errors.Join(errors.New("b"), fmt.Errorf("c: %w", e))} {
		if errs.As(err) != e || !errs.Is(err, 410) || errs.Is(err, 404) {
			t.Errorf("%v is not seen as what it is", err)
		}
	}
	for _, err := range []error{nil, errors.New("internal")} {
		if errs.As(err) != nil || errs.Is(err, 0) || errs.Is(err, 500) {
			t.Errorf("%v is a client's error", err)
		}
	}
}

// TestIn: an error speaks the caller's language, in its message and in its
// fields.
func TestIn(t *testing.T) {
	french := func(msgid string, args ...any) string {
		text := map[string]string{
			"Too %s": "Trop %s", "Gone": "Parti", "Input payload validation failed": "Échec", "100%": "100 %", "Several": "Plusieurs",
		}[msgid]
		if text == "" {
			text = msgid
		}
		if len(args) == 0 {
			return text
		}
		return fmt.Sprintf(text, args...)
	}
	for _, c := range []struct {
		err     *errs.Error
		message string
		fields  map[string]string
	}{
		{errs.New(400, "Too %s", "long"), "Trop long", nil},
		{errs.Field("title", "Too %s", "long"), "Trop long", map[string]string{"title": "Trop long"}},
		{errs.Query("page", "Too %s", "large"), "Échec", map[string]string{"page": "Trop large"}},
		{errs.Field("title", "100%"), "100 %", map[string]string{"title": "100 %"}},
		{errs.Gone("Gone"), "Parti", nil},
		{errs.New(400, "Unknown %s", "word"), "Unknown word", nil},
		{&errs.Error{Status: 400, Message: "Gone", Fields: map[string]string{"a": "b"}}, "Parti", map[string]string{"a": "b"}},
	} {
		message, fields := c.err.In(french)
		if message != c.message || !maps.Equal(fields, c.fields) {
			t.Errorf("%v: %q, %v, want %q, %v", c.err, message, fields, c.message, c.fields)
		}
	}
}
