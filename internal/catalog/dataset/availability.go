package dataset

import (
	"context"
	"database/sql"
	"encoding/json"
	"math"

	"ouvert/internal/kernel/db"
)

// checkedDatasets is of how many datasets of an organization the resources
// are looked at, as in udata.
const checkedDatasets = 20

// OfOrganizations returns how many visible datasets the organizations have,
// and how many percent of their remote resources answer, as far as a link
// checker has said: 100 when it said nothing.
func (s *Service) OfOrganizations(ctx context.Context, q db.Querier, organizations []string) (count int64, available float64, err error) {
	const shown = "d.deleted IS NULL AND NOT d.private AND d.archived IS NULL"
	var ids []string
	perOrganization := map[string]int{}
	err = db.EachIn(ctx, q, "SELECT d.organization, d.id FROM dataset d WHERE d.organization IN {ids} AND "+shown+" ORDER BY d.created_at DESC, d.id DESC",
		organizations, func(rows *sql.Rows) error {
			var org, oid string
			if err := rows.Scan(&org, &oid); err != nil {
				return err
			}
			count++
			if perOrganization[org]++; perOrganization[org] <= checkedDatasets {
				ids = append(ids, oid)
			}
			return nil
		})
	if err != nil {
		return 0, 0, err
	}
	var known, answering int
	err = db.EachIn(ctx, q, "SELECT doc FROM dataset_resource WHERE dataset IN {ids}", ids, func(rows *sql.Rows) error {
		var doc string
		if err := rows.Scan(&doc); err != nil {
			return err
		}
		var r struct {
			Filetype string                     `json:"filetype"`
			Extras   map[string]json.RawMessage `json:"extras"`
		}
		if err := json.Unmarshal([]byte(doc), &r); err != nil {
			return err
		}
		if r.Filetype == "file" {
			return nil
		}
		switch string(r.Extras["check:available"]) {
		case "true":
			known++
			answering++
		case "false":
			known++
		}
		return nil
	})
	if err != nil || known == 0 {
		return count, 100, err
	}
	return count, math.Round(10000*float64(answering)/float64(known)) / 100, nil
}
