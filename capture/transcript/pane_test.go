package transcript

import (
	"strings"
	"testing"
)

const general = "Request URL\nhttps://web/a\nRequest Method\nGET\nStatus Code\n401 Unauthorized\nRemote Address\n10.0.0.20:443\nReferrer Policy\nno-referrer\n"

// barePanes have each name and each value in a line of its own, and no colons.
var barePanes = []struct{ name, text, want string }{
	{"without headings", general + "date\nMon, 02 Mar 2026 10:00:00 GMT\nvary\norigin\nwww-authenticate\nNegotiate\nwww-authenticate\nNTLM\naccept\n*/*\nauthorization\nNegotiate TOKEN\nhost\nweb\n",
		`1 c1 GET web https://web/a HTTP/1.1 [Negotiate TOKEN] -> 401 ["Negotiate" "NTLM"]`},
	{"with headings", general + "Response Headers\nserver\nx\nwww-authenticate\nNegotiate\nRequest Headers\nuser-agent\nMozilla/5.0\nauthorization\nNegotiate TOKEN\n",
		`1 c1 GET web https://web/a HTTP/1.1 [Negotiate TOKEN] -> 401 ["Negotiate"]`},
	{"a value that is empty", general + "Response Headers\ncontent-type\nwww-authenticate\nNegotiate\n",
		`1 c1 GET web https://web/a HTTP/1.1 [] -> 401 ["Negotiate"]`},
	{"a request over HTTP/2 alone", ":authority\nweb\n:method\nGET\n:path\n/a\n:scheme\nhttps\naccept\n*/*\nauthorization\nNegotiate TOKEN\n",
		`1 c1 GET web https://web/a HTTP/1.1 [Negotiate TOKEN]`},
	{"the same with colons", ":authority: web\n:method: GET\n:path: /a\n:scheme: https\nauthorization: Negotiate TOKEN\n",
		`1 c1 GET web https://web/a HTTP/1.1 [Negotiate TOKEN]`},
}

func TestBarePanes(t *testing.T) {
	t.Parallel()
	for _, tt := range barePanes {
		text, want := strings.ReplaceAll(tt.text, "TOKEN", token), strings.ReplaceAll(tt.want, "TOKEN", token)+"\n"
		if got, _, err := result(t, []byte(text)); got != want || err != nil || !Is([]byte(text)) {
			t.Errorf("%s: err %v, recognised %v\ngot\n%swant\n%s", tt.name, err, Is([]byte(text)), got, want)
		}
		for n := range len(text) {
			got, counters, err := result(t, []byte(text[:n]))
			if counters.Requests > 1 || err == nil && got == "" {
				t.Fatalf("%s, %d bytes: err %v, %s", tt.name, n, err, got)
			}
		}
	}
	for _, text := range []string{"accept\n*/*\nauthorization\nNegotiate\n", ":method\nGET\n", ":path\n/\n:scheme\nhttps\n", "host\nweb\nserver\nx\n", "see\n:authority\nweb\n:method\nGET\n:path\n/\n:scheme\nhttps\n"} {
		if Is([]byte(text)) {
			t.Errorf("%q is recognised", text)
		}
	}
}
