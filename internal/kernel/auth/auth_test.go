package auth_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"golang.org/x/crypto/argon2"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/wire"
)

// The cast: an object of ada's and one of the town's, which is assigned to
// paul.
var (
	adas  = auth.Owned{ID: "o1", Owner: "ada"}
	towns = auth.Owned{ID: "o2", Organization: "town"}
	// both happens in portals that were imported.
	both   = auth.Owned{ID: "o3", Owner: "ada", Organization: "town"}
	nobody = auth.Owned{ID: "o4"}

	actors = map[string]*auth.Actor{
		"nobody": nil,
		"max":    {ID: "max", Memberships: map[string]auth.Role{"village": auth.Admin}},
		"ada":    {ID: "ada"},
		"carol":  {ID: "carol", Memberships: map[string]auth.Role{"town": auth.Admin}},
		"eve":    {ID: "eve", Memberships: map[string]auth.Role{"town": auth.Editor}},
		"paul":   {ID: "paul", Memberships: map[string]auth.Role{"town": auth.PartialEditor}, Assigned: map[string]bool{"o2": true}},
		"petra":  {ID: "petra", Memberships: map[string]auth.Role{"town": auth.PartialEditor}},
		// What is assigned to somebody who has left is of no use to them.
		"left": {ID: "left", Assigned: map[string]bool{"o2": true}},
		"root": {ID: "root", Sysadmin: true},
		// Somebody whose id is lost is not the owner of what has none.
		"empty": {Memberships: map[string]auth.Role{"": auth.Admin}},
	}
)

func TestRules(t *testing.T) {
	const everybody = "nobody max ada carol eve paul petra left root empty"
	for name, c := range map[string]struct {
		rule func(a *auth.Actor) bool
		may  string
	}{
		"edit ada's":            {func(a *auth.Actor) bool { return a.CanEdit(adas) }, "ada root"},
		"edit the town's":       {func(a *auth.Actor) bool { return a.CanEdit(towns) }, "carol eve paul root"},
		"edit what both own":    {func(a *auth.Actor) bool { return a.CanEdit(both) }, "ada carol eve root"},
		"edit what nobody owns": {func(a *auth.Actor) bool { return a.CanEdit(nobody) }, "root"},
		"read ada's hidden":     {func(a *auth.Actor) bool { return a.CanReadHidden(adas) }, "ada root"},
		"read the town's":       {func(a *auth.Actor) bool { return a.CanReadHidden(towns) }, "carol eve paul petra root"},
		"read nobody's":         {func(a *auth.Actor) bool { return a.CanReadHidden(nobody) }, "root"},
		"publish for the town":  {func(a *auth.Actor) bool { return a.CanPublishFor("town") }, "carol eve paul petra root"},
		"publish for nobody":    {func(a *auth.Actor) bool { return a.CanPublishFor("") }, "root"},
		"be of the town":        {func(a *auth.Actor) bool { return a.MemberOf("town") }, "carol eve paul petra"},
		"run the town":          {func(a *auth.Actor) bool { return a.AdminOf("town") }, "carol"},
		"run nothing":           {func(a *auth.Actor) bool { return a.AdminOf("") }, ""},
		"run the portal":        {func(a *auth.Actor) bool { return a.IsSysadmin() }, "root"},
		"be ada":                {func(a *auth.Actor) bool { return a.Is("ada") }, "ada"},
		"be nobody":             {func(a *auth.Actor) bool { return a.Is("") }, ""},
		"be a stranger":         {func(a *auth.Actor) bool { return a.Anonymous() }, "nobody"},
	} {
		for who := range strings.FieldsSeq(everybody) {
			want := strings.Contains(" "+c.may+" ", " "+who+" ")
			if got := c.rule(actors[who]); got != want {
				t.Errorf("may %s %s: %v, want %v", who, name, got, want)
			}
		}
	}
}

func TestRoles(t *testing.T) {
	for _, r := range auth.Roles {
		if !r.Valid() || r.Label() == string(r) {
			t.Errorf("the role %q is called %q", r, r.Label())
		}
	}
	if r := auth.Role("king"); r.Valid() || r.Label() != "king" {
		t.Error("a made-up role is one")
	}
}

func TestContext(t *testing.T) {
	a := &auth.Actor{ID: "ada"}
	if got := auth.From(auth.With(context.Background(), a)); got != a {
		t.Errorf("the context holds %v", got)
	}
	if got := auth.From(context.Background()); got != nil {
		t.Errorf("an empty context holds %v", got)
	}
	if got := auth.From(auth.With(context.Background(), nil)); got != nil {
		t.Errorf("a stranger's context holds %v", got)
	}
}

// fragment is an object with permissions in it, and what else is given.
func fragment(class string, o auth.Owned, inside ...wire.Fragment) wire.Fragment {
	w := &wire.Writer{}
	w.Open('{')
	w.Key("id")
	w.String(o.ID)
	auth.WritePermissions(w, class, o)
	w.Key("inside")
	w.Open('[')
	for _, f := range inside {
		w.Embed(f)
	}
	w.Close(']')
	w.Close('}')
	return w.Fragment()
}

// TestFill joins fragments as pages are joined, and fills what depends on the
// caller, at every depth.
func TestFill(t *testing.T) {
	type object struct {
		ID          string
		Permissions map[string]bool
		Inside      []object
	}
	town := auth.Owned{ID: "town", Organization: "town"}
	whole := fragment("Reuse", adas,
		fragment("Dataset", towns, fragment("Organization", town)),
		fragment("Dataservice", both), fragment("Reuse", towns))
	anonymous := string(whole.Text)
	for who, a := range actors {
		text := auth.Fill(whole, a)
		var got object
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatalf("%s: %v in %s", who, err, text)
		}
		edits := func(o auth.Owned) bool { return a.CanEdit(o) }
		for _, c := range []struct {
			at   object
			name string
			want map[string]bool
		}{
			{got, "the reuse", map[string]bool{"delete": edits(adas), "edit": edits(adas)}},
			{got.Inside[0], "the dataset", map[string]bool{"delete": edits(towns), "edit": edits(towns), "edit_resources": edits(towns)}},
			{got.Inside[0].Inside[0], "the organization", map[string]bool{
				"delete": who == "carol" || who == "root", "edit": who == "carol" || who == "root", "harvest": who == "carol" || who == "root",
				"members": who == "carol" || who == "root", "private": a.MemberOf("town") || who == "root",
			}},
			{got.Inside[1], "the dataservice", map[string]bool{"delete": edits(both), "edit": edits(both)}},
			{got.Inside[2], "the other reuse", map[string]bool{"delete": edits(towns), "edit": edits(towns)}},
		} {
			if len(c.at.Permissions) != len(c.want) {
				t.Errorf("%s is told %v of %s", who, c.at.Permissions, c.name)
			}
			for name, want := range c.want {
				if c.at.Permissions[name] != want {
					t.Errorf("may %s %s %s: told %v", who, name, c.name, c.at.Permissions[name])
				}
			}
		}
	}
	if string(whole.Text) != anonymous {
		t.Error("filling changed the fragment, which others share")
	}
	plain := wire.Fragment{Text: []byte(`{"a":1}`)}
	if got := auth.Fill(plain, actors["root"]); string(got) != `{"a":1}` {
		t.Errorf("a fragment without holes became %s", got)
	}
}

func TestPasswords(t *testing.T) {
	for password, good := range map[string]bool{
		"Password1": true, "ÉtéChaud1": true, "Aa1" + strings.Repeat("x", 1021): true, "Aa1 567ü": true,
		"": false, "Pass1": false, "password1": false, "PASSWORD1": false, "Passwords": false, "Aa1" + strings.Repeat("x", 1022): false, "Aaé1é": false,
	} {
		if err := auth.CheckPassword(password); (err == nil) != good {
			t.Errorf("%.20q: %v", password, err)
		}
	}
	a, b := auth.HashPassword("Password1"), auth.HashPassword("Password1")
	if a == b {
		t.Error("the same password has the same hash twice")
	}
	parts := strings.Split(a, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != "v=19" || parts[3] != "m=65536,t=3,p=4" {
		t.Fatalf("the hash is %q", a)
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		t.Fatal(err)
	}
	key := argon2.IDKey([]byte("Password1"), salt, 3, 65536, 4, 32)
	if got := base64.RawStdEncoding.EncodeToString(key); got != parts[5] {
		t.Errorf("the key is %s, want %s", parts[5], got)
	}
}

func TestTokens(t *testing.T) {
	a, b := auth.NewToken(), auth.NewToken()
	if a == b || !strings.HasPrefix(a, auth.TokenPrefix) || len(a) != len(auth.TokenPrefix)+64 {
		t.Errorf("the tokens are %q, %q", a, b)
	}
	// The value of Python's hmac.new(b"secret", b"udata_token", "sha256"):
	// udata's tokens must go on working.
	if got := auth.HashToken("secret", "udata_token"); got != "96919390c3b2791f768795dbc3587cb66d12a0467d50540e1841291bfd8a713a" {
		t.Errorf("the hash is %s", got)
	}
	if auth.HashToken("secret", "x") == auth.HashToken("other", "x") || !auth.SameHash("a", "a") || auth.SameHash("a", "b") || auth.SameHash("a", "ab") {
		t.Error("hashes are not compared as they should")
	}
}
