package capturetest

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
)

// kdc carries out a kdc line: one message to or from a KDC.
func (s *script) kdc(rest string) error {
	rest, tcp := strings.CutPrefix(rest, "tcp ")
	words := split(rest)
	from, to, message, err := endpoints(words)
	if err != nil {
		return err
	}
	if !from.IsValid() {
		from, to = netip.MustParseAddrPort("10.0.0.10:40000"), netip.MustParseAddrPort("10.0.0.1:88")
		if len(words) < 2 || words[0] != ">" && words[0] != "<" {
			return fmt.Errorf("kdc %q", rest)
		}
		if words[0] == "<" {
			from, to = to, from
		}
		message = words[1:]
	}
	x := expander{now: s.now}
	b, _, err := x.macro(strings.Join(message, " "))
	if err != nil {
		return err
	}
	if tcp {
		s.kdcRecord(from, to, b)
		return nil
	}
	s.datagram(from, to, b)
	return nil
}

// kdcRecord sends a message over TCP (RFC 4120 section 7.2.2): each request on a
// connection of its own, which the client closes after the answer.
func (s *script) kdcRecord(from, to netip.AddrPort, b []byte) {
	record := append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...)
	if isKDCPort(to.Port()) {
		c := &conn{script: s, name: "kdc", ends: [2]netip.AddrPort{from, to}, syn: true}
		c.establish()
		c.send(client, record)
		s.kdcs[from] = c
		return
	}
	if c := s.kdcs[to]; c != nil {
		c.send(server, record)
		_ = c.close(client, false)
		delete(s.kdcs, to)
	}
}

// isKDCPort reports whether Kerberos messages go to a port.
func isKDCPort(port uint16) bool { return port == 88 || port == 464 || port == 8800 }

// kdcProxy carries out a kdc-proxy line: a request to a KDC proxy on the current connection,
// or the response to it (MS-KKDCP).
func (s *script) kdcProxy(rest string) error {
	way, message, _ := strings.Cut(rest, " ")
	x := expander{now: s.now}
	b, _, err := x.macro(strings.TrimSpace(message))
	if err != nil {
		return err
	}
	s.out.text = append(s.out.text, "content for a KDC proxy")
	parts := [][]byte{field(0, octets(append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...)))}
	switch way {
	case ">":
		content := sequence(append(parts, field(1, general("CONTOSO.COM")))...)
		head := fmt.Sprintf("POST /KdcProxy HTTP/1.1\r\nHost: proxy.contoso.com\r\nContent-Type: application/kerberos\r\nContent-Length: %d\r\n\r\n", len(content))
		return s.write(s.current, client, append([]byte(head), content...))
	case "<":
		content := sequence(parts...)
		head := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", len(content))
		return s.write(s.current, server, append([]byte(head), content...))
	}
	return fmt.Errorf("kdc-proxy %q", rest)
}

// dns carries out a dns line: a question to 10.0.0.1 and its answer, or none. A question without an answer is the same
// message each time; with "anew" behind it is another one.
func (s *script) dns(words []string) error {
	if len(words) < 3 {
		return fmt.Errorf("dns needs a client, a name and an answer")
	}
	addr, err := netip.ParseAddr(words[0])
	if err != nil {
		return err
	}
	name, err := dnsmessage.NewName(strings.TrimSuffix(words[1], ".") + ".")
	if err != nil {
		return err
	}
	m := dnsmessage.Message{Header: dnsmessage.Header{ID: uint16(len(s.out.packets) + 1), RecursionDesired: true}}
	m.Questions = []dnsmessage.Question{{Name: name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}}
	answer := m
	answer.Response, answer.RecursionAvailable = true, true
	codes := map[string]dnsmessage.RCode{"nxdomain": dnsmessage.RCodeNameError, "servfail": dnsmessage.RCodeServerFailure, "nodata": dnsmessage.RCodeSuccess, "unnamed": dnsmessage.RCodeRefused}
	if words[2] == "silence" {
		m.ID, m.Questions[0].Type = 1, dnsmessage.TypeA
		if words[len(words)-1] == "anew" {
			m.ID = answer.ID
		}
		b, err := m.Pack()
		s.datagram(netip.AddrPortFrom(addr, 30000), netip.MustParseAddrPort("10.0.0.1:53"), b)
		return err
	}
	if code, none := codes[words[2]]; none {
		answer.RCode = code
		if len(words) > 3 {
			typ, known := map[string]dnsmessage.Type{"AAAA": dnsmessage.TypeAAAA, "SRV": dnsmessage.TypeSRV}[words[3]]
			if !known {
				return fmt.Errorf("dns record type %q", words[3])
			}
			answer.Questions = []dnsmessage.Question{{Name: name, Type: typ, Class: dnsmessage.ClassINET}}
		}
	} else if err := answers(&answer, name, words[2:]); err != nil {
		return err
	}
	m.Questions[0].Type = answer.Questions[0].Type
	if words[2] == "unnamed" {
		answer.Questions = nil
	}
	src, dst := netip.AddrPortFrom(addr, uint16(30000+len(s.out.packets))), netip.MustParseAddrPort("10.0.0.1:53")
	if addr.Is6() {
		dst = netip.MustParseAddrPort("[fd00::1]:53")
	}
	for i, msg := range []dnsmessage.Message{m, answer} {
		b, err := msg.Pack()
		if err != nil {
			return err
		}
		if i == 1 {
			src, dst = dst, src
		}
		s.datagram(src, dst, b)
	}
	return nil
}

// answers adds resource records: pairs of TYPE and VALUE, each owned by the name that
// the CNAMEs before it lead to.
func answers(m *dnsmessage.Message, name dnsmessage.Name, words []string) error {
	for ; len(words) >= 2; words = words[2:] {
		h := dnsmessage.ResourceHeader{Name: name, Class: dnsmessage.ClassINET, TTL: 300}
		var body dnsmessage.ResourceBody
		var err error
		switch typ, value := words[0], words[1]; typ {
		case "CNAME":
			h.Type = dnsmessage.TypeCNAME
			name, err = dnsmessage.NewName(strings.TrimSuffix(value, ".") + ".")
			body = &dnsmessage.CNAMEResource{CNAME: name}
		case "A", "AAAA":
			var addr netip.Addr
			if addr, err = netip.ParseAddr(value); err == nil && addr.Is4() {
				h.Type, body = dnsmessage.TypeA, &dnsmessage.AResource{A: addr.As4()}
			} else {
				h.Type, body = dnsmessage.TypeAAAA, &dnsmessage.AAAAResource{AAAA: addr.As16()}
				m.Questions = []dnsmessage.Question{{Name: m.Questions[0].Name, Type: dnsmessage.TypeAAAA, Class: dnsmessage.ClassINET}}
			}
		case "SRV":
			target, port, _ := strings.Cut(value, ":")
			n, _ := strconv.Atoi(port)
			srv := &dnsmessage.SRVResource{Port: uint16(n), Weight: 100}
			srv.Target, err = dnsmessage.NewName(strings.TrimSuffix(target, ".") + ".")
			h.Type, body = dnsmessage.TypeSRV, srv
			m.Questions = []dnsmessage.Question{{Name: m.Questions[0].Name, Type: dnsmessage.TypeSRV, Class: dnsmessage.ClassINET}}
		case "PTR":
			ptr := &dnsmessage.PTRResource{}
			ptr.PTR, err = dnsmessage.NewName(strings.TrimSuffix(value, ".") + ".")
			h.Type, body = dnsmessage.TypePTR, ptr
			m.Questions = []dnsmessage.Question{{Name: m.Questions[0].Name, Type: dnsmessage.TypePTR, Class: dnsmessage.ClassINET}}
		default:
			return fmt.Errorf("dns record type %q", typ)
		}
		if err != nil {
			return err
		}
		m.Answers = append(m.Answers, dnsmessage.Resource{Header: h, Body: body})
	}
	return nil
}
