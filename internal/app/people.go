package app

import (
	"fmt"
	"net/http"
	netmail "net/mail"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"

	"ouvert/internal/catalog/user"
	"ouvert/internal/kernel/i18n"
	"ouvert/internal/kernel/mail"
)

// people is what the settings say about people and how they sign in.
func (a *App) people() (user.Config, error) {
	protection := http.NewCrossOriginProtection()
	for _, o := range a.trusted() {
		if err := protection.AddTrustedOrigin(o); err != nil {
			return user.Config{}, fmt.Errorf("--origins: %w", err)
		}
	}
	if d := a.Config.CookieDomain; d != "" {
		if err := (&http.Cookie{Name: "x", Domain: d}).Valid(); err != nil {
			return user.Config{}, fmt.Errorf("--cookie-domain: %q is no domain", d)
		}
	}
	proxies, err := a.Config.proxies()
	return user.Config{
		Title: a.Config.Title, Outbox: a.outbox(), TokenSecret: a.Config.TokenSecret, PasswordSalt: a.Config.PasswordSalt,
		Secure: strings.HasPrefix(a.links.API, "https://"), CookieDomain: a.Config.CookieDomain,
		Protection: protection, Proxies: proxies, OIDC: a.Config.OIDC, Lang: i18n.Parse(a.Config.Lang), Terms: a.Config.Terms,
	}, err
}

// outbox is where letters go; nil without a database, where there are none.
func (a *App) outbox() user.Outbox {
	if a.Outbox == nil {
		return nil
	}
	return a.Outbox
}

// openOutbox makes the outbox of the settings: a mail server, or a folder.
func (a *App) openOutbox() error {
	var transport mail.Transport = mail.Folder{Dir: filepath.Join(a.Config.Data, "mail")}
	if a.Config.SMTP != "" {
		server, err := mail.ParseSMTP(a.Config.SMTP)
		if err != nil {
			return fmt.Errorf("OUVERT_SMTP: %w", err)
		}
		transport = server
	}
	from := a.Config.MailFrom
	if from == "" {
		host := "localhost"
		if u, err := url.Parse(a.links.Site); err == nil && u.Hostname() != "" {
			host = u.Hostname()
		}
		from = (&netmail.Address{Name: a.Config.Title, Address: "noreply@" + host}).String()
	}
	var err error
	if a.Outbox, err = mail.NewOutbox(a.DB, a.clock, transport, from); err != nil {
		return fmt.Errorf("--mail-from: %w", err)
	}
	return nil
}

// trusted are the sites that may send credentials: the portal's own front,
// the API's documentation, and those of the settings.
func (a *App) trusted() []string {
	var out []string
	for _, o := range append([]string{origin(a.links.Site), origin(a.links.API)}, a.Config.Origins...) {
		if o != "://" { // without settings there is none
			out = append(out, strings.TrimRight(o, "/"))
		}
	}
	return out
}

func (c *Config) proxies() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range c.Proxies {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			a, bad := netip.ParseAddr(text)
			if bad != nil {
				return nil, fmt.Errorf("--proxies: %q is neither an address nor a network", text)
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		out = append(out, p.Masked())
	}
	return out, nil
}
