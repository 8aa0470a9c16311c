package dataset

import "ouvert/internal/kernel/sitemap"

// Sitemap are the pages of the datasets that everybody may see.
var Sitemap = sitemap.Section{
	Name: "datasets", From: "FROM dataset d WHERE " + visible, ID: "d.id", Path: "'/datasets/' || d.slug", Modified: "d.last_modified",
}
