package site

import (
	"context"
	"database/sql"
	"encoding/json"
)

// metricNames are the figures that udata shows.
var metricNames = []string{
	"dataservices", "datasets", "datasets_by_months", "datasets_visits_by_months", "discussions", "discussions_by_months",
	"followers", "harvesters", "harvesters_by_months", "max_dataset_followers", "max_dataset_reuses", "max_org_datasets",
	"max_org_followers", "max_org_reuses", "max_reuse_datasets", "max_reuse_followers", "organizations",
	"organizations_by_months", "public-service", "resources", "resources_downloads_by_months", "reuses", "reuses_by_months",
	"users", "users_by_months",
}

// counts are the statements behind the figures that can be counted. As for
// udata, an archived dataset counts for nothing, an archived reuse does.
var counts = map[string]string{
	"dataservices":          "SELECT count(*) FROM dataservice WHERE NOT private AND deleted IS NULL",
	"datasets":              "SELECT count(*) FROM dataset WHERE NOT private AND deleted IS NULL AND archived IS NULL",
	"discussions":           "SELECT count(*) FROM discussion",
	"followers":             "SELECT count(*) FROM follow WHERE until IS NULL",
	"max_dataset_followers": "SELECT coalesce(max(metric_followers), 0) FROM dataset WHERE NOT private AND deleted IS NULL AND archived IS NULL",
	"max_dataset_reuses":    "SELECT coalesce(max(metric_reuses), 0) FROM dataset WHERE NOT private AND deleted IS NULL AND archived IS NULL",
	"max_org_datasets":      "SELECT coalesce(max(metric_datasets), 0) FROM organization WHERE deleted IS NULL",
	"max_org_followers":     "SELECT coalesce(max(metric_followers), 0) FROM organization WHERE deleted IS NULL",
	"max_org_reuses":        "SELECT coalesce(max(metric_reuses), 0) FROM organization WHERE deleted IS NULL",
	"max_reuse_datasets":    "SELECT coalesce(max(metric_datasets), 0) FROM reuse WHERE NOT private AND deleted IS NULL",
	"max_reuse_followers":   "SELECT coalesce(max(metric_followers), 0) FROM reuse WHERE NOT private AND deleted IS NULL",
	"organizations":         "SELECT count(*) FROM organization WHERE deleted IS NULL",
	"public-service":        "SELECT count(*) FROM organization_badge b JOIN organization o ON o.id = b.organization WHERE b.kind = 'public-service' AND o.deleted IS NULL",
	"resources":             "SELECT count(*) FROM dataset_resource r JOIN dataset d ON d.id = r.dataset WHERE NOT d.private AND d.deleted IS NULL AND d.archived IS NULL",
	"reuses":                "SELECT count(*) FROM reuse r WHERE NOT private AND deleted IS NULL AND EXISTS (SELECT 1 FROM reuse_dataset x WHERE x.reuse = r.id)",
	"users":                 "SELECT count(*) FROM person WHERE deleted IS NULL",
}

// Recount counts the portal's figures.
func (s *Service) Recount(ctx context.Context) error {
	_, err := s.change(ctx, "", "site:counted", func(tx *sql.Tx, site *Site) ([]string, error) {
		if site.Metrics == nil {
			site.Metrics = map[string]json.RawMessage{}
		}
		for name, query := range counts {
			var n int64
			if err := tx.QueryRowContext(ctx, query).Scan(&n); err != nil {
				return nil, err
			}
			var err error
			if site.Metrics[name], err = json.Marshal(n); err != nil {
				return nil, err
			}
		}
		return nil, nil
	})
	return err
}
