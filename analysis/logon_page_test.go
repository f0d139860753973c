package analysis

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"strings"
	"testing"

	"negotrace/httpstream"
)

func TestLogonPages(t *testing.T) {
	t.Parallel()
	const fields = `<input name="username"><input type="password" name="password">`
	long := strings.Repeat("<style>p{margin:0}</style>", 100)
	for _, c := range []struct {
		name, body string
		cut        bool
		want       Logon
	}{
		{"Spring", `<!DOCTYPE html><html><head><title>Please sign in</title></head><body><form class="form-signin" method="post" action="/login">` + fields + `<button type="submit">Sign in</button></form>`, false, LogonForm},
		{"a servlet's form", `<html><body><form action=j_security_check method=post><input name=j_username><input type=password name=j_password></form>`, false, LogonForm},
		{"the button alone says so", `<form action="/x"><INPUT TYPE='Password' NAME=p><input type=submit value="Anmelden"></form>`, false, LogonForm},
		{"two forms, one to register", `<title>Account</title><form class="login">` + fields + `</form><form class="register"><input name=email><input type=password autocomplete="new-password" name=password></form>`, false, LogonForm},
		{"no form around the fields", `<title>Log in</title><div>` + fields + `</div>`, false, LogonForm},
		{"the form lies behind what is kept", `<title>Sign in to CONTOSO</title>` + long, true, LogonForm},

		{"a page of which nothing is missing and that is only called so", `<title>Sign in to CONTOSO</title>` + long, false, ""},
		{"a page called otherwise, cut", `<title>Sign-in events</title>` + long, true, ""},
		{"a public page with a link", `<title>Welcome</title><a href="/login">Log in</a><p>News</p>`, false, ""},
		{"a password is changed", `<title>Login and security</title><form action="/account/login"><input type=password name=old><input type=password name=new><input type=password name=again></form>`, false, ""},
		{"a new password, with the old one known", `<title>Login</title><form action="/password"><input type=password name=newPassword></form>`, false, ""},
		{"a setting", `<title>Mail server</title><form id="mail"><input name="smtp_login"><input type=password name=smtp_password><button>Save</button></form>`, false, ""},
		{"somebody who can log off", `<title>Login settings</title><a href="/Account/LogOff">bye</a><form action="/login/confirm"><input type=password name=p></form>`, false, ""},
		{"a form in a comment", `<title>Home</title><!-- <form action="/login">` + fields + `</form> -->`, false, ""},
		{"a form that a script would write", `<title>Login</title><script>document.write('<input type="password" name="p">')</script>`, false, ""},
		{"no page", `{"type":"password","login":"<none>"}`, false, ""},
		{"", "", false, ""},

		{"refresh", `<html><head><meta http-equiv='Refresh' content='1;url=/login?from=%2F'></head></html>`, false, LogonPage},
		{"refresh at once", `<meta http-equiv="refresh" content="0; URL='https://sts.contoso.com/adfs/ls/?wa=wsignin1.0'">`, false, LogonPage},
		{"script", `<html><head><script>window.location.replace("/sso/signin?return=%2F");</script></head><body>Loading ...</body></html>`, false, LogonPage},
		{"href", `<script>top.location.href = 'https://idp.test/auth/login'</script>`, false, LogonPage},
		{"SAML", `<body onload="document.forms[0].submit()"><form method=post action="https://idp.test/sso"><input type=hidden name=SAMLRequest value=x></form>`, false, LogonPage},

		{"refresh when the session is over", `<meta http-equiv="refresh" content="1800;url=/login?expired"><h1>Mail</h1>`, false, ""},
		{"refresh elsewhere", `<meta http-equiv="refresh" content="0;url=/start?from=login">`, false, ""},
		{"script of a page with content", `<script>function f(){location.href="/login"}</script><a href="/a">A</a><p>Orders</p>`, false, ""},
		{"script elsewhere", `<script>location.replace("/home")</script>`, false, ""},
		{"the answer of SAML", `<form method=post action="https://app.test/acs"><input type=hidden name=SAMLResponse value=x></form>`, false, ""},
	} {
		if got := readLogonPage([]byte(c.body), !c.cut); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
		for n := range len(c.body) {
			readLogonPage([]byte(c.body[:n]), false)
		}
	}
}

// TestLogonPagePacked holds that pages are unpacked, as much as there is of them.
func TestLogonPagePacked(t *testing.T) {
	t.Parallel()
	const page = `<title>Login</title><form action="/login"><input name=user><input type=password name=p></form>`
	var padding strings.Builder
	for i := range 3000 {
		padding.WriteString(strings.Repeat("<p>", i%7))
	}
	for name, pack := range map[string]func(io.Writer) io.WriteCloser{
		"gzip":    func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
		"deflate": func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) },
	} {
		var b bytes.Buffer
		z := pack(&b)
		io.WriteString(z, page)
		z.(interface{ Flush() error }).Flush()
		end := b.Len()
		io.WriteString(z, padding.String())
		z.Close()
		r := &httpstream.Response{Status: 200, Body: b.Bytes(), BodyLen: int64(b.Len())}
		if got := ReadPage(r).Logon; got != LogonForm {
			t.Errorf("%s: got %q", name, got)
		}
		r.Body = r.Body[:end]
		if got := ReadPage(r).Logon; got != LogonForm {
			t.Errorf("%s, cut: got %q", name, got)
		}
		for n := range r.Body {
			ReadPage(&httpstream.Response{Status: 200, Body: r.Body[:n]})
		}
	}
	var raw bytes.Buffer
	w, err := flate.NewWriter(&raw, flate.DefaultCompression)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, page)
	w.Close()
	if got := ReadPage(&httpstream.Response{Status: 200, Body: raw.Bytes()}).Logon; got != "" {
		t.Errorf("raw deflate is not read: got %q", got)
	}
}

func FuzzLogonPage(f *testing.F) {
	f.Add([]byte(`<title>Login</title><form action="/login"><input type=password></form>`))
	f.Add([]byte(`<meta http-equiv=refresh content="0;url=/login"><script>location="/login"</script>`))
	f.Fuzz(func(t *testing.T, b []byte) { readLogonPage(unpacked(b), false) })
}
