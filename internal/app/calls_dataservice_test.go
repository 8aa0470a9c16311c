package app_test

// dataserviceCalls are the successful calls of the routes of dataservices.
func dataserviceCalls(w *world) map[string]call {
	own := func(title string) map[string]string {
		made := w.Want(201, w.max, "POST", "/api/1/dataservices/", body{"title": title, "datasets": []string{w.dataset}})
		return map[string]string{"dataservice": made.Get("id").(string)}
	}
	follow := func(title string, followed bool) map[string]string {
		oid := own(title)["dataservice"]
		if followed {
			w.Want(201, w.max, "POST", "/api/1/dataservices/"+oid+"/followers/", nil)
		}
		return map[string]string{"id": oid}
	}
	return map[string]call{
		"create_dataservice":          {who: w.max, body: body{"title": "A new API"}},
		"update_dataservice":          {who: w.max, path: own("To change"), body: body{"description": "Another"}},
		"delete_dataservice":          {who: w.max, path: own("To delete")},
		"dataservice_datasets_create": {who: w.max, path: own("To add to"), body: []body{{"id": w.aDataset("Trams").ID}}},
		"delete_dataservice_dataset":  {who: w.max, path: own("To take from")},
		"list_dataservice_followers":  {path: follow("To ask about", true)},
		"follow_dataservice":          {who: w.max, path: follow("To follow", false)},
		"unfollow_dataservice":        {who: w.max, path: follow("To leave", true)},
	}
}
