package weburl

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// parts are what Check looks at; the rest of an address only has to be free
// of characters that no address holds.
type parts struct {
	scheme      string
	credentials bool
	host        string
}

// split takes an address apart. It does not use net/url, which refuses paths
// that udata takes (a lone %), and accepts authorities that browsers read in
// another way.
func split(text string) (p parts, ok bool) {
	if !utf8.ValidString(text) || strings.ContainsFunc(text, forbidden) {
		return p, false
	}
	// udata takes "//host" too. Such an address has the scheme of the page
	// that it stands on, and stands in catalogues and exports without a page.
	p.scheme, text, ok = strings.Cut(text, "://")
	if !ok || !isScheme(p.scheme) {
		return p, false
	}
	authority := text
	if i := strings.IndexAny(text, "/?#"); i >= 0 {
		authority = text[:i]
	}
	// For browsers a backslash ends the authority too; for RFC 3986 it cannot
	// stand there. In "http://a.example\@b.example" they see different hosts.
	if strings.Contains(authority, `\`) {
		return p, false
	}
	// Behind a second @, which no host holds, readers disagree on the host.
	user, hostport, found := strings.Cut(authority, "@")
	if found {
		p.credentials = true
		if user == "" || strings.ContainsFunc(user, notUserinfo) {
			return p, false
		}
	} else {
		hostport = authority
	}
	p.host, ok = cutPort(hostport)
	return p, ok
}

// forbidden are the characters that stand nowhere in an address. Those that
// turn the direction of writing (RFC 3987, 4.1) make it look like another one.
func forbidden(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}

// isScheme is RFC 3986, 3.1.
func isScheme(s string) bool {
	for i, r := range []byte(s) {
		letter := 'a' <= r|0x20 && r|0x20 <= 'z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789+-.", rune(r))) {
			return false
		}
	}
	return s != ""
}

// notUserinfo are the characters that RFC 3986, 3.2.1 keeps out of
// credentials.
func notUserinfo(r rune) bool {
	return r >= utf8.RuneSelf || !isAlphanumeric(byte(r)) && !strings.ContainsRune("-._~!$&'()*+,;=:%", r)
}

// cutPort removes a port, which must exist.
func cutPort(hostport string) (host string, ok bool) {
	i := strings.LastIndexByte(hostport, ':')
	if i < 0 || strings.HasSuffix(hostport, "]") {
		return hostport, true
	}
	digits := hostport[i+1:]
	port, err := strconv.ParseUint(digits, 10, 16)
	return hostport[:i], err == nil && port > 0 && len(digits) <= len("65535")
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
}
