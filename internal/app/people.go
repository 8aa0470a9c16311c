package app

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"ouvert/internal/catalog/user"
)

// people is what the settings say about people and how they sign in.
func (a *App) people() (user.Config, error) {
	protection := http.NewCrossOriginProtection()
	for _, o := range a.trusted() {
		if err := protection.AddTrustedOrigin(o); err != nil {
			return user.Config{}, fmt.Errorf("--origins: %w", err)
		}
	}
	proxies, err := a.Config.proxies()
	return user.Config{
		TokenSecret: a.Config.TokenSecret, PasswordSalt: a.Config.PasswordSalt,
		Secure: strings.HasPrefix(a.links.API, "https://"), CookieDomain: a.Config.CookieDomain,
		Protection: protection, Proxies: proxies,
	}, err
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
