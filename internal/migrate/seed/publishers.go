package seed

import (
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"
)

// publisher is an organization in words.
type publisher struct {
	name, acronym string
	// by is the name as it stands after "par": with its article.
	by    string
	place *place
	// topics are what it publishes about, nil for everything.
	topics []string
	badges []string
	// travels is how often it publishes about another place than its own.
	travels float64
	en      bool
	about   []string
}

// The state's own: article, name, acronym, topics.
var ministries = []struct{ article, name, acronym, topics string }{
	{"le ", "Ministère des Transports et des Mobilités", "MTM", "transport_and_mobility safety_and_security"},
	{"le ", "Ministère de la Transition énergétique", "MTE", "environment_and_energy"},
	{"le ", "Ministère de la Culture et du Patrimoine", "MCP", "culture_and_recreation"},
	{"le ", "Ministère de l'Éducation et de la Recherche", "MER", "education_and_research"},
	{"le ", "Ministère de la Santé publique", "MSP", "health"},
	{"le ", "Ministère de l'Agriculture et de l'Alimentation", "MAA", "food_and_agriculture"},
	{"le ", "Ministère du Travail et de la Formation", "MTF", "work_and_training"},
	{"le ", "Ministère de la Justice et des Libertés", "MJL", "law_and_justice"},
	{"le ", "Ministère de l'Économie et du Commerce", "MEC", "economy_and_business"},
	{"le ", "Ministère du Logement et des Territoires", "MLT", "housing_and_development"},
	{"le ", "Ministère de la Sécurité civile", "MSC", "safety_and_security"},
	{"l'", "Institut des statistiques territoriales", "IST", "society_and_demography economy_and_business work_and_training"},
	{"l'", "Agence de l'eau et de l'air", "AEA", "environment_and_energy health"},
	{"l'", "Observatoire national des mobilités", "ONM", "transport_and_mobility"},
	{"le ", "Centre d'études sur les risques", "CER", "safety_and_security environment_and_energy"},
	{"l'", "Office des données de santé", "ODS", "health"},
	{"la ", "Direction des données publiques", "DDP", "open_data_tools politics_and_public_life law_and_justice"},
	{"l'", "Office national de l'emploi", "ONE", "work_and_training"},
}

// The services of a town.
var services = []struct{ article, name, badge, topics string }{
	{"l'", "Office de tourisme", "public-service", "culture_and_recreation economy_and_business"},
	{"l'", "Agence d'urbanisme", "association", "housing_and_development society_and_demography transport_and_mobility"},
	{"la ", "Régie des transports", "public-service", "transport_and_mobility"},
	{"le ", "Syndicat des eaux", "public-service", "environment_and_energy"},
	{"la ", "Bibliothèque municipale", "public-service", "culture_and_recreation education_and_research"},
}

var (
	circles = []struct{ article, name string }{
		{"le ", "Collectif"}, {"l'", "Association"}, {"l'", "Observatoire citoyen"}, {"le ", "Réseau"},
	}
	causes = []struct{ name, topic string }{
		{"Vélo", "transport_and_mobility"},
		{"Arbres en ville", "environment_and_energy"},
		{"Rivières vivantes", "environment_and_energy"},
		{"Air pur", "environment_and_energy"},
		{"Un toit pour tous", "housing_and_development"},
		{"Données citoyennes", ""},
		{"Cantines durables", "food_and_agriculture"},
		{"Transports du soir", "transport_and_mobility"},
		{"Mémoire des rues", "culture_and_recreation"},
		{"Accès aux soins", "health"},
		{"Écoles ouvertes", "education_and_research"},
		{"Budget transparent", "politics_and_public_life"},
		{"Code et territoires", "open_data_tools"},
		{"Routes apaisées", "safety_and_security"},
		{"Justice lisible", "law_and_justice"},
		{"Métiers de demain", "work_and_training"},
	}
	workshops = []string{"Atelier", "Studio", "Labo", "Fabrique", "Comptoir", "Bureau", "Maison", "Cabinet"}
	signs     = []string{
		"Méridien", "Lagune", "Quartz", "Tangente", "Boussole", "Alizé", "Granit", "Sémaphore", "Ricochet", "Tournesol", "Pixel",
		"Delta", "Marelle", "Kiosque",
	}
	englishSigns = []string{"Lantern", "Harbour", "Juniper", "Compass", "Pebble", "Thistle", "Marble", "Copper", "Willow", "Beacon"}
	englishTrade = []string{"Labs", "Maps", "Analytics", "Works", "Mobility"}
)

// factory makes publishers, each once as long as there are some.
type factory struct {
	r *rand.Rand
	// made is how many of each maker were made, order the order in which.
	made  map[string]int
	order map[string][]int
}

// cycle is the mix of publishers: even a small portal has some of all.
var cycle = []string{
	"ministry", "town", "association", "region", "company", "town", "department", "association", "company", "metropolis", "ministry", "service",
}

// publishers makes n of them.
func (s streams) publishers(n int) []publisher {
	f := factory{r: s.of(words+organizations, 0), made: map[string]int{}, order: map[string][]int{}}
	out := make([]publisher, 0, n)
	for i := range n {
		out = append(out, f.make(cycle[i%len(cycle)]))
	}
	return out
}

// next returns the number of the next one of a maker that has size of them,
// false when all were made.
func (f *factory) next(maker string, size int) (int, bool) {
	if f.order[maker] == nil {
		f.order[maker] = f.r.Perm(size)
	}
	n := f.made[maker]
	f.made[maker]++
	return f.order[maker][n%size], n < size
}

func (f *factory) make(maker string) publisher {
	switch maker {
	case "ministry":
		if n, ok := f.next(maker, len(ministries)); ok {
			m := ministries[n]
			return publisher{
				name: m.name, acronym: m.acronym, by: m.article + lower(m.name), place: france, topics: strings.Fields(m.topics),
				badges: []string{"public-service", "certified"}, travels: 0.35, about: aboutState,
			}
		}
	case "town":
		if n, ok := f.next(maker, len(towns)); ok {
			p := towns[n]
			return f.authority("la ", "Ville "+p.of, p)
		}
	case "department":
		if n, ok := f.next(maker, len(departments)); ok {
			p := departments[n]
			return f.authority("le ", "Département "+p.of, p)
		}
	case "region":
		if n, ok := f.next(maker, len(regions)); ok {
			p := regions[n]
			return f.authority("la ", "Région "+p.name, p)
		}
	case "metropolis":
		if n, ok := f.next(maker, 24); ok {
			p := towns[n]
			out := f.authority("", p.name+" Métropole", p)
			out.acronym = initials(out.name)
			return out
		}
	case "service":
		if n, ok := f.next(maker, len(services)*len(towns)); ok {
			s, p := services[n%len(services)], towns[n/len(services)]
			return publisher{
				name: s.name + " " + p.of, by: s.article + lower(s.name) + " " + p.of, place: p, topics: strings.Fields(s.topics),
				badges: []string{s.badge}, about: aboutService,
			}
		}
	case "company":
		if chance(f.r, 0.25) {
			if n, ok := f.next("english company", len(englishSigns)*len(englishTrade)); ok {
				name := englishSigns[n%len(englishSigns)] + " " + englishTrade[n/len(englishSigns)]
				return publisher{name: name, by: name, place: pick(f.r, towns), badges: []string{"company"}, travels: 0.6, en: true, about: aboutEnglish}
			}
		}
		if n, ok := f.next(maker, len(workshops)*len(signs)); ok {
			name := workshops[n%len(workshops)] + " " + signs[n/len(workshops)]
			return publisher{name: name, acronym: initials(name), by: name, place: pick(f.r, towns), badges: []string{"company"}, travels: 0.6, about: aboutCompany}
		}
	}
	// There is always one more association.
	n, _ := f.next("association", len(circles)*len(causes)*len(towns))
	c, cause := circles[n%len(circles)], causes[n/len(circles)%len(causes)]
	p := towns[n/len(circles)/len(causes)]
	out := publisher{
		name: c.name + " " + cause.name + " " + p.in, by: c.article + c.name + " " + cause.name + " " + p.in, place: p,
		badges: []string{"association"}, travels: 0.15, about: aboutAssociation,
	}
	if cause.topic != "" {
		out.topics = []string{cause.topic, "open_data_tools"}
	}
	return out
}

func (f *factory) authority(article, name string, p *place) publisher {
	badges := []string{"local-authority"}
	if chance(f.r, 0.7) {
		badges = append(badges, "certified")
	}
	return publisher{name: name, by: article + name, place: p, badges: badges, about: aboutAuthority}
}

// initials are the capitals of a name.
func initials(name string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsUpper(c) {
			return c
		}
		return -1
	}, name)
}

// lower makes the first letter small.
func lower(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(first)) + s[size:]
}

// upper makes the first letter a capital.
func upper(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// What organizations say about themselves; {in}, {of}, {By} and {name} are
// filled in.
var (
	aboutState = []string{
		"{By} prépare et met en œuvre les politiques publiques de son domaine. Ses services produisent des statistiques, tiennent des registres et contrôlent l'application des règles.\n\nLes données issues de ces missions sont publiées ici dès qu'elles ont été vérifiées, avec leur calendrier de mise à jour.",
		"{By} rassemble des données venues de toutes les administrations concernées, les harmonise et les diffuse. L'équipe données répond aux questions posées dans les discussions, en général sous une semaine.",
	}
	aboutAuthority = []string{
		"{By} publie les données de ses services : transports, voirie, espaces verts, finances, équipements. La démarche, engagée il y a plusieurs années, associe les agents, les associations et les entreprises du territoire.\n\nUne donnée manque ? Demandez-la : nous publions en priorité ce qui est attendu.",
		"{By} a fait de l'ouverture des données un principe. Chaque direction désigne une personne chargée de tenir ses fichiers à jour, et une rencontre annuelle réunit celles et ceux qui les utilisent.",
	}
	aboutService = []string{
		"{By} met à disposition les données produites dans le cadre de ses missions quotidiennes. Les fichiers sont extraits automatiquement des outils de gestion.",
	}
	aboutAssociation = []string{
		"Nous sommes une trentaine de bénévoles {in}. Nous relevons, vérifions et partageons des données que personne d'autre ne publie, et nous construisons des outils simples avec celles qui existent.\n\nNos réunions ont lieu le premier mardi du mois et sont ouvertes à toutes et à tous.",
		"Association fondée par des habitantes et des habitants {in}, curieux de comprendre leur territoire. Nous organisons des ateliers de cartographie et formons à la lecture des chiffres publics.",
	}
	aboutCompany = []string{
		"{name} est une petite équipe de conception et de développement installée {in}. Nous aidons collectivités et rédactions à comprendre leurs données, et nous publions ce que nous apprenons en chemin.",
		"Conseil, cartographie, visualisation : {name} travaille avec les données ouvertes depuis ses débuts {in}. Une partie de nos projets est réalisée gratuitement, pour le plaisir et pour la démonstration.",
	}
	aboutEnglish = []string{
		"{name} is a small team {in} that turns public data into tools people use every day. We publish what we build, and the code whenever we can.",
		"We are designers, engineers and a geographer. {name} works with town halls, newsrooms and researchers from its office {in}.",
	}
)

const (
	madeUp        = "\n\n*Cette organisation est fictive : elle fait partie d'un catalogue de démonstration.*"
	madeUpEnglish = "\n\n*This organization is made up: it is part of a demonstration catalogue.*"
)
