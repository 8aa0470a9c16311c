package search

import (
	"math"
	"time"
)

// The score of a result is how well its text matches, at most 1 but for
// phrases, times how much people care for it. Archived ones come after all
// others. Without a query the newest come first.
//
// The text's part: each word of the query has a weight, the rarer the word the
// higher; of it a document gets a share that grows with where and how often
// the word stands there (weights, share), and a part of that when it matches
// in another form: a word that only begins so, a synonym, a correction
// (the values below). What all words come to is divided by their weights.

// How much of its share a word is worth that is found in another form.
const (
	asSynonym    = 0.7
	asPrefix     = 0.6
	asInfix      = 0.35
	asCorrection = 0.6
)

// What is more than its words: the words of the query one after the other in
// the title, and a title of nothing else.
const (
	inOrder = 1.25
	exactly = 1.4
)

// share is the part of a word's weight that a document gets; 8 is a word in a
// title of eight words, 1 is one in the description.
func share(weight float64) float64 { return weight / (weight + 3) }

// rarity is the weight of a word that is in some of all documents.
func rarity(in, all int) float64 {
	return math.Log(1 + (float64(all)+0.5)/(float64(in)+0.5))
}

// popularity is 1 and more: a tenth for each power of ten of followers, half
// as much for views and reuses, 0.15 for a featured object.
func popularity(n [numbers]int64, featured bool) float64 {
	p := 1 + 0.10*magnitude(n[followers]) + 0.05*magnitude(n[views]) + 0.05*magnitude(n[reuses]) + 0.05*magnitude(n[datasets])
	if featured {
		p += 0.15
	}
	return p
}

func magnitude(n int64) float64 { return math.Log10(1 + float64(max(n, 0))) }

// freshness is up to 0.1, and half of that after each year.
func freshness(updated, now int64) float64 {
	const year = float64(365 * 24 * time.Hour / time.Microsecond)
	return 0.1 * math.Exp2(-max(0, float64(now-updated))/year)
}

// Reason says why a result stands where it does: Score is
// Text × Order × (Popularity + Freshness).
type Reason struct {
	ID       string  `json:"id"`
	Score    float64 `json:"score"`
	Archived bool    `json:"archived"`
	// Text is the part of the text, Order what words in order are worth.
	Text  float64      `json:"text"`
	Order float64      `json:"order"`
	Words []WordReason `json:"words"`
	// Popularity follows from the counters, Freshness from the last update.
	Popularity float64 `json:"popularity"`
	Freshness  float64 `json:"freshness"`
	Followers  int64   `json:"followers"`
	Views      int64   `json:"views"`
	Reuses     int64   `json:"reuses"`
	Datasets   int64   `json:"datasets"`
	Featured   bool    `json:"featured"`
}

// WordReason says how a word of the query was found.
type WordReason struct {
	Word string `json:"word"`
	// Found is the word as the index knows it, As is how it relates to Word:
	// "word", "prefix", "part", "synonym" or "correction".
	Found string   `json:"found"`
	As    string   `json:"as"`
	In    []string `json:"in"`
	// Weight is the word's part of the query, Share what of it the object got.
	Weight float64 `json:"weight"`
	Share  float64 `json:"share"`
}
