package weburl

import (
	"net/netip"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// host is a name or an address, one of them.
type host struct {
	ip netip.Addr
	// name is in ASCII and lower case.
	name string
	// tld is the last label of the name as it was written, "" for a name of
	// one label.
	tld string
}

// names maps what people write to what name servers are asked: lower case,
// punycode, and no full-width digits and ideographic dots ("１２７。0。0。1").
// It keeps underscores and symbols; isLabel says which ASCII is let through.
var names = idna.New(
	idna.MapForLookup(),
	idna.Transitional(false),
	idna.StrictDomainName(false),
	idna.CheckHyphens(false),
	idna.BidiRule(),
	idna.VerifyDNSLength(true), // labels up to 63, names up to 253 bytes
)

// maxHost is in bytes, more than a name of 253 in punycode has as UTF-8.
const maxHost = 1024

// parseHost reads a host without its port.
func parseHost(s string) (h host, ok bool) {
	if inner, found := strings.CutPrefix(s, "["); found {
		inner, found = strings.CutSuffix(inner, "]")
		ip, err := netip.ParseAddr(inner)
		// A zone is a network card of the reader's own machine.
		return host{ip: ip}, found && err == nil && ip.Is6() && ip.Zone() == ""
	}
	// Punycode of a long text takes long.
	if len(s) > maxHost {
		return h, false
	}
	name, err := names.ToASCII(s)
	if err != nil {
		return h, false
	}
	labels := strings.Split(name, ".")
	for _, l := range labels {
		if !isLabel(l) {
			return h, false
		}
	}
	last := labels[len(labels)-1]
	if isNumber(last) {
		// Only four decimal numbers are an address. inet_aton, hence some
		// readers, take "127.1", "0177.0.0.1" and "0x7f000001" for one too.
		ip, err := netip.ParseAddr(name)
		return host{ip: ip}, err == nil
	}
	if len(labels) == 1 {
		return host{name: name}, name == "localhost"
	}
	written := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(".。．｡", r) })
	return host{name: name, tld: written[len(written)-1]}, true
}

// isLabel tells whether s, in lower case, may stand between the dots of a
// name. As in udata there is an underscore but not at the end, and no two
// hyphens in a row but those of punycode.
func isLabel(s string) bool {
	if s == "" || s[0] == '-' || !isAlphanumeric(s[len(s)-1]) {
		return false
	}
	for i := range len(s) {
		if !isAlphanumeric(s[i]) && s[i] != '-' && s[i] != '_' {
			return false
		}
	}
	return strings.HasPrefix(s, "xn--") || !strings.Contains(s, "--")
}

// isNumber tells whether a name that ends in this label is one of an IPv4
// address for browsers (WHATWG URL, "ends in a number").
func isNumber(label string) bool {
	digits := "0123456789"
	if hex, found := strings.CutPrefix(label, "0x"); found {
		label, digits = hex, "0123456789abcdef"
	}
	return strings.Trim(label, digits) == ""
}

// refusal is why the rules refuse a host, "" if they don't.
func (h host) refusal(r Rules) (msgid string, args []any) {
	if h.name == "" {
		return ipRefusal(h.ip, r)
	}
	// RFC 6761, 6.3; the second one is on many Linux machines.
	local := h.name == "localhost" || strings.HasSuffix(h.name, ".localhost") || h.name == "localhost.localdomain"
	switch {
	case local && r.AllowLocal:
		return "", nil
	case local:
		return msgLocal, nil
	case !isTLD(h.name[strings.LastIndexByte(h.name, '.')+1:]):
		return msgTLD, []any{h.tld}
	}
	return "", nil
}

// isTLD tells whether a top-level domain, in ASCII, exists: it is in the
// public suffix list, in the part that is kept after ICANN's.
func isTLD(s string) bool {
	// onion is in that list, but in no name server (RFC 7686).
	if s == "onion" {
		return false
	}
	// Some are in the list by what is under them only ("*.ck").
	_, icann := publicsuffix.PublicSuffix("a." + s)
	return icann
}
