package user

import (
	"embed"
	"net/http"
	"net/url"
	"time"

	"ouvert/internal/kernel/markdown"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/web"
)

//go:embed pages/*.html
var templates embed.FS

// Pages are the noun's pages: people, their own space, and the forms of
// signing in.
func (s *Service) Pages() web.Pages {
	const get, post = http.MethodGet, http.MethodPost
	p := web.Pages{
		Name: "user", Templates: templates,
		Pages: []web.Page{
			{Method: get, Path: "/users/{slug}", Handle: onePage},
			{Method: get, Path: "/me", SignedIn: true, Handle: mePage},
			{Method: post, Path: "/logout", Handle: logoutPage},
			{Method: get, Path: "/me/tokens", SignedIn: true, Handle: tokensPage},
			{Method: post, Path: "/me/tokens", SignedIn: true, Handle: tokensPage},
		},
	}
	for path, handle := range map[string]func(*web.View) error{
		"/login": loginPage, "/register": registerPage, "/reset": forgotPage, "/reset/{token}": resetPage, "/confirm": confirmPage,
	} {
		p.Pages = append(p.Pages, web.Page{Method: get, Path: path, Handle: handle}, web.Page{Method: post, Path: path, Handle: handle})
	}
	for path, handle := range map[string]func(*web.View) error{"/me/profile": profilePage, "/me/password": passwordPage} {
		p.Pages = append(p.Pages, web.Page{Method: get, Path: path, SignedIn: true, Handle: handle}, web.Page{Method: post, Path: path, SignedIn: true, Handle: handle})
	}
	return p
}

// shown is a person as their page has them.
type shown struct {
	web.Object
	Organizations []web.Object `json:"organizations"`
	Website       string       `json:"website"`
	Email         string       `json:"email"`
	Since         time.Time    `json:"since"`
}

func onePage(v *web.View) error {
	u := &shown{}
	if err := v.Object("/api/1/users/", u); err != nil {
		return err
	}
	u.Class = ref.User
	return v.ShowOf(ref.User, &u.Object, "user/one", web.Head{
		Title: u.Label(), Description: markdown.Excerpt(u.About, 200), Canonical: u.Page,
		JSONLD: map[string]any{"@context": "https://schema.org", "@type": "Person", "name": u.Label(), "url": u.Page},
	}, u)
}

func mePage(v *web.View) error {
	var me shown
	if err := v.Get("/api/1/me/", &me); err != nil {
		return err
	}
	return v.ShowOf("me", nil, "user/me", web.Head{Title: v.Lang.T("My space"), NoIndex: true}, me)
}

// sheet is what the templates of the forms get.
type sheet struct {
	Form *web.Form
	Next string
	// Done is what was done, "" while there is something to do.
	Done string
}

// next is where who signed in wanted to go.
func next(v *web.View) string {
	if n := v.PostFormValue("next"); n != "" {
		return web.Local(n)
	}
	n := v.URL.Query().Get("next")
	if n == "" {
		return "/me"
	}
	// The page that asks a person whether a program may act for them names
	// itself by its whole address.
	if u, err := url.Parse(n); err == nil && u.Scheme+"://"+u.Host == v.Base() {
		n = u.RequestURI()
	}
	return web.Local(n)
}

func loginPage(v *web.View) error {
	d := sheet{Form: v.FormOf(), Next: next(v)}
	head := web.Head{Title: v.Lang.T("Sign in"), NoIndex: true}
	if v.Method == http.MethodPost {
		err := v.SendForm("/login/", map[string]any{
			"email": v.PostFormValue("email"), "password": v.PostFormValue("password"), "remember": v.PostFormValue("remember") != "",
		})
		if err := d.Form.Take(v, err, "email", "password"); err != nil {
			return err
		}
		if !d.Form.Failed() {
			return v.Go(d.Next)
		}
	}
	return v.ShowForm(d.Form, "user/login", head, d)
}

func logoutPage(v *web.View) error {
	if err := v.SendForm("/logout/", map[string]any{}); err != nil {
		return err
	}
	return v.Go("/")
}

// mailForm is a page whose form sends its fields on and then says what
// follows.
func mailForm(v *web.View, path, template, title, done string, fields ...string) error {
	d := sheet{Form: v.FormOf()}
	if v.Method == http.MethodPost {
		body := map[string]any{}
		for _, name := range fields {
			body[name] = v.PostFormValue(name)
		}
		if err := d.Form.Take(v, v.SendForm(path, body), fields...); err != nil {
			return err
		}
		if !d.Form.Failed() {
			d.Done = v.Lang.T(done)
		}
	}
	return v.ShowForm(d.Form, template, web.Head{Title: v.Lang.T(title), NoIndex: true}, d)
}

const sentMessage = "We have written to this address. Please follow the link in the mail."

func registerPage(v *web.View) error {
	return mailForm(v, "/register/?lang="+string(v.Lang), "user/register", "Make an account", sentMessage, "first_name", "last_name", "email", "password", "password_confirm")
}

func forgotPage(v *web.View) error {
	return mailForm(v, "/reset/", "user/forgot", "Choose a new password", sentMessage, "email")
}

func confirmPage(v *web.View) error {
	return mailForm(v, "/confirm/", "user/confirm", "Send the confirmation again", sentMessage, "email")
}

func resetPage(v *web.View) error {
	return mailForm(v, "/reset/"+url.PathEscape(v.PathValue("token"))+"/", "user/reset", "Choose a new password", "Your password is changed: you may sign in now.", "password", "password_confirm")
}

func passwordPage(v *web.View) error {
	return mailForm(v, "/change/", "user/password", "Change my password", "Your password is changed.", "password", "new_password", "new_password_confirm")
}

func profilePage(v *web.View) error {
	f := v.FormOf()
	names := []string{"first_name", "last_name", "website", "about"}
	if v.Method == http.MethodPost {
		body := map[string]any{}
		for _, name := range names {
			body[name] = v.PostFormValue(name)
		}
		if body["website"] == "" {
			body["website"] = nil
		}
		if err := f.Take(v, v.Send(http.MethodPut, "/api/1/me/", body, nil), names...); err != nil {
			return err
		}
		if !f.Failed() {
			return v.Go("/me")
		}
	} else {
		var me shown
		if err := v.Get("/api/1/me/", &me); err != nil {
			return err
		}
		for name, value := range map[string]string{"first_name": me.FirstName, "last_name": me.LastName, "website": me.Website, "about": me.About} {
			f.Values.Set(name, value)
		}
	}
	return v.ShowForm(f, "user/profile", web.Head{Title: v.Lang.T("My profile")}, sheet{Form: f})
}

// apiToken is a token as its page has it.
type apiToken struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Prefix   string     `json:"token_prefix"`
	Token    string     `json:"token"`
	Created  time.Time  `json:"created_at"`
	LastUsed *time.Time `json:"last_used_at"`
	Revoked  *time.Time `json:"revoked_at"`
}

func tokensPage(v *web.View) error {
	f := v.FormOf()
	var made apiToken
	if v.Method == http.MethodPost {
		var err error
		if oid := v.PostFormValue("revoke"); oid != "" {
			err = v.Send(http.MethodDelete, "/api/1/me/api_tokens/"+url.PathEscape(oid)+"/", nil, nil)
		} else {
			err = v.Send(http.MethodPost, "/api/1/me/api_tokens/", map[string]any{"name": v.PostFormValue("name")}, &made)
		}
		if err := f.Take(v, err, "name"); err != nil {
			return err
		}
	}
	var list []apiToken
	if err := v.Get("/api/1/me/api_tokens/", &list); err != nil {
		return err
	}
	return v.ShowForm(f, "user/tokens", web.Head{Title: v.Lang.T("My API tokens")}, map[string]any{"Form": f, "Made": made.Token, "List": list})
}
