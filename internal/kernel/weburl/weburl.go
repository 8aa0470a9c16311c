// Package weburl tells which addresses a catalogue may publish: those of
// public web and file servers, written so that every reader understands the
// same host by them.
//
// The rules and the words of the errors are those of udata (udata/uris.py),
// except where udata accepts what leads nowhere (a port 99999), what readers
// disagree on (a host behind two @), or hides an inner host.
package weburl

import (
	"crypto/sha1"
	"encoding/hex"
	"slices"
	"strings"
)

// Rules says which addresses Check accepts.
type Rules struct {
	// Schemes are the accepted ones, in lower case, in the order in which an
	// error enumerates them.
	Schemes []string
	// AllowPrivate accepts addresses of private and reserved networks.
	AllowPrivate bool
	// AllowLocal accepts localhost and loopback addresses.
	AllowLocal bool
	// AllowCredentials accepts a user name and a password before the host.
	AllowCredentials bool
}

// Default is udata's default (settings.py, URLS_*). Nobody may change it.
var Default = Rules{Schemes: []string{"http", "https", "ftp", "ftps"}, AllowCredentials: true}

// Check returns raw without surrounding blanks, and otherwise unchanged: the
// case of the host, an international name and a lacking slash stay as they
// were written. The error is an *Error.
//
// Accepted is scheme://host, host being a name under a top-level domain that
// exists or the usual form of an IP address, maybe with credentials, a port
// from 1 to 65535, and a path, query or fragment without blanks and control
// characters. Case matters in neither scheme nor host. Check does not limit
// the length of the whole.
//
// The host is not looked up. udata's default is to resolve it, and to accept
// what does not resolve; that makes saving an object wait for somebody's name
// server and proves little, as a name may point elsewhere a second later. Who
// fetches an address must check what it connects to, then.
func (r Rules) Check(raw string) (string, error) {
	text := strings.TrimSpace(raw)
	p, ok := split(text)
	if !ok {
		return "", &Error{URL: text}
	}
	h, ok := parseHost(p.host)
	if !ok {
		return "", &Error{URL: text}
	}
	if scheme := strings.ToLower(p.scheme); !slices.Contains(r.Schemes, scheme) {
		return "", &Error{text, msgScheme, []any{scheme, strings.Join(r.Schemes, ", ")}}
	}
	if p.credentials && !r.AllowCredentials {
		return "", &Error{URL: text, MsgID: msgCredentials}
	}
	if msgid, args := h.refusal(r); msgid != "" {
		return "", &Error{text, msgid, args}
	}
	return text, nil
}

// Hash returns the SHA-1 of an address as 40 lower-case hexadecimal digits:
// udata's `urlhash`, by which it finds an address that is registered already.
// It is the hash of the exact text, so that http and https, or with a final
// slash and without, are different addresses.
func Hash(url string) string {
	sum := sha1.Sum([]byte(url))
	return hex.EncodeToString(sum[:])
}
