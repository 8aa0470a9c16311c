package rdf

// HVDLegislation is the regulation that says which datasets are of high value.
var HVDLegislation = IRI("http://data.europa.eu/eli/reg_impl/2023/138/oj")

// HVDCategories are the regulation's categories, by the tags that udata's
// portals give to datasets of high value.
var HVDCategories = map[string]Term{
	"meteorologiques":                          IRI("http://data.europa.eu/bna/c_164e0bf5"),
	"entreprises-et-propriete-d-entreprises":   IRI("http://data.europa.eu/bna/c_a9135398"),
	"geospatiales":                             IRI("http://data.europa.eu/bna/c_ac64a52d"),
	"mobilite":                                 IRI("http://data.europa.eu/bna/c_b79e35eb"),
	"observation-de-la-terre-et-environnement": IRI("http://data.europa.eu/bna/c_dd313021"),
	"statistiques":                             IRI("http://data.europa.eu/bna/c_e1da4e07"),
}
