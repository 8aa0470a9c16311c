package wire

import "strings"

// Links makes the addresses that objects carry.
type Links struct {
	// API is where this server is reached, without a slash at its end.
	API string
	// Site is where the portal's pages stand, without a slash at its end.
	Site string
}

// NewLinks makes Links from the two settings; an empty site is the API's.
func NewLinks(api, site string) Links {
	api = strings.TrimRight(api, "/")
	if site == "" {
		site = api
	}
	return Links{API: api, Site: strings.TrimRight(site, "/")}
}

// Image returns the address of a stored picture, "" when there is none.
// bucket is "images" or "avatars".
func (l Links) Image(bucket, key string) string {
	if key == "" {
		return ""
	}
	return l.API + "/" + bucket + "/" + key
}
