package auth

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"unicode"

	"golang.org/x/crypto/argon2"
)

// Parameters of argon2id: the second choice of RFC 9106, section 4, for
// machines without much memory to spare.
const (
	argonTime    = 3
	argonMemory  = 64 << 10 // KiB
	argonThreads = 4
	argonKey     = 32
)

// CheckPassword tells what a password lacks. The rule is udata's: at least 8
// characters, with a lower-case and an upper-case letter and a digit.
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
	case len(s) > 1024:
		return errors.New("a password has at most 1024 bytes")
	case !lower || !upper || !digit:
		return errors.New("a password has a lower-case letter, an upper-case letter and a digit")
	}
	return nil
}

// HashPassword hashes a password with argon2id, in the PHC string format.
func HashPassword(password string) string {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails, see crypto/rand
	key := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, argonKey)
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads,
		enc.EncodeToString(salt), enc.EncodeToString(key))
}
