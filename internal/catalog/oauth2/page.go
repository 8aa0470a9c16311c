package oauth2

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/errs"
)

//go:embed page.html
var pageSource string

//go:embed page.css
var style string

var page = template.Must(template.New("page").Parse(pageSource))

var styleHash = func() string {
	sum := sha256.Sum256([]byte(style))
	return base64.StdEncoding.EncodeToString(sum[:])
}()

// sheet is what the page says.
type sheet struct {
	Lang, Title, Heading string
	Style                template.CSS
	Paragraphs, Rights   []string
	// Accept and Decline are the buttons, "" for a page without.
	Accept, Decline, Action, Token string
}

func (s *Service) show(r *api.Request, status int, p sheet, forms string) *api.Response {
	p.Lang, p.Title, p.Style = string(r.Lang), s.title, template.CSS(style) //nolint:gosec // our own file
	var b bytes.Buffer
	if err := page.Execute(&b, p); err != nil {
		panic(err) // the template is fixed, and so are the types
	}
	h := noStore()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+styleHash+"'; form-action "+forms+"; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Frame-Options", "DENY") // nobody clicks what another site lays over it
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	return &api.Response{Status: status, Body: b.Bytes(), Header: h}
}

func (s *Service) consentPage(r *api.Request, a *question) *api.Response {
	where := a.uri
	if u, err := url.Parse(a.uri); err == nil && u.Host != "" {
		where = u.Host
	}
	p := sheet{
		Heading:    r.Lang.T("Allow %s to act for you?", a.client.Name),
		Paragraphs: []string{r.Lang.T("You will be sent on to %s.", where)},
		Accept:     r.Lang.T("Allow"), Decline: r.Lang.T("Refuse"),
		Action: "/oauth/authorize?" + r.URL.RawQuery, Token: s.people.FormToken(r.Request),
	}
	for scope := range strings.FieldsSeq(a.scope) {
		switch scope {
		case scopeAdmin:
			p.Rights = append(p.Rights, r.Lang.T("Run the portal with your rights of an administrator"))
		default:
			p.Rights = append(p.Rights, r.Lang.T("Read your account, and publish, change and delete in your name"))
		}
	}
	return s.show(r, http.StatusOK, p, "'self' "+a.scheme())
}

func (s *Service) errorPage(r *api.Request, status int) *api.Response {
	return s.show(r, status, sheet{
		Heading:    r.Lang.T("This program cannot be allowed anything"),
		Paragraphs: []string{r.Lang.T("The program that sent you here is not known to this portal, or wants the answer elsewhere than it said. Nothing was given to it.")},
	}, "'none'")
}

func (s *Service) errorHandler(_ context.Context, r *api.Request) (*api.Response, error) {
	return s.errorPage(r, http.StatusOK), nil
}

// info tells a front that draws its own consent page who asks for what.
func (s *Service) info(ctx context.Context, r *api.Request) (*api.Response, error) {
	oid, _ := r.Query.Get("client_id")
	c, err := s.client(ctx, oid)
	if err != nil {
		return nil, err
	}
	text, _ := r.Query.Get("scope")
	scope, f := c.scope(text)
	if f != nil {
		return nil, errs.Query("scope", "The client may not ask for this scope.")
	}
	b, err := json.Marshal(map[string]any{"client": map[string]string{"id": c.ID, "name": c.Name}, "scopes": strings.Fields(scope)})
	return &api.Response{Body: b, Header: noStore()}, err
}
