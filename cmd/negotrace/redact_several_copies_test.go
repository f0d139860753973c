package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"net/netip"
	"strings"
	"testing"

	"negotrace/internal/packettest"
)

// A copied is a segment of a connection, at a place of its direction. Segments may come at the same place.
type copied struct {
	fromServer bool
	at         int
	text       string
	wrong      bool // its checksum
}

// TestRedactSeveralCopies redacts captures in which several segments come at one place, with other bytes, and others
// that are no messages come where a message should. redact itself holds that the report is the same.
func TestRedactSeveralCopies(t *testing.T) {
	t.Parallel()
	request := func(path, user string) string {
		return "GET /" + path + " HTTP/1.1\r\nHost: web.contoso.example\r\nAuthorization: Basic " + base64.StdEncoding.EncodeToString([]byte(user+":secret")) + "\r\n\r\n"
	}
	const ask = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"contoso\"\r\nContent-Length: 0\r\n\r\n"
	one, text := request("one", "brunhilde"), strings.Repeat("brunhilde", 20)
	n, m := len(one), len(ask)
	other := text[:m]
	for name, segments := range map[string][]copied{
		"no message in place of the second request": {{text: one}, {fromServer: true, text: ask}, {at: n, text: text[:n]}, {at: n, text: one}, {fromServer: true, at: m, text: ask}},
		"no message in place of an answer":          {{text: one}, {fromServer: true, text: other}, {fromServer: true, text: ask}, {at: n, text: one}, {fromServer: true, at: m, text: ask}},
		"two that are no messages":                  {{text: one}, {fromServer: true, text: other}, {fromServer: true, text: "x" + other[1:]}, {fromServer: true, text: ask}},
		"four answers":                              {{text: one}, {fromServer: true, text: ask}, {fromServer: true, text: other}, {fromServer: true, text: strings.Replace(ask, "401", "200", 1)}, {fromServer: true, text: string(make([]byte, m))}},
		"a short one":                               {{text: string(make([]byte, n)), wrong: true}, {text: one[:6]}, {text: one}, {fromServer: true, text: ask}},
		"a shorter one":                             {{text: request("two", "brunhilde")}, {text: one[:48]}, {text: one}, {fromServer: true, text: ask}},
		"segments of a head": {{text: one[:40]}, {at: 40, text: one[40:80]}, {at: 80, text: one[80:]}, {at: 80, text: "kriem" + one[85:]}, {fromServer: true, text: ask},
			{at: n, text: one[:40]}, {at: n + 40, text: one[40:]}, {at: n, text: one[:40]}, {at: n + 40, text: strings.Replace(one[40:], "YnJ1", "a3Jp", 1)}},
		"behind what is no message": {{text: one}, {fromServer: true, text: ask}, {at: n, text: text[:n]}, {at: n, text: one}, {fromServer: true, at: m, text: ask}, {at: 2 * n, text: one}, {at: 2 * n, text: request("six", "brunhilde")}},
	} {
		out := redactFile(t, name, captureOf(segments))
		for _, text := range []string{"brunhilde", "kriemhild", "contoso", "YnJ1bm", "a3JpZW1o"} {
			if bytes.Contains(out, []byte(text)) {
				t.Errorf("%s: %q is left", name, text)
			}
		}
	}
}

// captureOf returns a capture of a connection with these segments.
func captureOf(segments []copied) []byte {
	client, server := netip.MustParseAddrPort("192.0.2.10:50001"), netip.MustParseAddrPort("192.0.2.20:80")
	ends := [2]int{}
	file := packettest.PcapHeaderSnap(binary.LittleEndian, 0xa1b2c3d4, 101, 1<<16)
	for i, s := range append([]copied{{}, {fromServer: true}}, segments...) {
		src, dst, side := client, server, 0
		if s.fromServer {
			src, dst, side = server, client, 1
		}
		b := packettest.IPv4(6, src.Addr(), dst.Addr(), packettest.Segment(src, dst, s.text))
		binary.BigEndian.PutUint32(b[24:], uint32(1+s.at))
		binary.BigEndian.PutUint32(b[28:], uint32(1+ends[1-side]))
		setSum(b, s.wrong)
		ends[side] = max(ends[side], s.at+len(s.text))
		file = append(file, packettest.PcapRecord(binary.LittleEndian, i, 0, b)...)
	}
	return file
}
