package dataservice

import "ouvert/internal/kernel/sitemap"

// Sitemap are the pages of the dataservices that everybody may see.
var Sitemap = sitemap.Section{
	Name: "dataservices", From: "FROM dataservice d WHERE " + visible, ID: "d.id", Path: "'/dataservices/' || d.slug", Modified: "d.last_modified",
}
