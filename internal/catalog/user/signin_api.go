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
	csrf := schema.Of(&schema.Model{Name: "CSRF", Fields: []schema.Field{{Name: "response", Type: schema.Any(), Doc: "`csrf_token`"}}})
	body := func(name string, fields ...string) *schema.Model {
		m := &schema.Model{Name: name}
		for _, f := range fields {
			m.Fields = append(m.Fields, schema.Field{Name: f, Type: schema.Text()})
		}
		return m
	}
	token := map[string]string{"token": "What the mail's link holds"}
	routes := []api.Route{
		{Method: get, Path: "/get-csrf", ID: "get_csrf", Summary: "The CSRF token of the browser's forms", Result: csrf, Handle: s.getCSRF},
		{Method: post, Path: "/login/", ID: "login", Summary: "Sign in", Body: body("Login", "email", "password", "remember"), Result: answer, Handle: s.login},
		{Method: post, Path: "/logout/", ID: "logout", Summary: "Sign out", Result: schema.Any(), Handle: s.logout},
		{
			Method: post, Path: "/register/", ID: "register", Summary: "Make an account", Result: answer, Handle: s.register,
			Body: body("Register", "email", "password", "password_confirm", "first_name", "last_name", "accept_conditions"),
			Doc:  "The answer is the same when the address has an account: its owner is told by mail.",
		},
		{Method: post, Path: "/confirm/", ID: "send_confirmation", Summary: "Send the mail that confirms an address once more", Body: body("SendConfirmation", "email"), Result: answer, Handle: s.sendConfirmation},
		{Method: get, Path: "/confirm/{token}/", ID: "confirm_email", Summary: "Confirm an address, and go on to the portal's pages", Status: http.StatusFound, PathDoc: token, Handle: s.confirm},
		{Method: post, Path: "/confirm/{token}/", ID: "confirm_email_json", Summary: "Confirm an address", Result: answer, PathDoc: token, Handle: s.confirm},
		{Method: post, Path: "/reset/", ID: "forgot_password", Summary: "Send a mail to choose a new password", Body: body("ForgotPassword", "email"), Result: answer, Handle: s.forgot},
		{
			Method: post, Path: "/reset/{token}/", ID: "reset_password", Summary: "Choose a new password", Body: body("ResetPassword", "password", "password_confirm"),
			Result: answer, PathDoc: token, Handle: s.reset,
		},
		{
			Method: post, Path: "/change/", ID: "change_password", Summary: "Change the password of who is signed in", Body: body("ChangePassword", "password", "new_password", "new_password_confirm"),
			Result: answer, Handle: s.changePassword,
		},
		{
			Method: post, Path: "/change-email", ID: "change_email", Summary: "Send a mail to the new address of who is signed in", Body: body("ChangeEmail", "new_email", "new_email_verify"),
			Result: answer, Handle: s.changeEmail,
		},
		{
			Method: get, Path: "/confirm-change-email/{token}/", ID: "confirm_change_email", Summary: "Confirm a new address, and go on to the portal's pages", Status: http.StatusFound,
			PathDoc: token, Handle: s.confirmEmail,
		},
	}
	for i := range routes {
		routes[i].Tag, routes[i].Access = "sign-in", api.Anyone
	}
	return routes
}
