package servertext

import (
	"strings"
	"testing"

	"negotrace/httpstream"
)

// TestListedErrors holds that nothing is quoted of what a page lists, or explains for everybody.
func TestListedErrors(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`<h2>Error codes</h2><p>KRB_AP_ERR_SKEW: clocks differ</p><p>KRB_AP_ERR_MODIFIED: key</p>`,
		`<h3>Häufige Fehler</h3><div>Clock skew too great</div>`,
		`<h3>Known issues</h3><p>Clock skew too great</p>`,
		`<h3>Troubleshooting</h3><div>GSSException: No valid credentials provided</div>`,
		`<h3>Help</h3><div>Your account is locked</div><div>Your password has expired</div>`,
		`<h3>FAQ</h3><p>Your account is locked.</p>`,
		`<nav><span>Ticket expired</span></nav>`,
		`<aside>Ticket expired: log on again</aside>`,
		`<footer>Your account is locked? Call 4711</footer>`,
		`<p>Error 37 = Clock skew too great</p><p>Error 24 = wrong password</p>`,
		`<p>37 = Clock skew too great</p><p>24 = wrong password</p>`,
		`<p>(37) Clock skew too great</p><p>(24) wrong password</p>`,
		`<p>[37] Clock skew too great</p><p>[24] wrong password</p>`,
		`<p>#37 Clock skew too great</p><p>#24 wrong password</p>`,
		`<p>Error 37: Clock skew too great</p><p>Error 24: wrong password</p>`,
		`<p>Fehler 37: Clock skew too great</p><p>Fehler 24: falsches Kennwort</p>`,
		`<pre>37 Clock skew too great
24 Wrong password
18 Account locked</pre>`,
		"37 Clock skew too great\n24 Wrong password\n18 Account locked\n",
		`<div><div><h4>Clock skew too great</h4><p>Set the clock.</p></div><div><h4>No service ticket</h4><p>Register the SPN.</p></div></div>`,
		`<p>Typical reasons:</p><div>Ticket expired</div><div>Wrong realm</div>`,
		`<p>One of these happened:</p><div>Ticket expired</div><div>Account locked</div>`,
	} {
		if p := ReadPage(&httpstream.Response{Status: 401, Body: []byte(body)}, true); p.Text != "" || p.Words != "" {
			t.Errorf("%q: text %q, words %q", body, p.Text, p.Words)
		}
		for n := range len(body) {
			ReadPage(&httpstream.Response{Status: 401, Body: []byte(body[:n])}, true)
		}
	}
}

// TestErrorsOfRequest holds that what a page says of this request is quoted beside numbers, lists and help.
func TestErrorsOfRequest(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`<h1>401</h1><p>Error 37: Clock skew too great</p>`,
		`<h1>Sign-in failed</h1><p>Clock skew too great</p><h2>Help</h2><p>Call 4711</p>`,
		`<h1>Login error</h1><div class=msg>Your account is locked.</div><div>Contact the help desk.</div>`,
		`<h1>Error</h1><div>Code: 37</div><div>Message: Clock skew too great</div>`,
		`<h1>Error</h1><div>37</div><div>Clock skew too great</div>`,
		`<div>Error 401: Unauthorized</div><div>Error 37: Clock skew too great</div>`,
		`<pre>javax.servlet.ServletException: GSSException: Failure unspecified at GSS-API level (Mechanism level: Clock skew too great (37))
	at a.b.C.d(E.java:1)
Caused by: GSSException: Failure unspecified at GSS-API level (Mechanism level: Clock skew too great (37))
	at sun.x(Y.java:2)
Caused by: KrbException: Clock skew too great (37)</pre>`,
		`<p><b>Type</b> Exception Report</p><p><b>Message</b> GSSException: Defective token detected</p><p><b>Description</b> The server encountered an internal error</p>`,
		`{"timestamp":"x","status":401,"error":"Unauthorized","message":"GSSException: Failure unspecified at GSS-API level (Mechanism level: Checksum failed)","path":"/"}`,
		`<p>Anmeldung fehlgeschlagen: Ihr Konto ist gesperrt.</p>`,
		`<div>Node 1: Ticket expired</div><div>Node 2: OK</div>`,
	} {
		if p := ReadPage(&httpstream.Response{Status: 401, Body: []byte(body)}, true); p.Text == "" && p.Words == "" {
			t.Errorf("%q: nothing", body)
		}
	}
}

func BenchmarkShown(b *testing.B) {
	page := []byte(strings.Repeat("<div>", 60) + strings.Repeat("<div><p>is it Clock skew</p><br>x</div>", 400))
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		shown(page)
	}
}
