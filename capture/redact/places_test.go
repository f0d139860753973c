package redact

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"strings"
	"testing"
	"unicode/utf16"

	"negotrace/internal/packettest"
)

// wide returns a text in UTF-16.
func wide(text string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(text)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return string(b)
}

// dnsName returns a name of DNS.
func dnsName(labels ...string) string {
	var b strings.Builder
	for _, l := range labels {
		b.WriteString(string(rune(len(l))) + l)
	}
	return b.String() + "\x00"
}

// record returns a record of DNS.
func record(name string, kind int, data string) string {
	return name + string(packettest.U16(kind)) + "\x00\x01\x00\x00\x00\x05" + string(packettest.U16(len(data))) + data
}

// answers returns a message of DNS with a question and records.
func answers(question string, records ...string) string {
	return "\x12\x34\x81\x80\x00\x01" + string(packettest.U16(len(records))) + "\x00\x00\x00\x00" + question + "\x00\x01\x00\x01" + strings.Join(records, "")
}

// netBIOS returns a name in the encoding of NetBIOS.
func netBIOS(name string) string {
	var b strings.Builder
	b.WriteByte(32)
	for _, c := range []byte((name + "                ")[:16]) {
		b.WriteByte('A' + c>>4)
		b.WriteByte('A' + c&15)
	}
	return b.String() + "\x00"
}

// lengths puts the length of a text in front of it, of so many bytes.
func lengths(size int, text string) string {
	return string(binary.BigEndian.AppendUint64(nil, uint64(len(text)))[8-size:]) + text
}

// extension returns one of a TLS hello.
func extension(id int, value string) string {
	return string(packettest.U16(id)) + lengths(2, value)
}

// tlsRecord returns a record with a message of the handshake.
func tlsRecord(kind byte, body string) string {
	return "\x16\x03\x03" + lengths(2, string(rune(kind))+lengths(3, body))
}

// derElement returns an element.
func derElement(tag byte, parts ...string) string {
	body := strings.Join(parts, "")
	if len(body) < 0x80 {
		return string([]byte{tag, byte(len(body))}) + body
	}
	return string([]byte{tag, 0x82, byte(len(body) >> 8), byte(len(body))}) + body
}

// places returns datagrams, by their port, with a canary in each place that may hold a name.
func places() map[string][]byte {
	name := dnsName(canary, "corp", "test")
	udp := map[int][]string{
		53: {answers(name, record("\xc0\x0c", 1, "\xc0\x00\x02\x01"), record("\xc0\x0c", 5, name), record("\xc0\x0c", 12, name), record("\xc0\x0c", 33, "\x00\x01\x00\x02\x01\xbb"+name),
			record("\xc0\x0c", 16, lengths(1, canary+"="+canary)), record("\xc0\x0c", 6, name+name+canary[:4]+strings.Repeat("\x00", 16)), record("\xc0\x0c", 15, "\x00\x05"+name),
			record("\xc0\x0c", 35, "\x00\x01\x00\x01"+lengths(1, canary)+lengths(1, canary)+lengths(1, canary)+name), record("\xc0\x0c", 257, "\x00\x05issue"+canary),
			record("\xc0\x0c", 65, "\x00\x01"+name+"\x00\x01"+lengths(2, lengths(1, canary))+"\x00\x05"+lengths(2, canary)), record("\xc0\x0c", 250, canary), record("\x00", 41, "\x00\x03"+lengths(2, canary)))},
		5353: {answers(name, record(name, 12, name), record(name, 16, lengths(1, canary)))},
		5355: {answers(name, record(name, 28, strings.Repeat("\x20", 16)))},
		137: {answers(netBIOS(canary), record("\xc0\x0c", 32, "\x00\x00\xc0\x00\x02\x01")),
			answers(netBIOS("*"), record("\xc0\x0c", 33, "\x01"+(canary + "                ")[:15]+"\x20\x04\x00"+strings.Repeat("\x01", 46)))},
	}
	for port := range udp {
		udp[port] = append(udp[port], canary, canary+canary+canary)
	}
	for _, port := range []int{67, 68, 69, 88, 123, 138, 161, 389, 443, 464, 500, 514, 1812, 1900, 3389, 3702, 4500, 5060, 5246, 51820, 65000} {
		udp[port] = []string{canary, wide(canary), "\x30\x30" + canary, derElement(0x6a, derElement(0x30, derElement(0xa1, derElement(2, "\x05")), derElement(0xa2, derElement(2, "\x0a")), derElement(0xa4, derElement(0x30, derElement(0xa2, derElement(0x1b, canary))))))}
	}
	out := map[string][]byte{}
	for port, all := range udp {
		for i, text := range all {
			out["datagram "+string(rune('a'+i))+" of port "+string(packettest.U16(port))] = packettest.IPv4(17, client.Addr(), server.Addr(), packettest.UDP(50000, uint16(port), []byte(text)))
		}
	}
	quoted := packettest.IPv4(17, client.Addr(), server.Addr(), packettest.UDP(50000, 9, []byte(canary)))
	out["quoted by ICMP"] = packettest.IPv4(1, server.Addr(), client.Addr(), append([]byte{3, 3, 0, 0, 0, 0, 0, 0}, quoted...))
	out["echoed by ICMP"] = packettest.IPv4(1, server.Addr(), client.Addr(), append([]byte{8, 0, 0, 0, 0, 0, 0, 0}, canary...))
	out["another protocol of IP"] = packettest.IPv4(89, server.Addr(), client.Addr(), []byte(canary))
	options := packettest.IPv4(6, client.Addr(), server.Addr(), packettest.Segment(client, server, "GET / HTTP/1.1\r\n\r\n"))
	out["options of IP"] = append(append([]byte{0x49}, options[1:20]...), append([]byte("\x88\x10"+canary+"\x00\x00"), options[20:]...)...)
	tcp := packettest.Segment(client, server, "")
	tcp[12] = 9 << 4
	out["options of TCP"] = packettest.IPv4(6, client.Addr(), server.Addr(), append(tcp, "\xfd\x10"+canary+"\x00\x00"...))
	return out
}

// streams returns beginnings of connections with a canary in each place that may hold a name.
func streams() map[string][]string {
	hello := "\x03\x03" + strings.Repeat("r", 20) + canary + lengths(1, canary+canary) + lengths(2, "\x13\x01") + lengths(1, "\x00") +
		lengths(2, extension(0, lengths(2, "\x00"+lengths(2, canary+".corp.test")))+extension(16, lengths(2, lengths(1, canary)+lengths(1, "h2")))+extension(35, canary)+
			extension(0xffce, canary)+extension(65037, "\x00\x00\x01\x00\x01\x01"+lengths(2, canary)+lengths(2, canary))+extension(44, lengths(2, canary))+extension(0x5555, canary)+
			extension(41, lengths(2, lengths(2, canary)+"\x00\x00\x00\x01")+lengths(2, lengths(1, canary)))+extension(47, lengths(2, lengths(2, derElement(0x30, derElement(0x31, derElement(0x30, derElement(6, "\x55\x04\x03"), derElement(0x0c, canary)))))))+
			extension(17513, lengths(2, lengths(1, canary))))
	rdn := derElement(0x30, derElement(0x31, derElement(0x30, derElement(6, "\x55\x04\x03"), derElement(0x0c, canary))), derElement(0x31, derElement(0x30, derElement(6, "\x55\x04\x0a"), derElement(0x1e, strings.ReplaceAll("\x00"+strings.Join(strings.Split(canary, ""), "\x00"), "", "")))))
	cert := derElement(0x30, derElement(0x30, derElement(0xa0, derElement(2, "\x02")), derElement(2, canary), derElement(0x30, derElement(6, "\x2a\x03")), rdn, derElement(0x30, derElement(0x17, "260101000000Z"), derElement(0x17, "270101000000Z")), rdn,
		derElement(0x30, derElement(0x30, derElement(6, "\x2a\x03")), derElement(3, "\x00"+canary)),
		derElement(0xa3, derElement(0x30, derElement(0x30, derElement(6, "\x55\x1d\x11"), derElement(4, derElement(0x30, derElement(0x82, canary+".corp.test"), derElement(0x81, canary+"@corp.test"), derElement(0x86, "ldap://"+canary), derElement(0xa0, derElement(6, "\x2b\x06"), derElement(0xa0, derElement(0x0c, canary))))))))), derElement(0x30, derElement(6, "\x2a\x03")), derElement(3, "\x00"+canary))
	return map[string][]string{
		"TLS": {">" + tlsRecord(1, hello), tlsRecord(2, "\x03\x03"+strings.Repeat("s", 32)+lengths(1, canary)+"\xc0\x2f\x00"+lengths(2, extension(16, lengths(2, lengths(1, canary)))+extension(0x5556, canary))) +
			tlsRecord(11, lengths(3, lengths(3, cert))) + tlsRecord(0, canary) + tlsRecord(14, canary) + tlsRecord(22, "\x01"+lengths(3, canary)) + tlsRecord(12, "\x03\x00\x17"+lengths(1, canary)+"\x04\x01"+lengths(2, canary)) + tlsRecord(13, "\x01\x01"+lengths(2, "\x04\x01")+lengths(2, lengths(2, rdn))) + tlsRecord(4, "\x00\x00\x00\x01"+lengths(2, canary)) + "\x15\x03\x03\x00\x0c" + canary},
		"SMB":     {">\x00\x00\x00\x40\xfeSMB" + canary + wide(canary), "\x00\x00\x00\x40\xffSMB" + canary},
		"LDAP":    {">" + derElement(0x30, derElement(2, "\x01"), derElement(0x60, derElement(2, "\x03"), derElement(4, "cn="+canary), derElement(0x80, canary)))},
		"SMTP":    {"220 " + canary + " ESMTP\r\n", ">EHLO " + canary + "\r\nMAIL FROM:<" + canary + ">\r\n"},
		"FTP":     {">USER " + canary + "\r\nPASS " + canary + "\r\n"},
		"PROXY":   {">PROXY TCP4 192.0.2.1 192.0.2.2 5 6\r\nGET /" + canary + " HTTP/1.1\r\n\r\n"},
		"SOCKS 4": {">\x04\x01\x00\x50\x00\x00\x00\x01" + canary + "\x00" + canary + "\x00"},
		"SOCKS 5": {">\x05\x01\x00", "\x05\x00", ">\x05\x01\x00\x03" + lengths(1, canary) + "\x00\x50"},
		"Kerberos by SOCKS 5": {">\x05\x01\x00", "\x05\x00", ">\x05\x01\x00\x03" + lengths(1, canary) + "\x00\x58", "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00",
			">\x00\x00" + lengths(2, derElement(0x6c, derElement(0x30, derElement(0xa1, derElement(0x1b, canary))))), "\x00\x00" + lengths(2, derElement(0x7e, derElement(0x30, derElement(0xa1, derElement(0x1b, canary)))))},
		"Kerberos by CONNECT": {">CONNECT " + canary + ":464 HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
			">\x00\x00" + lengths(2, "\x00\x20\x00\x01\x00\x10"+canary), "\x00\x00" + lengths(2, derElement(0x7e, derElement(0x30, derElement(0xa1, derElement(0x1b, canary)))))},
		"SOCKS 5 in pieces": {">\x05\x01\x02", "\x05\x02", ">\x01" + lengths(1, canary) + lengths(1, canary), "\x01\x00", ">\x05\x01\x00\x03" + lengths(1, canary) + "\x00\x50", "\x05\x00\x00\x03" + lengths(1, canary) + "\x00\x50",
			">GET /" + canary + " HTTP/1.1\r\nHost: " + canary + "\r\n\r\n", "http/1.1 200 " + canary + "\r\nServer: " + canary + "\r\n\r\n" + canary},
		"no version": {">GET /" + canary + " http/1.1\r\n\r\n", "HTTP 401 " + canary + "\r\nX-A: " + canary + "\r\n\r\n"},
		"a lost CONNECT": {"HTTP/1.1 200 OK\r\nVia: 1.1 " + canary + "\r\n\r\n" + tlsRecord(2, "\x03\x03"+strings.Repeat("s", 32)+lengths(1, canary)+"\xc0\x2f\x00") + "\x17\x03\x03\x00\x0c" + canary,
			">CONNECT " + canary + ":443 HTTP/1.1\r\n\r\n" + tlsRecord(1, hello)},
		"WebSocket":  {">GET /" + canary + " HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: " + canary + "\r\n\r\n", "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n" + canary, ">" + canary},
		"HTTP/2":     {">PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frameOf(1, 5, 1, "\x00\x01a"+lengths(1, canary)) + frameOf(0, 1, 1, canary), frameOf(7, 0, 0, "\x00\x00\x00\x01\x00\x00\x00\x02"+canary)},
		"forms":      {">POST /login HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=" + canary + "\r\nContent-Length: 90\r\n\r\n--" + canary + "\r\nContent-Disposition: form-data; name=\"" + canary + "\"\r\n\r\n" + canary + "\r\n--" + canary, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<input name=SAMLResponse value=\"" + canary + "\">"},
		"SAML":       {">POST /acs HTTP/1.1\r\nContent-Length: 40\r\nOrigin: https://" + canary + ":8443\r\n\r\nSAMLResponse=" + canary + "&RelayState=" + canary, "HTTP/1.1 401 " + canary + "\r\nWWW-Authenticate: Negotiate " + canary + ", Basic realm=\"" + canary + "\", " + canary + " a=" + canary + "\r\nLocation: https://" + canary + "/cb?code=" + canary + "&state=" + canary + "#id_token=" + canary + "\r\nContent-Length: 30\r\n\r\n<title>" + canary + "</title>denied"},
		"TE":         {">GET / HTTP/1.1\r\nTE: " + canary + "\r\nTransfer-Encoding: chunked\r\nTrailer: " + canary + "\r\n\r\n3;" + canary + "\r\nabc\r\n0\r\n" + canary + ": " + canary + "\r\n" + canary + "\r\n\r\n"},
		"methods":    {">" + canary + " / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 405 No\r\nAllow: " + canary + "\r\nPublic: " + canary + "\r\n\r\n"},
		"no headers": {">GET / " + canary + " HTTP/1.1\r\n" + canary + "\r\n : " + canary + "\r\n\r\n", "HTTP/9" + canary + " 200 OK\r\n\r\n" + canary},
	}
}

// frameOf returns a frame of HTTP/2.
func frameOf(kind, flags byte, stream uint32, payload string) string {
	return lengths(3, payload)[:3] + string([]byte{kind, flags}) + string(packettest.U32(int(stream))) + payload
}

// TestPlaces holds that no canary is left in any of the places.
func TestPlaces(t *testing.T) {
	t.Parallel()
	check := func(name string, packets [][]byte) {
		all := bytes.ToLower(bytes.Join(packets, nil))
		for _, form := range append(forms(canary), netBIOS(canary)[1:20], wide(canary)[:16]) {
			if i := bytes.Index(all, bytes.ToLower([]byte(form))); i >= 0 {
				t.Errorf("%s: %q is in %q", name, form, all[max(i-60, 0):min(i+60, len(all))])
			}
		}
	}
	for name, packet := range places() {
		check(name, redacted(t, linkRaw, [][]byte{packet}))
	}
	for name, messages := range streams() {
		for _, size := range []int{1460, 5} {
			packets := talked(size, messages...)
			check(name, redacted(t, linkRaw, packets))
			for i := range packets { // on another port as well
				for _, at := range []int{20, 22} {
					if be.Uint16(packets[i][at:]) == 80 {
						be.PutUint16(packets[i][at:], 88)
					}
				}
			}
			check(name+" on port 88", redacted(t, linkRaw, packets))
		}
	}
}

// TestPlacesOfLinks holds the same of frames that carry no IP, and of what is behind it.
func TestPlacesOfLinks(t *testing.T) {
	t.Parallel()
	padded := packettest.Ethernet(0x0800, append(packettest.IPv4(6, client.Addr(), server.Addr(), packettest.Segment(client, server, "")), canary...))
	tagged := packettest.Ethernet(0x8100, append([]byte{0, 5, 8, 0}, packettest.IPv4(17, client.Addr(), server.Addr(), packettest.UDP(5, 6, []byte(canary)))...))
	for name, b := range map[string][]byte{
		"LLDP": packettest.Ethernet(0x88cc, []byte("\x0a\x0c"+canary)), "CDP": packettest.Ethernet(40, []byte("\xaa\xaa\x03\x00\x00\x0c\x20\x00"+canary)),
		"EAP": packettest.Ethernet(0x888e, []byte("\x01\x00\x00\x11\x02\x01\x00\x11\x01"+canary)), "a trailer": padded, "a tag": tagged,
		"ARP": packettest.Ethernet(0x0806, append([]byte{0, 1, 8, 0, 6, 4, 0, 1}, (canary+canary)...)), "nothing known": packettest.Ethernet(0x9999, []byte(canary)),
	} {
		if out := redacted(t, linkEthernet, [][]byte{b})[0]; bytes.Contains(out, []byte(canary[:5])) || bytes.Contains(out, []byte("Zebra")) {
			t.Errorf("%s: %q", name, out)
		}
	}
	six := packettest.IPv6(60, netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2"), append([]byte{6, 1, 1, 12}, (canary + "\x00\x00")[:12]...))
	if out := redacted(t, linkRaw, [][]byte{six})[0]; bytes.Contains(out, []byte(canary[:5])) {
		t.Errorf("options of IPv6: %q", out)
	}
}

// TestExportedPDU holds that what Wireshark exported keeps its protocol and its ports, and its
// message as other connections do.
func TestExportedPDU(t *testing.T) {
	t.Parallel()
	tag := func(id int, value string) string { return string(packettest.U16(id)) + lengths(2, value) }
	head := tag(12, "http\x00\x00\x00\x00") + tag(20, "\xc0\x00\x02\x01") + tag(21, "\xc0\x00\x02\x02") + tag(24, "\x00\x00\x00\x02") + tag(25, "\x00\x00\xc3\x50") + tag(26, "\x00\x00\x01\xbb") +
		tag(31, canary) + tag(13, canary)
	const linkExportedPDU = 252
	message := "GET /" + canary + " HTTP/1.1\r\nHost: " + canary + "\r\n\r\n"
	out := redacted(t, linkExportedPDU, [][]byte{[]byte(head + tag(0, "") + message), []byte(head + "\x00\x63\xff\xff" + canary), []byte(tag(12, "ldap") + tag(0, "") + canary)})
	for i, b := range out {
		if bytes.Contains(b, []byte(canary[:5])) || bytes.Contains(b, []byte("Zebra")) {
			t.Errorf("packet %d: %q", i, b)
		}
	}
	for _, stays := range []string{"http\x00", "\x00\x00\x01\xbb", "GET /", " HTTP/1.1\r\nHost: "} {
		if !bytes.Contains(out[0], []byte(stays)) {
			t.Errorf("%q is gone from %q", stays, out[0])
		}
	}
}
