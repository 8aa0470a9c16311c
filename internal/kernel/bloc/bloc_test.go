package bloc

import (
	"encoding/json"
	"slices"
	"testing"
)

// TestImport: blocs of udata's database and of its API are the same here.
func TestImport(t *testing.T) {
	const stored = `[{"_id": "FD2464F7-c529-4dd2-a55a-c709bb76d6b3", "_cls": "DatasetsListBloc", "title": "T", "subtitle": null, "datasets": ["5a0000000000000000000001", "rubbish"]},
		{"_cls": "HeroBloc", "title": "H", "color": "red"}, {"_cls": "ExploreBloc"}, {"_cls": "AccordionListBloc", "items": [{"title": "i", "content": [
			{"_cls": "MarkdownBloc", "content": "c"}, {"_cls": "HeroBloc", "title": "not here"}]}]},
		{"_cls": "LinksListBloc", "title": "L", "links": [{"title": "l", "color": "", "url": null}]}]`
	const shown = `[{"class": "DatasetsListBloc", "id": "fd2464f7-c529-4dd2-a55a-c709bb76d6b3", "title": "T", "datasets": [{"id": "5a0000000000000000000001", "title": "x"}]}]`
	got, left := Import(json.RawMessage(stored))
	if len(got) != 4 || left != 1 {
		t.Fatalf("%d, %d left: %+v", len(got), left, got)
	}
	first, _ := Import(json.RawMessage(shown))
	for _, b := range []Bloc{got[0], first[0]} {
		if b.ID != "fd2464f7-c529-4dd2-a55a-c709bb76d6b3" || b.Texts["title"] != "T" || !slices.Equal(b.Objects, []string{"5a0000000000000000000001"}) {
			t.Errorf("a list is %+v", b)
		}
	}
	if _, ok := got[1].Texts["color"]; ok || got[1].ID == "" {
		t.Errorf("the hero is %+v", got[1])
	}
	if items := got[2].Items; len(items) != 1 || len(items[0].Content) != 1 || items[0].Content[0].Texts["content"] != "c" {
		t.Errorf("the accordion is %+v", got[2])
	}
	if l := got[3].Links; len(l) != 1 || l[0].Color == nil || *l[0].Color != "" || l[0].URL != nil {
		t.Errorf("the links are %+v", got[3])
	}
	for _, rubbish := range []string{"", "null", "5", `{"a": 1}`, `["x"]`} {
		if got, _ := Import(json.RawMessage(rubbish)); len(got) != 0 {
			t.Errorf("%s is read as %+v", rubbish, got)
		}
	}
	if got := Kept(json.RawMessage(`{"a": 1, "blocs": `+stored+`}`), "blocs"); len(got) != 4 {
		t.Errorf("of what was kept, there is %+v", got)
	}
}

// TestText: what is said is found, at any depth.
func TestText(t *testing.T) {
	got := Text([]Bloc{
		{Class: hero, Texts: map[string]string{"title": "A", "description": "B"}},
		{Class: accordion, Items: []Item{{Title: "C", Content: []Bloc{{Class: "LinksListBloc", Texts: map[string]string{"title": "D"}, Links: []Link{{Title: "E"}}}}}}},
	})
	if got != "A\n\nB\n\nC\n\nD\n\nE" {
		t.Errorf("it says %q", got)
	}
}
