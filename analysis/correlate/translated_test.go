package correlate_test

import (
	"strings"
	"testing"
)

// TestTranslated holds that a logon which a capture has on both sides of a router that changes addresses
// and sequence numbers is said to be one, and that a client's token on another connection is not, nor
// a token that all clients send.
func TestTranslated(t *testing.T) {
	t.Parallel()
	const script = `
conn 1 10.0.0.10:50000 > 10.0.0.20:80
conn 2 CLIENT > SERVER
conn 1
> GET / HTTP/1.1
> Host: web.contoso.com
conn 2
> GET / HTTP/1.1
> Host: web.contoso.com
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Negotiate
conn 1
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Negotiate
> GET / HTTP/1.1
> Host: web.contoso.com
> Authorization: Negotiate TOKEN
LATER
conn 2
> GET / HTTP/1.1
> Host: web.contoso.com
> Authorization: Negotiate TOKEN
< HTTP/1.1 200 OK
conn 1
< HTTP/1.1 200 OK
`
	const ticket = "{spnego-init token={apreq HTTP/web.contoso.com@CONTOSO.COM id=1}}"
	for _, tt := range []struct {
		name, client, server, token, later string
		isOne                              bool
	}{
		{"another client", "192.0.2.1:33333", "10.0.0.20:80", ticket, "", true},
		{"another server", "10.0.0.10:50000", "192.168.1.5:8080", ticket, "", true},
		{"sent again", "10.0.0.10:50001", "10.0.0.20:80", ticket, "wait 10ms", false},
		{"sent twice at once", "10.0.0.10:50001", "10.0.0.20:80", ticket, "", false},
		{"mechanisms alone", "192.0.2.1:33333", "10.0.0.20:80", "{spnego-init mechs=krb5,ntlm}", "", false},
		{"anonymous", "192.0.2.1:33333", "10.0.0.20:80", "{ntlm3 anonymous nomic}", "", false},
		{"anonymous with a MIC", "192.0.2.1:33333", "10.0.0.20:80", "{ntlm3 anonymous mic}", "", true},
		{"user to user", "192.0.2.1:33333", "10.0.0.20:80", "{spnego-init mechs=krb5 token={u2u-tgt-req}}", "", false},
	} {
		r := grouped(t, strings.NewReplacer("CLIENT", tt.client, "SERVER", tt.server, "TOKEN", tt.token, "LATER", tt.later).Replace(script))
		got := strings.Join(lines(r), "\n")
		if strings.Contains(got, " front=1") != tt.isOne || len(r.Handshakes) != 2 {
			t.Errorf("%s: %s", tt.name, got)
		}
	}
}
