package report

import (
	"embed"
	"net/http"
	"net/url"
	"time"

	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/web"
)

//go:embed pages/*.html
var templates embed.FS

// Pages are the form of a report, and the queue of the sysadmins.
func (s *Service) Pages() web.Pages {
	const get, post = http.MethodGet, http.MethodPost
	p := web.Pages{
		Name: "report", Templates: templates,
		Pages: []web.Page{
			{Method: get, Path: "/report", Handle: s.formPage},
			{Method: post, Path: "/report", Handle: s.formPage},
			{Method: get, Path: "/admin/reports", Sysadmin: true, Handle: s.queuePage},
			{Method: post, Path: "/admin/reports", Sysadmin: true, Handle: s.queuePage},
		},
		Admin: []web.Link{{Path: "/admin/reports", Label: "Reports"}},
	}
	for _, class := range []string{ref.Reuse, ref.Dataset, ref.Dataservice, ref.Organization} {
		p.Parts = append(p.Parts, web.Part{Place: class, Slot: "actions", Order: 20, Show: func(_ *web.View, of *web.Object) (string, any, error) { return "report/part", of, nil }})
	}
	return p
}

type choice struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

func (s *Service) formPage(v *web.View) error {
	f := v.FormOf()
	d := map[string]any{"Form": f, "Done": false}
	if v.Method == http.MethodGet {
		f.Values = v.URL.Query()
	}
	class, oid := f.Value("class"), f.Value("id")
	if web.Collection(class) == "" {
		return errs.NotFound()
	}
	if v.Method == http.MethodPost {
		err := v.Send(http.MethodPost, "/api/1/reports/", map[string]any{
			"subject": map[string]string{"class": class, "id": oid}, "reason": f.Value("reason"), "message": f.Value("message"),
		}, nil)
		if err := f.Take(v, err, "reason", "message"); err != nil {
			return err
		}
		d["Done"] = !f.Failed()
	} else if _, err := s.label(v, class, oid); err != nil {
		return err
	}
	var reasons []choice
	if err := v.Get("/api/1/reports/reasons/", &reasons); err != nil {
		return err
	}
	for i := range reasons {
		if reasons[i].Value == "auto_spam" { // what programs say
			reasons = append(reasons[:i], reasons[i+1:]...)
			break
		}
	}
	d["Reasons"], d["Class"], d["ID"] = reasons, class, oid
	return v.ShowForm(f, "report/form", web.Head{Title: v.Lang.T("Report something"), NoIndex: true}, d)
}

// label says what an object is called that the reader may see.
func (s *Service) label(v *web.View, class, oid string) (string, error) {
	version := "1"
	if class == ref.Topic {
		version = "2"
	}
	var o web.Object
	err := v.Get("/api/"+version+"/"+web.Collection(class)+"/"+url.PathEscape(oid)+"/", &o)
	return o.Label(), err
}

// item is a report as the queue has it.
type item struct {
	ID      string      `json:"id"`
	Reason  string      `json:"reason"`
	Message string      `json:"message"`
	By      *web.Object `json:"by"`
	At      time.Time   `json:"reported_at"`
	Label   string      `json:"subject_label"`
	Subject *struct {
		Class string `json:"class"`
		ID    string `json:"id"`
	} `json:"subject"`
	Dismissed *time.Time `json:"dismissed_at"`
	Deleted   *time.Time `json:"subject_deleted_at"`
	// Page is where the object is read, "" where it has no page.
	Page string `json:"-"`
	Text string `json:"-"`
}

// maxBulk is how many reports a queue shows, and one form handles.
const maxBulk = 50

// queuePage shows what is open, and dismisses reports or deletes what they
// are about, several at once. What cannot be done is told, and keeps the
// others from nothing.
func (s *Service) queuePage(v *web.View) error {
	f := v.FormOf()
	handled := v.URL.Query().Get("handled") != ""
	done := 0
	if v.Method == http.MethodPost {
		ids := v.PostForm["report"]
		if len(ids) == 0 {
			f.Message = v.Lang.T("Choose some reports first")
		}
		for _, oid := range ids[:min(len(ids), maxBulk)] {
			err := s.handle(v, oid, v.PostFormValue("do"))
			if e := errs.As(err); e != nil {
				f.Wrong("report-"+oid, e.Message)
				continue
			}
			if err != nil {
				return err
			}
			done++
		}
	}
	var list web.List[item]
	path := "/api/1/reports/?page_size=50&handled=false"
	if handled {
		path = "/api/1/reports/?page_size=50&handled=true"
	}
	if err := v.Get(path, &list); err != nil {
		return err
	}
	var reasons []choice
	if err := v.Get("/api/1/reports/reasons/", &reasons); err != nil {
		return err
	}
	var named []ref.Ref
	for _, r := range list.Data {
		if r.Subject != nil {
			named = append(named, ref.Ref{Class: r.Subject.Class, ID: r.Subject.ID})
		}
	}
	found, err := s.refs.FindAll(v.Context(), s.db.Read(), named)
	if err != nil {
		return err
	}
	for i := range list.Data {
		r := &list.Data[i]
		if r.Subject != nil {
			r.Page = found[ref.Ref{Class: r.Subject.Class, ID: r.Subject.ID}].Page
		}
		for _, x := range reasons {
			if x.Value == r.Reason {
				r.Text = x.Label
			}
		}
	}
	return v.ShowForm(f, "report/queue", web.Head{Title: v.Lang.T("Reports")}, map[string]any{"List": list, "Form": f, "Done": done, "Handled": handled})
}

func (s *Service) handle(v *web.View, oid, do string) error {
	path := "/api/1/reports/" + url.PathEscape(oid) + "/"
	switch do {
	case "dismiss":
		return v.Send(http.MethodPatch, path, map[string]any{"dismissed_at": s.clock().UTC().Format(time.RFC3339)}, nil)
	case "reopen":
		return v.Send(http.MethodPatch, path, map[string]any{"dismissed_at": nil}, nil)
	case "delete":
		var r item
		if err := v.Get(path, &r); err != nil {
			return err
		}
		if r.Subject == nil || (web.Collection(r.Subject.Class) == "" && r.Subject.Class != ref.Discussion) {
			return errs.NotFound()
		}
		collection := web.Collection(r.Subject.Class)
		version := "1"
		switch r.Subject.Class {
		case ref.Discussion:
			collection = "discussions"
		case ref.Topic:
			version = "2"
		}
		to := "/api/" + version + "/" + collection + "/" + r.Subject.ID + "/"
		if v.PostFormValue("notice") != "" {
			to += "?send_legal_notice=true"
		}
		return v.Send(http.MethodDelete, to, nil, nil)
	}
	return errs.BadRequest("Neither dismissed nor deleted")
}
