package httpstream

import "bytes"

// A sniffer is the reader of a connection of which nothing is known yet. It decides by
// the first bytes of a side; where these are not in the capture, by the first segment
// that starts like something known. What comes before the protocol, of a load balancer
// or a SOCKS proxy, is read first.
type sniffer struct {
	shared *shared
	conn   *Conn
	next   reader // once decided
	side   [2]sniffed
	socks  socks
}

// A sniffed is what a sniffer knows of one side.
type sniffed struct {
	held      []byte
	at        Pos   // of held
	ahead     int64 // how much of the other side its sender had received that has not come yet
	midStream bool  // held is not the beginning
	unread    int64 // bytes that are of no known protocol
	unreadAt  Pos   // the first of them
	unknown   bool  // the beginning is of no known protocol
	request   bool  // held begins with a request behind it, see lookBehind
	ended     bool  // end was called
}

// sniff returns the reader for a connection of which nothing is known yet but its ports.
func (sh *shared) sniff(c *Conn) reader {
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
	s.side[from.Other()].ahead -= int64(len(b))
	d.ahead = s.shared.peerUnread
	if d.unknown {
		s.lookBehind(from, at, b)
		s.stop()
		return
	}
	before, fresh, begins := len(d.held), b, at
	if before > 0 {
		s.hold(d, append(d.held, b...))
		b, begins = d.held, &d.at
	}
	if from == Client {
		defer s.answerSOCKS()
	}
	if s.socks.awaitsReply() {
		defer s.goOn()
	}
	n, p, most := s.lookBehindProxy(from, begins, b)
	if p == unknown && d.midStream && before > 0 { // what is held was the end of something else
		before, b = 0, fresh
		s.hold(d, nil)
		n, p = s.look(from, b)
	}
	first := *at
	if n < before {
		first = d.at
	}
	switch {
	case p != undecided && p != http2Settings:
		s.hold(d, nil)
		s.decide(from, p, &first, b[n:])
	case p == http2Settings && len(b)-n > most: // and much behind them: what its client begins with is late
		s.hold(d, nil)
		s.decide(from, http2Preface, &first, b[n:])
	case len(b)-n > most:
		s.hold(d, nil)
		s.decide(from, unknown, at, b[n:])
	case before > 0:
		s.hold(d, d.held[n:])
		d.at = first
	default:
		s.hold(d, append(d.held, b[n:]...))
		d.at = first
	}
}

// hold makes b what is held of a side.
func (s *sniffer) hold(d *sniffed, b []byte) {
	s.shared.held += int64(len(b) - len(d.held))
	d.held = b
}

// lookBehindProxy is look where a SOCKS proxy may be in between. most is how many bytes are held until the protocol
// is known.
func (s *sniffer) lookBehindProxy(from Side, begins *Pos, b []byte) (n int, p protocol, most int) {
	most = maxSniffed
	if s.socks.awaitsReply() {
		if most = maxHead; from == Client && len(b) > most {
			s.socks.done[Server] = true
		}
	}
	n, p = s.look(from, b)
	s.handTokens(from, begins)
	if s.midFrames(from, b) == undecided {
		most = http2FrameLen + usualFrame
	}
	if s.socks.isUnderWay(from) || from == Server && s.isSOCKSReply(b) {
		most = maxHead // a token may be long, and its client late
	}
	if s.socks.isRefused() {
		s.side[Client].request = false // what it sent is looked at without its proxy
	}
	return n, p, most
}

// look returns the protocol of a side that begins with b, behind n bytes that are of no
// more use.
func (s *sniffer) look(from Side, b []byte) (n int, p protocol) {
	if whole := true; !s.isDNS() {
		if !s.side[from].midStream {
			n, whole = s.prologue(from, b)
		} else if from == Client && isProxyHeader(b) {
			n, whole = s.proxyHeader(b)
		}
		if !whole {
			return n, undecided
		}
	}
	if p = s.midFrames(from, b); p != unknown {
		return 0, p
	}
	rest := skipEmptyLines(b[n:])
	p = classify(rest, !s.side[from].midStream || isEvident(rest))
	if odd := blanks(rest); odd > 0 && p != http2Settings && !s.isDNS() && !s.isKerberos() {
		switch rest := rest[odd:]; {
		case len(rest) == 0 && p == unknown:
			p = undecided
		case from == Client && isEvident(rest):
			p = httpRequest
		case from == Client && bytes.IndexByte(rest, '\n') < 0 && classifyRequest(rest, true) != unknown:
			p = undecided
		case from == Server && classifyResponse(rest) != unknown:
			p = classifyResponse(rest)
		}
	}
	if p == unknown && s.isKerberos() {
		p = classifyReserved(rest)
	}
	if p == kerberosRecord && s.side[from].midStream && s.isKerberos() {
		switch {
		case len(rest) <= kerberosHead:
			p = undecided
		case !fitsRecords(kerberosHead, rest):
			p = unknown
		}
	}
	if p == unknown && from == Server && !s.side[Client].begun() && !s.isDNS() {
		p = undecided // it may be the answer of a proxy, captured before what it answers
	}
	if from == Server && s.socks.isUnderWay(Client) {
		p = undecided // what it asks for comes yet
	}
	if from == Client && s.socks.awaitsReply() && p != undecided {
		s.side[Client].request, p = p != unknown, undecided // it did not wait for its proxy
	}
	return len(b) - len(rest), p
}

// midFrames recognises HTTP/2 in what a side sends whose beginning is not in the capture.
func (s *sniffer) midFrames(from Side, b []byte) protocol {
	if !s.side[from].midStream || s.isDNS() || s.isKerberos() {
		return unknown
	}
	return classifyFrames(b)
}

// goOn looks at what a client sent without waiting for its SOCKS proxy, once that has replied.
func (s *sniffer) goOn() {
	if s.next == nil && !s.socks.awaitsReply() {
		s.lookAgain(Client)
	}
}

// goOnAlone looks at what a client sent whose SOCKS proxy does not reply, or not in the capture.
func (s *sniffer) goOnAlone() {
	if s.next == nil && s.socks.awaitsReply() {
		s.socks.done[Server] = true
		s.lookAgain(Client)
	}
}

// prologue returns how many bytes b begins with that come before the protocol. whole is
// not set if it takes more bytes to know.
func (s *sniffer) prologue(from Side, b []byte) (n int, whole bool) {
	if from == Client && s.conn.Tunnel == nil && s.conn.TLS == nil {
		if n, whole = s.proxyHeaders(b); !whole {
			return n, false
		}
	}
	more, whole := s.socks.skip(from, b[n:])
	if p := &s.socks.proxy; s.socks.done[Client] && s.socks.version != 0 || p.unread != "" {
		known := *p
		s.conn.socks = &known
	}
	return n + more, whole
}

func (s *sniffer) gap(from Side, at *Pos, n int64) {
	if s.next != nil {
		s.next.gap(from, at, n)
		return
	}
	if s.goOnAlone(); s.next != nil {
		s.next.gap(from, at, n)
		return
	}
	if from == Client {
		s.socks.done[Client] = true
	}
	s.hold(&s.side[from], nil)
	s.side[from] = sniffed{midStream: true}
	s.lookAgain(from.Other())
	if s.side[from.Other()].unknown {
		s.forget()
		s.next = discard{}
	}
}

func (s *sniffer) end(from Side, at *Pos) {
	if s.next != nil {
		s.next.end(from, at)
		return
	}
	s.side[from].ended = true
	if s.side[Server].ended {
		s.goOnAlone()
	}
	if from == Client {
		s.socks.done[Client] = true
		s.answerSOCKS()
	}
	if s.next == nil && s.side[from.Other()].ended {
		s.forget()
	}
}

func (s *sniffer) skippable(from Side) int64 {
	if s.next != nil {
		return s.next.skippable(from)
	}
	return 0
}
