package app_test

// placesCalls are the successful calls of contact points, tags and territories.
func placesCalls(w *world) map[string]call {
	own := func(name string) map[string]string {
		made := w.Want(201, w.max, "POST", "/api/1/contacts/", body{"name": name, "role": "creator"})
		return map[string]string{"contact_point": made.Get("id").(string)}
	}
	desk := body{"name": "Desk", "role": "contact", "email": "desk@example.org", "organization": w.organization}
	w.Want(201, w.root, "POST", "/api/1/contacts/", desk)
	w.Want(200, w.root, "PUT", "/api/1/datasets/"+w.aDataset("Of Brittany").ID+"/", body{"spatial": body{"zones": []string{"fr:region:53"}}})
	brittany := map[string]string{"id": "fr:region:53"}
	return map[string]call{
		"create_contact_point":           {who: w.max, body: body{"name": "Max", "role": "publisher"}},
		"get_contact_point":              {path: own("To read")},
		"update_contact_point":           {who: w.max, path: own("To change"), body: body{"email": "max@example.org"}},
		"delete_contact_point":           {who: w.max, path: own("To delete")},
		"get_organization_contact_point": {header: []string{"X-Fields", "*,data{*}"}},
		"suggest_org_contact_points":     {query: "?q=desk"},
		"get_user_contact_point":         {path: map[string]string{"user": w.max.ID}, header: []string{"X-Fields", "*,data{*}"}},
		"suggest_tags":                   {query: "?q=a"},
		"suggest_zones":                  {query: "?q=bretagne"},
		"spatial_zones":                  {path: map[string]string{"ids": "fr:region:53,country:fr"}},
		"spatial_zone":                   {path: brittany},
		"spatial_zone_datasets":          {path: brittany},
		"spatial_coverage":               {path: map[string]string{"level": "fr:region"}},
	}
}
