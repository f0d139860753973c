package transcript

import (
	"strings"
	"testing"
)

const pxHeading = "MainProcess: Thread_0: 1772445600: /_socket_action/_debug_callback/dprint: 0123456789abcdef0123456789abcdef01234567: "

// ofPx is a log of Px with one transfer.
var ofPx = "MainProcess: MainThread: 1772445600: parse_config: proxy:server = proxy:8080\n" + strings.ReplaceAll(`$Sent header => GET http://web/ HTTP/1.1
$Sent header => Host: web
$Received header <= HTTP/1.1 407 Proxy Authentication Required
$Received header <= Proxy-Authenticate: NTLM
$Received header <= Proxy-Authenticate: Negotiate
$Sent header => GET http://web/ HTTP/1.1
$Sent header => Host: web
$Sent header => Proxy-Authorization: NTLM sanitized len(45)
$Received header <= HTTP/1.1 407 Proxy Authentication Required
$Received header <= Proxy-Authenticate: NTLM
`, "$", pxHeading)

// A log of Px has the requests to the proxy, with their credentials left out.
func TestPx(t *testing.T) {
	t.Parallel()
	got, counters, err := result(t, []byte(ofPx))
	want := "1 c1 GET web http://web/ HTTP/1.1 [] -> 407 []\n2 c1 GET web http://web/ HTTP/1.1 [] -> 407 []\n"
	if !Is([]byte(ofPx)) || got != want || err != nil || counters.Requests != 2 {
		t.Errorf("%v, err %v, %+v\ngot\n%swant\n%s", Is([]byte(ofPx)), err, counters, got, want)
	}
}

// ofCntlm is what cntlm -v prints of a request that its proxy does not let pass.
const ofCntlm = `******* Round 1 C: 4 *******
Reading headers (4)...
HEAD: GET http://web/ HTTP/1.1
Thread processing...
Host                           => web
User-Agent                     => curl/8.5.0
NTLM Request:
           Domain: corp

Sending PROXY auth request...
Host                           => web
Proxy-Authorization            => NTLM TlRMTVNTUAABAAAABbIIogQABAAoAAAACAAIACAAAABXT1JLU1RBVENPUlA=

Reading PROXY auth response...
HEAD: HTTP/1.1 407 Proxy Authentication Required
Proxy-Authenticate             => NTLM
Content-Length                 => 0
Sending headers (4)...
HEAD: HTTP/1.1 407 Proxy Authentication Required
Proxy-Authenticate             => Basic realm="cntlm"
`

// Both sides of Cntlm are connections of their own, also where it does not print the first line of what it
// sends.
func TestCntlm(t *testing.T) {
	t.Parallel()
	const head = "Sending PROXY auth request...\n"
	for name, text := range map[string]string{
		"as it is":            ofCntlm,
		"with the first line": strings.Replace(ofCntlm, head, head+"HEAD: GET http://web/ HTTP/1.1\n", 1),
	} {
		got, counters, err := result(t, []byte(text))
		want := "1 c1 GET web http://web/ HTTP/1.1 [] -> 407 []\n2 c2 GET web http://web/ HTTP/1.1 [] -> 407 []\n"
		if !Is([]byte(text)) || got != want || err != nil || counters.Requests != 2 {
			t.Errorf("%s: %v, err %v, %+v\ngot\n%swant\n%s", name, Is([]byte(text)), err, counters, got, want)
		}
	}
}

// A token that was broken into lines is put together, also after its scheme.
func TestWrappedToken(t *testing.T) {
	t.Parallel()
	for _, wrapped := range []string{"NTLM\n    TOKEN+/A=", "NTLM TOK\nEN+/A=", "NTLM TOKEN+/\n\tA="} {
		text := "GET / HTTP/1.1\nHost: web\nAuthorization: " + wrapped + "\nAccept: */*\n\nHTTP/1.1 401 No\nWWW-Authenticate: NTLM\n\nbody\n"
		got, _, err := result(t, []byte(text))
		want := "1 c1 GET web / HTTP/1.1 [NTLM TOKEN+/A=] -> 401 [\"NTLM\"]\n"
		if got != want || err != nil {
			t.Errorf("%q: err %v\ngot\n%swant\n%s", wrapped, err, got, want)
		}
	}
}

// No prefix of them is read otherwise than as a beginning.
func TestLocalProxyPrefixes(t *testing.T) {
	t.Parallel()
	for _, text := range []string{ofPx, ofCntlm} {
		for n := range len(text) {
			if _, counters, _ := result(t, []byte(text[:n])); counters.Requests > 2 {
				t.Fatalf("%d bytes: %+v", n, counters)
			}
		}
	}
}
