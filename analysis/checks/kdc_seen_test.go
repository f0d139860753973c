package checks_test

import (
	"strings"
	"testing"

	"negotrace/internal/capturetest"
)

// TestKDCNotSeen holds when a report says that no KDC is in the capture, and what that means.
func TestKDCNotSeen(t *testing.T) {
	t.Parallel()
	const (
		asked  = "conn 1 10.0.0.10:50000 > 10.0.0.20:80\n> GET / HTTP/1.1\n> Host: web.contoso.com\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate\n< WWW-Authenticate: NTLM\n\n"
		let    = "< HTTP/1.1 200 OK\n\n"
		send   = "> GET / HTTP/1.1\n> Host: web.contoso.com\n> Authorization: "
		ticket = send + "Negotiate {apreq HTTP/web.contoso.com@CONTOSO.COM}\n" + let
		ntlm   = send + "% {ntlm1}\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: % {ntlm2}\n\n" + send + "% {ntlm3 user=alice domain=CONTOSO}\n" + let
		other  = "conn 2 10.0.0.11:50000 > 10.0.0.20:80\n"
		kdc    = "kdc > tgs-req HTTP/web.contoso.com@CONTOSO.COM\n"
	)
	with := func(scheme string) string { return strings.ReplaceAll(ntlm, "%", scheme) }
	for _, test := range []struct{ name, script, want string }{
		{"a ticket", asked + ticket, "the tickets come from caches of the clients or from a KDC out of sight"},
		{"a ticket, and another client without one", asked + ticket + other + with("Negotiate"), "and why some clients used none cannot be seen"},
		{"no ticket", asked + with("Negotiate"), "whether a client asked for a ticket, and why it got none, cannot be seen"},
		{"no answer", asked, "whether a client asked for a ticket"},
		{"NTLM by itself", asked + with("NTLM"), ""},
		{"a KDC", kdc + asked + ticket, ""},
		{"a KDC that does not answer", "conn k 10.0.0.10:41000 > 10.0.0.1:88 unanswered\n" + asked, ""},
		{"a KDC proxy", "conn p 10.0.0.10:41000 > 10.0.0.9:443 tls\nkdc-proxy > tgs-req HTTP/web.contoso.com@CONTOSO.COM\n" + asked + ticket, ""},
		{"nothing of authentication", "conn 1\n> GET / HTTP/1.1\n> Host: a\n" + let, ""},
	} {
		c, err := capturetest.Parse(test.script)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, l := range replay(t, c, c.Pcapng()).Summary.Notes {
			if l.Kind == "kdc-not-seen" {
				got += l.Text
			}
		}
		if !strings.Contains(got, test.want) || (test.want == "") != (got == "") || strings.Count(got, "No message") > 1 {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}
