package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"negotrace/internal/capturetest"
	"negotrace/internal/packettest"
	"negotrace/internal/testcost"
)

// TestRedactCutHeaders redacts captures that are cut in each header of a tunnel. redact itself holds that
// the report is the same: it says in which header packets are cut.
func TestRedactCutHeaders(t *testing.T) {
	t.Parallel()
	c, err := capturetest.Parse("conn 1 [2001:db8::10]:50001 > [2001:db8::20]:80\n> GET /one HTTP/1.1\n> Host: web.contoso.com\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: NTLM\n")
	if err != nil {
		t.Fatal(err)
	}
	r, err := capturetest.Read(c.Pcapng())
	if err != nil {
		t.Fatal(err)
	}
	step := testcost.Count(31, 3)
	for i, w := range capturetest.Wrappings() {
		wrapped, _ := r.Wrap(w)
		for n := 14 + i%step; n < 170; n += step {
			redactFile(t, w.Name, snapped(wrapped.Pcap(binary.LittleEndian), n))
		}
	}
}

// TestRedactCutPackets redacts conversations in packets that are cut: pages, also in chunks, tunnels whose request is not
// there as a whole, and messages of Kerberos over TCP. redact itself holds that the report is the same.
func TestRedactCutPackets(t *testing.T) {
	t.Parallel()
	page := strings.Repeat("<p>Access is denied for Brunhilde, who is not known</p>", 60)
	c, err := capturetest.Parse(`
conn 1 10.0.0.10:50001 > 10.0.0.30:3128
> CONNECT web.contoso.com:443 HTTP/1.1
> Host: web.contoso.com:443
< HTTP/1.1 407 Proxy Authentication Required
< Proxy-Authenticate: Negotiate
< Content-Type: text/html
< Transfer-Encoding: chunked
<
< ` + page + `
> CONNECT web.contoso.com:443 HTTP/1.1
> Host: web.contoso.com:443
> Proxy-Authorization: Negotiate {apreq HTTP/proxy.contoso.com@CONTOSO.COM}
< HTTP/1.1 200 Connection established
< Content-Length: none
tls sni=web.contoso.com
> GET /brunhilde HTTP/1.1
> Host: web.contoso.com
< HTTP/1.1 200 OK
conn 2 10.0.0.10:50002 > 10.0.0.20:80
> HEAD /brunhilde HTTP/1.1
> Host: web.contoso.com
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Negotiate
> GET /brunhilde HTTP/1.1
> Host: web.contoso.com
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Negotiate
<
< ` + page + `
> GET /brunhilde HTTP/1.1
> Host: web.contoso.com
> Authorization: Negotiate {apreq HTTP/web.contoso.com@CONTOSO.COM}
< HTTP/1.1 200 OK
kdc tcp > tgs-req HTTP/web.contoso.com@CONTOSO.COM
kdc tcp < tgs-rep HTTP/web.contoso.com@CONTOSO.COM
`)
	if err != nil {
		t.Fatal(err)
	}
	for n := 60; n < 1500; n += testcost.Count(53, 7) {
		out := redactFile(t, fmt.Sprintf("cut to %d bytes", n), snapped(c.Pcap(), n))
		if bytes.Contains(bytes.ToLower(out), []byte("runhilde")) {
			t.Errorf("cut to %d bytes: a name is left", n)
		}
	}
}

// TestRedactMalformedHeaders redacts packets with headers that are not as they should be, and with names
// behind them.
func TestRedactMalformedHeaders(t *testing.T) {
	t.Parallel()
	const name = "brunhilde.corp.test and more of her"
	src, dst := packettest.Client6.Addr(), packettest.Server6.Addr()
	ip4 := func(proto byte, data string) []byte {
		return packettest.Ethernet(0x800, packettest.IPv4(proto, packettest.Client4.Addr(), packettest.Server4.Addr(), []byte(data)))
	}
	for what, frame := range map[string][]byte{
		"MPLS":                         packettest.Ethernet(0x8847, []byte("\x00\x01\x11\x40\x20"+name)),
		"AH, too long":                 ip4(51, "\x06\xff\x00\x00"+name),
		"AH, then another protocol":    ip4(51, "\x59\x01\x00\x00\x00\x00\x00\x01\x00\x00\x00\x01"+name),
		"IPv6 headers, too long":       packettest.Ethernet(0x86dd, packettest.IPv6(0, src, dst, []byte("\x06\x40\x01\x04"+name))),
		"IPv6 headers, then nothing":   packettest.Ethernet(0x86dd, packettest.IPv6(60, src, dst, []byte("\x3b\x00\x01\x04\x00\x00\x00\x00"+name))),
		"IPv4 in IPv4, of no length":   ip4(4, "\x41\x00\x00\x30"+name),
		"IP of another version":        ip4(4, "\x95\x00\x00\x30"+name),
		"TCP, longer than the packet":  ip4(6, "\xc3\x51\x00\x50\x00\x00\x00\x01\x00\x00\x00\x01\xf0\x18\xff\xff\x00\x00\x00\x00"+name),
		"PPPoE":                        packettest.Ethernet(0x8864, []byte("\x11\x42\x00\x05\x00\x20"+name)),
		"NSH":                          packettest.Ethernet(0x894f, []byte("\x00\x00\x01\x03\x00\x00\x01\xff"+name)),
		"Geneve, longer than the data": ip4(17, string(packettest.UDP(50000, 6081, []byte("\x3f\x00\x65\x58\x00\x00\x01\x00"+name)))),
		"CAPWAP, encrypted":            ip4(17, string(packettest.UDP(50000, 5247, []byte("\x01\x00\x00\x00"+name)))),
	} {
		out := redactFile(t, what, packettest.Join(packettest.PcapHeader(binary.LittleEndian, 0xa1b2c3d4, 1), packettest.PcapRecord(binary.LittleEndian, 1, 0, frame)))
		if bytes.Contains(out, []byte("corp")) {
			t.Errorf("%s: a name is left: %q", what, out)
		}
	}
}

// snapped cuts the packets of a pcap file of little endian to n bytes.
func snapped(file []byte, n int) []byte {
	const fileHeader, recordHeader = 24, 16
	out, rest := bytes.Clone(file[:fileHeader]), file[fileHeader:]
	for len(rest) > 0 {
		head, size := bytes.Clone(rest[:recordHeader]), int(binary.LittleEndian.Uint32(rest[8:]))
		kept := min(size, n)
		binary.LittleEndian.PutUint32(head[8:], uint32(kept))
		out = append(append(out, head...), rest[recordHeader:][:kept]...)
		rest = rest[recordHeader+size:]
	}
	return out
}

// redactFile redacts a pcap file.
func redactFile(t *testing.T, name string, file []byte) []byte {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.pcap"), filepath.Join(dir, "out.pcap")
	if err := os.WriteFile(in, file, 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if status := run(t.Context(), []string{"redact", in, "-o", out}, noEnv, nil, &stdout, &stderr); status != clean {
		t.Errorf("%s: %s", name, stderr.String())
		return nil
	}
	return mustRead(t, out)
}
