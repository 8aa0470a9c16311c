package reuse

import "ouvert/internal/kernel/sitemap"

// Sitemap are the pages of the reuses that everybody may see.
var Sitemap = sitemap.Section{
	Name: "reuses", From: "FROM reuse r WHERE " + visible, ID: "r.id", Path: "'/reuses/' || r.slug", Modified: "r.last_modified",
}
