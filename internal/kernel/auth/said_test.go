package auth

import "testing"

func TestWhoMayChangeWhatWasSaid(t *testing.T) {
	with := func(role Role) *Actor { return &Actor{ID: "p", Memberships: map[string]Role{"org": role}} }
	assigned := with(PartialEditor)
	assigned.Assigned = map[string]bool{"subject": true}
	said, voiced := Said{Person: "author"}, Said{Person: "author", Organization: "org"}
	about := Owned{ID: "subject", Owner: "owner"}
	aboutOrg := Owned{ID: "subject", Organization: "org"}
	for _, c := range []struct {
		name                      string
		actor                     *Actor
		own, voice, close, closeO bool
	}{
		{"nobody", nil, false, false, false, false},
		{"a stranger", &Actor{ID: "x"}, false, false, false, false},
		{"the author", &Actor{ID: "author"}, true, false, true, true},
		{"the subject's owner", &Actor{ID: "owner"}, false, false, true, false},
		{"an admin", with(Admin), false, true, false, true},
		{"an editor", with(Editor), false, true, false, true},
		{"a partial editor", with(PartialEditor), false, false, false, false},
		{"a partial editor to whom it is assigned", assigned, false, false, false, true},
		{"a sysadmin", &Actor{ID: "s", Sysadmin: true}, true, true, true, true},
	} {
		if got := c.actor.Speaks(said); got != c.own {
			t.Errorf("%s, what a person said: %v", c.name, got)
		}
		if got := c.actor.Speaks(voiced); got != c.voice {
			t.Errorf("%s, what was said in the name of the organization: %v", c.name, got)
		}
		if got := c.actor.CanClose(said, about); got != c.close {
			t.Errorf("%s, closing about a person's object: %v", c.name, got)
		}
		if got := c.actor.CanClose(said, aboutOrg); got != c.closeO {
			t.Errorf("%s, closing about an organization's object: %v", c.name, got)
		}
	}
}
