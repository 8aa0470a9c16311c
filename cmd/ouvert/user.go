package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"

	"ouvert/internal/kernel/auth"
)

type userCmd struct {
	Create userCreateCmd `cmd:"" help:"Make an account; prints JSON."`
}

type userCreateCmd struct {
	settings
	Email         string `required:"" help:"E-mail address." env:"-"`
	FirstName     string `required:"" help:"First name." env:"-"`
	LastName      string `required:"" help:"Last name." env:"-"`
	Admin         bool   `help:"Make them a sysadmin." env:"-"`
	PasswordStdin bool   `help:"Read a password from standard input." env:"-"`
	Token         bool   `help:"Make an API token too." env:"-"`
}

// Run makes the account.
func (c *userCreateCmd) Run(ctx context.Context) error {
	password := ""
	if c.PasswordStdin {
		line, err := bufio.NewReader(os.Stdin).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		password = strings.TrimRight(line, "\r\n")
		if err := auth.CheckPassword(password); err != nil {
			return err
		}
	}
	a, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	u, err := a.Users.Create(ctx, c.Email, c.FirstName, c.LastName, c.Admin)
	if err != nil {
		return err
	}
	if password != "" {
		if err := a.Users.SetPassword(ctx, u.ID, auth.HashPassword(password)); err != nil {
			return err
		}
	}
	out := map[string]string{"id": u.ID, "slug": u.Slug, "email": u.Email}
	if c.Token {
		if out["token"], err = a.Users.CreateToken(ctx, u.ID, "command line"); err != nil {
			return err
		}
	}
	return json.NewEncoder(os.Stdout).Encode(out)
}

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Make an API token for a person; prints JSON."`
}

type tokenCreateCmd struct {
	settings
	Email string `required:"" help:"The person's e-mail address." env:"-"`
	Name  string `help:"What the token is for." default:"command line" env:"-"`
}

// Run makes the token.
func (c *tokenCreateCmd) Run(ctx context.Context) error {
	a, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	u, err := a.Users.ByEmail(ctx, c.Email)
	if err != nil {
		return errors.New("there is no account with the address " + c.Email)
	}
	token, err := a.Users.CreateToken(ctx, u.ID, c.Name)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]string{"token": token})
}
