package organization

import "testing"

func TestMaskEmail(t *testing.T) {
	for email, want := range map[string][2]string{ // to strangers, to members
		"carol@example.org":   {"***@example.org", "ca***@example.org"},
		"alice.m@example.org": {"***@example.org", "al*****@example.org"},
		"ab@example.org":      {"***@example.org", "ab**@example.org"},
		"a@example.org":       {"***@example.org", "a**@example.org"},
		"@example.org":        {"***@example.org", "**@example.org"},
		"élodie@example.org":  {"***@example.org", "él****@example.org"},
		"a@b@example.org":     {"***@b@example.org", "a**@b@example.org"},
		"no address":          {"***", "***"},
		"":                    {"***", "***"},
	} {
		if got := [2]string{maskEmail(email, false), maskEmail(email, true)}; got != want {
			t.Errorf("%q is shown as %q, want %q", email, got, want)
		}
	}
}
