package web

// Of makes a part of the objects that have the page's object as a parameter of
// their list: the first few, how many there are, and the way to all. list is the
// API's list with what is always asked, "/api/2/datasets/?page_size=6", more the
// page of all. There is no part when there are none.
func Of(template, list, more, param, title string) func(*View, *Object) (string, any, error) {
	return func(v *View, of *Object) (string, any, error) {
		query := param + "=" + of.ID
		var found List[Object]
		err := v.Get(list+"&"+query, &found)
		if err != nil || len(found.Data) == 0 {
			return "", nil, err
		}
		return template, map[string]any{"Title": v.Lang.T(title), "List": found.Data, "Total": found.Total, "More": more + "?" + query}, nil
	}
}

// First makes a part of the first objects of a list of the API, when there are
// any.
func First(template, list string) func(*View, *Object) (string, any, error) {
	return func(v *View, _ *Object) (string, any, error) {
		var found List[Object]
		err := v.Get(list, &found)
		if err != nil || len(found.Data) == 0 {
			return "", nil, err
		}
		return template, found, nil
	}
}
