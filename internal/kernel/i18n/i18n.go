package i18n

import (
	"embed"
	"fmt"
	"strings"
	"sync"

	"github.com/leonelquinteros/gotext"
)

// Lang is the language of an answer. The zero value, "not said", reads as
// English.
type Lang string

// The languages that udata has catalogues for. En and Fr are complete; the
// others hold what udata is known to answer and fall back to English.
const (
	En Lang = "en"
	Fr Lang = "fr"
	Es Lang = "es"
	De Lang = "de"
	It Lang = "it"
	Pt Lang = "pt"
	Sr Lang = "sr"
	Ar Lang = "ar"
)

// Parse reads a language tag, as in udata's `?lang=`: "fr", "fr_FR" and
// "fr-FR", in any case, are Fr. An empty or unknown one is "", for the caller
// to fall back to the user's language, then to the portal's.
//
// The header Accept-Language must not be handed to Parse: udata ignores it
// (recording 29, steps 3, 4 and 9), its answers are the same for every browser
// until ?lang= or the user's profile says otherwise.
func Parse(s string) Lang {
	if i := strings.IndexAny(s, "-_"); i >= 0 {
		s = s[:i]
	}
	if len(s) != 2 {
		return ""
	}
	l := Lang(strings.ToLower(s))
	if l == En || catalogs[l] != nil {
		return l
	}
	return ""
}

// T returns the message in this language, or as it stands when there is no
// translation. With args, msgid and its translations are fmt formats; without,
// a percent sign is only a percent sign.
func (l Lang) T(msgid string, args ...any) string {
	text := l.lookup(msgid)
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

func (l Lang) lookup(msgid string) string {
	catalog, ok := catalogs[l]
	if !ok {
		return msgid
	}
	if text, ok := catalog()[msgid]; ok {
		return text
	}
	return msgid
}

//go:embed locale/*.po
var locale embed.FS

// catalogs holds every language but English, each read at its first use.
var catalogs = map[Lang]func() map[string]string{
	Fr: catalog(Fr),
	Es: catalog(Es),
	De: catalog(De),
	It: catalog(It),
	Pt: catalog(Pt),
	Sr: catalog(Sr),
	Ar: catalog(Ar),
}

// catalog reads a .po file into a plain map. gotext's own lookup would take a
// lock for every message, and answer the file's header for an empty one.
func catalog(l Lang) func() map[string]string {
	return sync.OnceValue(func() map[string]string {
		text, err := locale.ReadFile("locale/" + string(l) + ".po")
		if err != nil {
			panic("i18n: " + err.Error()) // the file is part of the binary; a test reads them all
		}
		po := gotext.NewPo()
		po.Parse(text)
		messages := make(map[string]string)
		for msgid, translation := range po.GetDomain().GetTranslations() {
			if s := translation.Trs[0]; msgid != "" && s != "" {
				messages[msgid] = s
			}
		}
		return messages
	})
}
