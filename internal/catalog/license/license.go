package license

import "time"

// License is a set of terms. `udata:` names the key of udata's collection
// `license`.
type License struct {
	ID        string    // udata: _id, a short name
	Title     string    // udata: title
	CreatedAt time.Time // udata: created_at
	Doc       Doc
}

// Doc is what SQL never looks into.
type Doc struct {
	Slug       string   `json:"slug,omitempty"`       // udata: slug
	URL        string   `json:"url,omitempty"`        // udata: url
	Maintainer string   `json:"maintainer,omitempty"` // udata: maintainer
	Flags      []string `json:"flags,omitempty"`      // udata: flags
	// AlternateTitles and AlternateURLs are other names, by which a harvester
	// knows the licence.
	AlternateTitles []string `json:"alternate_titles,omitempty"` // udata: alternate_titles
	AlternateURLs   []string `json:"alternate_urls,omitempty"`   // udata: alternate_urls
	// Inactive licences are not offered any more.
	Inactive bool `json:"inactive,omitempty"` // udata: active = false; a missing one is active
}

// NotSpecified is the id of the licence of a dataset of which nobody said
// any.
const NotSpecified = "notspecified"

// Builtin are the licences of a new portal: those that udata's portals know,
// by their ids.
var Builtin = []License{
	{ID: "lov2", Title: "Licence Ouverte / Open Licence version 2.0", Doc: Doc{
		Slug: "licence-ouverte-open-licence-version-2-0", URL: "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
		Maintainer: "Etalab", Flags: []string{"domain_content", "domain_data"},
	}},
	{ID: "fr-lo", Title: "Licence Ouverte / Open Licence", Doc: Doc{
		Slug: "licence-ouverte-open-licence", URL: "https://www.etalab.gouv.fr/wp-content/uploads/2014/05/Licence_Ouverte.pdf",
		Maintainer: "Etalab", Flags: []string{"domain_content", "domain_data"},
	}},
	{ID: "odc-odbl", Title: "Open Data Commons Open Database License (ODbL)", Doc: Doc{
		Slug: "open-data-commons-open-database-license-odbl", URL: "https://opendatacommons.org/licenses/odbl/1-0/",
		Maintainer: "Open Data Commons", Flags: []string{"domain_data", "is_okd_compliant"},
	}},
	{ID: "odc-by", Title: "Open Data Commons Attribution License", Doc: Doc{
		Slug: "open-data-commons-attribution-license", URL: "https://opendatacommons.org/licenses/by/1-0/",
		Maintainer: "Open Data Commons", Flags: []string{"domain_data", "is_okd_compliant"},
	}},
	{ID: "odc-pddl", Title: "Open Data Commons Public Domain Dedication and Licence (PDDL)", Doc: Doc{
		Slug: "open-data-commons-public-domain-dedication-and-licence-pddl", URL: "https://opendatacommons.org/licenses/pddl/1-0/",
		Maintainer: "Open Data Commons", Flags: []string{"domain_data", "is_okd_compliant"},
	}},
	{ID: "cc-by", Title: "Creative Commons Attribution", Doc: Doc{
		Slug: "creative-commons-attribution", URL: "https://creativecommons.org/licenses/by/4.0/",
		Maintainer: "Creative Commons", Flags: []string{"domain_content", "domain_data", "is_okd_compliant"},
	}},
	{ID: "cc-by-sa", Title: "Creative Commons Attribution Share-Alike", Doc: Doc{
		Slug: "creative-commons-attribution-share-alike", URL: "https://creativecommons.org/licenses/by-sa/4.0/",
		Maintainer: "Creative Commons", Flags: []string{"domain_content", "domain_data", "is_okd_compliant"},
	}},
	{ID: "cc-zero", Title: "Creative Commons CCZero", Doc: Doc{
		Slug: "creative-commons-cczero", URL: "https://creativecommons.org/publicdomain/zero/1.0/",
		Maintainer: "Creative Commons", Flags: []string{"domain_content", "domain_data", "is_okd_compliant"},
	}},
	{ID: "other-at", Title: "Other (Attribution)", Doc: Doc{Slug: "other-attribution", Flags: []string{"generic"}}},
	{ID: "other-open", Title: "Other (Open)", Doc: Doc{Slug: "other-open", Flags: []string{"generic"}}},
	{ID: "other-pd", Title: "Other (Public Domain)", Doc: Doc{Slug: "other-public-domain", Flags: []string{"generic"}}},
	{ID: NotSpecified, Title: "License Not Specified", Doc: Doc{Slug: "license-not-specified", Flags: []string{"generic"}}},
}
