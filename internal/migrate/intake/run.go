package intake

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"slices"
	"time"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/migrate/report"
)

// Order is the order in which collections are to be loaded: what others
// mention comes first.
var Order = []string{
	"role", "user", "api_token", "organization", "license", "geo_level", "geo_zone", "contact_point", "dataset", "community_resource", "dataservice", "reuse", "topic", "topic_element", "assignment",
	"follow", "slug_follow", "activity", "discussion", "transfer", "report", "notification", "site",
}

// notServed are collections of a portal that this one does not serve yet.
const notServed = "not served yet"

// Doc is a document of a source.
type Doc struct {
	Object Object
	// Notes tell what had to be repaired to read it; never nil.
	Notes *Notes
	// Texts: ids and instants are written as texts, as JSON has no others.
	Texts bool
	// Size is how many bytes it takes in the source, about.
	Size int
	// Unreadable is why there is no Object.
	Unreadable string
}

// Run is one import.
type Run struct {
	target Target
	opts   Options
	nouns  map[string]noun
	// readers turn a document into what is to be written, by collection.
	readers map[string]func(*Record, string) (*item, error)
	files   fs.FS
	// absent counts the pictures that could not be looked for.
	absent int

	// adminRole is the id of the role that makes a sysadmin.
	adminRole string
	licenses  map[string]bool
	// final: what is refused is not tried again.
	final bool

	report   *report.Report
	skips    *report.Skips
	progress *progress
}

// Start begins an import. files holds the portal's pictures in the folders
// images and avatars; nil when there are none.
func Start(ctx context.Context, t Target, o Options, files fs.FS) (*Run, error) {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	o.Now = o.Now.UTC().Truncate(time.Microsecond)
	r := &Run{
		target: t, opts: o, nouns: t.nouns(), files: files, licenses: map[string]bool{},
		report: &report.Report{}, skips: report.NewSkips(o.SkipFile), progress: newProgress(o.Progress),
	}
	known, err := t.Licenses.All(ctx)
	if err != nil {
		return nil, err
	}
	for _, l := range known {
		r.licenses[l.ID] = true
	}
	r.readers = map[string]func(*Record, string) (*item, error){
		"role": r.role, "user": r.user, "api_token": r.token, "organization": r.organization, "license": r.license,
		"contact_point": r.contactPoint, "dataset": r.dataset, "dataservice": r.dataservice, "reuse": r.reuse,
		"geo_level": r.level, "geo_zone": r.zone,
		"topic": r.topic, "topic_element": r.topicElement,
		"community_resource": r.communityResource, "assignment": r.assignment, "follow": r.follow, "slug_follow": r.oldSlug, "activity": r.activity,
		"discussion": r.discussion, "transfer": r.transfer, "report": r.reported, "notification": r.notification,
	}
	return r, nil
}

// Remark adds to the report what concerns no document in particular.
func (r *Run) Remark(format string, args ...any) { r.report.Remark(format, args...) }

// Truncated adds to the report that a collection could not be read to its
// end.
func (r *Run) Truncated(collection, why string) {
	r.report.Row(collection).Remark = "not read to its end"
	r.report.Remark("%s could not be read to its end: %s", collection, why)
}

// NotServed adds to the report a collection of which nothing is imported.
func (r *Run) NotServed(collection string, documents int) {
	row := r.report.Row(collection)
	row.Read += documents
	row.Skipped += documents
	row.Remark = notServed
	if documents > 0 {
		r.skips.Add(collection, "-", report.Skipped, fmt.Sprintf("%d documents: %s", documents, notServed))
	}
}

// Finish ends the import: it tells the log, so that caches hear of it also
// when the import came to no good end, and returns the report with err.
func (r *Run) Finish(ctx context.Context, err error) (*report.Report, error) {
	r.progress.close()
	if r.absent > 0 {
		r.Remark("there is no folder fs with pictures: %d pictures that the portal holds itself were not found", r.absent)
	}
	ctx = context.WithoutCancel(ctx)
	told := r.target.DB.Write(ctx, func(tx *sql.Tx) error {
		_, err := event.Append(ctx, tx, event.Event{
			At: r.opts.Now, Key: "import:finished", Subject: ref.Ref{Class: "Site", ID: "default"}, Hidden: true,
		})
		return err
	})
	path, closed := r.skips.Close()
	r.report.SkipFile = path
	return r.report, errors.Join(err, told, closed)
}

// The most that one transaction holds.
const (
	batchDocs  = 500
	batchBytes = 8 << 20
)

// batch is what one transaction writes.
type batch struct {
	items []*item
	// read is how many documents it stands for, skipped those of them that
	// came to nothing.
	read    int
	skipped []skip
}

type skip struct{ id, reason string }

// Load writes the documents of a collection that Order names. The error is
// one of the database or of ctx: documents that cannot be written are skipped.
func (r *Run) Load(ctx context.Context, collection string, docs iter.Seq[Doc]) error {
	row := r.report.Row(collection)
	if collection == "site" {
		return r.loadSite(ctx, row, docs)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// One goroutine reads and converts while the other writes.
	batches := make(chan batch, 1)
	go func() {
		defer close(batches)
		r.convert(ctx, collection, docs, batches)
	}()
	var err error
	var later []*item
	for b := range batches {
		if err != nil {
			continue // until the reader has seen that the context ended
		}
		var left []*item
		left, err = r.write(ctx, row, b)
		later = append(later, left...)
		if err != nil {
			cancel()
		}
	}
	if err == nil {
		err = r.writeLater(ctx, row, later)
	}
	if err == nil {
		err = context.Cause(ctx)
	}
	if err == nil && (collection == "geo_level" || collection == "geo_zone") && row.Written > 0 {
		err = r.target.DB.Write(ctx, func(tx *sql.Tx) error { return r.target.Spatial.Replace(ctx, tx) })
	}
	return err
}

// convert turns documents into batches.
func (r *Run) convert(ctx context.Context, collection string, docs iter.Seq[Doc], to chan<- batch) {
	read := r.readers[collection]
	var b batch
	size := 0
	send := func() bool {
		select {
		case to <- b:
			b, size = batch{}, 0
			return true
		case <-ctx.Done():
			return false
		}
	}
	for d := range docs {
		b.read++
		size += d.Size
		if it, id, err := convertOne(d, read); err != nil {
			b.skipped = append(b.skipped, skip{id, err.Error()})
		} else {
			b.items = append(b.items, it)
		}
		if (b.read >= batchDocs || size >= batchBytes) && !send() {
			return
		}
	}
	if b.read > 0 {
		send()
	}
}

func convertOne(d Doc, read func(*Record, string) (*item, error)) (it *item, id string, err error) {
	id = idText(d.Object["_id"])
	if d.Unreadable != "" {
		return nil, id, errors.New(d.Unreadable)
	}
	it, err = read(newRecord(d), id)
	if err == nil {
		it.id, it.notes = id, d.Notes
	}
	return it, id, err
}

// idText writes an _id of any kind.
func idText(v any) string {
	switch x := v.(type) {
	case nil:
		return "-"
	case string:
		return x
	}
	b := appendJSON(nil, v)
	if len(b) > 1 && b[0] == '"' {
		b = b[1 : len(b)-1]
	}
	return string(b)
}

// objectID returns the id of a document of the classes that have ObjectIds.
func objectID(rec *Record) (string, error) {
	switch v := rec.get("_id").(type) {
	case ID:
		return string(v), nil
	case string:
		if oid, plain := identify(v); oid != "" && (plain || rec.texts) {
			return oid, nil
		}
		return "", errors.New("its _id is a text, not an ObjectId")
	case nil:
		return "", errors.New("it has no _id")
	default:
		return "", fmt.Errorf("its _id is %s, not an ObjectId", kind(v))
	}
}

// found are those of the objects of a batch that exist, by class and id.
type found map[string]map[string]ref.Object

func (f found) has(m mention) bool {
	_, ok := f[m.class][m.id]
	return ok
}

// lacks returns the first of the mentions that does not exist, or nil.
func (f found) lacks(list []mention) *mention {
	for i := range list {
		if !f.has(list[i]) {
			return &list[i]
		}
	}
	return nil
}

// batchFinds bounds the ids of one query, well under what engines take.
const batchFinds = 5000

// look finds what the items mention.
func (r *Run) look(ctx context.Context, q db.Querier, items []*item) (found, error) {
	ids := map[string]map[string]bool{}
	for _, it := range items {
		for _, list := range [][]mention{it.needs, it.mentions} {
			for _, m := range list {
				if ids[m.class] == nil {
					ids[m.class] = map[string]bool{}
				}
				ids[m.class][m.id] = true
			}
		}
	}
	out := found{}
	for class, set := range ids {
		list := make([]string, 0, len(set))
		for oid := range set {
			list = append(list, oid)
		}
		out[class] = map[string]ref.Object{}
		for part := range slices.Chunk(list, batchFinds) {
			objects, err := r.nouns[class].Find(ctx, q, part)
			if err != nil {
				return nil, err
			}
			maps.Copy(out[class], objects)
		}
	}
	return out, nil
}
