package app_test

import "strings"

// talkCalls are the successful calls of what people say to each other.
func talkCalls(w *world) map[string]call {
	reuse := w.publish(w.ada, "Talked of", "datasets", []string{w.dataset})
	start := map[string]any{"title": "A question", "comment": "Which licence?", "subject": subjectOf("Reuse", reuse), "extras": map[string]any{"a": 1}}
	discussion := func() map[string]string {
		oid := w.Want(201, w.max, "POST", "/api/1/discussions/", start).Get("id").(string)
		w.Want(200, w.max, "POST", "/api/1/discussions/"+oid+"/", map[string]any{"comment": "Please"})
		return map[string]string{"id": oid, "cidx": "1"}
	}
	ask := map[string]any{"subject": subjectOf("Reuse", reuse), "recipient": subjectOf("User", w.max.ID), "comment": "For you"}
	transfer := map[string]string{"id": w.Want(201, w.ada, "POST", "/api/1/transfer/", ask).Get("id").(string)}
	complain := map[string]any{"subject": subjectOf("Reuse", reuse), "reason": "spam", "message": "No"}
	report := map[string]string{"report": w.Want(201, w.max, "POST", "/api/1/reports/", complain).Get("id").(string)}
	one := discussion()
	told := w.Want(200, w.ada, "GET", "/api/1/notifications/", nil).Get("data.0.id").(string)
	_, key, _ := strings.Cut(w.Notifications.MailsPage(w.max.ID), w.max.ID+"/")
	mails := map[string]string{"person": w.max.ID, "key": strings.TrimSuffix(key, "/")}
	return map[string]call{
		"create_discussion":         {who: w.max, body: start},
		"get_discussion":            {path: one},
		"comment_discussion":        {who: w.max, body: map[string]any{"comment": "Thanks", "close": true}, path: one},
		"update_discussion":         {who: w.max, body: map[string]any{"title": "Another"}, path: discussion()},
		"delete_discussion":         {who: w.max, path: discussion()},
		"edit_discussion_comment":   {who: w.max, body: map[string]any{"comment": "Yes"}, path: discussion()},
		"delete_discussion_comment": {who: w.max, path: discussion()},
		"list_transfers":            {query: "?subject=" + reuse},
		"request_transfer":          {who: w.ada, body: ask},
		"get_transfer":              {path: transfer},
		"respond_to_transfer":       {who: w.max, body: map[string]any{"response": "refuse"}, path: transfer},
		"list_notifications":        {who: w.ada},
		"read_notification":         {who: w.ada, path: map[string]string{"notification": told}},
		"notification_mails":        {path: mails},
		"set_notification_mails":    {who: w.max, path: mails, query: "?mails=on"},
		"create_report":             {who: w.max, body: complain},
		"get_report":                {path: report},
		"update_report":             {body: map[string]any{"dismissed_at": "2026-01-01T00:00:00Z"}, path: report},
	}
}
