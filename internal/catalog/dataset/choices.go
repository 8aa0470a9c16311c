package dataset

import "ouvert/internal/kernel/territory"

// Label names a choice: ID is what the API speaks, Label the English name,
// which is the message id of the translations.
type Label struct{ ID, Label string }

// The defaults of what a dataset says of itself.
const (
	AccessOpen       = "open"
	GranularityOther = territory.Other
	// licenseNone is what is answered for a dataset of which nobody said any.
	licenseNone = "notspecified"
)

// The choices are udata's, in its order (core/dataset/constants.py,
// core/access_type/constants.py).
var (
	Badges = []Label{
		{"pivotal-data", "Pivotal data"},
		{"spd", "Reference data public service"},
		{"inspire", "Inspire"},
		{"hvd", "High value datasets"},
		{"sl", "Certified statistic series"},
		{"sr", "Statistical series of general interest"},
	}
	resourceTypeLabels = []Label{
		{TypeMain, "Main file"},
		{"documentation", "Documentation"},
		{"update", "Update"},
		{"api", "API"},
		{"code", "Code repository"},
		{"other", "Other"},
	}
	accessTypes      = []string{AccessOpen, "open_with_account", "restricted"}
	accessRoles      = []string{"local_authority_and_administration", "company_and_association", "private"}
	accessConditions = []string{"yes", "no", "under_condition"}
	checksumTypes    = []string{"sha1", "sha2", "sha256", "md5", "crc"}
	badgeKinds       = labelIDs(Badges)
	// organizationBadges are the badges of organizations that lists filter by.
	organizationBadges = []string{"public-service", "certified", "association", "company", "local-authority"}
)

// ReasonCategories are why access may be restricted: article 13 (1) of the
// INSPIRE directive, a to h.
var ReasonCategories = []Label{
	{"confidentiality_of_proceedings_of_public_authorities", "Confidentiality of public authorities proceedings"},
	{"international_relations_public_security_or_national_defence", "International relations, public security or national defence"},
	{"course_of_justice_or_fair_trial", "Course of justice"},
	{"confidentiality_of_commercial_or_industrial_information", "Commercial or industrial confidentiality"},
	{"intellectual_property_rights", "Intellectual property rights"},
	{"confidentiality_of_personal_data", "Personal data confidentiality"},
	{"protection_of_voluntary_information_suppliers", "Protection of voluntary information suppliers"},
	{"protection_of_environment", "Environmental protection"},
}

var reasonIDs = labelIDs(ReasonCategories)

func labelIDs(labels []Label) []string {
	out := make([]string, len(labels))
	for i, l := range labels {
		out[i] = l.ID
	}
	return out
}

// Limits, in characters, udata's.
const (
	maxTitle            = 350
	maxAcronym          = 128
	maxDescriptionShort = 200
	minTag              = 3
	maxTag              = 96
)

// Limits of ours: how much one dataset may hold.
const (
	maxResources = 10_000
	maxList      = 1_000
)
