package export

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

const burpHead = `<?xml version="1.1"?>
<!-- NOTE: NULs are kept -->
<!DOCTYPE items [
<!ELEMENT items (item*)>
<!ATTLIST items burpVersion CDATA "">
]>
<items burpVersion="2026.1" exportTime="Mon Mar 02 10:05:00 UTC 2026">
`

// burpItemOf makes an item that was sent at a second.
func burpItemOf(second int, url, request, response string, encoded bool) string {
	if encoded {
		request, response = base64.StdEncoding.EncodeToString([]byte(request)), base64.StdEncoding.EncodeToString([]byte(response))
	}
	request, response = strings.ReplaceAll(request, "]]>", "]]]]><![CDATA[>"), strings.ReplaceAll(response, "]]>", "]]]]><![CDATA[>")
	return fmt.Sprintf(`  <item>
    <time>Mon Mar 02 10:00:%02d UTC 2026</time>
    <url><![CDATA[%s]]></url>
    <host ip="10.0.0.20">web</host>
    <port>443</port>
    <extension>null</extension>
    <request base64="%t"><![CDATA[%s]]></request>
    <status>401</status>
    <response base64="%t"><![CDATA[%s]]></response>
    <comment></comment>
  </item>
`, second, url, encoded, request, encoded, response)
}

// burpOf makes a file with two legs, in disorder, and a request without a response.
func burpOf(encoded bool) string {
	const challenge = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n\r\n\x00<pre>]]]>]]></item><request>"
	return burpHead +
		burpItemOf(2, "https://web/a?b", "GET /a?b HTTP/1.1\r\nHost: web\r\nAuthorization: Negotiate YII=\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", encoded) +
		burpItemOf(1, "https://web/a?b", "GET /a?b HTTP/1.1\r\nHost: web\r\n\r\n", challenge, encoded) +
		burpItemOf(3, "http://plain/", "POST / HTTP/1.1\r\n\r\nbody", "", encoded) + "</items>\n"
}

// Items are exchanges, in the order of their times, whether they are in base64 or have bytes that XML may not have.
func TestBurp(t *testing.T) {
	t.Parallel()
	for _, encoded := range []bool{true, false} {
		b := []byte(burpOf(encoded))
		if !IsBurp(b) || IsHAR(b) || IsNetLog(b) {
			t.Error("not recognised")
		}
		got := readExport(ReadBurp, b)
		got.sound(t)
		const want = `2 c1 GET web/a?b HTTP/1.1 -> 401 [Negotiate] [NTLM]
1 c1 GET web/a?b HTTP/1.1 [Negotiate YII=] -> 200
3 c2 POST plain/ HTTP/1.1
`
		if got.lines() != want || got.err != nil || got.counters.Damage != nil || got.kinds() != "tls-intercepted" || got.counters.Packets != 3 {
			t.Fatalf("encoded %t: %v, damage %v, limitations %q, got\n%s", encoded, got.err, got.counters.Damage, got.kinds(), got.lines())
		}
		denied, post := got.exchanges[0], got.exchanges[2]
		if c := denied.Conn; c.Server.String() != "10.0.0.20:443" || c.TLS == nil || c.Recorder.Program != "Burp Suite" || post.Conn.TLS != nil {
			t.Errorf("connections %+v, %+v", c, post.Conn)
		}
		if denied.Response.BodyLen != 29 || post.Request.BodyLen != 4 || len(denied.Interim) != 1 || denied.Request.Pos.Time.IsZero() {
			t.Errorf("encoded %t: bodies of %d and %d bytes, interim %v", encoded, denied.Response.BodyLen, post.Request.BodyLen, denied.Interim)
		}
	}
}

// A zone that only letters name is said, and a file that is cut or damaged is read as far as it goes.
func TestBurpDamaged(t *testing.T) {
	t.Parallel()
	item := burpItemOf(1, "http://web/", "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", true)
	if got := readExport(ReadBurp, []byte(burpHead+strings.ReplaceAll(item, "UTC", "CET"))); got.kinds() != "time-zone-unknown" || len(got.exchanges) != 1 {
		t.Errorf("limitations %q, %d exchanges", got.kinds(), len(got.exchanges))
	}
	for text, damage := range map[string]string{
		item + item[:len(item)/2]:                                                                               "cut short in item 2",
		burpItemOf(1, "http://web/", "no request", "", false) + item:                                            "item 1: request: begins with no request line",
		burpItemOf(1, "http://web/", "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", false):                   "item 1: response: begins with no status line",
		strings.Replace(item, base64.StdEncoding.EncodeToString([]byte("HTTP/1.1 200 OK\r\n\r\n")), "!SFRU", 1): "item 1: base64: illegal base64 data at input byte 0",
		strings.Replace(item, "<request", "<request base64=\"true\"/><other", 1) + "<item></item>" + item:       "item 1: request:",
	} {
		got := readExport(ReadBurp, []byte(burpHead+text))
		got.sound(t)
		if len(got.counters.Damage) == 0 || !strings.Contains(got.counters.Damage[0].Text, damage) || len(got.exchanges) != 1 || got.err != nil {
			t.Errorf("damage %v, want %q; %v, %d exchanges", got.counters.Damage, damage, got.err, len(got.exchanges))
		}
	}
	for _, encoded := range []bool{true, false} {
		b := []byte(burpOf(encoded))
		for n := range b {
			IsBurp(b[:n])
			got := readExport(ReadBurp, b[:n])
			if got.sound(t); len(got.exchanges) > 3 || got.err != nil {
				t.Fatalf("%d bytes: %v, %d exchanges", n, got.err, len(got.exchanges))
			}
		}
	}
}

// What a message has beyond its head is not held.
func TestBurpLargeBody(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("0123456789", maxBurpValue/5)
	for _, encoded := range []bool{true, false} {
		got := readExport(ReadBurp, []byte(burpHead+burpItemOf(1, "http://web/", "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 401 No\r\nWWW-Authenticate: NTLM\r\n\r\n"+body, encoded)))
		if got.sound(t); len(got.exchanges) != 1 || got.exchanges[0].Response.BodyLen/3 != int64(len(body))/3 {
			t.Errorf("encoded %t: %s", encoded, got.lines())
		}
	}
}

func FuzzBurp(f *testing.F) {
	f.Add([]byte(burpOf(true)))
	f.Add([]byte(burpOf(false)))
	f.Fuzz(func(t *testing.T, b []byte) {
		IsBurp(b)
		readExport(ReadBurp, b).sound(t)
	})
}
