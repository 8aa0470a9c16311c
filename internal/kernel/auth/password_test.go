package auth

import (
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"
)

func TestVerify(t *testing.T) {
	flask := func(password string) string {
		h, err := bcrypt.GenerateFromPassword(flaskInput(password, "salt"), bcrypt.MinCost)
		if err != nil {
			t.Fatal(err)
		}
		return string(h)
	}
	old, composed := flask("Mot2Passe-e\u0301ve\u0301u\u0308"), flask("Mot2Passe-évéü")
	fresh := HashPassword("Mot2Passe-évéü")
	for name, c := range map[string]struct {
		hash, password, salt string
		ok, stale            bool
	}{
		"argon2id":               {fresh, "Mot2Passe-évéü", "", true, false},
		"argon2id, other accent": {fresh, "Mot2Passe-e\u0301ve\u0301u\u0308", "", true, false},
		"argon2id, wrong":        {fresh, "Mot2Passe-eveu", "", false, false},
		"argon2id, empty":        {fresh, "", "", false, false},
		"udata":                  {old, "Mot2Passe-évéü", "salt", true, true},
		"udata, other accent":    {old, "Mot2Passe-e\u0301ve\u0301u\u0308", "salt", true, true},
		"udata, other salt":      {old, "Mot2Passe-évéü", "pepper", false, true},
		"udata, as it was typed": {composed, "Mot2Passe-évéü", "salt", true, true},
		"udata, composed":        {composed, "Mot2Passe-e\u0301ve\u0301u\u0308", "salt", true, true},
		"udata, empty":           {flask(""), "", "salt", false, true},
		"udata, wrong":           {old, "x", "salt", false, true},
		"nobody":                 {"", "Nobody-1", "", false, false},
		"unknown form":           {"sha1$x", "x", "", false, false},
		"too long":               {fresh, strings.Repeat("a", 2000), "", false, false},
		"weak argon2id":          {"$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$" + strings.Repeat("A", 43), "x", "", false, true},
	} {
		if ok, stale := Verify(c.hash, c.password, c.salt); ok != c.ok || stale != c.stale {
			t.Errorf("%s: want %v, %v, got %v, %v", name, c.ok, c.stale, ok, stale)
		}
	}
}

// FuzzVerify gives hashes that are none: a broken import must not stop the
// program.
func FuzzVerify(f *testing.F) {
	for _, s := range []string{
		"$argon2id$v=19$m=65536,t=3,p=4$$", "$argon2id$v=19$m=4294967295,t=99,p=255$AAAA$AAAA", "$argon2id$", "$2b$12$short", "$2b$99$", "",
	} {
		f.Add(s, "x")
	}
	f.Fuzz(func(t *testing.T, hash, password string) {
		// What is read, and not what is computed, is what this is about.
		argon := strings.HasPrefix(hash, "$argon2id$")
		if h, ok := parseArgon(hash); argon && ok && h.memory*h.time > 1024 {
			t.Skip("slow")
		}
		if cost, err := bcrypt.Cost([]byte(hash)); err == nil && cost > 6 {
			t.Skip("slow")
		}
		if !argon && !strings.HasPrefix(strings.TrimPrefix(hash, "$"), "2") {
			t.Skip("slow: compared with nobody's")
		}
		Verify(hash, password, "salt")
	})
}
