package weburl

import "net/netip"

// reserved are the networks that the internet does not lead to: IANA's
// special-purpose registries (RFC 6890), the loopback ones apart.
var reserved = prefixes(
	"0.0.0.0/8",       // this network
	"10.0.0.0/8",      // private
	"100.64.0.0/10",   // between a carrier and its customers (CGNAT)
	"169.254.0.0/16",  // link-local, cloud metadata
	"172.16.0.0/12",   // private
	"192.0.0.0/24",    // protocol assignments
	"192.0.2.0/24",    // documentation
	"192.88.99.0/24",  // the former 6to4 relays
	"192.168.0.0/16",  // private
	"198.18.0.0/15",   // benchmarks
	"198.51.100.0/24", // documentation
	"203.0.113.0/24",  // documentation
	"240.0.0.0/4",     // future use

	"2001::/23",     // protocol assignments, Teredo
	"2001:db8::/32", // documentation
	"3fff::/20",     // documentation
)

// global holds every IPv6 address that is in public use (RFC 4291, 2.4);
// what is not in it is link-local, unique-local, discard-only or nothing yet.
var global = netip.MustParsePrefix("2000::/3")

// What is sent to these IPv6 addresses may end up at the IPv4 address that
// they hold, in a private network too.
var (
	nat64     = netip.MustParsePrefix("64:ff9b::/96") // RFC 6052, in bytes 12 to 15
	sixToFour = netip.MustParsePrefix("2002::/16")    // RFC 3056, in bytes 2 to 5
)

// ipRefusal is why the rules refuse an address, "" if they don't.
func ipRefusal(ip netip.Addr, r Rules) (msgid string, args []any) {
	inner, hidden := unhide(ip)
	switch {
	case inner.IsMulticast():
		return msgMulticast, []any{ip.String()}
	case isMask(inner):
		return msgMask, []any{ip.String()}
	case inner.IsLoopback():
		if !r.AllowLocal {
			return msgLocal, nil
		}
	case hidden || isReserved(inner):
		if !r.AllowPrivate {
			return msgPrivate, nil
		}
	}
	return "", nil
}

// unhide returns the IPv4 address in an IPv6 one, else the address itself.
func unhide(ip netip.Addr) (inner netip.Addr, hidden bool) {
	b := ip.As16()
	switch {
	case ip.Is4In6():
		return ip.Unmap(), true
	case nat64.Contains(ip):
		return netip.AddrFrom4([4]byte(b[12:])), true
	case sixToFour.Contains(ip):
		return netip.AddrFrom4([4]byte(b[2:6])), true
	}
	return ip, false
}

func isReserved(ip netip.Addr) bool {
	if ip.Is6() && !global.Contains(ip) {
		return true
	}
	for _, p := range reserved {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// isMask tells whether an address is a network mask or the contrary of one,
// like 0.0.0.0, 255.255.0.0 and 0.0.0.255: ones and zeros in one piece each.
// So does udata, by the Python package netaddr. Loopback addresses are not
// masks (127.255.255.255, ::1).
func isMask(ip netip.Addr) bool {
	if ip.IsLoopback() {
		return false
	}
	changes := 0
	b := ip.AsSlice()
	bit := func(i int) byte { return b[i/8] >> (7 - i%8) & 1 }
	for i := 1; i < 8*len(b); i++ {
		if bit(i) != bit(i-1) {
			changes++
		}
	}
	return changes < 2
}

func prefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		out[i] = netip.MustParsePrefix(t)
	}
	return out
}
