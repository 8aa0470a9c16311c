package app_test

// siteCalls are the successful calls of the portal's own routes and of those
// of posts.
func siteCalls(w *world) map[string]call {
	own := func(name string, published bool) map[string]string {
		oid := w.Want(201, w.root, "POST", "/api/1/posts/", w.aPost(name)).Get("id").(string)
		w.Want(200, w.root, "POST", "/api/1/posts/"+oid+"/image/", picture(w.t, 40, 30), "Content-Type", pictureType)
		if published {
			w.Want(200, w.root, "POST", "/api/1/posts/"+oid+"/publish/", nil)
		}
		return map[string]string{"post": oid}
	}
	image := []string{"Content-Type", pictureType}
	return map[string]call{
		"set_site":          {body: body{"keywords": []string{"a"}, "reuses_blocs": w.blocs()}, header: []string{"X-Fields", "*"}},
		"get_site":          {header: []string{"X-Fields", "*"}},
		"list_posts":        {path: own("Listed", true), header: []string{"X-Fields", "data{*},*"}},
		"get_post":          {path: own("Fetched", true)},
		"search_posts":      {query: "?q=fetched&last_update_range=last_30_days&tag=bus"},
		"create_post":       {body: w.aPost("Written")},
		"update_post":       {path: own("Changed", false), body: body{"headline": "Another"}},
		"delete_post":       {path: own("Deleted", true)},
		"publish_post":      {path: own("To publish", false)},
		"unpublish_post":    {path: own("To unpublish", true)},
		"post_image":        {path: own("Pictured", false), body: picture(w.t, 8, 8), header: image},
		"resize_post_image": {path: own("Cut", false), body: picture(w.t, 8, 8), header: image},
	}
}

// aPost is a post that has everything but a picture.
func (w *world) aPost(name string) body {
	return body{
		"name": name, "headline": "In a sentence", "content": "In **many**", "body_type": "markdown", "kind": "news", "blocs": w.blocs(),
		"image_url": "https://static.example.org/i.png", "credit_to": "Somebody", "credit_url": "https://www.example.com/somebody",
		"tags": []string{"bus", "Été"}, "datasets": []string{w.dataset}, "reuses": []string{w.publish(w.ada, "For "+name, "datasets", []string{w.dataset})},
	}
}

// blocs are one bloc of each class.
func (w *world) blocs() []body {
	reuse := w.publish(w.ada, "In a bloc", "datasets", []string{w.dataset})
	lists := []body{
		{"class": "DatasetsListBloc", "title": "Data", "subtitle": "s", "datasets": []string{w.dataset}},
		{"class": "ReusesListBloc", "title": "Reuses", "reuses": []string{reuse}},
		{"class": "DataservicesListBloc", "title": "APIs", "dataservices": []body{{"class": "Dataservice", "id": w.dataservice}}},
		{"class": "LinksListBloc", "title": "Links", "paragraph": "p", "main_link_url": "/a", "main_link_title": "A", "links": []body{{"title": "l", "url": "/l", "color": ""}}},
		{"class": "MarkdownBloc", "content": "**x**"},
	}
	return append([]body{
		{"class": "HeroBloc", "title": "Hero", "description": "d", "color": "green"},
		{"class": "AccordionListBloc", "title": "More", "items": []body{{"title": "One", "content": lists}}},
	}, lists...)
}
