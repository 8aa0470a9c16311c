package notification

import (
	"bytes"
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"html/template"
	"net/http"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
)

//go:embed mails.html
var mailsHTML string

var mailsPage = template.Must(template.New("mails").Parse(mailsHTML))

// mailsRoutes are the page at the end of each letter, where its reader ends
// such letters or has them again. Its address is the key: no one needs to sign
// in for it, and a mail program can end them with one click (RFC 8058).
func (s *Service) mailsRoutes() []api.Route {
	const path = "/api/1/notifications/mails/{person}/{key}/"
	doc := map[string]string{"person": "The person's id", "key": "What the letter's link has"}
	none := map[int]string{404: "The link is none of a letter's"}
	return []api.Route{
		{Method: http.MethodGet, Path: path, ID: "notification_mails", Tag: "notifications", Summary: "A page to end mails about notifications", Access: api.Anyone, Produces: "text/html; charset=utf-8", PathDoc: doc, Errors: none, Subject: s.mailsSubject, Handle: s.mails},
		{Method: http.MethodPost, Path: path, ID: "set_notification_mails", Tag: "notifications", Summary: "End mails about notifications, or have them again", Access: api.Anyone, Query: []api.Param{{Name: "mails", Type: schema.Enum("on", "off"), Doc: "Whether the person wants mails; off when it is not said"}}, Produces: "text/html; charset=utf-8", PathDoc: doc, Errors: none, Subject: s.mailsSubject, Handle: s.mails},
	}
}

// mailsSubject refuses an address that no letter has.
func (s *Service) mailsSubject(ctx context.Context, r *api.Request) error {
	person, ok := id.Parse(r.PathValue("person"))
	if !ok || s.mailing.Secret == "" || !auth.SameHash(s.mailsKey(person), r.PathValue("key")) {
		return errs.NotFound()
	}
	found, err := s.refs.Find(ctx, s.db.Read(), ref.User, []string{person})
	if err != nil {
		return err
	}
	if u, ok := found[person]; !ok || u.Deleted {
		return errs.NotFound()
	}
	r.Subject = person
	return nil
}

// mails shows the page; a POST says what is to be. Reading the page changes
// nothing, for programs follow the links of mails.
func (s *Service) mails(ctx context.Context, r *api.Request) (*api.Response, error) {
	person := r.Subject.(string)
	var off bool
	err := s.db.Read().QueryRowContext(ctx, "SELECT off FROM notification_mail WHERE person = $1", person).Scan(&off)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	if r.Method == http.MethodPost {
		wanted, err := r.Query.Choice("mails", "Whether the person wants mails; off when it is not said", "on", "off")
		if err != nil {
			return nil, err
		}
		off = wanted != "on"
		err = s.db.Write(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO notification_mail (person, off) VALUES ($1, $2)
				ON CONFLICT (person) DO UPDATE SET off = excluded.off`, person, off)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	page := struct {
		Lang, Title, Says, Ask, Button string
	}{Lang: string(r.Lang), Title: r.Lang.T("Mails about notifications")}
	if off {
		page.Says, page.Button, page.Ask = r.Lang.T("You get no mails about notifications."), r.Lang.T("Send me mails again"), "on"
	} else {
		page.Says, page.Button, page.Ask = r.Lang.T("You get mails about notifications."), r.Lang.T("Send me no more mails"), "off"
	}
	var b bytes.Buffer
	if err := mailsPage.Execute(&b, page); err != nil {
		return nil, err
	}
	h := http.Header{}
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin") // the address is the key
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Cache-Control", "no-store")
	return &api.Response{Body: b.Bytes(), Header: h, Status: http.StatusOK}, nil
}
