package organization

import "ouvert/internal/kernel/sitemap"

// Sitemap are the pages of the organizations that are there.
var Sitemap = sitemap.Section{
	Name: "organizations", From: "FROM organization o WHERE o.deleted IS NULL", ID: "o.id", Path: "'/organizations/' || o.slug", Modified: "o.last_modified",
}
