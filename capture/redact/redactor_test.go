package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"

	"negotrace/capture/pcap"
	"negotrace/capture/redact/pseudonym"
	"negotrace/httpstream"
	"negotrace/internal/capturetest"
	"negotrace/internal/packettest"
	"negotrace/internal/testcost"
)

// redacted redacts packets, each of which has its link type, and checks that their number and
// lengths are the same.
func redacted(t testing.TB, link pcap.LinkType, packets [][]byte) [][]byte {
	t.Helper()
	var out [][]byte
	r := New(pseudonym.New(pseudonym.Options{}), func(k *pcap.Packet, _ httpstream.File) error {
		out = append(out, bytes.Clone(k.Data))
		return nil
	})
	for i, b := range packets {
		k := &pcap.Packet{Frame: i + 1, Data: b, Wire: len(b), Link: link, Time: httpstream.UnixTime(int64(i), 0)}
		if err := r.Packet(k, 0, httpstream.File{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if len(out) != len(packets) {
		t.Fatalf("%d packets became %d", len(packets), len(out))
	}
	for i := range out {
		if len(out[i]) != len(packets[i]) {
			t.Fatalf("packet %d of %d bytes became one of %d", i, len(packets[i]), len(out[i]))
		}
	}
	return out
}

const linkRaw, linkEthernet = 101, 1

var (
	client = netip.MustParseAddrPort("192.0.2.77:50000")
	server = netip.MustParseAddrPort("192.0.2.99:80")
)

// talked makes the packets of a connection: what begins with > comes from the client, the rest
// from the server. size is how much a segment holds.
func talked(size int, messages ...string) (packets [][]byte) {
	seq := map[netip.AddrPort]uint32{client: 1, server: 1}
	for _, m := range messages {
		src, dst, text := server, client, m
		if strings.HasPrefix(m, ">") {
			src, dst, text = client, server, m[1:]
		}
		for len(text) > 0 {
			n := min(size, len(text))
			p := packettest.IPv4(6, src.Addr(), dst.Addr(), packettest.Segment(src, dst, text[:n]))
			be.PutUint32(p[20+4:], seq[src])
			be.PutUint32(p[20+8:], seq[dst])
			packets = append(packets, p)
			seq[src] += uint32(n)
			text = text[n:]
		}
	}
	return packets
}

// content joins what the packets of one side carry.
func content(packets [][]byte, src netip.Addr) string {
	var b strings.Builder
	for _, p := range packets {
		if netip.AddrFrom4([4]byte(p[12:16])) == src {
			b.Write(p[44:])
		}
	}
	return b.String()
}

// A canary is something that must not be in the result, in whatever form.
const canary = "Canary7Zebra"

// canaries returns messages with a canary in each place in which a name or a secret may be.
func canaries() []string {
	b64 := base64.StdEncoding.EncodeToString
	return []string{
		">GET http://canary7zebra:x" + canary + "@" + canary + ".corp.test:8080/" + canary + "/a;jsessionid=" + canary + "?q=" + canary + "#" + canary + " HTTP/1.1\r\n" +
			"Host: user:" + canary + "@" + canary + "\r\nAuthorization: " + canary + "\r\nAuthorization: Basic " + b64([]byte(canary+":"+canary)) + "\r\n" +
			"Authorization: Bearer " + b64([]byte(`{"alg":"`+canary+`"}`)) + "." + b64([]byte(`{"sub":"`+canary+`"}`)) + ".x\r\n" +
			"Authorization: Digest username=\"" + canary + "\", uri=\"/a?" + canary + "\", response=\"" + canary + "\", opaque=\"" + canary + "\"\r\n" +
			"Authorization: Negotiate " + b64([]byte(canary)) + "\r\nAuthorization: NTLM " + canary + "\r\nX-" + canary + ": " + canary + "\r\n" +
			"Cookie: " + canary + "=" + canary + "; a=" + canary + "\r\nReferer: https://" + canary + "/" + canary + "\r\nForwarded: for=" + canary + ";by=\"" + canary + "\"\r\n" +
			"User-Agent: x (" + canary + "@corp.test) http://" + canary + ".corp.test\r\n folded " + canary + "\r\nVia: 1.1 " + canary + "\r\nX-Forwarded-For: " + canary + "\r\n" +
			canary + "\r\nIf-None-Match: \"" + canary + "\"\r\nContent-Type: multipart/form-data; boundary=" + canary + "\r\nSOAPAction: " + canary + "\r\n" +
			"Content-Length: " + "40" + "\r\n\r\n" + (canary + strings.Repeat(" "+canary, 3))[:40],
		"HTTP/1.1 403 " + canary + "\r\nSet-Cookie: s=" + canary + "; path=/" + canary + "; domain=" + canary + ".test; " + canary + "=" + canary + "\r\nWWW-Authenticate: Basic realm=\"" + canary + "\"\r\n" +
			"Location: /" + canary + "?u=" + canary + "\r\nETag: " + canary + "\r\nX-FEServer: " + canary + "\r\nContent-Disposition: attachment; filename=" + canary + "\r\n" +
			"Transfer-Encoding: chunked\r\n\r\n2c;x=" + canary + "\r\n<p>Access denied for " + canary + " " + canary[:10] + "\r\n0\r\nX-T: " + canary + "\r\n\r\n",
		">CONNECT " + canary + ":443 HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
		">\x16\x03\x01\x00\x14" + canary + "........", "\x17\x03\x03\x00\x0c" + canary, canary,
	}
}

// TestCanaries holds that nothing of a name or a secret is left, however the messages are cut.
func TestCanaries(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1460, 7, 1} {
		out := redacted(t, linkRaw, talked(size, canaries()...))
		all := bytes.Join([][]byte{[]byte(content(out, netip.AddrFrom4([4]byte(out[0][12:16])))), []byte(content(out, netip.AddrFrom4([4]byte(out[0][16:20]))))}, nil)
		for _, form := range forms(canary) {
			if i := bytes.Index(bytes.ToLower(all), bytes.ToLower([]byte(form))); i >= 0 {
				t.Errorf("segments of %d: %q is in %q", size, form, all[max(i-60, 0):min(i+60, len(all))])
			}
		}
		if !bytes.Contains(all, []byte("HTTP/1.1 403 ")) || !bytes.Contains(all, []byte("<p>Access denied for ")) {
			t.Errorf("segments of %d: what was to stay is not in %q", size, all)
		}
	}
}

// forms returns the forms in which a text may be left: parts of it too.
func forms(text string) []string {
	all := []string{text[:8], text[4:], hex.EncodeToString([]byte(text))}
	for shift := range 3 {
		all = append(all, base64.StdEncoding.EncodeToString([]byte("xx"[:shift] + text))[4:12])
	}
	return all
}

// logon is a capture of which every prefix of every packet is tried.
const logon = `
dns 10.0.0.10 web.contoso.com A 10.0.0.20
kdc > as-req
kdc < as-rep
kdc tcp > tgs-req
kdc tcp < tgs-rep
conn 1 10.0.0.10:50000 > 10.0.0.20:80
> GET / HTTP/1.1
> Host: web.contoso.com
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Negotiate
<
< denied

> GET / HTTP/1.1
> Host: web.contoso.com
> Authorization: Negotiate {spnego-init token={apreq HTTP/web.contoso.com@CONTOSO.COM}}
< HTTP/1.1 200 OK
conn 2 10.0.0.10:50001 > 10.0.0.20:443 tls12 sni=web.contoso.com
> GET / HTTP/1.1
> Host: web.contoso.com
< HTTP/1.1 200 OK
`

// recorded returns the packets of the script.
func recorded(t testing.TB) (packets [][]byte) {
	t.Helper()
	c, err := capturetest.Parse(logon)
	if err != nil {
		t.Fatal(err)
	}
	r, err := capturetest.Read(c.Pcapng())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.Packets {
		packets = append(packets, p.Data)
	}
	return packets
}

// TestEveryPrefix holds that a packet which is cut anywhere changes nothing but what becomes
// of its content.
func TestEveryPrefix(t *testing.T) {
	t.Parallel()
	packets := recorded(t)
	for i, whole := range packets {
		for n := 0; n < len(whole); n += testcost.Step(5) + n/90*12 { // closer in the headers
			packets[i] = whole[:n]
			for j, b := range redacted(t, linkEthernet, packets[max(i-2, 0):min(i+3, len(packets))]) {
				if bytes.Contains(b, []byte("contoso")) {
					t.Fatalf("packet %d cut at %d: a name is in packet %d", i, n, max(i-2, 0)+j)
				}
			}
		}
		packets[i] = whole
	}
}

// TestWithoutOrder holds that segments which come twice, late or in another order become what
// they become in order.
func TestWithoutOrder(t *testing.T) {
	t.Parallel()
	packets := talked(11, canaries()...)
	want := redacted(t, linkRaw, packets)
	var order []int
	for i := range packets {
		order = append(order, i)
	}
	for i := 8; i+1 < len(order); i += 5 { // behind the beginnings of both sides
		order[i], order[i+1] = order[i+1], order[i]
	}
	for i := range packets {
		if order = append(order, i); i%3 == 0 {
			order = append(order, i)
		}
	}
	var mixed [][]byte
	for _, i := range order {
		mixed = append(mixed, packets[i])
	}
	for i, b := range redacted(t, linkRaw, mixed) {
		if !bytes.Equal(b, want[order[i]]) {
			t.Fatalf("packet %d, which is %d in order, became\n%q, not\n%q", i, order[i], b, want[order[i]])
		}
	}
}

// TestFirstSegmentLate holds that what is captured late in front of all that was seen is read as
// well, where no SYN says where the connection begins.
func TestFirstSegmentLate(t *testing.T) {
	t.Parallel()
	packets := talked(1460, ">GET / HTTP/1.1\r\nHost: "+canary+"\r\n\r\n", "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nX-Backend: "+canary+"\r\n\r\n",
		">GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n")
	for name, order := range map[string][]int{"behind the request": {0, 2, 3, 1, 1}, "without the request": {3, 1, 1}} {
		var mixed [][]byte
		for _, i := range order {
			mixed = append(mixed, packets[i])
		}
		out := redacted(t, linkRaw, mixed)
		n := len(out)
		if late := string(out[n-2][44:]); !strings.HasPrefix(late, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n") || strings.Contains(late, canary) {
			t.Errorf("%s: what came late became %q", name, late)
		}
		if !bytes.Equal(out[n-1], out[n-2]) {
			t.Errorf("%s: what came again became %q", name, out[n-1])
		}
	}
}

// FuzzStream feeds both directions of a connection with whatever there is.
func FuzzStream(f *testing.F) {
	for _, m := range canaries() {
		f.Add([]byte(m), []byte(m), 7)
	}
	for _, p := range recorded(f) {
		if len(p) > 54 {
			f.Add(p[54:], p, 100)
		}
	}
	f.Fuzz(func(t *testing.T, a, b []byte, size int) {
		size = max(size%1460, 1+(len(a)+len(b))/200)
		redacted(t, linkRaw, talked(size, ">"+string(a), string(b), ">"+string(b)))
	})
}

// FuzzPacket redacts packets of any content behind those of a logon.
func FuzzPacket(f *testing.F) {
	packets := recorded(f)
	for _, p := range packets {
		f.Add(p, uint16(linkEthernet))
		f.Add(p[14:], uint16(linkRaw))
	}
	f.Fuzz(func(t *testing.T, b []byte, link uint16) {
		redacted(t, pcap.LinkType(link), [][]byte{packets[0], b, b})
	})
}

// TestPageAddress holds that an address in a page is none that was there, and that a status stays.
func TestPageAddress(t *testing.T) {
	t.Parallel()
	const page = "<p>403 denied to 203.0.113.77. (203.0.113.78)</p>"
	out := redacted(t, linkRaw, talked(1460, "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 49\r\n\r\n"+page))
	if text := string(out[0]); strings.Contains(text, "203.0") || !strings.Contains(text, "<p>403 denied") || strings.Count(text, ".") != 1+6+1 {
		t.Errorf("%q", text)
	}
}

// TestLostHead holds that text behind a head that is lost is not taken for a request: the
// response behind it stays one.
func TestLostHead(t *testing.T) {
	t.Parallel()
	packets := talked(1460, ">GET /"+canary+" HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n"+strings.Repeat("two words "+canary, 200)[:3000],
		">GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nServer: "+canary+"\r\n\r\n")
	out := redacted(t, linkRaw, append(packets[:1:1], packets[2:]...))
	all := bytes.Join(out, nil)
	if !bytes.Contains(all, []byte("HTTP/1.1 304 ")) || bytes.Contains(all, []byte(canary)) {
		t.Errorf("%q", all)
	}
}

// TestAgainInGap holds that bytes which come again where the capture lacked them the first time are
// cleared.
func TestAgainInGap(t *testing.T) {
	t.Parallel()
	packets := talked(20, ">GET /"+canary+" HTTP/1.1\r\nHost: "+canary+"\r\nCookie: a="+canary+"\r\n\r\n")
	r := New(pseudonym.New(pseudonym.Options{}), func(k *pcap.Packet, _ httpstream.File) error {
		if bytes.Contains(k.Data, []byte(canary[:6])) {
			t.Errorf("%q", k.Data)
		}
		return nil
	})
	for i, b := range [][]byte{packets[0], packets[1], packets[1][:len(packets[1])-10], packets[2], packets[1], packets[0]} {
		k := &pcap.Packet{Frame: i + 1, Data: b[:len(b)-5*(i%2)], Wire: len(b), Link: linkRaw}
		if err := r.Packet(k, 0, httpstream.File{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}
