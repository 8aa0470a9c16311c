package contactpoint

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"ouvert/internal/kernel/db"
)

const columns = "id, name, owner, organization, doc"

// doc is what SQL never looks into.
type doc struct {
	Email       string `json:"email,omitempty"`
	ContactForm string `json:"contact_form,omitempty"`
	Role        string `json:"role,omitempty"`
}

func scan(rows *sql.Rows) (*ContactPoint, error) {
	c := &ContactPoint{}
	var text string
	var d doc
	if err := rows.Scan(&c.ID, &c.Name, db.Text{S: &c.Owner}, db.Text{S: &c.Organization}, &text); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return nil, err
	}
	c.Email, c.ContactForm, c.Role = d.Email, d.ContactForm, d.Role
	return c, nil
}

// byIDs loads those of the ids that exist.
func byIDs(ctx context.Context, q db.Querier, ids []string) (map[string]*ContactPoint, error) {
	out := make(map[string]*ContactPoint, len(ids))
	err := db.EachIn(ctx, q, "SELECT "+columns+" FROM contact_point WHERE id IN {ids}", ids, func(rows *sql.Rows) error {
		c, err := scan(rows)
		if err == nil {
			out[c.ID] = c
		}
		return err
	})
	return out, err
}

// whose is the column that says whose contact points are asked for.
type whose string

const (
	ofUser         whose = "owner"
	ofOrganization whose = "organization"
)

// each calls f for the contact points of a person or an organization, the
// oldest first.
func each(ctx context.Context, q db.Querier, of whose, oid string, f func(c *ContactPoint) error) error {
	return db.Each(ctx, q, "SELECT "+columns+" FROM contact_point WHERE "+string(of)+" = $1 ORDER BY id", []any{oid}, func(rows *sql.Rows) error {
		c, err := scan(rows)
		if err != nil {
			return err
		}
		return f(c)
	})
}

// twin returns another contact point that says the same, nil when there is
// none.
func twin(ctx context.Context, q db.Querier, c *ContactPoint) (*ContactPoint, error) {
	var found *ContactPoint
	err := db.Each(ctx, q, "SELECT "+columns+` FROM contact_point WHERE name = $1 AND coalesce(owner, '') = $2 AND coalesce(organization, '') = $3
		AND id <> $4 ORDER BY id`, []any{c.Name, c.Owner, c.Organization, c.ID}, func(rows *sql.Rows) error {
		other, err := scan(rows)
		if err == nil && found == nil && c.alike(other) {
			found = other
		}
		return err
	})
	return found, err
}

// save writes the contact point, new or not.
func save(ctx context.Context, tx *sql.Tx, c *ContactPoint) error {
	text, err := json.Marshal(doc{Email: c.Email, ContactForm: c.ContactForm, Role: c.Role})
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO contact_point ("+columns+") VALUES "+db.Values(1, 5)+`
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, owner = excluded.owner, organization = excluded.organization,
		doc = excluded.doc`, c.ID, c.Name, db.Null(c.Owner), db.Null(c.Organization), string(text))
	if err != nil {
		return fmt.Errorf("saving the contact point %s: %w", c.ID, err)
	}
	return nil
}

func remove(ctx context.Context, tx *sql.Tx, oid string) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM contact_point WHERE id = $1", oid)
	return err
}
