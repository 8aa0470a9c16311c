package i18n

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/leonelquinteros/gotext"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Lang
	}{
		{"fr", Fr},
		{"FR", Fr},
		{"fr_FR", Fr},
		{"fr-FR", Fr},
		{"Fr-fr", Fr},
		{"fr_", Fr},
		{"en", En},
		{"en_US", En},
		{"es", Es},
		{"de-AT", De},
		{"it", It},
		{"pt_BR", Pt},
		{"sr_Latn_RS", Sr},
		{"ar", Ar},
		{"", ""},
		{"xx", ""},
		{"ja", ""},
		{"*", ""},
		{"-", ""},
		{"_fr", ""},
		{"f", ""},
		{"fra", ""},
		{"french", ""},
		{" fr", ""},
		{"fr,en", ""},
		{"fr;q=0.9", ""},
		{"é", ""},
		{"\xff\xfe", ""},
	} {
		if got := Parse(c.in); got != c.want {
			t.Errorf("Parse(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

// The first row names the languages, the first column is the msgid. The
// columns en, fr, es and de are udata's answers of recording 29.
func TestLabelsAreUdatas(t *testing.T) {
	for _, name := range []string{"types.tsv", "topics.tsv"} {
		rows := tsv(t, name)
		for _, row := range rows[1:] {
			for column, want := range row {
				if lang := Lang(rows[0][column]); lang.T(row[0]) != want {
					t.Errorf("%s: %q in %s is %q, want %q", name, row[0], lang, lang.T(row[0]), want)
				}
			}
		}
	}
}

func TestT(t *testing.T) {
	tag := `Tag "%s" must be between %d and %d characters long.`
	for _, c := range []struct {
		lang  Lang
		msgid string
		args  []any
		want  string
	}{
		{En, "Idea", nil, "Idea"},
		{"", "Idea", nil, "Idea"},
		{"xx", "Idea", nil, "Idea"},
		{Sr, "Idea", nil, "Idea"},
		{Fr, "Idea", nil, "Idée"},
		{Fr, "Nobody has translated this", nil, "Nobody has translated this"},
		{Fr, "", nil, ""},
		{Fr, "100 % sure", nil, "100 % sure"},
		{En, tag, []any{"ab", 3, 96}, `Tag "ab" must be between 3 and 96 characters long.`},
		{De, tag, []any{"ab", 3, 96}, `Tag "ab" must be between 3 and 96 characters long.`},
		// The answers recorded in French: 29, 31 and 50.
		{Fr, tag, []any{"ab", 3, 96}, `Le mot-clé "ab" doit avoir entre 3 et 96 caractères.`},
		{Fr, `Invalid URL "%s"`, []any{"bad"}, `URL invalide "bad"`},
		{Fr, "This URL is already registered", nil, "Cette URL est déjà enregistrée"},
		{Fr, "Permission denied for this organization", nil, "Permission refusée pour cette organisation"},
		{Fr, "Latests reuses", nil, "Dernières réutilisations"},
		{Fr, "Partial editor", nil, "Éditeur partiel"},
		{Fr, "Public Service", nil, "Service Public"},
		{Fr, "Local authority", nil, "Collectivité territoriale"},
	} {
		if got := c.lang.T(c.msgid, c.args...); got != c.want {
			t.Errorf("%q.T(%q, %v) = %q, want %q", c.lang, c.msgid, c.args, got, c.want)
		}
	}
}

func TestFrenchIsComplete(t *testing.T) {
	french := catalogs[Fr]()
	for _, msgid := range master(t) {
		if french[msgid] == "" {
			t.Errorf("locale/fr.po does not translate %q", msgid)
		}
	}
}

var verb = regexp.MustCompile(`%(\[(\d+)\])?[-+# 0]*[\d.]*[a-zA-Z]`)

func TestCatalogsAreSound(t *testing.T) {
	files, err := filepath.Glob("locale/*.po")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(catalogs) {
		t.Errorf("%d files %v for %d languages besides English", len(files), files, len(catalogs))
	}
	known := master(t)
	for lang, catalog := range catalogs {
		file := "locale/" + string(lang) + ".po"
		text := read(t, file)
		po := gotext.NewPo()
		po.Parse([]byte(text))
		if po.Language != string(lang) {
			t.Errorf("%s says Language: %s", file, po.Language)
		}
		// gotext serves fuzzy translations, only the singular of plurals, and the
		// last of duplicates.
		for _, trap := range []string{"#, fuzzy", "msgid_plural", "msgctxt"} {
			if strings.Contains(text, trap) {
				t.Errorf("%s has %q, which nothing here reads", file, trap)
			}
		}
		if n := strings.Count(text, "\nmsgid \"") - 1; n != len(po.GetDomain().GetTranslations())-1 {
			t.Errorf("%s has a message twice, or one that cannot be read", file)
		}
		for msgid, translation := range catalog() {
			if !slices.Contains(known, msgid) {
				t.Errorf("%s translates %q, which is not in messages.pot", file, msgid)
			}
			if a, b := verbs(msgid), verbs(translation); !slices.Equal(a, b) {
				t.Errorf("%s: %q has the verbs %v, its translation %q %v", file, msgid, a, translation, b)
			}
		}
	}
}

// verbs lists the verbs of a format in the order of the arguments they take.
func verbs(format string) []string {
	var found []string
	for i, m := range verb.FindAllStringSubmatch(strings.ReplaceAll(format, "%%", ""), -1) {
		position := string(rune('1' + i))
		if m[2] != "" {
			position = m[2]
		}
		found = append(found, position+m[0][len(m[0])-1:])
	}
	slices.Sort(found)
	return found
}

func TestConcurrentUse(t *testing.T) {
	// Fresh catalogues, so that the first reading is part of the race.
	fresh := map[Lang]func() map[string]string{}
	for lang := range catalogs {
		fresh[lang] = catalog(lang)
	}
	saved := catalogs
	catalogs = fresh
	t.Cleanup(func() { catalogs = saved })
	start := make(chan struct{})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			<-start
			for _, lang := range []Lang{Fr, De, En, Es, It, Pt, Sr, Ar, ""} {
				lang.T("Visualization")
				lang.T(`Invalid URL "%s"`, "bad")
			}
			if got := Fr.T("Visualization"); got != "Visualisation" {
				t.Errorf("got %q", got)
			}
		})
	}
	close(start)
	all.Wait()
}

func TestPlainMessagesAllocateNothing(t *testing.T) {
	Fr.T("Idea")
	for _, lang := range []Lang{En, Fr, ""} {
		if n := testing.AllocsPerRun(100, func() { lang.T("Idea") }); n != 0 {
			t.Errorf("%q.T allocates %v times", lang, n)
		}
	}
}

// master returns the msgids of messages.pot.
func master(t *testing.T) []string {
	t.Helper()
	text := read(t, "locale/messages.pot")
	po := gotext.NewPo()
	po.Parse([]byte(text))
	var msgids []string
	for msgid := range po.GetDomain().GetTranslations() {
		if msgid != "" {
			msgids = append(msgids, msgid)
		}
	}
	if n := strings.Count(text, "\nmsgid \"") - 1; n != len(msgids) {
		t.Errorf("messages.pot has %d entries but %d different messages", n, len(msgids))
	}
	return msgids
}

func tsv(t *testing.T, name string) [][]string {
	t.Helper()
	var rows [][]string
	for line := range strings.Lines(read(t, filepath.Join("testdata", name))) {
		rows = append(rows, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
	}
	if len(rows) < 2 {
		t.Fatalf("%s is empty", name)
	}
	return rows
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
