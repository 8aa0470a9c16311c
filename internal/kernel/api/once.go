package api

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"net/http"
	"time"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
)

// What is remembered of requests with an Idempotency-Key (the draft of the
// IETF's HTTPAPI group, draft-ietf-httpapi-idempotency-key-header).
const (
	maxIdempotencyKey = 255
	rememberRequest   = 24 * time.Hour
	// A longer answer is not remembered.
	maxRemembered = 1 << 20
)

// once carries a POST out once, however often it is sent with the same key by
// the same person within a day: the others get the answer of the first. Only
// what has written is remembered, so that a request that was refused can be
// sent anew.
func (s *Server) once(ctx context.Context, r *Request, key string) (*Response, error) {
	if len(key) > maxIdempotencyKey {
		return nil, errs.BadRequest("The header Idempotency-Key has at most %d bytes.", maxIdempotencyKey)
	}
	print := sha256.New()
	for _, part := range []string{r.Method, r.URL.Path, r.URL.RawQuery} {
		print.Write([]byte(part + "\n"))
	}
	if isJSON(r.Header.Get("Content-Type")) { // files are not held in memory
		r.keepBody = true
		body, err := r.ReadBody()
		if err != nil {
			return nil, err
		}
		print.Write(body)
	}
	fingerprint := hex.EncodeToString(print.Sum(nil))
	if res, err := s.remembered(ctx, s.DB.Read(), r, key, fingerprint); res != nil || err != nil {
		return res, err
	}
	guardedCtx, guarded := db.WithGuard(ctx, func(ctx context.Context, tx *sql.Tx) error {
		// Another may have come first.
		if res, err := s.remembered(ctx, tx, r, key, fingerprint); err != nil {
			return err
		} else if res != nil {
			return errDone
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM idempotent_request WHERE at < $1", r.Now.Add(-rememberRequest).UnixMicro()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO idempotent_request (person, key, fingerprint, at) VALUES ($1, $2, $3, $4)",
			r.Actor.ID, key, fingerprint, r.Now.UnixMicro())
		return err
	})
	res, err := r.Route.Handle(guardedCtx, r)
	if errors.Is(err, errDone) {
		return s.remembered(ctx, s.DB.Read(), r, key, fingerprint)
	}
	if err != nil || !guarded.Passed() || res.Stream != nil || len(res.Body) > maxRemembered {
		return res, err
	}
	// A process that stops here has done what was asked for, and its answer is
	// lost: who asks again is told so.
	err = s.DB.WriteAside(context.WithoutCancel(ctx), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE idempotent_request SET status = $1, answer = $2 WHERE person = $3 AND key = $4",
			s.status(r, res), string(res.Body), r.Actor.ID, key)
		return err
	})
	return res, err
}

// errDone says that another request with the same key was carried out
// meanwhile.
var errDone = errors.New("api: carried out already")

// remembered is the answer that a key's request was given, nil for a new key.
func (s *Server) remembered(ctx context.Context, q db.Querier, r *Request, key, fingerprint string) (*Response, error) {
	var was string
	var status sql.NullInt64
	var answer sql.NullString
	err := q.QueryRowContext(ctx, "SELECT fingerprint, status, answer FROM idempotent_request WHERE person = $1 AND key = $2 AND at >= $3",
		r.Actor.ID, key, r.Now.Add(-rememberRequest).UnixMicro()).Scan(&was, &status, &answer)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, err
	case was != fingerprint:
		return nil, errs.New(http.StatusUnprocessableEntity, "This Idempotency-Key was used for another request.")
	case !status.Valid:
		return nil, &errs.Error{
			Status: http.StatusConflict, RetryAfter: 1,
			Message: "A request with this Idempotency-Key has been carried out, but its answer is not known: look whether what it makes is there.",
		}
	}
	return &Response{
		Status: int(status.Int64), Body: []byte(answer.String), Header: http.Header{"Idempotency-Replayed": {"true"}},
	}, nil
}
