package checks_test

import (
	"bytes"
	"testing"

	"negotrace/analysis/report"
	"negotrace/internal/capturetest"
)

// canaries has a secret word in each place where clients and servers put secrets.
const canaries = `
conn 1 10.0.0.10:50000 > 10.0.0.20:80
> GET http://bob:CANARY@web.contoso.com/a;jsessionid=CANARY/b?token=CANARY#CANARY HTTP/1.1
> Host: bob:CANARY@web.contoso.com
> Authorization: Basic Ym9iOkNBTkFSWQ==
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Negotiate
< Set-Cookie: s=CANARY
conn 2 10.0.0.11:50000 > 10.0.0.20:80
> GET /key HTTP/1.1
> Host: web.contoso.com
> Cookie: s=CANARY
> Authorization: eyJCANARY.eyJCANARY.CANARY
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Negotiate
conn 3 10.0.0.12:50000 > 10.0.0.20:80
> GET /key HTTP/1.1
> Host: web.contoso.com
> Authorization: CANARY-0123-4567
< HTTP/1.1 403 Forbidden
conn 4 10.0.0.13:50000 > 10.0.0.20:80
> GET /digest HTTP/1.1
> Host: web.contoso.com
> Authorization: Digest username="bob", realm="r", nonce="CANARY", uri="/digest?pin=CANARY", response="CANARY", cnonce="CANARY"
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Digest realm="r", nonce="n"
conn 5 10.0.0.14:50000 > 10.0.0.21:3128
> CONNECT bob:CANARY@web.contoso.com:443 HTTP/1.1
> Host: bob:CANARY@web.contoso.com:443
> Proxy-Authorization: Bearer CANARY
< HTTP/1.1 407 Proxy Authentication Required
< Proxy-Authenticate: Negotiate
conn 6 10.0.0.15:50000 > 10.0.0.21:3128
> CONNECT bob:CANARY@web.contoso.com:80 HTTP/1.1
> Host: bob:CANARY@web.contoso.com:80
< HTTP/1.1 200 OK
< Content-Length: none
> GET /inside?pin=CANARY HTTP/1.1
> Host: web.contoso.com
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Negotiate
conn 7 10.0.0.16:50000 > 10.0.0.20:80
> GET /page HTTP/1.1
> Host: web.contoso.com
> Authorization: Basic Ym9iOkNBTkFSWQ==
< HTTP/1.1 403 The tenant of token=CANARY is blocked
conn 8 10.0.0.17:50000 > 10.0.0.20:80
> GET /page HTTP/1.1
> Host: web.contoso.com
> Authorization: Basic Ym9iOkNBTkFSWQ==
< HTTP/1.1 403 Forbidden
< Content-Type: text/plain
<
< tenant of bob with password: CANARY at https://bob:CANARY@web/?pin=CANARY is blocked; Cookie: s=CANARY
`

// TestNoSecrets holds that no report in any format has a secret, whatever the format of
// the capture.
func TestNoSecrets(t *testing.T) {
	c, err := capturetest.Parse(canaries)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"pcapng": c.Pcapng()}
	if har, ok := c.HAR(); ok {
		files["HAR"] = har
	}
	for name, file := range files {
		r := replay(t, c, file)
		if len(r.Handshakes) < 5 {
			t.Fatalf("%s: %d handshakes", name, len(r.Handshakes))
		}
		for _, f := range report.Formats() {
			var out bytes.Buffer
			if err := f.Report(&out, r, report.Options{}); err != nil {
				t.Fatal(err)
			}
			if i := bytes.Index(out.Bytes(), []byte("CANARY")); i >= 0 {
				t.Errorf("%s as %s: ...%s...", name, f.Name, out.Bytes()[max(0, i-80):min(out.Len(), i+80)])
			}
		}
	}
}
