package redact

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"negotrace/capture/pcap"
	"negotrace/internal/packettest"
)

// secretMAC is a canary that is as long as a MAC address.
const secretMAC = "\x08Canar"

// TestMetadata holds that headers of links and tunnels keep no address, name or signature, and
// that what they lead to is read.
func TestMetadata(t *testing.T) {
	t.Parallel()
	four, six := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	ip := packettest.IPv4(6, four, four.Next(), packettest.Segment(client, server, "GET / HTTP/1.1\r\n\r\n"))
	ip6 := packettest.IPv6(6, six, six.Next(), packettest.Segment(client, server, "GET / HTTP/1.1\r\n\r\n"))
	tcp := string(ip[20:])
	frame := string(packettest.Ethernet(0x0800, ip))
	udp := func(port uint16, data string) string {
		return string(packettest.IPv4(17, four, four.Next(), packettest.UDP(50000, port, []byte(data))))
	}
	over := func(proto byte, data string) string {
		return string(packettest.IPv4(proto, four, four.Next(), []byte(data)))
	}
	text := canary + "...." // 16 bytes
	snap := "\xaa\xaa\x03\x00\x00\x00\x08\x00"
	for name, c := range map[string]struct {
		link pcap.LinkType
		data string
	}{
		"Geneve":                           {101, udp(6081, "\x04\x00\x65\x58\x00\x00\x07\x00"+text+frame)},
		"VXLAN":                            {101, udp(4789, "\x08Can\x00\x00\x07Z"+frame)},
		"VXLAN of others than Ethernet":    {101, udp(4790, "\x0cCa\x01\x00\x00\x07Z"+string(ip))},
		"LISP":                             {101, udp(4341, "\x80Canary7"+string(ip))},
		"GRE with a key":                   {101, over(47, "\x20\x00\x08\x00Cana"+string(ip))},
		"labels":                           {1, string(packettest.Ethernet(0x8847, []byte("Cana\x00\x01\x01\x40"+string(ip))))},
		"GUE":                              {101, udp(6080, "\x04\x04\x00\x00"+text+string(ip))},
		"Teredo":                           {101, udp(3544, "\x00\x01\x04\x04"+canary[:8]+"\x00\x00\x00\x00\x00\x00\x00\x00\x00"+"\x00\x00Canary"+string(ip6))},
		"TZSP":                             {101, udp(37008, "\x01\x00\x00\x01\x3c\x06"+secretMAC+"\x01"+frame)},
		"GTP":                              {101, udp(2152, "\x34\xff\x00\x30\x00\x00\x00\x01\x00\x01\x00\x85\x04Canary7Zebra..\x00"+string(ip))},
		"GTP of GPRS":                      {101, udp(3386, "\x1e\xff\x00\x30\x00\x01\x00\x01\xff\xff\xff\xff"+canary[:8]+string(ip))},
		"CAPWAP":                           {101, udp(5247, "\x00\x30\x00\x00\x00\x00\x00\x00"+text+frame)},
		"GRE":                              {101, over(47, "\xc0\x00\x08\x00\x00\x00\x00\x00\x08\x00\x00\x10"+text+"\x00\x00\x00\x00"+string(ip))},
		"AH":                               {101, over(51, "\x06\x05\x00\x00\x00\x00\x00\x01\x00\x00\x00\x01"+text+tcp)},
		"options behind a fragment header": {101, string(packettest.IPv6(44, six, six.Next(), []byte("\x3c\x00\x00\x00\x00\x00\x00\x01"+"\x06\x01\x01\x0c"+canary+tcp)))},
		"HIP":                              {101, string(packettest.IPv6(139, six, six.Next(), []byte("\x06\x02\x00\x00\x00\x00\x00\x00"+text+tcp)))},
		"MACsec":                           {1, string(packettest.Ethernet(0x88e5, []byte("\x20\x00\x00\x00\x00\x01"+secretMAC+"\x00\x01\x08\x00"+string(ip))))},
		"NSH":                              {1, string(packettest.Ethernet(0x894f, []byte("\x0f\xc6\x01\x01\x00\x00\x01\xff"+text+string(ip))))},
		"ISL":                              {1, "\x01\x00\x0c\x00\x00\x00" + secretMAC + "\x00\x80\xaa\xaa\x03" + "Can" + "\x00\x02\x00\x00\x00\x00" + frame},
		"a switch's tag":                   {285, secretMAC + secretMAC + "\x01\x02\x03\x04\x05\x06\x07\x08\x08\x00" + string(ip)},
		"Token Ring":                       {6, "\x10\x40" + secretMAC + "\x88" + secretMAC[1:] + "\x02\x00" + snap + string(ip)},
		"Fibre Channel":                    {122, "\x10\x00" + secretMAC + "\x10\x00" + secretMAC + snap + string(ip)},
		"PPI":                              {192, "\x00\x00\x18\x00\x01\x00\x00\x00" + text + frame},
		"PKTAP":                            {258, "\x1c\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00" + text + frame},
		"NFLOG":                            {239, "\x02\x00\x00\x00" + "\x10\x00\x08\x00" + canary + string([]byte{byte(4 + len(ip)), 0, 9, 0}) + string(ip)},
		"pflog":                            {117, "\x14\x02\x00\x00" + text + string(ip)},
		"ERF":                              {197, "\x00\x00\x00\x00\x00\x00\x00\x00\x82\x00\x00\x00\x00\x00\x00\x00" + "\x03Canary7" + "\x00\x00" + frame},
		"Juniper":                          {178, "MGC\x80\x00\x0c" + canary + frame},
		"A-MSDU":                           {105, "\x88\x01\x00\x00" + strings.Repeat("\x02", 18) + "\x00\x00\x80\x00" + secretMAC + secretMAC + string(packettest.U16(8+len(ip))) + snap + string(ip)},
		"cooked":                           {113, "\x00\x00\x00\x01\x00\x06" + secretMAC + "Zb\x08\x00" + string(ip)},
	} {
		out := redacted(t, c.link, [][]byte{[]byte(c.data)})[0]
		if bytes.Contains(out, []byte("Can")) || bytes.Contains(out, []byte("nary")) || bytes.Contains(out, []byte("Ze")) || bytes.Contains(out, []byte("Zb")) {
			t.Errorf("%s: a canary is in %q", name, out)
		}
		if !bytes.Contains(out, []byte("GET / HTTP/1.1")) {
			t.Errorf("%s: what it leads to is not read: %q", name, out)
		}
	}
}

// TestQuotedPacket holds that of a packet in an error of ICMP nothing is left but addresses and
// the beginning of a protocol that is known, without its checksum.
func TestQuotedPacket(t *testing.T) {
	t.Parallel()
	for name, inner := range map[string][]byte{
		"another protocol": packettest.IPv4(253, client.Addr(), server.Addr(), []byte("Canary7Zebra")),
		"a ping":           packettest.IPv4(1, client.Addr(), server.Addr(), []byte("\x08\x00Ca\x00\x01\x00\x02Canary")),
		"a segment":        packettest.IPv4(6, client.Addr(), server.Addr(), packettest.Segment(client, server, canary)),
	} {
		out := redacted(t, linkRaw, [][]byte{packettest.IPv4(1, server.Addr(), client.Addr(), append([]byte{3, 3, 0, 0, 0, 0, 0, 0}, inner...))})[0]
		if bytes.Contains(out, []byte("Ca")) || bytes.Contains(out, []byte("Zeb")) {
			t.Errorf("%s: %q", name, out)
		}
	}
}
