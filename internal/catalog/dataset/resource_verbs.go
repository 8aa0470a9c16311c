package dataset

import (
	"context"
	"database/sql"
	"log/slog"
	"net/http"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/patch"
)

func errNoResource() *errs.Error { return errs.New(http.StatusNotFound, "Resource does not exist") }

// The keys of the events about resources.
const (
	keyResourceAdded   = "dataset:resource:added"
	keyResourceUpdated = "dataset:resource:updated"
	keyResourceDeleted = "dataset:resource:deleted"
)

// AddResource adds what the body says to the dataset, an address of somebody
// else's server. Errors: 403, 410, 400.
func (s *Service) AddResource(ctx context.Context, a *auth.Actor, oid string, o *patch.Object, t translator) (*Resource, error) {
	return s.addResource(ctx, a, oid, func(r *Resource) error {
		applyResource(r, o, t, true)
		if err := o.Err(t); err != nil {
			return err
		}
		if r.Filetype != FiletypeRemote {
			return errs.BadRequest("This endpoint only supports remote resources")
		}
		return nil
	})
}

func (s *Service) addResource(ctx context.Context, a *auth.Actor, oid string, fill func(r *Resource) error) (*Resource, error) {
	r := &Resource{ID: id.UUID()}
	_, err := s.change(ctx, a, oid, func(_ *sql.Tx, d *Dataset, now time.Time) (fact, error) {
		if err := editable(d, a); err != nil {
			return fact{}, err
		}
		r.CreatedInternal, r.ModifiedInternal = now, now
		if err := fill(r); err != nil {
			return fact{}, err
		}
		if len(d.Resources) >= maxResources {
			return fact{}, errs.BadRequest("A dataset has at most %d resources", maxResources)
		}
		d.Resources = append(d.Resources, *r)
		return fact{key: keyResourceAdded, resource: r.ID}, nil
	})
	return r, err
}

// changeResource changes one resource. f may say that nothing is to be
// written.
func (s *Service) changeResource(ctx context.Context, a *auth.Actor, oid, resource string, f func(r *Resource) error) (*Resource, error) {
	var out Resource
	_, err := s.change(ctx, a, oid, func(_ *sql.Tx, d *Dataset, now time.Time) (fact, error) {
		if err := editable(d, a); err != nil {
			return fact{}, err
		}
		at := d.find(resource)
		if at < 0 {
			return fact{}, errNoResource()
		}
		r := d.Resources[at]
		if err := f(&r); err != nil {
			return fact{}, err
		}
		r.ModifiedInternal = now
		d.Resources[at], out = r, r
		return fact{key: keyResourceUpdated, resource: r.ID}, nil
	})
	return &out, err
}

// UpdateResource changes the fields that the body names. Errors: 403, 404,
// 410, 400.
func (s *Service) UpdateResource(ctx context.Context, a *auth.Actor, oid, resource string, o *patch.Object, t translator) (*Resource, error) {
	return s.changeResource(ctx, a, oid, resource, func(r *Resource) error {
		applyResource(r, o, t, false)
		return o.Err(t)
	})
}

// DeleteResource takes a resource away, with its file. Errors: 403, 404, 410.
func (s *Service) DeleteResource(ctx context.Context, a *auth.Actor, oid, resource string) error {
	stored := ""
	_, err := s.change(ctx, a, oid, func(_ *sql.Tx, d *Dataset, _ time.Time) (fact, error) {
		if err := editable(d, a); err != nil {
			return fact{}, err
		}
		at := d.find(resource)
		if at < 0 {
			return fact{}, errNoResource()
		}
		stored = d.Resources[at].StoredAs
		d.Resources = append(d.Resources[:at:at], d.Resources[at+1:]...)
		return fact{key: keyResourceDeleted, resource: resource}, nil
	})
	if err == nil {
		s.removeFile(ctx, stored)
	}
	return err
}

// Reorder puts the resources in the order of the ids, which must be all of
// them. Errors: 403, 410, 400.
func (s *Service) Reorder(ctx context.Context, a *auth.Actor, oid string, order []string) (*Dataset, error) {
	return s.change(ctx, a, oid, func(_ *sql.Tx, d *Dataset, _ time.Time) (fact, error) {
		if err := editable(d, a); err != nil {
			return fact{}, err
		}
		if len(order) != len(d.Resources) {
			return fact{}, errAllResources(len(order), len(d.Resources))
		}
		sorted := make([]Resource, 0, len(order))
		seen := make(map[int]bool, len(order))
		for _, resource := range order {
			at := d.find(resource)
			if at < 0 || seen[at] {
				return fact{}, errs.BadRequest("Resource ids must match existing ones in dataset")
			}
			seen[at] = true
			sorted = append(sorted, d.Resources[at])
		}
		d.Resources = sorted
		return fact{key: keyUpdated, changes: []string{"resources"}}, nil
	})
}

func errAllResources(got, want int) *errs.Error {
	return errs.BadRequest("All resources must be reordered, you provided %d out of %d", got, want)
}

// removeFile removes a file that nothing names any more. A failure leaves a
// file too many, which does no harm, and is logged.
func (s *Service) removeFile(ctx context.Context, key string) {
	if key == "" {
		return
	}
	if err := s.blobs.Delete(context.WithoutCancel(ctx), resources+"/"+key); err != nil {
		slog.WarnContext(ctx, "a resource's file could not be removed", "key", key, "error", err)
	}
}
