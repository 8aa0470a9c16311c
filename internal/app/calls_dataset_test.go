package app_test

import "ouvert/internal/catalog/dataset"

// datasetCalls are the successful calls of datasets, resources and community
// resources; what is changed or deleted is made for the call.
func datasetCalls(w *world) map[string]call {
	fresh := func() (*dataset.Dataset, map[string]string) {
		d := w.aDataset("Trains")
		return d, map[string]string{"dataset": d.ID, "id": d.ID, "rid": d.Resources[0].ID, "badge_kind": "spd"}
	}
	path := func() map[string]string { _, p := fresh(); return p }
	ofWorld := map[string]string{"dataset": w.dataset, "rid": w.resource}
	community := func() map[string]string {
		b := remote("extra")
		b["dataset"] = w.dataset
		return map[string]string{"community": w.Want(201, w.max, "POST", "/api/1/datasets/community_resources/", b).Get("id").(string)}
	}
	extra := remote("more")
	extra["dataset"] = w.dataset
	file, kind := uploadForm(w.t, "stops.csv", "a,b\n1,2\n")
	header := []string{"Content-Type", kind}
	follows := func(w *world, _ string) {
		if got := w.Do(w.max, "POST", "/api/1/datasets/"+w.dataset+"/followers/", nil); got.Status/100 != 2 {
			w.t.Fatalf("following a dataset: %d %s", got.Status, got.Text)
		}
	}
	d, sorted := fresh()
	return map[string]call{
		"create_dataset":                {who: w.ada, body: datasetBody("New", body{"resources": []body{remote("a")}})},
		"update_dataset":                {who: w.carol, body: body{"acronym": "X"}, path: path()},
		"delete_dataset":                {who: w.carol, path: path()},
		"add_dataset_badge":             {body: body{"kind": "hvd"}, path: path()},
		"delete_dataset_badge":          {path: path()},
		"suggest_datasets":              {query: "?q=bus"},
		"suggest_formats":               {query: "?q=csv"},
		"suggest_mime":                  {query: "?q=text"},
		"create_resource":               {who: w.carol, body: remote("b"), path: path()},
		"update_resources":              {who: w.carol, body: []string{d.Resources[0].ID}, path: sorted},
		"get_resource":                  {path: ofWorld},
		"update_resource":               {who: w.carol, body: body{"title": "Another"}, path: path()},
		"delete_resource":               {who: w.carol, path: path()},
		"upload_new_dataset_resource":   {who: w.carol, body: file, header: header, path: path()},
		"upload_dataset_resource":       {who: w.carol, body: file, header: header, path: path()},
		"create_community_resource":     {who: w.max, body: extra},
		"retrieve_community_resource":   {path: community()},
		"update_community_resource":     {who: w.max, body: body{"title": "Another"}, path: community()},
		"delete_community_resource":     {who: w.max, path: community()},
		"upload_community_resource":     {who: w.max, body: file, header: header, path: community()},
		"upload_new_community_resource": {who: w.max, body: file, header: header},
		"update_dataset_extras":         {who: w.carol, body: body{"x": 1}, path: path()},
		"delete_dataset_extras":         {who: w.carol, body: []string{"c"}, path: path()},
		"get_resource_extras":           {path: ofWorld},
		"update_resource_extras":        {who: w.carol, body: body{"x": 1}, path: path()},
		"delete_resource_extras":        {who: w.carol, body: []string{"b"}, path: path()},
		"list_dataset_followers":        {path: map[string]string{"id": w.dataset}, before: follows},
		"follow_dataset":                {who: w.ada, path: map[string]string{"id": w.dataset}},
		"unfollow_dataset":              {who: w.max, path: map[string]string{"id": w.dataset}, before: follows},
	}
}
