// Package post is the portal's own news and pages.
//
// Sysadmins write them. A post is a draft until it is published, and a draft
// again when it is unpublished; drafts are there for sysadmins alone. What it
// says is Markdown, HTML or a list of blocs (kernel/bloc). The API hands out
// the source as it was written; what this portal makes of it – the feed – is
// sanitised.
//
// Unlike most things, a deleted post is gone.
//
//	post.go     the type, its wire forms       form.go     what a client may change
//	service.go  the verbs                      list.go     lists and who finds what
//	store.go    the SQL                        image.go    the picture
//	feed.go     the feed                       api.go      all routes; models.go describes them
package post
