package spatial

import "ouvert/internal/kernel/schema"

var (
	geometryModel = &schema.Model{
		Name: "GeoJSON",
		Doc:  "A geometry (RFC 7946).",
		Fields: []schema.Field{
			{Name: "coordinates", Type: schema.List(schema.Any()), Required: true},
			{Name: "type", Type: schema.Enum("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"), Required: true, Example: "MultiPolygon"},
		},
	}
	featureModel = &schema.Model{
		Name: "GeoJSONFeature",
		Doc:  "A territory as a GeoJSON feature.",
		Fields: []schema.Field{
			{Name: "geometry", Type: schema.Of(geometryModel), Doc: "Null when none is known"},
			{Name: "id", Type: schema.Text(), Example: "fr:region:11"},
			{Name: "properties", Type: schema.Any(), Doc: "`name`, `slug`, `code`, `level`, `uri`; in coverages also `datasets`, how many there are"},
			{Name: "type", Type: schema.Enum("Feature"), Required: true, Example: "Feature"},
		},
	}
	collectionModel = &schema.Model{
		Name: "GeoJSONFeatureCollection",
		Fields: []schema.Field{
			{Name: "features", Type: schema.List(schema.Of(featureModel)), Required: true},
			{Name: "type", Type: schema.Enum("FeatureCollection"), Required: true, Example: "FeatureCollection"},
		},
	}
	levelModel = &schema.Model{
		Name: "GeoLevel",
		Doc:  "A kind of territory.",
		Fields: []schema.Field{
			{Name: "id", Type: schema.Text(), Required: true, Example: "fr:region"},
			{Name: "name", Type: schema.Text(), Required: true, Doc: "Its name in the language of the answer", Example: "French region"},
		},
	}
	granularityModel = &schema.Model{
		Name: "GeoGranularity",
		Doc:  "The size of what is described.",
		Fields: []schema.Field{
			{Name: "id", Type: schema.Text(), Required: true, Example: "fr:region"},
			{Name: "name", Type: schema.Text(), Required: true, Doc: "Its name in the language of the answer", Example: "French region"},
		},
	}
	suggestionModel = &schema.Model{
		Name: "TerritorySuggestion",
		Doc:  "A territory as somebody types.",
		Fields: []schema.Field{
			{Name: "code", Type: schema.Text(), Required: true, Example: "11"},
			{Name: "id", Type: schema.Text(), Required: true, Example: "fr:region:11"},
			{Name: "level", Type: schema.Text(), Required: true, Example: "fr:region"},
			{Name: "name", Type: schema.Text(), Required: true, Example: "Île-de-France"},
			{Name: "uri", Type: schema.Text(), Doc: "Its address in the register that it comes from, or null"},
		},
	}
)
