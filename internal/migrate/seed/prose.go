package seed

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

// fill replaces each {word} that get knows; others stay as they are.
func fill(text string, get func(word string) (string, bool)) string {
	var b strings.Builder
	b.Grow(len(text) + 64)
	for {
		i := strings.IndexByte(text, '{')
		if i < 0 {
			break
		}
		n := strings.IndexByte(text[i:], '}')
		if n < 0 {
			break
		}
		b.WriteString(text[:i])
		if v, ok := get(text[i+1 : i+n]); ok {
			b.WriteString(v)
		} else {
			b.WriteString(text[i : i+n+1])
		}
		text = text[i+n+1:]
	}
	b.WriteString(text)
	return b.String()
}

// word is a subject's words: {of}, {in}, {place}, {things}, {Things},
// {part}, {columns}.
func (s *subject) word(word string) (string, bool) {
	things, columns := s.things, s.columns
	if s.en {
		things, columns = s.thingsEN, s.columnsEN
	}
	switch word {
	case "things":
		return things, true
	case "Things":
		return upper(things), true
	case "columns":
		return columns, true
	case "part":
		return s.place.part(s.en), true
	case "place":
		if s.en {
			return s.place.english(), true
		}
		return s.place.name, true
	case "in":
		if s.en {
			return "in " + s.place.english(), true
		}
		return s.place.in, true
	case "of":
		if s.en {
			return "of " + s.place.english(), true
		}
		return s.place.of, true
	}
	return "", false
}

// text is one of the texts for the subject's language, filled in.
func (s *subject) text(r *rand.Rand, fr, en []string) string {
	list := fr
	if s.en {
		list = en
	}
	return fill(pick(r, list), s.word)
}

// title is the name of a reuse.
func (w *work) title(r *rand.Rand) string {
	fr, en := titles[w.kind], titlesEN[w.kind]
	if w.question != "" && (w.kind == "news_article" || w.kind == "visualization" || w.kind == "application") && chance(r, 0.35) {
		fr, en = []string{w.question}, []string{w.questionEN}
	}
	if w.live && w.kind == "application" && chance(r, 0.25) {
		fr, en = liveTitles, liveTitlesEN
	}
	return w.text(r, fr, en)
}

// The names of applications that tell what is happening now.
var (
	liveTitles   = []string{"Alerte {place} : les {things} sur votre téléphone", "{Things} {in} en temps réel", "En direct {of} : les {things}"}
	liveTitlesEN = []string{"{place} live: {things}", "{Things} {in}, right now"}
)

// The names of reuses, by type.
var titles = map[string][]string{
	"visualization": {
		"Carte des {things} {of}", "Carte interactive des {things} {in}", "Observatoire des {things} {of}",
		"Tableau de bord des {things} {in}", "Les {things} {in} en un coup d'œil", "Atlas des {things} {of}", "Datavisualisation : les {things} {in}",
		"Les {things} {in}, {part} par {part}",
	},
	"application": {
		"{Things} {in} : l'application", "Trouver les {things} {in}", "Autour de moi : les {things} {in}", "{place} en poche : les {things}",
		"Près de chez moi {in} : les {things}", "Guide des {things} {of}",
	},
	"api": {
		"API non officielle des {things} {of}", "API {place} : les {things} en JSON", "Service web des {things} {in}", "API ouverte sur les {things} {in}",
	},
	"paper": {
		"Analyse spatiale des {things} {in}", "Inégalités territoriales et {things} : une étude {in}", "Dix ans de données sur les {things} {in}",
		"Que valent les données sur les {things} ? Une évaluation {in}", "Modéliser les {things} {in}",
	},
	"news_article": {
		"Les {things} {in} : ce que montrent les chiffres", "Enquête sur les {things} {in}", "{place} : la vérité sur les {things}",
		"Cinq idées reçues sur les {things} {in}", "{Things} {in} : le grand décryptage",
	},
	"post": {
		"Comment nous avons cartographié les {things} {of}", "Nettoyer les données sur les {things} {in} avec Python",
		"Trois leçons tirées des {things} {of}", "Explorer les {things} {in} avec un tableur", "Carnet de bord : les {things} {in}",
	},
	"idea": {
		"Et si l'on expliquait les {things} {in} ?", "Un jeu de société sur les {things} {of}", "Proposition : un baromètre des {things} {in}",
		"Croiser les {things} {of} et la parole des habitants",
	},
	"hardware": {
		"Un afficheur mural pour les {things} {of}", "La lampe qui connaît les {things} {in}", "Boîtier connecté : les {things} {in}",
		"Écran d'entrée d'immeuble : les {things} {of}",
	},
}

var titlesEN = map[string][]string{
	"visualization": {
		"Map of {things} {in}", "{Things} {in} at a glance", "Observatory of {things} {in}", "Dashboard: {things} {in}", "An atlas of {things} {in}",
		"{Things} {in}, {part} by {part}",
	},
	"application": {
		"{place} in your pocket: {things}", "Find {things} {in}", "{Things} near me, {in}", "A guide to {things} {in}", "{Things} {in}: the app",
	},
	"api":          {"Unofficial API for {things} {in}", "{place} API: {things} as JSON", "An open API for {things} {in}"},
	"paper":        {"A spatial analysis of {things} {in}", "Ten years of data about {things} {in}", "How good is the data about {things} {in}?", "Modelling {things} {in}"},
	"news_article": {"{Things} {in}: what the figures say", "Five myths about {things} {in}", "{Things} {in}, an investigation"},
	"post": {
		"How we mapped {things} {in}", "Cleaning the data about {things} {in} with Python", "Three lessons from {things} {in}", "A notebook about {things} {in}",
	},
	"idea":     {"What if {things} {in} were explained to everyone?", "A board game about {things} {in}", "Proposal: a barometer of {things} {in}"},
	"hardware": {"A wall display for {things} {in}", "The lamp that knows about {things} {in}", "A connected box for {things} {in}"},
}

// pages are the paragraphs of descriptions, in one language.
type pages struct {
	// intro says what a reuse of a type is.
	intro map[string][]string
	// sourced names the first dataset and its publisher; unsourced is for a
	// reuse without any.
	sourced, unsourced []string
	// Of the others, which each may or may not be there, features is about what
	// is used, findings about what is read.
	features, findings, calls, method, audience, limits, closing []string
}

// description is what a reuse says about itself, in two to six paragraphs of
// Markdown. source is the title of its first dataset, "" when there is none,
// publisher who publishes that, by is who made the reuse.
func (w *work) description(r *rand.Rand, source, publisher, by string) string {
	get := func(word string) (string, bool) {
		switch word {
		case "dataset":
			return source, true
		case "publisher":
			return publisher, true
		case "by":
			return by, true
		case "year":
			return strconv.Itoa(w.created.Year() - 1 - r.IntN(6)), true
		}
		return w.word(word)
	}
	from := &french
	if w.en {
		from = &english
	}
	origin := from.sourced
	if source == "" {
		origin = from.unsourced
	}
	list := from.features
	switch w.kind {
	case "api":
		list = from.calls
	case "paper", "news_article", "post":
		list = from.findings
	}
	parts := []string{pick(r, from.intro[w.kind]), pick(r, origin)}
	more := [][]string{list, from.method, from.audience, from.limits, from.closing}
	wanted := r.IntN(len(more))
	for i, p := range more {
		// Each of the rest is taken with the chance that makes the number come out.
		if r.IntN(len(more)-i) < wanted {
			parts = append(parts, pick(r, p))
			wanted--
		}
	}
	return fill(strings.Join(parts, "\n\n"), get)
}
