package oauth2

import (
	"net/http"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/schema"
)

// Routes stand outside of the API, where udata has them.
func (s *Service) Routes() []api.Route {
	const get, post, html = http.MethodGet, http.MethodPost, "text/html; charset=utf-8"
	routes := []api.Route{
		{Method: get, Path: "/oauth/authorize", ID: "oauth_authorize", Summary: "Ask who is signed in whether a client may act for them", Produces: html, Handle: s.ask},
		{Method: post, Path: "/oauth/authorize", ID: "oauth_decide", Summary: "Allow or refuse it", Produces: html, Handle: s.decide},
		{Method: post, Path: "/oauth/token", ID: "oauth_token", Summary: "Get tokens for a code or a refresh token", Result: schema.Any(), Handle: s.token},
		{Method: post, Path: "/oauth/revoke", ID: "oauth_revoke", Summary: "End a token", Result: schema.Any(), Handle: s.revoke},
		{Method: get, Path: "/oauth/client_info", ID: "oauth_client_info", Summary: "The name of a client, and what it asks for", Result: schema.Any(), Handle: s.info},
		{Method: get, Path: "/oauth/error", ID: "oauth_error", Summary: "Tell a person that a client cannot be trusted", Produces: html, Handle: s.errorHandler},
	}
	for i := range routes {
		routes[i].Tag, routes[i].Access, routes[i].BodyLimit = "sign-in", api.Anyone, bodyLimit
	}
	return routes
}
