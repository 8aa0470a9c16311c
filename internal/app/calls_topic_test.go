package app_test

// topicCalls are the successful calls of the routes of topics.
func topicCalls(w *world) map[string]call {
	own := func(name string) map[string]string {
		made := w.Want(201, w.max, "POST", "/api/2/topics/", body{"name": name, "elements": []body{{"title": "To come"}}})
		return map[string]string{"topic": made.Get("id").(string)}
	}
	element := func(name string) map[string]string {
		path := own(name)
		added := w.Want(201, w.max, "POST", "/api/2/topics/"+path["topic"]+"/elements/", []body{{"title": "Another"}})
		path["element_id"] = added.Get("0.id").(string)
		return path
	}
	return map[string]call{
		"create_topic":          {who: w.max, body: body{"name": "Getting around", "elements": []body{{"element": body{"class": "Dataset", "id": w.dataset}}}}},
		"get_topic":             {path: own("To read")},
		"update_topic":          {who: w.max, path: own("To change"), body: body{"description": "Another"}},
		"delete_topic":          {who: w.max, path: own("To delete")},
		"topic_elements":        {path: own("To list")},
		"topic_elements_create": {who: w.max, path: own("To add to"), body: []body{{"title": "Trams", "tags": []string{"tram"}}}},
		"topic_elements_delete": {who: w.max, path: own("To empty")},
		"topic_element_update":  {who: w.max, path: element("To change in"), body: body{"title": "Changed"}},
		"delete_topic_element":  {who: w.max, path: element("To take from")},
		"feature_topic":         {who: w.root, path: own("To feature")},
		"unfeature_topic":       {who: w.root, path: own("To hide")},
		"my_org_topics":         {who: w.max},
	}
}
