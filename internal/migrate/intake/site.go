package intake

import (
	"context"
	"iter"

	"ouvert/internal/migrate/report"
)

// defaultSite is udata's default of the setting SITE_ID.
const defaultSite = "default"

// maxSites bounds how many documents of the collection are looked at; there
// should be one.
const maxSites = 100

// loadSite writes one of the site documents. udata makes a new one whenever
// its setting changes, and leaves the old one.
func (r *Run) loadSite(ctx context.Context, row *report.Row, docs iter.Seq[Doc]) error {
	var b batch
	var list []Doc
	for d := range docs {
		b.read++
		id := idText(d.Object["_id"])
		switch {
		case d.Unreadable != "":
			b.skipped = append(b.skipped, skip{id, d.Unreadable})
		case len(list) == maxSites:
			b.skipped = append(b.skipped, skip{id, "there are too many sites"})
		default:
			list = append(list, d)
		}
	}
	wanted := r.opts.SiteID
	if wanted == "" {
		wanted = defaultSite
		if len(list) == 1 {
			wanted = idText(list[0].Object["_id"])
		}
	}
	for _, d := range list {
		id := idText(d.Object["_id"])
		if id != wanted {
			b.skipped = append(b.skipped, skip{id, "it is not the portal's own site, which is " + wanted})
			continue
		}
		it := r.siteItem(d.Object)
		it.id, it.notes = id, d.Notes
		b.items = append(b.items, it)
	}
	if len(list) > 0 && len(b.items) == 0 {
		r.Remark("none of the %d sites is the portal's own, %q: its title and figures are not imported", len(list), wanted)
	}
	_, err := r.write(ctx, row, b)
	return err
}
