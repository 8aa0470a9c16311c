package user

import (
	"net/http"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/schema"
)

// SignInRoutes are the forms of the official front. They stand outside of the
// API, under the names that Flask-Security gave them.
func (s *Service) SignInRoutes() []api.Route {
	const get, post = http.MethodGet, http.MethodPost
	answer := schema.Of(&schema.Model{Name: "Form", Fields: []schema.Field{
		{Name: "meta", Type: schema.Any()},
		{Name: "response", Type: schema.Any(), Doc: "`csrf_token`; `errors` and `field_errors` when something is wrong"},
	}})
	body := func(name string, fields ...string) *schema.Model {
		m := &schema.Model{Name: name}
		for _, f := range fields {
			m.Fields = append(m.Fields, schema.Field{Name: f, Type: schema.Text()})
		}
		return m
	}
	routes := []api.Route{
		{Method: get, Path: "/get-csrf", ID: "get_csrf", Summary: "The CSRF token of the browser's forms", Result: answer, Handle: s.getCSRF},
		{Method: post, Path: "/login/", ID: "login", Summary: "Sign in", Body: body("Login", "email", "password", "remember"), Result: answer, Handle: s.login},
		{Method: post, Path: "/logout/", ID: "logout", Summary: "Sign out", Result: schema.Any(), Handle: s.logout},
	}
	for i := range routes {
		routes[i].Tag, routes[i].Access = "sign-in", api.Anyone
	}
	return routes
}
