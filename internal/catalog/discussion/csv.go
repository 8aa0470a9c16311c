package discussion

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/ref"
)

// The columns of the table of an organization's discussions
// (udata: core/discussions/csv.py).
var csvColumns = []string{
	"id", "user", "subject", "subject_class", "subject_id", "title", "size", "participants", "messages", "created", "closed",
	"closed_by", "closed_by_id", "closed_by_organization", "closed_by_organization_id",
}

// csvOfOrganization answers with the discussions about an organization's
// datasets as a table, the newest first. Texts are quoted, numbers are not.
func (s *Service) csvOfOrganization(ctx context.Context, r *api.Request) (*api.Response, error) {
	org := r.Subject.(ref.Object)
	list, err := s.List(ctx, Filter{Organization: org.Ref.ID, Class: ref.Dataset, Limit: api.MaxPageSize})
	if err != nil {
		return nil, err
	}
	var mentions []ref.Ref
	for _, d := range list {
		mentions = append(mentions, d.Subject, ref.Ref{Class: ref.User, ID: d.Person}, ref.Ref{Class: ref.User, ID: d.ClosedBy.Person},
			ref.Ref{Class: ref.Organization, ID: d.ClosedBy.Organization})
	}
	found, err := s.refs.FindAll(ctx, s.db.Read(), mentions)
	if err != nil {
		return nil, err
	}
	title := func(class, id string) string { return found[ref.Ref{Class: class, ID: id}].Title }
	var b strings.Builder
	csvRow(&b, csvColumns...)
	for _, d := range list {
		var people, messages []string
		seen := map[string]bool{}
		for _, m := range d.Messages {
			if m.Person != "" && !seen[m.Person] {
				seen[m.Person] = true
				people = append(people, m.Person)
			}
			messages = append(messages, strings.ReplaceAll(m.Content, "\n", " "))
		}
		csvRow(&b, d.ID, title(ref.User, d.Person), title(d.Subject.Class, d.Subject.ID), d.Subject.Class, d.Subject.ID, d.Title,
			strconv.Itoa(len(d.Messages)), strings.Join(people, ","), strings.Join(messages, "\n"), csvTime(d.CreatedAt), csvTime(d.Closed),
			title(ref.User, d.ClosedBy.Person), d.ClosedBy.Person, title(ref.Organization, d.ClosedBy.Organization), d.ClosedBy.Organization)
	}
	name := org.Slug + "-discussions-" + s.clock().Format("2006-01-02-15-04") + ".csv"
	return &api.Response{Body: []byte(b.String()), Header: http.Header{"Content-Disposition": {"attachment; filename=" + name}}}, nil
}

// sizeColumn is the only column of numbers.
const sizeColumn = 6

func csvRow(b *strings.Builder, cells ...string) {
	for i, c := range cells {
		if i > 0 {
			b.WriteByte(';')
		}
		if _, err := strconv.Atoi(c); i == sizeColumn && err == nil {
			b.WriteString(c)
			continue
		}
		b.WriteByte('"')
		b.WriteString(strings.ReplaceAll(c, `"`, `""`))
		b.WriteByte('"')
	}
	b.WriteString("\r\n")
}

// csvTime writes an instant without its offset, as udata's tables do.
func csvTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000")
}
