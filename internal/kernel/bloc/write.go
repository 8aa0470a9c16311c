package bloc

import (
	"context"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/mask"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/wire"
)

// cards are what a list shows of its objects: a form of them, and udata's
// masks.
var cards = map[string]struct {
	form ref.Form
	mask string
}{
	ref.Dataset: {ref.Full, "id,title,acronym,slug,description,page,uri,private,archived,organization,owner,last_update,quality,metrics,badges,tags"},
	ref.Reuse: {ref.Light, "id,title,slug,description,type,url,image,image_thumbnail,page,uri,organization,owner,metrics,badges,tags,topic,private," +
		"created_at,last_modified"},
	ref.Dataservice: {ref.Full, "id,title,acronym,slug,description,base_api_url,format,self_api_url,self_web_url,organization,owner,metrics,badges," +
		"tags,private,created_at,metadata_modified_at"},
}

var masks mask.Cache

// Shown is what the lists of blocs show, by object.
type Shown map[ref.Ref][]byte

// Show renders what the lists show to the actor, in a number of statements
// that does not depend on how much it is. What is gone, and what is private or
// deleted and not the actor's to see, is left out.
func (r Reader) Show(ctx context.Context, lists ...[]Bloc) (Shown, error) {
	seen, err := r.visible(ctx, lists...)
	if err != nil {
		return nil, err
	}
	var named []ref.Ref
	for key := range seen {
		named = append(named, key)
	}
	out := Shown{}
	for class, ids := range ref.ByClass(named) {
		card := cards[class]
		m, err := masks.Get(card.mask, schema.Of(r.Refs.Model(class, card.form)), class)
		if err != nil {
			return nil, err
		}
		found, err := r.Refs.Render(ctx, r.Query, class, card.form, ids)
		if err != nil {
			return nil, err
		}
		for oid, f := range found {
			out[ref.Ref{Class: class, ID: oid}] = m.Append(nil, auth.Fill(f, r.Actor))
		}
	}
	return out, nil
}

// Write writes a list of blocs.
func Write(w *wire.Writer, blocs []Bloc, shown Shown) {
	w.Open('[')
	for _, b := range blocs {
		b.write(w, shown)
	}
	w.Close(']')
}

func (b *Bloc) write(w *wire.Writer, shown Shown) {
	c := classes[b.Class]
	w.Open('{')
	w.Key("class")
	w.String(b.Class)
	w.Key("id")
	w.String(b.ID)
	for _, name := range c.texts {
		w.Key(name)
		if text, ok := b.Texts[name]; ok {
			w.String(text)
		} else {
			w.Null()
		}
	}
	if c.objects != "" {
		w.Key(c.objects)
		w.Open('[')
		for _, oid := range b.Objects {
			if card, ok := shown[ref.Ref{Class: c.of, ID: oid}]; ok {
				w.Raw(card)
			}
		}
		w.Close(']')
	}
	if c.links {
		w.Key("links")
		w.Open('[')
		for _, l := range b.Links {
			w.Open('{')
			w.Key("color")
			orNull(w, l.Color)
			w.Key("title")
			w.String(l.Title)
			w.Key("url")
			orNull(w, l.URL)
			w.Close('}')
		}
		w.Close(']')
	}
	if c.items {
		w.Key("items")
		w.Open('[')
		for _, item := range b.Items {
			w.Open('{')
			w.Key("content")
			Write(w, item.Content, shown)
			w.Key("title")
			w.String(item.Title)
			w.Close('}')
		}
		w.Close(']')
	}
	w.Close('}')
}

func orNull(w *wire.Writer, s *string) {
	if s == nil {
		w.Null()
		return
	}
	w.String(*s)
}

// fields returns what an error says by field.
func fields(err error) map[string]string {
	if e := errs.As(err); e != nil {
		return e.Fields
	}
	return map[string]string{"": err.Error()}
}
