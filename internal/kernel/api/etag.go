package api

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// entityTag is the part of a strong ETag that says what the plain body is. It
// follows from the bytes alone, so all nodes give the same.
func entityTag(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:16])
}

// The ends that keep the ETags of a body's encodings apart (RFC 9110, 8.8.3.3).
var tagEnds = [encodings]string{identity: "", gzipped: "-gzip", zstandard: "-zstd"}

func quoteTag(tag string, e encoding) string { return `"` + tag + tagEnds[e] + `"` }

// matching looks for a tag, in any encoding, in the values of an If-None-Match
// or If-Match header, and returns the encoding that the client has. Weak tags
// are compared as strong ones: what makes them weak is a proxy that compressed
// the body, and ours say what the body was before. any tells whether "*"
// matches too: in If-None-Match udata does not know it.
func matching(values []string, tag string, any bool) (encoding, bool) {
	for _, value := range values {
		for item := range strings.SplitSeq(value, ",") {
			item = strings.TrimSpace(item)
			if item == "*" && any {
				return identity, true
			}
			item = strings.TrimPrefix(item, "W/")
			rest, ok := strings.CutPrefix(strings.Trim(item, `"`), tag)
			if !ok {
				continue
			}
			for e, end := range tagEnds {
				if rest == end {
					return encoding(e), true
				}
			}
		}
	}
	return identity, false
}
