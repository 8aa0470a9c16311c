package mongodump_test

import (
	"database/sql"
	"net/http/httptest"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/migrate/intake/intaketest"
)

// Clients and their tokens come along, and neither secret nor token is kept in
// the clear.
func TestOAuth2OfAnOldPortal(t *testing.T) {
	client := func(n int, changes bson.M) bson.M {
		return merge(bson.M{
			"_id": oid(hex("c1", n)), "name": "App", "secret": "a-secret-of-udata", "owner": oid(hex("a1", 1)), "created_at": made,
			"redirect_uris": bson.A{"https://app.example.org/cb"}, "scope": "default", "grant_types": bson.A{"authorization_code", "password"},
		}, changes)
	}
	token := func(n int, access string, changes bson.M) bson.M {
		return merge(bson.M{
			"_id": oid(hex("c2", n)), "client": oid(hex("c1", 1)), "user": oid(hex("a1", 1)), "token_type": "Bearer", "created_at": made,
			"access_token": access, "expires_in": 5 * 365 * 24 * 3600, "scope": "default", "revoked": false,
		}, changes)
	}
	portal := collections{
		"user": {person(1, nil)},
		"oauth2_client": {
			client(1, nil), client(2, bson.M{"secret": "", "redirect_uris": bson.A{"javascript:alert(1)", "https://b.example.org/"}}),
			client(3, bson.M{"owner": oid(hex("a1", 9))}), client(4, bson.M{"secret": nil}),
		},
		"oauth2_token": {
			token(1, "an-access-token-of-udata-1", bson.M{"refresh_token": "a-refresh-token-of-udata"}),
			token(2, "an-access-token-of-udata-2", bson.M{"revoked": true}),
			token(3, "short", nil), token(4, "an-access-token-of-udata-4", bson.M{"client": oid(hex("c1", 9))}),
			token(5, "an-access-token-of-udata-5", bson.M{"expires_in": nil}),
		},
	}
	both(t, portal, func(t *testing.T, p *intaketest.Portal, out outcome) {
		out.want(t, "oauth2_client\t"+hex("c1", 2)+"\tkept\tthe redirect URI \"javascript:alert(1)\" is not safe, left out")
		out.want(t, "oauth2_token\t"+hex("c2", 4)+"\tskipped\tits client was not imported")
		if row := out.Find("oauth2_token"); row.Written != 2 || row.Skipped != 3 {
			t.Errorf("got %+v", row)
		}
		// A client in the dump whose secret is empty is public; the other's is hashed.
		text(t, p, "", "SELECT secret FROM oauth2_client WHERE id = $1", hex("c1", 2))
		text(t, p, auth.HashToken(intaketest.Secret, "oauth2 secret\x00a-secret-of-udata"), "SELECT secret FROM oauth2_client WHERE id = $1", hex("c1", 1))
		p.OAuth2.Know(p.Users)
		r := httptest.NewRequest("GET", "/", nil)
		for token, works := range map[string]bool{"an-access-token-of-udata-1": true, "an-access-token-of-udata-2": false, "a-refresh-token-of-udata": false} {
			r.Header.Set("Authorization", "Bearer "+token)
			a, err := p.OAuth2.Bearer(t.Context(), r)
			if err != nil || (a != nil) != works || works && !a.Is(hex("a1", 1)) {
				t.Errorf("%s: %v, %v", token, a, err)
			}
		}
		// Run again, the import wakes no token that was revoked here.
		err := p.DB.Write(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.ExecContext(t.Context(), "UPDATE oauth2_token SET revoked_at = 1")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		mustRun(t, p, writeDump(t, portal))
		r.Header.Set("Authorization", "Bearer an-access-token-of-udata-1")
		if a, err := p.OAuth2.Bearer(t.Context(), r); a != nil || err != nil {
			t.Errorf("revoked: %v, %v", a, err)
		}
	})
}
