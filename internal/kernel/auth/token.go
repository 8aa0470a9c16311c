package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
)

// TokenPrefix begins every API token, so that leaked ones are recognised.
const TokenPrefix = "udata_"

// NewToken makes an API token: the prefix and 48 random bytes in base64url.
func NewToken() string {
	b := make([]byte, 48)
	_, _ = rand.Read(b) // never fails, see crypto/rand
	return TokenPrefix + base64.RawURLEncoding.EncodeToString(b)
}

// secretBytes make a secret that nobody guesses: tries need no count.
const secretBytes = 32

// SecretLength is that of a secret in characters.
var SecretLength = base64.RawURLEncoding.EncodedLen(secretBytes)

// NewSecret makes a secret: 256 random bits in base64url.
func NewSecret() string {
	b := make([]byte, secretBytes)
	_, _ = rand.Read(b) // never fails, see crypto/rand
	return base64.RawURLEncoding.EncodeToString(b)
}

// HashToken is what the database keeps of a token: HMAC-SHA256 keyed with the
// portal's secret, in hexadecimal. It is udata's rule
// (core/api_token/models.py), so migrated tokens go on working.
func HashToken(secret, token string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(token))
	return hex.EncodeToString(m.Sum(nil))
}

// SameHash compares two hashes in constant time.
func SameHash(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }
