package dataset

import (
	"context"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/i18n"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// lightly returns a writer of the v2 form, which links to the resources
// instead of holding them. objects puts whole objects in the place of the ids
// of licence, frequency and territory, with labels in a language.
func (s *Service) lightly(objects bool, lang i18n.Lang) writer {
	return func(ctx context.Context, q db.Querier, found map[string]*Dataset) (map[string]wire.Fragment, error) {
		p, err := s.parts(ctx, q, found, false)
		if err != nil {
			return nil, err
		}
		ids := make([]string, 0, len(found))
		licenses := set{}
		for oid, d := range found {
			ids = append(ids, oid)
			licenses.add(orElse(d.License, licenseNone))
		}
		if objects {
			if p.licenses, err = s.refs.Render(ctx, q, licenseClass, ref.Card, licenses.list()); err != nil {
				return nil, err
			}
			if p.territories, err = s.territories(ctx, q, found, lang); err != nil {
				return nil, err
			}
		}
		counts, err := countCommunities(ctx, q, ids)
		if err != nil {
			return nil, err
		}
		now := s.clock()
		out := make(map[string]wire.Fragment, len(found))
		for oid, d := range found {
			out[oid] = d.light(s.links, p, now, counts[oid], objects, lang)
		}
		return out, nil
	}
}

// noLicense stands for the licence of a dataset of which nobody said any, on
// a portal that has no such licence in its list.
var noLicense = wire.Fragment{Text: []byte(`{"alternate_titles":[],"alternate_urls":[],"flags":["generic"],"id":"` + licenseNone +
	`","maintainer":null,"title":"License Not Specified","url":null}`)}

func (d *Dataset) light(l wire.Links, p parts, now time.Time, communities int64, objects bool, lang i18n.Lang) wire.Fragment {
	w := wire.NewWriter(3072)
	w.Open('{')
	w.Key("id")
	w.String(d.ID)
	d.writeHead(w, p)
	w.Key("resources")
	writeSubsection(w, l.API+v2+d.ID+"/resources/?page=1&page_size=50", int64(len(d.Resources)))
	w.Key("community_resources")
	writeSubsection(w, l.API+v1+"community_resources/?dataset="+d.ID+"&page=1&page_size=50", communities)
	w.Key("frequency")
	f := d.frequency()
	if objects {
		w.Open('{')
		w.Key("id")
		w.String(f.ID)
		w.Key("label")
		w.String(lang.T(f.Label))
		w.Close('}')
	} else {
		w.String(f.ID)
	}
	w.Key("license")
	id := orElse(d.License, licenseNone)
	switch {
	case !objects:
		w.String(id)
	case len(p.licenses[id].Text) > 0:
		w.Embed(p.licenses[id])
	default:
		w.Embed(noLicense)
	}
	d.writeTail(w, l, p, now)
	w.Close('}')
	return w.Fragment()
}

// writeHead writes the members that both forms share and that need nothing
// else, but for whole territories.
func (d *Dataset) writeHead(w *wire.Writer, p parts) {
	d.Doc.Access.write(w)
	w.Key("authorization_request_url")
	w.StringOrNull(d.Doc.Access.RequestURL)
	w.Key("acronym")
	w.StringOrNull(d.Acronym)
	w.Key("archived")
	w.Time(d.Archived)
	w.Key("badges")
	w.Open('[')
	for _, b := range d.Doc.Badges {
		w.Open('{')
		w.Key("kind")
		w.String(b.Kind)
		w.Close('}')
	}
	w.Close(']')
	w.Key("created_at")
	w.Time(d.createdAt())
	w.Key("deleted")
	w.Time(d.Deleted)
	w.Key("description")
	w.String(d.Doc.Description)
	w.Key("description_short")
	w.StringOrNull(d.Doc.DescriptionShort)
	w.Key("extras")
	w.Object(d.Doc.Extras)
	w.Key("featured")
	w.Bool(d.Featured)
	w.Key("frequency_date")
	w.Time(d.Doc.FrequencyDate)
	w.Key("harvest")
	d.Doc.Harvest.write(w)
	writeInternal(w, d.CreatedInternal, d.ModifiedInternal)
	w.Key("last_modified")
	w.Time(d.lastModified())
	w.Key("last_update")
	w.Time(d.LastUpdate)
	Counters.Write(w, d.Counts, []byte(d.Metrics))
	w.Key("private")
	w.Bool(d.Private)
	w.Key("slug")
	w.String(d.Slug)
	w.Key("spatial")
	if p.territories != nil {
		wholeSpatial(w, d.Doc.Spatial, p.territories)
	} else {
		d.Doc.Spatial.Write(w)
	}
	w.Key("tags")
	w.Strings(d.Doc.Tags)
	w.Key("temporal_coverage")
	d.Doc.TemporalCoverage.write(w)
	w.Key("title")
	w.String(d.Title)
}

// writeTail writes the members of the v2 form that mention others.
func (d *Dataset) writeTail(w *wire.Writer, l wire.Links, p parts, now time.Time) {
	d.writeContactPoints(w, p)
	w.Key("organization")
	w.Embed(p.organizations[d.Organization])
	w.Key("owner")
	w.Embed(p.users[d.Owner])
	w.Key("page")
	w.String(d.page(l))
	auth.WritePermissions(w, ref.Dataset, d.Owned())
	d.quality(now).write(w)
	w.Key("uri")
	w.String(d.uri(l))
}

func writeSubsection(w *wire.Writer, href string, total int64) {
	w.Open('{')
	w.Key("href")
	w.String(href)
	w.Key("rel")
	w.String("subsection")
	w.Key("total")
	w.Int(total)
	w.Key("type")
	w.String("GET")
	w.Close('}')
}

// suggestion writes the form that completes what a person types; picture is
// that of the publisher.
func (d *Dataset) suggestion(l wire.Links, picture string) wire.Fragment {
	w := wire.NewWriter(512)
	w.Open('{')
	w.Key("acronym")
	w.StringOrNull(d.Acronym)
	w.Key("id")
	w.String(d.ID)
	w.Key("image_url")
	w.StringOrNull(picture)
	w.Key("page")
	w.String(d.page(l))
	w.Key("slug")
	w.String(d.Slug)
	w.Key("title")
	w.String(d.Title)
	w.Close('}')
	return w.Fragment()
}
