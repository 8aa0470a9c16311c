package app_test

// rdfCalls are the successful calls of the routes that describe in RDF.
func rdfCalls() map[string]call {
	all := map[string]call{}
	for _, id := range []string{"rdf_dataset_format", "rdf_dataservice_format", "rdf_organization_format", "get_site_rdf_catalog_format", "get_site_data_portal"} {
		all[id] = call{path: map[string]string{"_format": "json"}}
	}
	return all
}
