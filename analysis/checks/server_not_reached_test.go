package checks_test

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/analysis/checks"
	"negotrace/analysis/correlate"
	"negotrace/internal/capturetest"
	"negotrace/internal/packettest"
)

const refusedTwice = `conn 1 10.0.0.10:50001 > 10.0.0.20:443 refused
conn 2 10.0.0.10:50002 > 10.0.0.20:443 refused
`

// TestReachedOverHTTP3 holds that a client whose connections over TCP are refused is not said to reach no server where
// something comes to it from a port of HTTP/3.
func TestReachedOverHTTP3(t *testing.T) {
	t.Parallel()
	c, err := capturetest.Parse(refusedTwice)
	if err != nil {
		t.Fatal(err)
	}
	server, client := netip.MustParseAddr("10.0.0.30"), netip.MustParseAddr("10.0.0.10")
	for port, want := range map[uint16]bool{443: false, 5355: true} {
		datagram := packettest.Ethernet(0x0800, packettest.IPv4(17, server, client, packettest.UDP(port, 50000, []byte("\x41 short header of QUIC"))))
		file := append(c.Pcapng(), packettest.Enhanced(binary.LittleEndian, 0, 1767323046000000000, datagram)...)
		if got := named(replay(t, c, file), "server-not-reached"); got != want {
			t.Errorf("port %d: said %v, want %v", port, got, want)
		}
	}
}

// TestNotReachedBeforeWindow holds that connections that were refused long before the end of a capture are known, and
// that a server counts as answering whenever it did.
func TestNotReachedBeforeWindow(t *testing.T) {
	t.Parallel()
	others := &strings.Builder{}
	for i := range 40 {
		fmt.Fprintf(others, "conn o%d 10.0.0.11:%d > 10.0.0.21:443\n> GET /%d HTTP/1.1\n> Host: web.contoso.com\n> Authorization: Negotiate {spnego-init token={apreq HTTP/web.contoso.com@CONTOSO.COM}}\n< HTTP/1.1 200 OK\nclose server fin\nwait 1s\n", i, 40000+i, i)
	}
	answers := "conn a 10.0.0.12:50001 > 10.0.0.20:443\nclose client fin\n"
	for text, variant := range map[string]string{
		refusedTwice + others.String():           "refused",
		answers + others.String() + refusedTwice: "refused-this-client",
	} {
		c, err := capturetest.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		r := replayWith(t, c, c.Pcapng(), correlate.Options{Checks: checks.All(), Segment: 2})
		if !slices.ContainsFunc(r.Findings, func(f *analysis.Finding) bool {
			return f.Check == "server-not-reached" && f.Variant == variant && f.Count == 2
		}) {
			t.Errorf("no %s in\n%s", variant, list(r))
		}
	}
}
