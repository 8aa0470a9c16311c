package user

import (
	"context"
	"database/sql"
	"net/http"
	"slices"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/wire"
)

// form is what the sign-in forms send and what is wrong with it, in the shape
// of Flask-Security, which the official front reads.
type form struct {
	*patch.Object
	r      *api.Request
	fields []string
	texts  []string
}

// readForm reads a form of the browser that has the cookie: it must carry the
// cookie's CSRF token, and come from this portal's own sites.
func (s *Service) readForm(r *api.Request) (*form, cookie, error) {
	if err := s.sameSite(r.Request); err != nil {
		return nil, cookie{}, err
	}
	o, err := r.Object()
	if err != nil {
		return nil, cookie{}, err
	}
	c := readCookie(r.Request)
	given := r.Header.Get("X-CSRFToken")
	if given == "" {
		given, _ = o.String("csrf_token")
	}
	switch {
	case given == "":
		return nil, c, errs.BadRequest("The CSRF token is missing.")
	case c.Browser == "" || !auth.SameHash(given, s.csrf(c)):
		return nil, c, errs.BadRequest("The CSRF token is invalid.")
	}
	return &form{Object: o, r: r}, c, nil
}

// text reads a text; what is none reads as "".
func (f *form) text(name string) string {
	s, _ := f.String(name)
	return s
}

// wrong notes what is wrong with a field.
func (f *form) wrong(field, msgid string, args ...any) {
	f.fields, f.texts = append(f.fields, field), append(f.texts, f.r.Lang.T(msgid, args...))
}

// failed answers with what is wrong, nil when nothing is.
func (f *form) failed() *api.Response {
	if len(f.fields) == 0 {
		return nil
	}
	return refuse(http.StatusBadRequest, f.fields, f.texts)
}

func refuse(status int, fields, texts []string) *api.Response {
	w := wire.NewWriter(512)
	w.Open('{')
	w.Key("message")
	w.String(texts[0])
	w.Key("meta")
	w.Open('{')
	w.Key("code")
	w.Int(int64(status))
	w.Close('}')
	w.Key("response")
	w.Open('{')
	w.Key("errors")
	w.Strings(texts)
	w.Key("field_errors")
	w.Open('{')
	for i, field := range fields {
		if field == "" || slices.Contains(fields[:i], field) {
			continue
		}
		w.Name(field)
		w.Open('[')
		for j := range fields {
			if fields[j] == field {
				w.String(texts[j])
			}
		}
		w.Close(']')
	}
	w.Close('}')
	w.Close('}')
	w.Close('}')
	return &api.Response{Status: status, Body: w.Bytes(), Header: noStore()}
}

// refused makes an answer in the forms' shape of a client's error; other
// errors pass.
func refused(r *api.Request, err error) (*api.Response, error) {
	e := errs.As(err)
	if e == nil || e.Status == http.StatusUnauthorized || e.RetryAfter > 0 {
		return nil, err
	}
	text, _ := e.In(r.Lang.T)
	return refuse(e.Status, []string{""}, []string{text}), nil
}

// done answers a form that did what it should.
func (s *Service) done(c cookie, header http.Header, more func(w *wire.Writer)) *api.Response {
	w := wire.NewWriter(256)
	w.Open('{')
	w.Key("meta")
	w.Open('{')
	w.Key("code")
	w.Int(http.StatusOK)
	w.Close('}')
	w.Key("response")
	w.Open('{')
	w.Key("csrf_token")
	w.String(s.csrf(c))
	if more != nil {
		more(w)
	}
	w.Close('}')
	w.Close('}')
	if header == nil {
		header = noStore()
	}
	return &api.Response{Body: w.Bytes(), Header: header}
}

// getCSRF gives a browser its CSRF token, and the cookie that it belongs to.
func (s *Service) getCSRF(_ context.Context, r *api.Request) (*api.Response, error) {
	c := readCookie(r.Request)
	header := noStore()
	if c.Browser == "" {
		c = cookie{Browser: auth.NewSecret()}
		header = s.setCookie(c, 0)
	}
	w := wire.NewWriter(128)
	w.Open('{')
	w.Key("response")
	w.Open('{')
	w.Key("csrf_token")
	w.String(s.csrf(c))
	w.Close('}')
	w.Close('}')
	return &api.Response{Body: w.Bytes(), Header: header}, nil
}

func (s *Service) login(ctx context.Context, r *api.Request) (*api.Response, error) {
	f, c, err := s.readForm(r)
	if err != nil {
		return refused(r, err)
	}
	email, password := normalEmail(f.text("email")), f.text("password")
	remember, _ := f.Bool("remember")
	if password == "" {
		f.wrong("password", "Password not provided")
	}
	if email == "" {
		f.wrong("email", "Email not provided")
	}
	if res := f.failed(); res != nil {
		return res, nil
	}
	account, address := try{signInsOfAccount, email}, try{signInsOfAddress, s.address(r.Request)}
	if err := s.count(ctx, account, address); err != nil {
		return nil, err
	}
	u, stale, err := s.check(ctx, f, email, password)
	if err != nil {
		return nil, err
	}
	if res := f.failed(); res != nil {
		return res, nil
	}
	fresh := ""
	if stale {
		fresh = auth.HashPassword(password)
	}
	var browser cookie
	var header http.Header
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		now, err := byID(ctx, tx, u.ID)
		if err != nil {
			return err
		}
		if !now.Active {
			return errs.BadRequest("Account is disabled.")
		}
		switch {
		case now.Password == u.Password:
			if fresh != "" {
				now.Password = fresh
			}
		default: // it changed in between: by a new password, or by another sign-in that hashed it anew
			if ok, _ := auth.Verify(now.Password, password, s.config.PasswordSalt); !ok {
				return errs.BadRequest("Invalid password")
			}
		}
		now.LastLoginAt = s.clock()
		if err := save(ctx, tx, now); err != nil {
			return err
		}
		if err := s.forgive(ctx, tx, account, address); err != nil {
			return err
		}
		next, age, err := s.open(ctx, tx, u.ID, c, remember)
		browser, header = next, s.setCookie(next, age)
		return err
	})
	if err != nil {
		return refused(r, err)
	}
	return s.done(browser, header, func(w *wire.Writer) {
		w.Key("tf_required")
		w.Bool(false)
		w.Key("user")
		w.Open('{')
		w.Close('}')
	}), nil
}

// check finds who signs in, and notes in the form why they may not. An
// unknown address takes as long as a wrong password.
func (s *Service) check(ctx context.Context, f *form, email, password string) (u *User, stale bool, err error) {
	u, err = s.ByEmail(ctx, email)
	switch {
	case errs.Is(err, http.StatusNotFound):
		auth.Verify("", password, s.config.PasswordSalt)
		f.wrong("email", "Specified user does not exist")
		return nil, false, nil
	case err != nil:
		return nil, false, err
	}
	ok, stale := auth.Verify(u.Password, password, s.config.PasswordSalt)
	switch {
	case !ok:
		f.wrong("password", "Invalid password")
	case !u.Active || !u.Deleted.IsZero():
		f.wrong("email", "Account is disabled.")
	case u.ConfirmedAt.IsZero():
		f.wrong("email", "Email requires confirmation.")
	case !u.Doc.PasswordRotationDemanded.IsZero():
		f.wrong("password", "Password must be changed for security reasons")
	}
	return u, stale, nil
}

func (s *Service) logout(ctx context.Context, r *api.Request) (*api.Response, error) {
	_, c, err := s.readForm(r)
	if err != nil {
		return refused(r, err)
	}
	header, address, err := s.leave(ctx, c)
	if err != nil {
		return nil, err
	}
	w := wire.NewWriter(64)
	w.Open('{')
	if address != "" { // where the front sends the browser, by udata's name
		w.Key("proconnect_logout_url")
		w.String(address)
	}
	w.Close('}')
	return &api.Response{Body: w.Bytes(), Header: header}, nil
}
