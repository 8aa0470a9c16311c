package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"time"

	"ouvert/internal/app"
	"ouvert/internal/kernel/errs"
)

type oauthClientCmd struct {
	Create oauthClientCreateCmd `cmd:"" help:"Make a client; prints JSON with its secret, this once."`
	List   oauthClientListCmd   `cmd:"" help:"Print all clients, one line of JSON each."`
	Delete oauthClientDeleteCmd `cmd:"" help:"Delete a client and end its tokens."`
}

type oauthClientCreateCmd struct {
	settings
	Name        string   `required:"" help:"What people are told who asks." env:"-"`
	RedirectURI []string `required:"" sep:"none" name:"redirect-uri" help:"Where people are sent back to; may be given several times." env:"-"`
	Owner       string   `help:"E-mail address of its owner, for whom client_credentials act." env:"-"`
	Scope       []string `help:"What it may ask for." default:"default" enum:"default,admin" env:"-"`
	Public      bool     `help:"An app or a page in the browser, which can keep no secret: PKCE instead." env:"-"`
	Internal    bool     `help:"The portal's own: people are not asked. Not with --public." env:"-"`
}

// Run makes the client.
func (c *oauthClientCreateCmd) Run(ctx context.Context) error {
	a, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	made := &app.OAuth2Client{Name: c.Name, Internal: c.Internal, Doc: app.OAuth2Doc{RedirectURIs: c.RedirectURI, Scopes: c.Scope}}
	if c.Owner != "" {
		u, err := a.Users.ByEmail(ctx, c.Owner)
		if err != nil {
			return errors.New("there is no account with the address " + c.Owner)
		}
		made.Owner = u.ID
	}
	secret, err := a.OAuth2.Create(ctx, made, c.Public)
	if err != nil {
		return err
	}
	out := map[string]any{"client_id": made.ID, "name": made.Name, "redirect_uris": made.Doc.RedirectURIs}
	if secret != "" {
		out["client_secret"] = secret
	}
	return json.NewEncoder(os.Stdout).Encode(out)
}

type oauthClientListCmd struct{ settings }

// Run lists the clients.
func (c *oauthClientListCmd) Run(ctx context.Context) error {
	a, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	list, err := a.OAuth2.Clients(ctx)
	if err != nil {
		return err
	}
	for _, x := range list {
		err := json.NewEncoder(os.Stdout).Encode(map[string]any{
			"client_id": x.ID, "name": x.Name, "redirect_uris": x.Doc.RedirectURIs, "scopes": x.Doc.Scopes, "grant_types": x.Doc.Grants,
			"owner": x.Owner, "public": x.Secret == "", "internal": x.Internal, "created_at": x.CreatedAt.Format(time.RFC3339),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

type oauthClientDeleteCmd struct {
	settings
	ID string `arg:"" help:"The client's id."`
}

// Run deletes the client.
func (c *oauthClientDeleteCmd) Run(ctx context.Context) error {
	a, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	err = a.OAuth2.Delete(ctx, c.ID)
	if errs.Is(err, 404) {
		return errors.New("there is no client " + c.ID)
	}
	return err
}
