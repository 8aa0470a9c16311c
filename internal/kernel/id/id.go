// Package id makes and reads the identifiers of the catalogue.
//
// Objects carry MongoDB's ObjectId as 24 lower-case hexadecimal digits, so
// that a portal that comes from udata keeps every id, and ids sort by the
// second in which they were made. Resources carry a UUID, as in udata.
package id

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"sync/atomic"
	"time"
)

var (
	process [5]byte
	counter atomic.Uint32
)

func init() {
	var seed [9]byte
	_, _ = rand.Read(seed[:]) // never fails, see crypto/rand
	copy(process[:], seed[:5])
	counter.Store(binary.BigEndian.Uint32(seed[5:]))
}

// New returns a fresh object id for the given instant: 4 bytes of seconds,
// 5 random bytes of this process, 3 bytes of a counter.
func New(now time.Time) string {
	var b [12]byte
	binary.BigEndian.PutUint32(b[:4], uint32(now.Unix()))
	copy(b[4:9], process[:])
	n := counter.Add(1)
	b[9], b[10], b[11] = byte(n>>16), byte(n>>8), byte(n)
	return hex.EncodeToString(b[:])
}

// Parse reads an object id in either case. It returns the lower-case form and
// whether s is one.
func Parse(s string) (string, bool) {
	if len(s) != 24 {
		return "", false
	}
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return "", false
		}
	}
	return strings.ToLower(s), true
}

// ParseUUID reads a UUID of any version, in either case. It returns the
// lower-case form and whether s is one.
func ParseUUID(s string) (string, bool) {
	if len(s) != 36 {
		return "", false
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return "", false
			}
		case (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F'):
			return "", false
		}
	}
	return strings.ToLower(s), true
}

// UUID returns a random UUID (version 4).
func UUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return FormatUUID(b)
}

// FormatUUID writes 16 random bytes as a version 4 UUID.
func FormatUUID(b [16]byte) string {
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
