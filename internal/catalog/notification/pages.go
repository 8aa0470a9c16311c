package notification

import (
	"embed"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"ouvert/internal/kernel/web"
)

//go:embed pages/*.html
var templates embed.FS

// Pages are what the reader was told, in their own space.
func (s *Service) Pages() web.Pages {
	return web.Pages{
		Name: "notification", Templates: templates,
		Pages: []web.Page{{Method: http.MethodPost, Path: "/me/notifications", SignedIn: true, Handle: readPage}},
		Parts: []web.Part{{Place: "me", Slot: "main", Order: 5, Show: minePart}},
	}
}

// sentences say what happened, with what it happened to.
var sentences = map[string]struct{ text, of string }{
	ReuseCreated:       {"Something was made with your data: %s", "reuse"},
	DataserviceCreated: {"An API serves your data: %s", "dataservice"},
	Discussion:         {"Something was said: %s", "discussion"},
	TransferRequest:    {"Something is to be yours: %s", "transfer_subject"},
	NewBadge:           {"Your organization got a badge: %s", "organization"},
	MembershipRequest:  {"Somebody would like to join %s", "request_organization"},
	MembershipAccepted: {"You belong to %s now", "organization"},
	MembershipRefused:  {"You were not taken into %s", "organization"},
	ValidateHarvester:  {"A harvester waits: %s", "source"},
}

type told struct {
	ID   string
	Text string
	Link string
	At   time.Time
}

func minePart(v *web.View, _ *web.Object) (string, any, error) {
	var list web.List[struct {
		ID      string                     `json:"id"`
		At      time.Time                  `json:"created_at"`
		Details map[string]json.RawMessage `json:"details"`
	}]
	if err := v.Get("/api/1/notifications/?handled=false&page_size=10", &list); err != nil || len(list.Data) == 0 {
		return "", nil, err
	}
	var out []told
	for _, n := range list.Data {
		var class string
		_ = json.Unmarshal(n.Details["class"], &class) // a text always
		for kind, sentence := range sentences {
			if class != kind+"NotificationDetails" {
				continue
			}
			var o web.Object
			_ = json.Unmarshal(n.Details[sentence.of], &o) // null for what is gone
			label := o.Label()
			if label == "" {
				label = "–"
			}
			out = append(out, told{n.ID, v.Lang.T(sentence.text, label), o.Link(), n.At})
		}
	}
	return "notification/part", map[string]any{"List": out, "Total": list.Total}, nil
}

func readPage(v *web.View) error {
	for _, oid := range v.PostForm["notification"] {
		if err := v.Send(http.MethodPost, "/api/1/notifications/"+url.PathEscape(oid)+"/read/", nil, nil); err != nil {
			return err
		}
	}
	return v.Go("/me")
}
