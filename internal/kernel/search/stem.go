package search

import "strings"

// stem brings the forms of a word together, as words.go returns it: singular
// and plural, masculine and feminine, verbs and what is made of them
// ("vaccination", "vacciner", "vaccinés"). It treats French and English alike,
// for nobody says which one they write, and touches words of Latin letters
// alone. It cuts rather too little than too much: two words that become one
// can't be told apart any more.
//
// The rules for plurals and genders follow J. Savoy's light stemmer for
// French, in the form that it has without accents.
func stem(w string) string {
	if len(w) < 4 || !isPlainWord(w) {
		return w
	}
	if s, ok := irregular[w]; ok {
		return s
	}
	return derived(feminine(singular(w)))
}

// irregular are words that the rules get wrong.
var irregular = map[string]string{
	"travaux": "travail", "travail": "travail", "yeux": "oeil", "departement": "departement", "departements": "departement",
	"training": "training", "news": "news", "temps": "temps", "corps": "corps", "cours": "cours", "paris": "paris",
	"people": "person", "children": "child", "formation": "formation", "formations": "formation", "basse": "basse",
	"acces": "acces", "access": "acces", "data": "data", "datas": "data",
}

func isPlainWord(w string) bool {
	for i := range len(w) {
		if w[i] < 'a' || w[i] > 'z' {
			return false
		}
	}
	return true
}

func singular(w string) string {
	n := len(w)
	switch {
	case strings.HasSuffix(w, "eaux"): // bureaux
		return w[:n-1]
	case n > 4 && strings.HasSuffix(w, "aux"): // régionaux
		return w[:n-2] + "l"
	case strings.HasSuffix(w, "eux"), strings.HasSuffix(w, "oux"): // lieux
		return w[:n-1]
	case strings.HasSuffix(w, "ss"), strings.HasSuffix(w, "us"), strings.HasSuffix(w, "is") && n < 6:
		return w // congress, campus, avis
	case strings.HasSuffix(w, "s"):
		return w[:n-1]
	}
	return w
}

// replaced are endings that become others, when so much of the word is left
// before them.
type replaced struct {
	ending, by string
	left       int
}

// feminines are tried in this order, and one is applied.
var feminines = []replaced{
	{"trice", "teur", 3},
	{"euse", "eu", 3},
	{"iere", "ier", 3},
	{"elle", "el", 4},
	{"enne", "en", 3},
	{"onne", "on", 4},
	{"ive", "if", 3},
	{"que", "c", 3},
	{"ee", "", 4},
}

func feminine(w string) string { return replace(w, feminines) }

// derivations likewise.
var derivations = []replaced{
	{"issement", "i", 4},
	{"ization", "is", 4},
	{"ation", "", 5},
	{"ateur", "", 5},
	{"ement", "", 5},
	{"ite", "iti", 4}, // qualité, quality
	{"ing", "", 4},
	{"ed", "", 5},
	{"er", "", 4},
	{"ie", "i", 3}, // stratégie, strategy
	{"y", "i", 3},
	{"e", "", 3},
}

func derived(w string) string {
	before := w
	w = replace(w, derivations)
	least := 5
	if strings.HasSuffix(before, "ing") {
		least = 4
	}
	if n := len(w); n >= least && w[n-1] == w[n-2] && w[n-1] != 'e' { // développ, mapp
		w = w[:n-1]
	}
	return w
}

func replace(w string, list []replaced) string {
	for _, r := range list {
		if before, ok := strings.CutSuffix(w, r.ending); ok && len(before) >= r.left {
			return before + r.by
		}
	}
	return w
}
