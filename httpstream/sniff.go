package httpstream

import "strings"

// A protocol is what the first bytes of one side of a connection are taken for.
type protocol uint8

const (
	undecided protocol = iota // so far they may be several
	unknown
	httpRequest
	httpResponse
	http2Preface
	http2Settings // what a server may say before it has seen the preface
	tlsRecord
	kerberosRecord
)

// methods are the request methods that HTTP is recognised by. Once it is, any token
// will do.
var methods = [...]string{
	"GET", "POST", "HEAD", "CONNECT", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE",
	"PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "SEARCH",
	"REPORT", "MERGE", "CHECKOUT", "CHECKIN", "VERSION-CONTROL", "MKACTIVITY",
	"RPC_IN_DATA", "RPC_OUT_DATA", "RPC_CONNECT", "RDG_IN_DATA", "RDG_OUT_DATA",
	"BITS_POST", "CCM_POST", "SUBSCRIBE", "UNSUBSCRIBE", "NOTIFY", "POLL",
	"BCOPY", "BDELETE", "BMOVE", "BPROPFIND", "BPROPPATCH", "X-MS-ENUMATTS", "QUERY",
}

const (
	preface  = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" // RFC 9113 section 3.4
	response = "HTTP/1."
	// maxStart is how many bytes decide at most: the longest method and a space.
	maxStart = 24
)

// classify returns the protocol of a side that begins with b.
func classify(b []byte) protocol {
	if len(b) == 0 {
		return undecided
	}
	switch c := b[0]; {
	case c >= 'A' && c <= 'Z':
		return classifyText(b)
	case c >= 0x14 && c <= 0x17:
		return classifyTLS(b)
	case c == 0:
		return classifyFrame(b)
	}
	return unknown
}

func classifyText(b []byte) protocol {
	s := string(b[:min(len(b), maxStart)]) // does not escape
	switch {
	case strings.HasPrefix(s, response):
		return httpResponse
	case strings.HasPrefix(s, preface):
		return http2Preface
	case strings.HasPrefix(response, s), strings.HasPrefix(preface, s):
		return undecided
	}
	for _, m := range methods {
		if strings.HasPrefix(s, m) && len(s) > len(m) && s[len(m)] == ' ' {
			return httpRequest
		}
		if strings.HasPrefix(m, s) {
			return undecided
		}
	}
	return unknown
}

// classifyTLS knows a TLSPlaintext or TLSCiphertext (RFC 8446 section 5) by its type,
// version and length.
func classifyTLS(b []byte) protocol {
	switch {
	case len(b) > 1 && b[1] != 3, len(b) > 2 && b[2] > 4:
		return unknown
	case len(b) < 5:
		return undecided
	}
	if n := int(b[3])<<8 | int(b[4]); n == 0 || n > 1<<14+2048 {
		return unknown
	}
	return tlsRecord
}

// classifyFrame knows the SETTINGS frame that HTTP/2 begins with, and else may have
// the length of a Kerberos record.
func classifyFrame(b []byte) protocol {
	switch {
	case len(b) < 4:
		return undecided
	case b[3] == 4 && len(b) < 9 && b[1] == 0 && b[2]%6 == 0:
		return undecided
	case len(b) >= 9 && b[1] == 0 && b[2]%6 == 0 && b[3] == 4 && string(b[4:9]) == "\x00\x00\x00\x00\x00":
		return http2Settings
	case b[1] > maxRecord>>16:
		return unknown
	}
	return kerberosRecord
}

// likelySide returns which side sent a segment that starts like b, if that shows.
func likelySide(b []byte) (s Side, known bool) {
	switch classify(b) {
	case httpRequest, http2Preface:
		return Client, true
	case httpResponse:
		return Server, true
	case tlsRecord:
		if b[0] == 22 && len(b) > 5 && (b[5] == 1 || b[5] == 2) { // ClientHello, ServerHello
			return Side(b[5] - 1), true
		}
	}
	return Client, false
}

// A sniffer is the reader of a connection of which nothing is known yet. It decides by
// the first bytes of a side; where these are not in the capture, by the first segment
// that starts like something known.
type sniffer struct {
	shared *shared
	conn   *Conn
	next   reader // once decided
	side   [2]sniffed
}

// A sniffed is what a sniffer holds of one side.
type sniffed struct {
	held      []byte
	at        Pos
	midStream bool // held is not the beginning
	ended     bool // end was called
}

// sniff returns the reader for a connection of which nothing is known yet but its ports.
func (sh *shared) sniff(c *Conn) reader {
	if c.Tunnel == nil && c.HasPort(PortDNS) {
		return newRecords(sh, c, dnsHead)
	}
	s := sh.pools.sniffers.take()
	s.side[Client].midStream, s.side[Server].midStream = !c.SYN, !c.SYN
	s.shared, s.conn = sh, c
	return s
}

func (s *sniffer) data(from Side, at *Pos, b []byte) {
	if s.next != nil {
		s.next.data(from, at, b)
		return
	}
	d := &s.side[from]
	if len(d.held) == 0 {
		if b = skipEmptyLines(b); len(b) == 0 {
			return
		}
		d.at = *at
		if p := classify(b); p != undecided && p != http2Settings {
			s.decide(from, p, at, b)
			return
		}
	}
	d.held = append(d.held, b...)
	p := classify(d.held)
	if p == undecided || p == http2Settings {
		if len(d.held) > maxSniffed {
			s.decide(from, unknown, at, nil)
		}
		return
	}
	held := d.held
	d.held = nil
	first := d.at
	s.decide(from, p, &first, held)
}

// decide takes the reader for what side from begins with, and hands it what is held.
func (s *sniffer) decide(from Side, p protocol, at *Pos, b []byte) {
	d := &s.side[from]
	switch p {
	case httpRequest, httpResponse:
		s.next = newHTTP1(s.shared, s.conn, [2]bool{s.side[Client].midStream, s.side[Server].midStream})
	case http2Preface:
		s.next = s.shared.http2(s.conn)
	case tlsRecord:
		s.next = s.shared.tls(s.conn)
	case kerberosRecord:
		if s.kerberos() {
			s.next = newRecords(s.shared, s.conn, kerberosHead)
		}
	}
	if s.next == nil {
		if !d.midStream {
			s.next = discard{}
		}
		d.held = nil
		return
	}
	s.next.data(from, at, b)
	if o := &s.side[from.Other()]; len(o.held) > 0 {
		s.next.data(from.Other(), &o.at, o.held)
	}
	for side := range s.side {
		if s.side[side].ended {
			s.next.end(Side(side), at)
		}
	}
	s.side = [2]sniffed{}
}

func (s *sniffer) kerberos() bool {
	return s.conn.Tunnel == nil && s.conn.HasPort(PortKerberos)
}

func (s *sniffer) gap(from Side, at *Pos, n int64) {
	if s.next != nil {
		s.next.gap(from, at, n)
		return
	}
	s.side[from] = sniffed{midStream: true}
}

func (s *sniffer) end(from Side, at *Pos) {
	if s.next != nil {
		s.next.end(from, at)
		return
	}
	s.side[from].ended = true
}

func (s *sniffer) skippable(from Side) int64 {
	if s.next != nil {
		return s.next.skippable(from)
	}
	return 0
}
