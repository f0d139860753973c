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

// TestRedactCopiesThatDiffer redacts captures in which a segment comes twice with other bytes. redact itself holds that
// the report is the same: it says of both that they differ, or which one was taken.
func TestRedactCopiesThatDiffer(t *testing.T) {
	t.Parallel()
	client, server := netip.MustParseAddrPort("192.0.2.10:50001"), netip.MustParseAddrPort("192.0.2.20:80")
	request := func(path, user string) string {
		return "GET /" + path + " HTTP/1.1\r\nHost: web.contoso.example\r\nAuthorization: Basic " + base64.StdEncoding.EncodeToString([]byte(user+":secret")) + "\r\n\r\n"
	}
	const ask, allow = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"contoso\"\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
	one := request("one", "brunhilde")
	late := func(name string) string {
		return strings.TrimSuffix(one, "\r\n") + "Accept: " + strings.Repeat("text/html, ", 30) + "\r\nCookie: user=" + name + "\r\n\r\n"
	}
	long := func(name string) string {
		return "HTTP/1.1 200 OK\r\nContent-Length: 309\r\n\r\n" + strings.Repeat("x", 300) + name
	}
	for what, c := range map[string]struct{ asked, askedAgain, answered, answeredAgain string }{
		"another path":   {one, request("two", "brunhilde"), ask, ""},
		"another user":   {one, request("one", "kriemhild"), ask, ""},
		"zeros":          {one, strings.Repeat("\x00", len(one)), ask, ""},
		"zeros first":    {strings.Repeat("\x00", len(one)), one, ask, ""},
		"no request":     {strings.Repeat("brunhilde ", len(one)/10+1)[:len(one)], one, ask, ""},
		"another case":   {one, strings.Replace(one, "Host", "HOST", 1), ask, ""},
		"another answer": {one, "", ask, allow + strings.Repeat(" ", len(ask)-len(allow))},
		"another body":   {one, "", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbrunhilde", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nkriemhild"},
		"a late name":    {late("brunhilde"), late("kriemhild"), ask, ""},
		"a late word":    {one, "", long("brunhilde"), long("kriemhild")},
		"longer":         {one, request("two", "brunhilde") + "GET /brunhilde HTTP/1.1\r\n", ask, ""},
	} {
		for _, wrongSum := range []int{0, 1, 2} { // of the first one, or of the copy
			frames, seq := [][]byte{}, map[netip.AddrPort]uint32{client: 1, server: 1}
			send := func(src, dst netip.AddrPort, text string, wrong bool) {
				b := packettest.IPv4(6, src.Addr(), dst.Addr(), packettest.Segment(src, dst, text))
				binary.BigEndian.PutUint32(b[24:], seq[src])
				binary.BigEndian.PutUint32(b[28:], seq[dst])
				setSum(b, wrong)
				frames = append(frames, b)
			}
			send(client, server, "", false)
			send(server, client, "", false)
			for _, x := range []struct {
				src, dst     netip.AddrPort
				first, again string
			}{{client, server, c.asked, c.askedAgain}, {server, client, c.answered, c.answeredAgain}} {
				send(x.src, x.dst, x.first, wrongSum == 1 && x.again != "")
				if x.again != "" {
					send(x.src, x.dst, x.again, wrongSum == 2)
				}
				seq[x.src] += uint32(max(len(x.first), len(x.again)))
				send(x.dst, x.src, "", false)
			}
			file := packettest.PcapHeaderSnap(binary.LittleEndian, 0xa1b2c3d4, 101, 1<<16)
			for i, b := range frames {
				file = append(file, packettest.PcapRecord(binary.LittleEndian, i, 0, b)...)
			}
			out := redactFile(t, what, file)
			for _, text := range []string{"brunhilde", "kriemhild", "contoso", "YnJ1bm", "a3JpZW1o"} {
				if bytes.Contains(out, []byte(text)) {
					t.Errorf("%s, sum %d: %q is left", what, wrongSum, text)
				}
			}
		}
	}
}

// setSum sets the checksum of TCP behind a header of IPv4 without options, or a wrong one.
func setSum(b []byte, wrong bool) {
	const ip, at = 20, 16
	tcp := b[ip:]
	binary.BigEndian.PutUint16(tcp[at:], 0)
	sum := uint32(6 + len(tcp))
	for _, part := range [][]byte{b[12:ip], tcp} {
		for i, c := range part {
			sum += uint32(c) << (8 * uint(1-i%2))
		}
	}
	for sum>>16 > 0 {
		sum = sum&0xffff + sum>>16
	}
	if wrong {
		sum ^= 0x5555
	}
	binary.BigEndian.PutUint16(tcp[at:], ^uint16(sum))
}
