package servertext

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"strings"
	"testing"

	"negotrace/httpstream"
	"negotrace/internal/testcost"
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
		{"a form that a script would write", `<title>Login</title><script>document.write('<input type="password" name="p">')</script>`, false, LogonScript},
		{"a script beside a page that is called so", `<title>Sign in - CONTOSO</title><body><div id=root></div><noscript>Turn JavaScript on</noscript><script src="/main.js"></script>`, false, LogonScript},
		{"a script in JSON", `<title>Login to the shop</title><div id=app></div><script>render({"fields":[{"type":"text"},{"type":"password"}]})</script>`, false, LogonScript},
		{"an application whose script has a form", `<title>Orders</title><div id=app></div><script>render({"type":"password"})</script>`, false, ""},
		{"a page with content whose script has a form", `<title>Login history</title><a href="/a">A</a><script>x='<input type=password>'</script>`, false, ""},
		{"an application with a part for logging on", `<title>Orders</title><div id=root></div><script src="/login.chunk.js"></script>`, false, ""},
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
		if got := readLogonPage([]byte(c.body), !c.cut).Logon; got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
		for n := 0; n < len(c.body); n += testcost.Step(5) {
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
		if got := ReadPage(r, false).Logon; got != LogonForm {
			t.Errorf("%s: got %q", name, got)
		}
		r.Body = r.Body[:end]
		if got := ReadPage(r, false).Logon; got != LogonForm {
			t.Errorf("%s, cut: got %q", name, got)
		}
		for n := range r.Body {
			ReadPage(&httpstream.Response{Status: 200, Body: r.Body[:n]}, false)
		}
	}
}

// TestPageUnread holds what is said of a page that cannot be read to its end.
func TestPageUnread(t *testing.T) {
	t.Parallel()
	var raw bytes.Buffer
	w, err := flate.NewWriter(&raw, flate.DefaultCompression)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, `<title>Login</title><form action="/login"><input name=user><input type=password name=p></form>`)
	w.Close()
	const orders = `<title>Orders</title><a href="/1">1</a><p>Two orders</p>`
	noise := "\x1b\x5a\x00\xe0\x8f\xd4\xd2\xfe\x91\x0e\x4e\x33\x99\x17\x83\x8a"
	for _, c := range []struct {
		name, coding, body string
		whole              int64
		want               Page
	}{
		{"deflate without its frame", "deflate", raw.String(), 0, Page{Logon: LogonForm}},
		{"the same without the header line", "", raw.String(), 0, Page{}},
		{"br", "br", noise, 0, Page{Unread: "packed with br"}},
		{"the last of several codings", "gzip, BR", noise, 0, Page{Unread: "packed with br"}},
		{"br, unpacked by who recorded it", "br", orders, 0, Page{}},
		{"a coding that nobody knows", "x-mine", noise, 0, Page{}},
		{"no body", "br", "", 0, Page{}},
		{"more than was kept", "", orders, 1 << 20, Page{Unread: "longer than what was kept of it"}},
		{"all of it", "", orders, 0, Page{}},
		{"a script writes all of it", "", `<title>Orders</title><div id=root></div><script src="/m.js"></script>`, 0, Page{Unread: "written by a script"}},
		{"a script beside content", "", orders + `<script src="/m.js"></script>`, 0, Page{}},
		{"the title says that it has expired", "", `<title>Page has expired</title><a href="/">again</a>`, 0, Page{Words: "Page has expired"}},
		{"a short page says so", "", `<title>Shop</title><p>Your session has timed out.</p><a href="/">Home</a>`, 0, Page{Words: "Your session has timed out"}},
		{"in German", "", `<p>Die Sitzung ist abgelaufen.</p>`, 0, Page{Words: "Die Sitzung ist abgelaufen"}},
		{"a page that holds the words ready", "", orders + strings.Repeat(`<a href="/x">more</a>`, 5) + `<div class=modal>Your session has expired</div>`, 0, Page{}},
		{"a long text about it", "", `<p>` + strings.Repeat("We say what to do. ", 50) + `</p><p>Your session has expired</p>`, 0, Page{}},
		{"a word that goes on", "", `<title>Shop</title><p>The form has expired articles</p>`, 0, Page{}},
		{"an account", "", `<title>Shop</title><p>Your password has expired.</p>`, 0, Page{}},
		{"in the words of somebody who can log off", "", `<title>Session has expired</title><a href="/logout">bye</a>`, 0, Page{}},
	} {
		whole := max(c.whole, int64(len(c.body)))
		header := httpstream.Header{{Name: "Content-Encoding", Value: c.coding}}
		if got := ReadPage(&httpstream.Response{Status: 200, Body: []byte(c.body), BodyLen: whole, Header: header}, false); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
		for n := 0; n < len(c.body); n += testcost.Step(5) {
			ReadPage(&httpstream.Response{Status: 200, Body: []byte(c.body[:n]), BodyLen: whole, Header: header}, false)
		}
	}
}

func FuzzLogonPage(f *testing.F) {
	f.Add([]byte(`<title>Login</title><form action="/login"><input type=password></form>`))
	f.Add([]byte(`<meta http-equiv=refresh content="0;url=/login"><script>location="/login"</script>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		ReadPage(&httpstream.Response{Status: 200, Body: b, BodyLen: 1 << 20}, false)
	})
}
