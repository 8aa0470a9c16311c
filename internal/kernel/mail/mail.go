// Package mail writes letters and sends them.
//
// A letter is put into the outbox in the transaction of the fact that it
// tells of, so there is never one without the other; sending comes after,
// again and again until the server takes it or a day has passed. That also
// makes answers take as long whether a letter is sent or not.
package mail

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	text "text/template"
	"time"

	gomail "github.com/wneessen/go-mail"

	"ouvert/internal/kernel/id"
)

// Letter is what a person is told, in their language.
type Letter struct {
	// Lang is the language's code, for those who have letters read to them.
	Lang string
	// Portal is the portal's name, Site its address.
	Portal, Site string
	Subject      string
	// Paragraphs are plain text.
	Paragraphs []string
	// Label and Link are a button, when Link is not "".
	Label, Link string
	// Unsubscribe is where such letters are ended, with a POST; "" for those
	// that can't be.
	Unsubscribe string
	// After stands below the button, in small letters.
	After []string
}

//go:embed letter.html letter.txt
var files embed.FS

var (
	htmlLetter = template.Must(template.ParseFS(files, "letter.html"))
	textLetter = text.Must(text.ParseFS(files, "letter.txt"))
)

// Message is a letter as it is sent.
type Message struct {
	To      string `json:"to"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
	HTML    string `json:"html"`
	// Unsubscribe is where such mails are ended, with a POST.
	Unsubscribe string `json:"unsubscribe,omitempty"`
}

// To writes the letter to an address.
func (l Letter) To(address string) (Message, error) {
	m := Message{To: address, Subject: l.Subject, Unsubscribe: l.Unsubscribe}
	var b bytes.Buffer
	if err := textLetter.Execute(&b, l); err != nil {
		return m, err
	}
	m.Text = b.String()
	b.Reset()
	err := htmlLetter.Execute(&b, l)
	m.HTML = b.String()
	return m, err
}

// Transport takes messages to where they belong.
type Transport interface {
	Send(ctx context.Context, m *gomail.Msg) error
}

// Folder writes messages as files, for those who want to look at them or
// have something else send them.
type Folder struct{ Dir string }

// Send writes the message as a file of its own, in the order of the names.
func (f Folder) Send(_ context.Context, m *gomail.Msg) error {
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return err
	}
	// Only its owner may read it: it may hold a link that signs in.
	file, err := os.CreateTemp(f.Dir, ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // after the renaming there is nothing to remove
	if _, err = m.WriteTo(file); err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	now := time.Now().UTC()
	return os.Rename(file.Name(), filepath.Join(f.Dir, now.Format("20060102-150405.000000")+"-"+id.New(now)+".eml"))
}

// SMTP hands messages to a mail server.
type SMTP struct {
	host    string
	options []gomail.Option
}

// timeout is how long a mail server may take for one message.
const timeout = 30 * time.Second

// ParseSMTP reads the address of a mail server: smtps://user:password@host
// (TLS from the first byte, port 465) or smtp://user:password@host (STARTTLS,
// port 587). TLS is required, unless the server is this machine or the address
// ends with ?tls=none.
func ParseSMTP(address string) (*SMTP, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || (u.Scheme != "smtp" && u.Scheme != "smtps") {
		return nil, errors.New("the address of the mail server must read smtp://user:password@host:port or smtps://…") // which may hold a password, so it is not repeated
	}
	s := &SMTP{host: u.Hostname()}
	port := 587
	s.options = append(s.options, gomail.WithTimeout(timeout))
	policy := u.Query().Get("tls")
	switch {
	case policy != "" && policy != "none" && policy != "required":
		return nil, fmt.Errorf("the address of the mail server: tls must be none or required, got %q", policy)
	case u.Scheme == "smtps":
		port = 465
		s.options = append(s.options, gomail.WithSSL())
	case policy == "none" || (policy == "" && isLocal(s.host)):
		s.options = append(s.options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		s.options = append(s.options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if p := u.Port(); p != "" {
		if port, err = strconv.Atoi(p); err != nil {
			return nil, err
		}
	}
	s.options = append(s.options, gomail.WithPort(port))
	if u.User != nil {
		password, _ := u.User.Password()
		s.options = append(s.options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	_, err = gomail.NewClient(s.host, s.options...)
	return s, err
}

func isLocal(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// Send delivers the message.
func (s *SMTP) Send(ctx context.Context, m *gomail.Msg) error {
	c, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return c.DialAndSendWithContext(ctx, m)
}

// build makes a MIME message.
func build(m Message, from string, at time.Time) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := msg.From(from); err != nil {
		return nil, err
	}
	if err := msg.To(m.To); err != nil {
		return nil, err
	}
	msg.Subject(strings.Join(strings.Fields(m.Subject), " "))
	msg.SetDateWithValue(at)
	// In the sender's domain: the name of this machine is nobody's business.
	if sender, err := msg.GetSender(false); err == nil {
		_, domain, _ := strings.Cut(sender, "@")
		msg.SetMessageIDWithValue(id.New(at) + "." + id.UUID() + "@" + strings.TrimRight(domain, ">"))
	}
	// Out-of-office programs need not answer.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	if m.Unsubscribe != "" { // in one click, RFC 8058
		msg.SetGenHeader("List-Unsubscribe", "<"+m.Unsubscribe+">")
		msg.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	return msg, nil
}
