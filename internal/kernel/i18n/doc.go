// Package i18n translates what people read: labels, activity, feed titles,
// error texts. A message is its own English, so English needs no catalogue
// and a missing translation shows the English.
//
// To add a message: hand its English, with fmt's verbs, to Lang.T; add it to
// locale/messages.pot; translate it in locale/fr.po (a test insists).
// To add a language: create locale/xx.po, add a constant and a line in the
// table `catalogs`. `msgmerge -U locale/xx.po locale/messages.pot` brings a
// file the messages that it lacks.
package i18n
