package seed

import (
	"context"
	"time"

	"ouvert/internal/catalog/post"
	"ouvert/internal/kernel/bloc"
	"ouvert/internal/kernel/id"
)

// shown is how many reuses or datasets a made-up post shows.
const shown = 3

// writePosts writes the portal's own news: one about its newest reuses, one in
// HTML, one made of blocs, and a draft.
func (w *writer) writePosts(ctx context.Context) error {
	author := ""
	if len(w.people) > 0 {
		author = w.people[0].id
	}
	var newest, data []string
	for i := len(w.reuses) - 1; i >= 0 && len(newest) < shown; i-- {
		if w.reuses[i].counts() {
			newest = append(newest, w.reuses[i].id)
		}
	}
	for i := len(w.datasets) - 1; i >= 0 && len(data) < shown; i-- {
		if !w.datasets[i].hidden() {
			data = append(data, w.datasets[i].id)
		}
	}
	texts := []struct {
		days      int
		published bool
		post.Post
	}{
		{40, true, post.Post{Name: "Bienvenue sur le portail", Headline: "Des données ouvertes, et ce que l'on en fait.", Kind: post.Page, Doc: post.Doc{
			BodyType: post.HTML,
			Content:  "<h2>À propos</h2>\n<p>Ce portail rassemble des <strong>données ouvertes</strong> et leurs <a href=\"https://www.example.org/reuses\">réutilisations</a>.</p>",
		}}},
		{20, true, post.Post{Name: "Suivi des sorties", Headline: "Les jeux de données qui ont retenu notre attention.", Kind: post.News, Doc: post.Doc{
			BodyType: post.Markdown, Tags: []string{"suivi-des-sorties", "donnees-ouvertes"}, Datasets: data,
			Content: "Chaque mois, **une sélection** de jeux de données publiés ici.\n\nBonne lecture !",
		}}},
		{6, true, post.Post{Name: "Trois réutilisations à découvrir", Headline: "Une carte, une application, un article.", Kind: post.News, Doc: post.Doc{
			BodyType: post.Blocs, Tags: []string{"reutilisations"}, Reuses: newest,
			Blocs: []bloc.Bloc{
				{Class: "MarkdownBloc", Texts: map[string]string{"content": "Ce que l'on fait de *vos* données."}},
				{Class: "ReusesListBloc", Texts: map[string]string{"title": "Les dernières"}, Objects: newest},
			},
		}}},
		{1, false, post.Post{Name: "Brouillon : la rentrée des données", Kind: post.News, Doc: post.Doc{
			BodyType: post.Markdown, Content: "À écrire.",
		}}},
	}
	list := make([]*post.Post, len(texts))
	for i := range texts {
		x := &texts[i]
		at := w.Now.Add(-time.Duration(x.days) * 24 * time.Hour)
		x.ID, x.Owner, x.CreatedAt, x.LastModified = objectID(w.of(posts, i), at), author, at, at
		if x.published {
			x.Published = at
		}
		for n := range x.Doc.Blocs {
			r := w.of(details+posts, n)
			var random [16]byte
			for k := range random {
				random[k] = byte(r.UintN(256))
			}
			x.Doc.Blocs[n].ID = id.FormatUUID(random)
		}
		list[i] = &x.Post
	}
	w.made.Posts = len(list)
	return post.InsertMany(ctx, w.tx, list)
}
