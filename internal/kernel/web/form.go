package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"ouvert/internal/kernel/errs"
)

// Form is a form as it is shown: what it holds, and what is wrong with it.
type Form struct {
	Values url.Values
	// Message is what is wrong with the whole.
	Message string
	// Errors are what is wrong by field, in the order in which Note was told.
	Errors []FieldError
}

// FieldError is what is wrong with a field.
type FieldError struct{ Name, Text string }

// FormOf is the form that was sent, or an empty one.
func (v *View) FormOf() *Form {
	if v.Method == http.MethodPost {
		return &Form{Values: v.PostForm}
	}
	return &Form{Values: url.Values{}}
}

// Failed tells whether anything is wrong.
func (f *Form) Failed() bool { return f.Message != "" || len(f.Errors) > 0 }

// Value is what a field holds.
func (f *Form) Value(name string) string { return f.Values.Get(name) }

// Has tells whether a field of several values has this one.
func (f *Form) Has(name, value string) bool { return slices.Contains(f.Values[name], value) }

// Error is what is wrong with a field.
func (f *Form) Error(name string) string {
	for _, e := range f.Errors {
		if e.Name == name {
			return e.Text
		}
	}
	return ""
}

// Wrong notes what is wrong with a field.
func (f *Form) Wrong(name, text string) { f.Errors = append(f.Errors, FieldError{name, text}) }

// Take notes what the API says is wrong, in the order of the form's fields;
// other errors are returned. It is nil when the form is to be shown again.
func (f *Form) Take(v *View, err error, fields ...string) error {
	e := errs.As(err)
	if e == nil || e.Location != "" || (e.Status != http.StatusBadRequest && e.Status != http.StatusRequestEntityTooLarge && e.Status != http.StatusTooManyRequests && e.Status != http.StatusConflict && e.Status != http.StatusUnprocessableEntity) {
		return err
	}
	message, texts := e.In(v.Lang.T)
	for _, name := range fields {
		if text := texts[name]; text != "" {
			f.Wrong(name, text)
			delete(texts, name)
		}
	}
	var rest []string
	for _, text := range texts {
		if text != "" {
			rest = append(rest, text)
		}
	}
	slices.Sort(rest)
	switch {
	case len(rest) > 0:
		f.Message = strings.Join(rest, " ")
	case len(f.Errors) == 0:
		f.Message = message
	}
	return nil
}

// fieldNames are what the fields of forms are called, for the list on top of
// what is wrong.
var fieldNames = map[string]string{
	"url": "Address", "title": "Title", "type": "What is it?", "topic": "What is it about?", "description": "Description", "tags": "Tags",
	"datasets": "Which data did you use?", "organization": "In whose name?", "email": "E-mail address", "password": "Password",
	"password_confirm": "The password again", "new_password": "New password", "new_password_confirm": "The password again",
	"first_name": "First name", "last_name": "Last name", "website": "Site", "about": "About me", "comment": "Your message",
	"reason": "What is wrong?", "message": "More to say", "name": "What is it for?",
}
