package seed

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"ouvert/internal/catalog/reuse"
	"ouvert/internal/catalog/topic"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/territory"
)

// theme is what a made-up topic gathers: objects about one of reuse.Topics.
type theme struct{ name, description, tag string }

var themes = map[string]theme{
	"health":                   {"Santé publique", "Hôpitaux, pharmacies, qualité de l'air : de quoi mesurer ce qui touche à la santé.", "sante"},
	"transport_and_mobility":   {"Se déplacer", "Horaires, pistes cyclables et bornes de recharge, et ce que l'on en fait.", "mobilite"},
	"housing_and_development":  {"Logement et urbanisme", "Permis de construire, prix et plans : la ville telle qu'elle se bâtit.", "logement"},
	"food_and_agriculture":     {"De la terre à l'assiette", "Cultures, marchés et cantines.", "alimentation"},
	"culture_and_recreation":   {"Culture et loisirs", "Musées, bibliothèques, fêtes et équipements sportifs.", "culture"},
	"economy_and_business":     {"Économie locale", "Entreprises, commerces et marchés publics.", "economie"},
	"environment_and_energy":   {"Transition écologique", "Énergie, eau, déchets et biodiversité : les données pour agir.", "environnement"},
	"work_and_training":        {"Emploi et formation", "Métiers, offres et chiffres de l'emploi.", "emploi"},
	"politics_and_public_life": {"Vie publique", "Élections, budgets et délibérations.", "vie-publique"},
	"safety_and_security":      {"Sécurité et risques", "Accidents, inondations et secours.", "securite"},
	"education_and_research":   {"Éducation et recherche", "Écoles, universités et résultats.", "education"},
	"society_and_demography":   {"Population et société", "Qui vit où, et comment.", "population"},
	"law_and_justice":          {"Droit et justice", "Textes, tribunaux et décisions.", "justice"},
	"open_data_tools":          {"Outils de la donnée ouverte", "De quoi lire, vérifier et publier des données.", "outils"},
	"others":                   {"En préparation", "Ce qui n'a pas encore trouvé sa place.", "divers"},
}

const (
	// topicDatasets, topicReuses and topicServices are how many objects a topic
	// holds at most.
	topicDatasets, topicReuses, topicServices = 8, 5, 2
	// One public topic of so many is put forward.
	featuredEvery = 4
)

// writeTopics writes a topic a theme that has datasets. Those of the last two
// themes are private: the work of their owners.
func (w *writer) writeTopics(ctx context.Context) error {
	var list []*topic.Topic
	var elements []*topic.Element
	for i, about := range reuse.Topics {
		r := w.of(topics, i)
		held := w.held(r, about.ID)
		if len(held) == 0 {
			continue
		}
		x := themes[about.ID]
		at := w.Now.Add(-time.Duration(20+r.IntN(700)) * 24 * time.Hour)
		private := i >= len(reuse.Topics)-2
		t := &topic.Topic{
			ID: objectID(r, at), Name: x.name, CreatedAt: at, LastModified: between(r, at, w.Now), Private: &private,
			Featured: !private && i%featuredEvery == 1,
			Doc:      topic.Doc{Description: x.description, Tags: slices.Sorted(slices.Values([]string{"thematique", x.tag}))},
		}
		who := owner{-1, early(r, len(w.organizations))}
		if chance(r, 0.3) {
			who = owner{early(r, len(w.people)), -1}
		}
		t.Owner, t.Organization = w.ids(who)
		if chance(r, 0.4) {
			t.Doc.Spatial = &territory.Coverage{Zones: []string{france.zone}, Granularity: france.granularity()}
		}
		list = append(list, t)
		for _, o := range held {
			elements = append(elements, &topic.Element{ID: objectID(r, t.LastModified), Topic: t.ID, Object: o, Doc: topic.ElementDoc{Tags: []string{x.tag}}})
		}
		elements = append(elements, &topic.Element{ID: objectID(r, t.LastModified), Topic: t.ID, Doc: topic.ElementDoc{
			Title: "Pour aller plus loin", Description: "Un [dossier](https://www.example.org/" + x.tag + ") sur le sujet.", Tags: []string{x.tag},
		}})
	}
	w.made.Topics = len(list)
	return topic.InsertMany(ctx, w.tx, list, elements)
}

// held are public objects about a topic: datasets, reuses, dataservices. None
// when there are no datasets.
func (w *writer) held(r *rand.Rand, about string) (out []ref.Ref) {
	add := func(class string, ids []string, most int) {
		for _, i := range r.Perm(len(ids))[:min(most, len(ids))] {
			out = append(out, ref.Ref{Class: class, ID: ids[i]})
		}
	}
	var data, made, served []string
	for i := range w.datasets {
		if d := &w.datasets[i]; d.topic == about && d.counts() {
			data = append(data, d.id)
		}
	}
	if len(data) == 0 {
		return nil
	}
	for i := range w.reuses {
		if x := &w.reuses[i]; x.topic == about && x.counts() {
			made = append(made, x.id)
		}
	}
	for i := range w.dataservices {
		if s := &w.dataservices[i]; s.topic == about && !s.hidden() {
			served = append(served, s.id)
		}
	}
	add(ref.Dataset, data, topicDatasets)
	add(ref.Reuse, made, topicReuses)
	add(ref.Dataservice, served, topicServices)
	return out
}
