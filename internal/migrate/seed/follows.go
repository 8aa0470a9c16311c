package seed

import (
	"context"

	"ouvert/internal/catalog/follow"
	"ouvert/internal/kernel/ref"
)

func (w *writer) writeFollows(ctx context.Context) error {
	w.made.Follows = len(w.follows)
	return batches(ctx, w, "follows", len(w.follows), 6, w.following, follow.InsertMany)
}

func (w *writer) following(i int) (follow.Follow, error) {
	f := &w.follows[i]
	return follow.Follow{
		ID: objectID(w.of(details+follows, i), f.since), Follower: w.people[f.follower].id, Object: w.object(f), Since: f.since, Until: f.until,
	}, nil
}

func (w *writer) object(f *following) ref.Ref {
	switch f.class {
	case people:
		return ref.Ref{Class: ref.User, ID: w.people[f.object].id}
	case organizations:
		return ref.Ref{Class: ref.Organization, ID: w.organizations[f.object].id}
	case datasets:
		return ref.Ref{Class: ref.Dataset, ID: w.datasets[f.object].id}
	case dataservices:
		return ref.Ref{Class: ref.Dataservice, ID: w.dataservices[f.object].id}
	}
	return ref.Ref{Class: ref.Reuse, ID: w.reuses[f.object].id}
}
