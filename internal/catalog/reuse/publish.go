package reuse

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/web"
	"ouvert/internal/kernel/weburl"
)

func sortStrings(list []string) { slices.Sort(list) }

// draft is what the templates of the forms get.
type draft struct {
	Form   *web.Form
	Step   int
	Reuse  *shown
	Types  []Label
	Topics []Label
	// Organizations are those that the reader may publish for.
	Organizations []web.Object
	// Chosen are the datasets that the form names, Found those that a search
	// found.
	Chosen, Found []web.Object
	Searched      string
	// Known is the reuse that has the address already, Near those whose
	// address is nearly the same.
	Known *web.Object
	Near  []web.Object
}

// fields of the form, in their order.
var fields = []string{"url", "title", "type", "topic", "description", "tags", "datasets", "links", "organization", "owner", "private", "archived"}

// publishPage is the guided form. Its first step asks for the address alone,
// its second for all that is said of the reuse; what comes out is a draft
// whose picture and last look are pages of their own. So nothing is lost when
// somebody stops in the middle.
func (s *Service) publishPage(v *web.View) error {
	f := v.FormOf()
	d := &draft{Form: f, Step: 1}
	if v.Method == http.MethodGet {
		q := v.URL.Query()
		f.Values.Set("url", q.Get("url"))
		if oid := q.Get("dataset"); oid != "" {
			f.Values.Set("datasets", oid)
		}
		return s.showDraft(v, d, "reuse/publish", "Publish a reuse")
	}
	step := v.PostFormValue("step")
	if err := s.checkAddress(v, d); err != nil {
		return err
	}
	if f.Failed() {
		return s.showDraft(v, d, "reuse/publish", "Publish a reuse")
	}
	d.Step = 2
	if step != "create" || v.PostFormValue("do") == "find" {
		return s.showDraft(v, d, "reuse/publish", "Publish a reuse")
	}
	body, err := s.body(v, f)
	if err != nil {
		return err
	}
	if f.Failed() {
		return s.showDraft(v, d, "reuse/publish", "Publish a reuse")
	}
	body["private"] = true
	if org := v.PostFormValue("organization"); org != "" {
		body["organization"] = org
	}
	var made web.Object
	if err := f.Take(v, v.Send(http.MethodPost, "/api/1/reuses/", body, &made), fields...); err != nil {
		return err
	}
	if f.Failed() {
		return s.showDraft(v, d, "reuse/publish", "Publish a reuse")
	}
	return v.Go("/reuses/" + made.Slug + "/image?new=1")
}

// checkAddress looks at the address before anything else is asked.
func (s *Service) checkAddress(v *web.View, d *draft) error {
	text := strings.TrimSpace(v.PostFormValue("url"))
	if text != "" && !strings.Contains(text, "://") {
		text = "https://" + text
	}
	if text == "" {
		d.Form.Wrong("url", v.Lang.T("Field is required"))
		return nil
	}
	clean, err := weburl.Default.Check(text)
	var bad *weburl.Error
	if errors.As(err, &bad) {
		d.Form.Wrong("url", bad.Message(v.Lang.T))
		return nil
	}
	if err != nil {
		return err
	}
	d.Form.Values.Set("url", clean)
	same, near, err := s.withAddress(v.Context(), clean)
	if err != nil {
		return err
	}
	if same != nil {
		d.Form.Wrong("url", v.Lang.T("This URL is already registered"))
		if !same.Hidden() || v.Actor.CanReadHidden(same.Owned()) {
			d.Known = &web.Object{Title: same.Title, Page: same.page(s.links)}
		}
	}
	for _, r := range near {
		d.Near = append(d.Near, web.Object{Title: r.Title, Page: r.page(s.links), URL: r.URL})
	}
	return nil
}

// withAddress finds the reuse that has an address, and public ones that have
// the same host and path, whatever their scheme, "www." and query.
func (s *Service) withAddress(ctx context.Context, address string) (same *Reuse, near []*Reuse, err error) {
	found, err := load(ctx, s.db.Read(), "SELECT "+prefixed+" FROM reuse r WHERE r.urlhash = $1", weburl.Hash(address))
	if err != nil || len(found) > 0 {
		if len(found) > 0 {
			same = found[0]
		}
		return same, nil, err
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, nil, err
	}
	core := strings.TrimPrefix(strings.ToLower(u.Host), "www.") + strings.TrimRight(u.EscapedPath(), "/")
	near, err = load(ctx, s.db.Read(), "SELECT "+prefixed+" FROM reuse r WHERE "+visible+
		` AND (lower(r.url) LIKE $1 ESCAPE '\' OR lower(r.url) LIKE $2 ESCAPE '\') ORDER BY r.created_at DESC, r.id LIMIT 3`,
		"%//"+db.Like(strings.ToLower(core))+"%", "%//www."+db.Like(strings.ToLower(core))+"%")
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return nil, near, err
}

// maxPasted is how many links to datasets may be pasted at once.
const maxPasted = 30

// body makes the API's body of the form.
func (s *Service) body(v *web.View, f *web.Form) (map[string]any, error) {
	body := map[string]any{}
	for _, name := range []string{"url", "title", "description", "type", "topic"} {
		body[name] = strings.TrimSpace(v.PostFormValue(name))
	}
	tags := []string{}
	for tag := range strings.SplitSeq(v.PostFormValue("tags"), ",") {
		if tag = strings.TrimSpace(tag); tag != "" {
			tags = append(tags, tag)
		}
	}
	body["tags"] = tags
	datasets, err := s.datasetsOf(v, f)
	body["datasets"] = datasets
	return body, err
}

// datasetsOf are the ids that the form names: those that were ticked, and
// those whose links were pasted. A link that leads to no dataset is noted.
func (s *Service) datasetsOf(v *web.View, f *web.Form) ([]string, error) {
	ids := []string{}
	for _, oid := range v.PostForm["datasets"] {
		if oid, ok := id.Parse(oid); ok && !slices.Contains(ids, oid) {
			ids = append(ids, oid)
		}
	}
	links := strings.Fields(v.PostFormValue("links"))
	if len(links) > maxPasted {
		f.Wrong("links", v.Lang.T("At most %d may be named", maxPasted))
		return ids, nil
	}
	for _, link := range links {
		key := datasetKey(link)
		var d web.Object
		var err error = errs.NotFound()
		if key != "" {
			err = v.Get("/api/1/datasets/"+url.PathEscape(key)+"/", &d)
		}
		if e := errs.As(err); e != nil && e.Location != "" { // an earlier slug
			err = v.Get(e.Location, &d)
		}
		switch {
		case errs.As(err) != nil:
			f.Wrong("links", v.Lang.T("There is no dataset at %s", link))
		case err != nil:
			return nil, err
		case !slices.Contains(ids, d.ID):
			ids = append(ids, d.ID)
		}
	}
	if !f.Failed() {
		f.Values.Del("links")
	}
	f.Values["datasets"] = ids
	return ids, nil
}

// datasetKey takes the slug or id out of the address of a dataset's page, on
// whatever portal it was copied from, or is the text itself.
func datasetKey(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if i := slices.Index(parts, "datasets"); i >= 0 && i+1 < len(parts) {
		return parts[i+1]
	}
	if len(parts) == 1 && u.Host == "" {
		return parts[0]
	}
	return ""
}

// showDraft completes what the form needs and shows it.
func (s *Service) showDraft(v *web.View, d *draft, template, title string) error {
	d.Types, d.Topics = Types, Topics
	if d.Step == 2 {
		var me struct {
			Organizations []web.Object `json:"organizations"`
		}
		if err := v.Get("/api/1/me/", &me); err != nil {
			return err
		}
		for _, o := range me.Organizations {
			if v.Actor.CanPublishFor(o.ID) {
				d.Organizations = append(d.Organizations, o)
			}
		}
		if err := s.choices(v, d); err != nil {
			return err
		}
	}
	return v.ShowForm(d.Form, template, web.Head{Title: v.Lang.T(title), NoIndex: true}, d)
}

// choices loads the datasets that the form names, and those that were looked
// for.
func (s *Service) choices(v *web.View, d *draft) error {
	find := v.Method == http.MethodPost && v.PostFormValue("do") == "find"
	if find {
		if _, err := s.datasetsOf(v, d.Form); err != nil {
			return err
		}
	}
	ids := d.Form.Values["datasets"]
	found, err := s.refs.Find(v.Context(), s.db.Read(), "Dataset", ids)
	if err != nil {
		return err
	}
	for _, oid := range ids {
		o, ok := found[oid]
		if ok && (!(o.Private || o.Deleted) || v.Actor.CanReadHidden(o.Owned)) {
			d.Chosen = append(d.Chosen, web.Object{ID: oid, Title: o.Title, Page: o.Page})
		}
	}
	d.Searched = strings.TrimSpace(d.Form.Value("find"))
	if !find || d.Searched == "" {
		return nil
	}
	var list web.List[web.Object]
	if err := v.Get("/api/2/datasets/?page_size=10&q="+url.QueryEscape(d.Searched), &list); err != nil {
		return err
	}
	for _, o := range list.Data {
		if !slices.Contains(ids, o.ID) {
			d.Found = append(d.Found, o)
		}
	}
	return nil
}

// own loads the reuse of the path, which the reader may change.
func (s *Service) own(v *web.View) (*shown, error) {
	r := &shown{}
	if err := v.Object("/api/1/reuses/", r); err != nil {
		return nil, err
	}
	if !r.Permissions.Edit {
		return nil, errs.Forbidden()
	}
	return r, nil
}

func (s *Service) editPage(v *web.View) error {
	r, err := s.own(v)
	if err != nil {
		return err
	}
	f := v.FormOf()
	d := &draft{Form: f, Step: 2, Reuse: r}
	if v.Method == http.MethodGet {
		for name, value := range map[string]string{"url": r.URL, "title": r.Title, "description": r.Description, "type": r.Type, "topic": r.Topic, "tags": strings.Join(r.Tags, ", ")} {
			f.Values.Set(name, value)
		}
		for _, o := range r.Datasets {
			f.Values.Add("datasets", o.ID)
		}
		if r.Private {
			f.Values.Set("private", "1")
		}
		return s.showDraft(v, d, "reuse/edit", "Change a reuse")
	}
	if v.PostFormValue("do") == "find" {
		return s.showDraft(v, d, "reuse/edit", "Change a reuse")
	}
	body, err := s.body(v, f)
	if err != nil {
		return err
	}
	body["private"] = v.PostFormValue("private") != ""
	if !f.Failed() {
		var changed web.Object
		if err := f.Take(v, v.Send(http.MethodPut, "/api/1/reuses/"+r.ID+"/", body, &changed), fields...); err != nil {
			return err
		}
		if !f.Failed() {
			return v.Go("/reuses/" + changed.Slug)
		}
	}
	return s.showDraft(v, d, "reuse/edit", "Change a reuse")
}

func (s *Service) imagePage(v *web.View) error {
	r, err := s.own(v)
	if err != nil {
		return err
	}
	f := v.FormOf()
	isNew := v.URL.Query().Get("new") != ""
	next := "/reuses/" + r.Slug
	if isNew {
		next += "/review"
	}
	if v.Method == http.MethodPost {
		sent, err := v.SendFile("file", "/api/1/reuses/"+r.ID+"/image/")
		if err := f.Take(v, err, "file"); err != nil {
			return err
		}
		if !sent && !f.Failed() {
			f.Wrong("file", v.Lang.T("Choose a file first"))
		}
		if !f.Failed() {
			return v.Go(next)
		}
	}
	return v.ShowForm(f, "reuse/image", web.Head{Title: v.Lang.T("A picture")}, map[string]any{"Form": f, "Reuse": r, "New": isNew, "Next": next})
}

// reviewPage is the last look at a draft.
func (s *Service) reviewPage(v *web.View) error {
	r, err := s.own(v)
	if err != nil {
		return err
	}
	if v.Method == http.MethodPost {
		if v.PostFormValue("do") == "publish" {
			if err := v.Send(http.MethodPut, "/api/1/reuses/"+r.ID+"/", map[string]any{"private": false}, nil); err != nil {
				return err
			}
		}
		return v.Go("/reuses/" + r.Slug)
	}
	return v.Show("reuse/review", web.Head{Title: v.Lang.T("A last look"), NoIndex: true}, sheet{
		Reuse: r, Type: labelOf(Types, r.Type), TopicLabel: labelOf(Topics, r.Topic),
	})
}

func (s *Service) deletePage(v *web.View) error {
	r, err := s.own(v)
	if err != nil {
		return err
	}
	if v.Method == http.MethodPost {
		path := "/api/1/reuses/" + r.ID + "/"
		if v.PostFormValue("notice") != "" {
			path += "?send_legal_notice=true"
		}
		if err := v.Send(http.MethodDelete, path, nil, nil); err != nil {
			return err
		}
		return v.Go("/reuses/" + r.Slug)
	}
	return v.Show("reuse/delete", web.Head{Title: v.Lang.T("Delete a reuse"), NoIndex: true}, map[string]any{
		"Reuse": r, "Others": v.Actor.IsSysadmin() && (r.Owner == nil || r.Owner.ID != v.Actor.ID),
	})
}

func (s *Service) restorePage(v *web.View) error {
	r, err := s.own(v)
	if err != nil {
		return err
	}
	if err := v.Send(http.MethodPut, "/api/1/reuses/"+r.ID+"/", map[string]any{"deleted": nil}, nil); err != nil {
		return err
	}
	return v.Go("/reuses/" + r.Slug)
}
