package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
	"golang.org/x/text/unicode/norm"
)

// Parameters of argon2id: the second choice of RFC 9106, section 4, for
// machines without much memory to spare.
const (
	argonTime    = 3
	argonMemory  = 64 << 10 // KiB
	argonThreads = 4
	argonKey     = 32
)

// What a hash that comes from elsewhere may ask of this machine.
const (
	maxArgonTime   = 16
	maxArgonMemory = 256 << 10 // KiB
	maxArgonKey    = 128
)

// maxPassword bounds a password in bytes, so that hashing one costs what
// hashing any costs.
const maxPassword = 1024

// hashing bounds how many hashes are computed at a time: each takes 64 MiB.
var hashing = make(chan struct{}, max(2, runtime.GOMAXPROCS(0)))

func slot() func() {
	hashing <- struct{}{}
	return func() { <-hashing }
}

// CheckPassword tells what a password lacks. The rule is udata's: at least 8
// characters, with a lower-case and an upper-case letter and a digit. The
// error's text is a message id.
func CheckPassword(s string) error {
	var lower, upper, digit bool
	n := 0
	for _, r := range s {
		n++
		lower = lower || unicode.IsLower(r)
		upper = upper || unicode.IsUpper(r)
		digit = digit || unicode.IsDigit(r)
	}
	switch {
	case n < 8:
		return errors.New("a password has at least 8 characters")
	case len(s) > maxPassword:
		return errors.New("a password has at most 1024 bytes")
	case !lower || !upper || !digit:
		return errors.New("a password has a lower-case letter, an upper-case letter and a digit")
	}
	return nil
}

// HashPassword hashes a password with argon2id, in the PHC string format. The
// password is taken in Unicode's form NFKD, as udata does: keyboards disagree
// on how an accent is sent.
func HashPassword(password string) string {
	defer slot()()
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails, see crypto/rand
	key := argon2.IDKey([]byte(norm.NFKD.String(password)), salt, argonTime, argonMemory, argonThreads, argonKey)
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads,
		enc.EncodeToString(salt), enc.EncodeToString(key))
}

// nobody is the hash that a password is compared with when there is no
// account, so that the answer takes as long as for one that there is.
var nobody = sync.OnceValue(func() string { return HashPassword("Nobody-1") })

// Verify tells whether the password is the one that was hashed, in constant
// time. stale tells that the hash is older than HashPassword's and should be
// replaced. salt is udata's SECURITY_PASSWORD_SALT, for hashes that came from
// there. An empty hash is nobody's: it takes as long and never fits.
func Verify(hash, password, salt string) (ok, stale bool) {
	if len(password) > maxPassword {
		password = "" // no password is longer, and none is empty
	}
	switch {
	case strings.HasPrefix(hash, "$argon2id$"):
		return verifyArgon(hash, password)
	case strings.HasPrefix(strings.TrimPrefix(hash, "$"), "2"): // bcrypt's 2a, 2b and 2y
		return verifyFlask(hash, password, salt), true
	}
	verifyArgon(nobody(), password)
	return false, false
}

// verifyFlask tries the forms in which Unicode writes the password: NFKD, as
// udata's forms make of what is typed, and, for passwords that were set on
// its command line or before it did so, as it stands and NFC. Most passwords
// have one form.
func verifyFlask(hash, password, salt string) bool {
	defer slot()()
	var tried []string
	for _, form := range []string{norm.NFKD.String(password), password, norm.NFC.String(password)} {
		if form == "" || slices.Contains(tried, form) {
			continue
		}
		tried = append(tried, form)
		if bcrypt.CompareHashAndPassword([]byte(hash), flaskInput(form, salt)) == nil {
			return true
		}
	}
	return false
}

// flaskInput is what Flask-Security gives to bcrypt: the base64 text of the
// password's HMAC, of which bcrypt takes 72 bytes.
func flaskInput(password, salt string) []byte {
	m := hmac.New(sha512.New, []byte(salt))
	m.Write([]byte(password))
	return []byte(base64.StdEncoding.EncodeToString(m.Sum(nil)))[:72]
}

func verifyArgon(hash, password string) (ok, stale bool) {
	h, ok := parseArgon(hash)
	if !ok {
		return false, false
	}
	defer slot()()
	got := argon2.IDKey([]byte(norm.NFKD.String(password)), h.salt, h.time, h.memory, h.threads, uint32(len(h.key)))
	stale = h.memory != argonMemory || h.time != argonTime || h.threads != argonThreads || len(h.key) != argonKey
	return subtle.ConstantTimeCompare(got, h.key) == 1 && password != "", stale
}

// argonHash is what the PHC string format says of an argon2id hash.
type argonHash struct {
	memory, time uint32 // memory in KiB
	threads      uint8
	salt, key    []byte
}

// parseArgon reads a hash; false for what is none, or asks too much of this
// machine.
func parseArgon(hash string) (h argonHash, ok bool) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 {
		return h, false
	}
	var version int
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return h, false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.threads); err != nil {
		return h, false
	}
	var err error
	if h.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return h, false
	}
	if h.key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
		return h, false
	}
	return h, len(h.key) >= 16 && len(h.key) <= maxArgonKey && h.time >= 1 && h.time <= maxArgonTime &&
		h.memory <= maxArgonMemory && h.threads >= 1
}
