package seed

import (
	"strings"
	"unicode/utf8"

	"ouvert/internal/kernel/slug"
)

// scope is the size of a place, a set in the series.
type scope uint8

const (
	town scope = 1 << iota
	department
	region
	country

	everywhere = town | department | region | country
	local      = town | department
)

// place is a territory that data is about.
type place struct {
	name string
	// en is the English name when it is another one.
	en string
	// of and in are the name with its preposition: "du Havre", "au Havre".
	of, in string
	// zone is udata's id of the territory.
	zone  string
	scope scope
	tag   string
}

func (p *place) english() string {
	if p.en != "" {
		return p.en
	}
	return p.name
}

// granularity is udata's name of the size.
func (p *place) granularity() string {
	switch p.scope {
	case town:
		return "fr:commune"
	case department:
		return "fr:departement"
	case region:
		return "fr:region"
	}
	return "country"
}

// part is what the place consists of.
func (p *place) part(en bool) string {
	fr, english := "région", "region"
	switch p.scope {
	case town:
		fr, english = "quartier", "street"
	case department:
		fr, english = "commune", "town"
	case region:
		fr, english = "département", "department"
	}
	if en {
		return english
	}
	return fr
}

var france = &place{name: "France", of: "de France", in: "en France", zone: "country:fr", scope: country, tag: "france"}

// towns are names and codes of communes.
var towns = newTowns(
	"Paris 75056", "Marseille 13055", "Lyon 69123", "Toulouse 31555", "Nice 06088", "Nantes 44109", "Montpellier 34172",
	"Strasbourg 67482", "Bordeaux 33063", "Lille 59350", "Rennes 35238", "Reims 51454", "Toulon 83137", "Saint-Étienne 42218",
	"Le Havre 76351", "Grenoble 38185", "Dijon 21231", "Angers 49007", "Nîmes 30189", "Clermont-Ferrand 63113", "Le Mans 72181",
	"Aix-en-Provence 13001", "Brest 29019", "Tours 37261", "Amiens 80021", "Limoges 87085", "Annecy 74010", "Perpignan 66136",
	"Metz 57463", "Besançon 25056", "Orléans 45234", "Rouen 76540", "Mulhouse 68224", "Caen 14118", "Nancy 54395",
	"Poitiers 86194", "La Rochelle 17300", "Pau 64445", "Calais 62193", "Bourges 18033", "Avignon 84007", "Colmar 68066",
	"Quimper 29232", "Valence 26362", "Chambéry 73065", "Niort 79191", "Lorient 56121", "Vannes 56260", "Saint-Brieuc 22278",
	"Bayonne 64102", "Troyes 10387", "Cherbourg-en-Cotentin 50129", "Albi 81004", "Laval 53130", "Blois 41018", "Arras 62041",
	"Évreux 27229", "Agen 47001", "Angoulême 16015", "Gap 05061", "Digne-les-Bains 04070", "Cahors 46042", "Rodez 12202",
	"Aurillac 15014", "Auch 32013", "Tarbes 65440", "Mende 48095", "Foix 09122", "Carcassonne 11069", "Épinal 88160",
	"Vesoul 70550", "Belfort 90010", "Nevers 58194", "Moulins 03190", "Le Puy-en-Velay 43157", "Guéret 23096", "Tulle 19272",
	"Périgueux 24322", "Mont-de-Marsan 40192", "Chartres 28085", "Châteauroux 36044", "Alençon 61001", "Saint-Lô 50502",
	"Beauvais 60057", "Laon 02408", "Charleville-Mézières 08105", "Bar-le-Duc 55029", "Chaumont 52121", "Auxerre 89024",
	"Mâcon 71270", "Lons-le-Saunier 39300", "Bourg-en-Bresse 01053", "Privas 07186", "Draguignan 83050", "Ajaccio 2A004",
	"Bastia 2B033", "Cayenne 97302", "Fort-de-France 97209", "Pointe-à-Pitre 97120", "Saint-Nazaire 44184", "Saint-Malo 35288",
	"Dunkerque 59183", "Roubaix 59512", "Tourcoing 59599", "Villeurbanne 69266", "Cannes 06029", "Antibes 06004",
	"Béziers 34032", "Sète 34301", "Narbonne 11262", "Montauban 82121", "Castres 81065", "Brive-la-Gaillarde 19031",
	"Vichy 03310", "Thionville 57672", "Roanne 42187", "Vienne 38544", "Chalon-sur-Saône 71076",
)

var departments = newPlaces(department, "fr:departement:",
	"Finistère|du Finistère|dans le Finistère|29", "Gironde|de la Gironde|en Gironde|33", "Isère|de l'Isère|en Isère|38",
	"Nord|du Nord|dans le Nord|59", "Loire-Atlantique|de Loire-Atlantique|en Loire-Atlantique|44",
	"Hérault|de l'Hérault|dans l'Hérault|34", "Savoie|de la Savoie|en Savoie|73", "Haute-Savoie|de la Haute-Savoie|en Haute-Savoie|74",
	"Morbihan|du Morbihan|dans le Morbihan|56", "Calvados|du Calvados|dans le Calvados|14", "Dordogne|de la Dordogne|en Dordogne|24",
	"Ardèche|de l'Ardèche|en Ardèche|07", "Jura|du Jura|dans le Jura|39", "Vosges|des Vosges|dans les Vosges|88",
	"Landes|des Landes|dans les Landes|40", "Somme|de la Somme|dans la Somme|80", "Aude|de l'Aude|dans l'Aude|11",
	"Var|du Var|dans le Var|83", "Lot|du Lot|dans le Lot|46", "Creuse|de la Creuse|en Creuse|23", "Cantal|du Cantal|dans le Cantal|15",
	"Yonne|de l'Yonne|dans l'Yonne|89", "Manche|de la Manche|dans la Manche|50", "Gers|du Gers|dans le Gers|32",
	"Lozère|de la Lozère|en Lozère|48", "Eure-et-Loir|d'Eure-et-Loir|en Eure-et-Loir|28", "Haut-Rhin|du Haut-Rhin|dans le Haut-Rhin|68",
)

var regions = newPlaces(region, "fr:region:",
	"Bretagne|de Bretagne|en Bretagne|53|Brittany", "Normandie|de Normandie|en Normandie|28|Normandy",
	"Occitanie|d'Occitanie|en Occitanie|76", "Île-de-France|d'Île-de-France|en Île-de-France|11",
	"Grand Est|du Grand Est|dans le Grand Est|44", "Hauts-de-France|des Hauts-de-France|dans les Hauts-de-France|32",
	"Nouvelle-Aquitaine|de Nouvelle-Aquitaine|en Nouvelle-Aquitaine|75",
	"Auvergne-Rhône-Alpes|d'Auvergne-Rhône-Alpes|en Auvergne-Rhône-Alpes|84",
	"Bourgogne-Franche-Comté|de Bourgogne-Franche-Comté|en Bourgogne-Franche-Comté|27",
	"Centre-Val de Loire|du Centre-Val de Loire|dans le Centre-Val de Loire|24",
	"Pays de la Loire|des Pays de la Loire|dans les Pays de la Loire|52",
	"Provence-Alpes-Côte d'Azur|de Provence-Alpes-Côte d'Azur|en Provence-Alpes-Côte d'Azur|93",
	"Corse|de Corse|en Corse|94|Corsica", "Guadeloupe|de Guadeloupe|en Guadeloupe|01", "Martinique|de Martinique|en Martinique|02",
	"Guyane|de Guyane|en Guyane|03|French Guiana", "La Réunion|de La Réunion|à La Réunion|04|Réunion", "Mayotte|de Mayotte|à Mayotte|06",
)

func newTowns(list ...string) []*place {
	out := make([]*place, len(list))
	for i, s := range list {
		cut := strings.LastIndexByte(s, ' ')
		name, code := s[:cut], s[cut+1:]
		p := &place{name: name, of: of(name), in: "à " + name, zone: "fr:commune:" + code, scope: town, tag: slug.Tag(name)}
		if rest, ok := strings.CutPrefix(name, "Le "); ok {
			p.of, p.in = "du "+rest, "au "+rest
		}
		out[i] = p
	}
	return out
}

// newPlaces reads "name|of|in|code" with an optional English name.
func newPlaces(s scope, zone string, list ...string) []*place {
	out := make([]*place, len(list))
	for i, line := range list {
		f := append(strings.Split(line, "|"), "")
		out[i] = &place{name: f[0], of: f[1], in: f[2], zone: zone + f[3], en: f[4], scope: s, tag: slug.Tag(f[0])}
	}
	return out
}

// of puts "de" before a name.
func of(name string) string {
	if first, _ := utf8.DecodeRuneInString(name); strings.ContainsRune("AEIOUÉÈÎÔ", first) {
		return "d'" + name
	}
	return "de " + name
}
