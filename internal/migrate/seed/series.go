package seed

import "ouvert/internal/catalog/dataset"

// series is a kind of dataset: what is published again and again, place by
// place.
type series struct {
	topic string
	// title and titleEN name the dataset; {of} and {in} are the place.
	title, titleEN string
	// things and thingsEN are what it is about, in the plural and without an
	// article, so that "les", "des" and "aux" can stand before it.
	things, thingsEN string
	// question and questionEN are asked by articles, "" for the usual ones.
	question, questionEN string
	// columns and columnsEN are some of its columns.
	columns, columnsEN string
	tags               []string
	formats            []string
	frequency          string
	scope              scope
	schema             *dataset.Schema
	// live data changes by the hour, so that a thing on the wall can show it.
	live bool
	// yearly data has a file, or a dataset, a year.
	yearly bool
}

// The formats that datasets come in, the most important first.
var (
	table  = []string{"csv", "json", "xlsx"}
	tables = []string{"csv", "xlsx", "ods", "json"}
	mapped = []string{"geojson", "csv", "shp", "json"}
	points = []string{"csv", "geojson", "json"}
	feed   = []string{"json", "csv"}
	papers = []string{"csv", "pdf", "json"}
)

func schemaOf(name, version string) *dataset.Schema {
	return &dataset.Schema{Name: name, Version: version, URL: "https://schema.example.org/" + name + "/" + version + "/schema.json"}
}

// seriesByTopic lists the series of each topic. Every topic has some, each
// with places of every size between them.
var seriesByTopic = func() map[string][]*series {
	m := map[string][]*series{}
	for _, list := range [][]series{seriesMoving, seriesLiving, seriesPublic} {
		for i := range list {
			m[list[i].topic] = append(m[list[i].topic], &list[i])
		}
	}
	return m
}()
