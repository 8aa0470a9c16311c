// Package legal is the notice that people get when a sysadmin deletes what is
// theirs: that it is gone, by which rule, and how to appeal.
//
// It is asked for with `send_legal_notice=true`, as in udata
// (core/legal/mails.py). The verb that deletes appends an event that nobody
// else sees; the noun that knows people's addresses reads it and writes the
// letters (docs/adr/0004-readers-of-the-log.md).
package legal

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/i18n"
	"ouvert/internal/kernel/mail"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
)

// Key is that of the events that ask for a notice.
const Key = "legal:notice"

// Param is the parameter of every deletion.
var Param = api.Param{
	Name: "send_legal_notice", Type: schema.Bool(), Default: false,
	Doc: "Sysadmins: tell whose it was by mail, with the rule and how to appeal",
}

// Asked reads the parameter; 400 when it is no truth.
func Asked(r *api.Request) (bool, error) {
	asked, _, err := r.Query.Bool(Param.Name)
	return asked, err
}

// Notice says who is to be told of what.
type Notice struct {
	// Class is what was deleted: ref.Dataset … or Message.
	Class string `json:"class"`
	// Person is told, or else the admins of Organization.
	Person       string `json:"person,omitempty"`
	Organization string `json:"organization,omitempty"`
}

// Message is the class of what somebody said in a discussion.
const Message = "Message"

// Tell asks for the notice in the transaction of the deletion. Nothing is
// asked for when the actor is no sysadmin: everybody may delete what is theirs,
// and tells nobody.
func Tell(ctx context.Context, tx *sql.Tx, at time.Time, a *auth.Actor, deleted ref.Ref, n Notice) error {
	if !a.IsSysadmin() || (n.Person == "" && n.Organization == "") {
		return nil
	}
	extras, err := json.Marshal(n)
	if err != nil {
		return err
	}
	_, err = event.Append(ctx, tx, event.Event{At: at, Key: Key, Subject: deleted, Actor: a.ID, Extras: extras, Hidden: true})
	return err
}

// Of is the notice about an object that belongs to somebody.
func Of(class string, o auth.Owned) Notice {
	if o.Owner != "" {
		return Notice{Class: class, Person: o.Owner}
	}
	return Notice{Class: class, Organization: o.Organization}
}

// Terms are a portal's rules, which notices name when they are set: udata's
// TERMS_OF_USE_URL, TERMS_OF_USE_DELETION_ARTICLE and TELERECOURS_URL.
type Terms struct {
	// URL is where the terms of use stand, Article the place in them about what
	// is removed.
	URL, Article string
	// AppealURL is where the administrative court takes appeals.
	AppealURL string
}

// words are what a letter calls the thing.
type words struct{ subject, deleted string }

var said = map[string]words{
	ref.Dataset:      {"Deletion of your dataset", "Your dataset “%s” was deleted."},
	ref.Reuse:        {"Deletion of your reuse", "Your reuse “%s” was deleted."},
	ref.Dataservice:  {"Deletion of your dataservice", "Your dataservice “%s” was deleted."},
	ref.Organization: {"Deletion of your organization", "Your organization “%s” was deleted."},
	ref.Discussion:   {"Deletion of your discussion", "A discussion that you began was deleted."},
	Message:          {"Deletion of your message", "A message of yours in a discussion was deleted."},
	ref.User:         {"Deletion of your account", "Your account was deleted."},
}

// Letter is the notice in a language. title is what the thing was called, by
// who deleted it.
func Letter(l i18n.Lang, class, title, by string, t Terms) mail.Letter {
	w, ok := said[class]
	if !ok {
		w = words{"Deletion of your content", "What you published was deleted."}
	}
	deleted := l.T(w.deleted)
	switch class {
	case ref.Dataset, ref.Reuse, ref.Dataservice, ref.Organization:
		deleted = l.T(w.deleted, title)
	}
	rule := l.T("A portal of open data is no place for advertising, for the promotion of private interests, for spam, nor for what is against the law or public order. Publications are not checked beforehand; those who run the portal remove such content as soon as they learn of it, without prior notice.")
	if t.URL != "" && t.Article != "" {
		rule += " " + l.T("See point %s of the terms of use: %s", t.Article, t.URL)
	}
	appeal := l.T("You may contest this decision by answering those who run the portal.")
	if t.AppealURL != "" {
		appeal = l.T("You may contest this decision within two months of this notice, by an appeal to those who took it or to their superiors (recours gracieux ou hiérarchique). You may also bring the matter before the administrative court: %s", t.AppealURL)
	}
	return mail.Letter{
		Lang: string(l), Subject: l.T(w.subject),
		Paragraphs: []string{deleted, rule, appeal, l.T("Best regards,"), by},
	}
}

// Read returns what an event asks for.
func Read(e event.Event) (n Notice, err error) {
	return n, json.Unmarshal(e.Extras, &n)
}
