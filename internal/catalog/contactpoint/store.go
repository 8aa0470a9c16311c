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

// byIDs loads those of the ids that exist.
func byIDs(ctx context.Context, q db.Querier, ids []string) (map[string]*ContactPoint, error) {
	out := make(map[string]*ContactPoint, len(ids))
	err := db.EachIn(ctx, q, "SELECT "+columns+" FROM contact_point WHERE id IN {ids}", ids, func(rows *sql.Rows) error {
		c := &ContactPoint{}
		var text string
		var d doc
		if err := rows.Scan(&c.ID, &c.Name, db.Text{S: &c.Owner}, db.Text{S: &c.Organization}, &text); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			return err
		}
		c.Email, c.ContactForm, c.Role = d.Email, d.ContactForm, d.Role
		out[c.ID] = c
		return nil
	})
	return out, err
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
