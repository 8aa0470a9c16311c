package weburl

import "fmt"

// The reasons, udata's words with fmt's verbs; Lang.T of package i18n
// translates them.
const (
	msgInvalid       = `Invalid URL "%s"`
	msgInvalidReason = `Invalid URL "%s": %s`

	msgScheme      = "Invalid scheme %s, allowed schemes: %s"
	msgCredentials = "Credentials in URL are not allowed"
	msgTLD         = "Invalid TLD %s"
	msgLocal       = "is a local URL"
	msgPrivate     = "is a private URL"
	msgMulticast   = "%s is a multicast IP"
	msgMask        = "%s is a mask IP"
)

// Error says why an address is refused.
type Error struct {
	// URL is the refused address, without surrounding blanks.
	URL string
	// MsgID is the reason in English, a fmt format for Args; "" for a text
	// that has not the form of an address at all.
	MsgID string
	Args  []any
}

// Error is the whole sentence in English.
func (e *Error) Error() string {
	return e.Message(func(msgid string, args ...any) string {
		if len(args) == 0 {
			return msgid
		}
		return fmt.Sprintf(msgid, args...)
	})
}

// Message is the whole sentence in the words of t, which translates a fmt
// format and fills it: Lang.T of package i18n.
func (e *Error) Message(t func(msgid string, args ...any) string) string {
	if e.MsgID == "" {
		return t(msgInvalid, e.URL)
	}
	return t(msgInvalidReason, e.URL, t(e.MsgID, e.Args...))
}
