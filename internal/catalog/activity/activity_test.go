package activity

import (
	"strings"
	"testing"
)

// TestEveryActivityHasAFace: a label, and an icon of its kind.
func TestEveryActivityHasAFace(t *testing.T) {
	for key := range labels {
		if label(key) == "" || label(key) == key || icon(key) == "fa fa-info" {
			t.Errorf("%s is shown as %q with %q", key, label(key), icon(key))
		}
	}
	for key, want := range map[string]string{
		"reuse:created": "fa fa-plus", "dataset:resource:added": "fa fa-plus", "reuse:updated": "fa fa-pencil", "reuse:deleted": "fa fa-remove",
		"user:followed": "fa fa-eye", "reuse:discussed": "fa fa-comments", "something:else": "fa fa-info", "nothing": "fa fa-info",
	} {
		if got := icon(key); got != want {
			t.Errorf("%s has %q, want %q", key, got, want)
		}
	}
	if got := label("something:else"); !strings.Contains(got, "something") {
		t.Errorf("what nobody knows is called %q", got)
	}
}
