package plain

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"negotrace/capture/pcap"
	"negotrace/httpstream"
	"negotrace/internal/packettest"
)

// upgrades are ways in which a connection goes on as HTTP/2 behind HTTP/1.1, in front of
// answeredInHTTP2.
var upgrades = map[string]string{
	"Upgrade":                    "conn 1 10.0.0.10:50001 > 10.0.0.20:80\n" + asksForH2C,
	"Upgrade in TLS":             "conn 1 10.0.0.10:50001 > 10.0.0.20:443 tls sni=web.contoso.com\n" + asksForH2C,
	"Upgrade in a tunnel":        "conn 1 10.0.0.10:50001 > 10.0.0.30:3128\n> CONNECT web.contoso.com:80 HTTP/1.1\n< HTTP/1.1 200 OK\n" + asksForH2C,
	"Upgrade in a tunnel in TLS": "conn 1 10.0.0.10:50001 > 10.0.0.30:3128 tls\n> CONNECT web.contoso.com:80 HTTP/1.1\n< HTTP/1.1 200 OK\n" + asksForH2C,
	"Upgrade in TLS in a tunnel": "conn 1 10.0.0.10:50001 > 10.0.0.30:3128\n> CONNECT web.contoso.com:443 HTTP/1.1\n< HTTP/1.1 200 OK\ntls\n" + asksForH2C,
	"HTTP/2 in a tunnel":         "conn 1 10.0.0.10:50001 > 10.0.0.30:3128\n> CONNECT web.contoso.com:80 HTTP/1.1\n< HTTP/1.1 200 OK\nh2\n> GET /one HTTP/1.1\n> Host: web.contoso.com\n",
}

const asksForH2C = `> GET /one HTTP/1.1
> Host: web.contoso.com
> Connection: Upgrade, HTTP2-Settings
> Upgrade: h2c
> HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA
< HTTP/1.1 101 Switching Protocols
< Connection: Upgrade
< Upgrade: h2c
h2c
`

// answeredInHTTP2 has a header block in two segments.
const answeredInHTTP2 = `< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Negotiate
<
< denied
> GET /one HTTP/1.1
> Host: web.contoso.com
> Authorization: Negotiate {spnego-init token={apreq HTTP/web.contoso.com@CONTOSO.COM}}
< HTTP/1.1 200 OK
close client fin
`

// TestHTTP2BehindHTTP1 holds that connections which become HTTP/2 say the same with what is made,
// the request that asked for it included, and at the same times.
func TestHTTP2BehindHTTP1(t *testing.T) {
	t.Parallel()
	for name, begins := range upgrades {
		packets, secrets := recorded(t, begins+answeredInHTTP2)
		want := exchanges(packets, secrets, every)
		for _, opens := range []bool{true, strings.Contains(name, "TLS")} {
			if !opens {
				secrets = nil
			}
			all := beside(hiding(secrets, packets), packets)
			if got := exchanges(all, nil, every); !slices.Equal(got, want) {
				t.Errorf("%s, with keys %v:\n%s\nand not\n%s", name, opens, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			for _, p := range all {
				if !p.Synthetic && bytes.Contains(p.Data, []byte("denied")) {
					t.Errorf("%s, with keys %v: HTTP/2 is left in its own packets", name, opens)
				}
			}
		}
		if len(want) < 2 || !strings.Contains(strings.Join(want, "\n"), "~GET/oneweb.contoso.com0 0 ~401") {
			t.Errorf("%s: %q", name, want)
		}
	}
}

// TestUpgradeAtOnce holds the same where the server sends frames with the response that agrees, and
// answers before the client begins.
func TestUpgradeAtOnce(t *testing.T) {
	t.Parallel()
	client, server := netip.MustParseAddrPort("192.0.2.1:5000"), netip.MustParseAddrPort("192.0.2.2:80")
	const settings, answer = "\x00\x00\x00\x04\x00\x00\x00\x00\x00", "\x00\x00\x05\x01\x05\x00\x00\x00\x01\x48\x03401"
	var packets []pcap.Packet
	seq := [2]uint32{1, 1}
	for i, text := range []string{
		"GET /one HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: \r\n\r\n",
		"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n" + settings + answer,
		string(preface) + settings,
		"\x00\x00\x00\x04\x01\x00\x00\x00\x00",
	} {
		src, dst := client, server
		if i%2 == 1 {
			src, dst = server, client
		}
		b := packettest.IPv4(6, src.Addr(), dst.Addr(), packettest.Segment(src, dst, text))
		be.PutUint32(b[24:], seq[i%2])
		be.PutUint32(b[28:], seq[1-i%2])
		seq[i%2] += uint32(len(text))
		packets = append(packets, pcap.Packet{Frame: i + 1, Data: b, Wire: len(b), Link: linkRaw, Time: httpstream.UnixTime(int64(i), 0)})
	}
	want := fmt.Sprint(exchanges(packets, nil, every))
	o := hiding(nil, packets)
	if got := fmt.Sprint(exchanges(beside(o, packets), nil, every)); got != want || !strings.Contains(got, "~GET/onea0 0 ~401") {
		t.Errorf("%s\nand not\n%s", got, want)
	}
}
