package checks_test

import (
	"strings"
	"testing"

	"negotrace/internal/capturetest"
)

// TestCauses holds what a finding says of its cause where the capture narrows it.
func TestCauses(t *testing.T) {
	const (
		asked   = "conn 1 10.0.0.10:50000 > 10.0.0.20:80\n> GET / HTTP/1.1\n> Host: web.contoso.com\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate\n\n"
		again   = "> GET / HTTP/1.1\n> Host: web.contoso.com\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate\n\n"
		noKDC   = "dns 10.0.0.10 _kerberos._tcp.dc._msdcs.contoso.com nxdomain\n"
		silence = "conn k1 10.0.0.10:41000 > 10.0.0.1:88 unanswered\nconn k2 10.0.0.10:41001 > 10.0.0.1:88 unanswered\n"
		ticket  = "> GET / HTTP/1.1\n> Host: web.contoso.com\n> Authorization: Negotiate {apreq HTTP/web.contoso.com@CONTOSO.COM id=%}\n"
		refused = "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate {krberror 34 sname=HTTP/web.contoso.com@CONTOSO.COM}\n\n"
	)
	tests := []struct{ name, script, check, cause string }{
		{"no KDC in DNS, and no token", noKDC + asked + again, "client-token-generation-failed", "_kerberos._tcp.dc._msdcs.contoso.com has no SRV record (NameError)"},
		{"no KDC in DNS, and none answers", noKDC + silence + asked, "kdc-unreachable", "The name server knows no KDC"},
		{"DNS says nothing", asked + again, "client-token-generation-failed", ""},
		{"the same authenticator twice", asked + strings.ReplaceAll(ticket, "%", "1") + "< HTTP/1.1 200 OK\n\n" + strings.ReplaceAll(ticket, "%", "1") + refused, "krb-ap-req-rejected", "The very same authenticator was sent in handshake 1 before."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := capturetest.Parse(tt.script)
			if err != nil {
				t.Fatal(err)
			}
			r := replay(t, c, c.File())
			for _, f := range r.Findings {
				if f.Check != tt.check {
					continue
				}
				if !strings.Contains(f.Cause, tt.cause) || tt.cause == "" && f.Cause != "" {
					t.Errorf("cause: got %q, want %q", f.Cause, tt.cause)
				}
				return
			}
			t.Errorf("no %s in\n%s", tt.check, list(r))
		})
	}
}
