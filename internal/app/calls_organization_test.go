package app_test

// organizationCalls are the successful calls of organizations; all but the
// extras are of one that carol founds for the call.
func organizationCalls(w *world) map[string]call {
	made := func() map[string]string {
		oid := w.Want(201, w.carol, "POST", organizations, body{"name": "Club", "description": "d", "extras": body{"a": 1}}).Get("id").(string)
		return map[string]string{"org": oid}
	}
	asked := func() map[string]string {
		p := made()
		p["id"] = w.Want(201, w.max, "POST", organizations+p["org"]+"/membership/", body{"comment": "please"}).Get("id").(string)
		return p
	}
	invited := func() map[string]string {
		p := made()
		p["id"] = w.Want(201, w.carol, "POST", organizations+p["org"]+"/member/", body{"user": w.max.ID, "role": "editor"}).Get("id").(string)
		return p
	}
	joined := func() map[string]string {
		p := asked()
		w.Want(200, w.carol, "POST", organizations+p["org"]+"/membership/"+p["id"]+"/accept/", nil)
		p["user"] = w.max.ID
		return p
	}
	badge := made()
	badge["badge_kind"] = "certified"
	w.Want(201, w.root, "POST", organizations+badge["org"]+"/badges/", body{"kind": "certified"})
	logo := made()
	pictured := []string{"Content-Type", pictureType}
	w.Want(200, w.carol, "POST", organizations+logo["org"]+"/logo/", picture(w.t, 8, 8), pictured...)
	follows := func(w *world, _ string) {
		if got := w.Do(w.max, "POST", organizations+w.organization+"/followers/", nil); got.Status/100 != 2 {
			w.t.Fatalf("following an organization: %d %s", got.Status, got.Text)
		}
	}
	return map[string]call{
		"create_organization":         {who: w.ada, body: body{"name": "New", "description": "d"}},
		"update_organization":         {who: w.carol, body: body{"acronym": "C"}, path: made()},
		"delete_organization":         {who: w.carol, path: made()},
		"suggest_organizations":       {query: "?q=town"},
		"add_organization_badge":      {body: body{"kind": "company"}, path: made()},
		"delete_organization_badge":   {path: badge},
		"organization_logo":           {who: w.carol, body: picture(w.t, 8, 8), header: pictured, path: made()},
		"resize_organization_logo":    {who: w.carol, body: picture(w.t, 8, 8), header: pictured, path: logo},
		"list_membership_requests":    {who: w.carol, path: asked()},
		"membership_request":          {who: w.max, body: body{"comment": "please"}, path: made()},
		"accept_membership":           {who: w.carol, path: asked()},
		"refuse_membership":           {who: w.carol, body: body{"comment": "no"}, path: asked()},
		"cancel_membership":           {who: w.carol, path: invited()},
		"invite_organization_member":  {who: w.carol, body: body{"user": w.max.ID, "role": "editor"}, path: made()},
		"update_organization_member":  {who: w.carol, body: body{"role": "admin"}, path: joined()},
		"delete_organization_member":  {who: w.carol, path: joined()},
		"sync_member_assignments":     {who: w.carol, body: []body{{"class": "Dataset", "id": w.dataset}}, path: map[string]string{"user": w.paul.ID}},
		"list_org_invitations":        {who: w.max},
		"accept_org_invitation":       {who: w.max, path: invited()},
		"refuse_org_invitation":       {who: w.max, path: invited()},
		"update_organization_extras":  {who: w.carol, body: body{"x": 1}, path: made()},
		"delete_organization_extras":  {who: w.carol, body: []string{"a"}, path: made()},
		"list_organization_followers": {path: map[string]string{"id": w.organization}, before: follows},
		"follow_organization":         {who: w.ada, path: map[string]string{"id": w.organization}},
		"unfollow_organization":       {who: w.max, path: map[string]string{"id": w.organization}, before: follows},
	}
}
