// Package organization is the noun of those who publish together: a
// ministry, a town, a newspaper, an association.
//
// Its members are people with a role: an admin changes the organization, an
// editor changes all that it owns, a partial editor only what was assigned to
// them. Badges (public-service, certified, …) are given by the portal.
package organization
