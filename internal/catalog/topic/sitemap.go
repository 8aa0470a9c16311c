package topic

import "ouvert/internal/kernel/sitemap"

// Sitemap are the pages of the topics that everybody may see.
var Sitemap = sitemap.Section{
	Name: "topics", From: "FROM topic t WHERE " + visible, ID: "t.id", Path: "'/topics/' || t.slug", Modified: "t.last_modified",
}
