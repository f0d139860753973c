package correlate_test

import (
	"strings"
	"testing"
)

// TestTranslated holds that a logon which a capture has on both sides of a router that changes addresses
// and sequence numbers is said to be one, and that a client's token on another connection is not.
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
> Authorization: Negotiate {spnego-init token={apreq HTTP/web.contoso.com@CONTOSO.COM id=1}}
LATER
conn 2
> GET / HTTP/1.1
> Host: web.contoso.com
> Authorization: Negotiate {spnego-init token={apreq HTTP/web.contoso.com@CONTOSO.COM id=1}}
< HTTP/1.1 200 OK
conn 1
< HTTP/1.1 200 OK
`
	for _, tt := range []struct {
		name, client, server, later string
		isOne                       bool
	}{
		{"another client", "192.0.2.1:33333", "10.0.0.20:80", "", true},
		{"another server", "10.0.0.10:50000", "192.168.1.5:8080", "", true},
		{"sent again", "10.0.0.10:50001", "10.0.0.20:80", "wait 10ms", false},
	} {
		r := grouped(t, strings.NewReplacer("CLIENT", tt.client, "SERVER", tt.server, "LATER", tt.later).Replace(script))
		got := strings.Join(lines(r), "\n")
		if strings.Contains(got, " front=1") != tt.isOne || len(r.Handshakes) != 2 {
			t.Errorf("%s: %s", tt.name, got)
		}
	}
}
