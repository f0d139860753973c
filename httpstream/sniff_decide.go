package httpstream

// begun reports whether anything of the side has come.
func (d *sniffed) begun() bool { return d.unknown || d.midStream || d.ended || len(d.held) > 0 }

// decide takes the reader for what side from begins with, and hands it what is held.
func (s *sniffer) decide(from Side, p protocol, at *Pos, b []byte) {
	switch {
	case p == httpRequest, p == httpResponse:
		s.next = s.http1(from, p)
	case p == http2Preface:
		s.next = s.shared.http2(s.conn)
	case p == tlsRecord:
		s.next = s.shared.tls(s.conn)
	case s.isDNS():
		s.next = newRecords(s.shared, s.conn, dnsHead)
	case p == kerberosRecord && s.isKerberos():
		s.next = newRecords(s.shared, s.conn, kerberosHead)
	default:
		s.giveUp(from, at, b)
		return
	}
	s.handOver(from, at, b)
	s.forget()
}

// http1 returns a reader of HTTP/1 for a connection of which side from begins with a request or a response.
func (s *sniffer) http1(from Side, p protocol) *http1 {
	if c := &s.side[Client]; p == httpResponse && len(c.held) > 0 && blanks(c.held) == len(c.held) {
		c.unknown = true // they are where its request should be
	}
	for side := range s.side {
		if d := &s.side[side]; d.unknown && !d.request {
			s.dropHeld(d)
		}
		s.shared.unread(s.conn, Side(side), s.side[side].unread, s.side[side].unreadAt)
	}
	h := newHTTP1(s.shared, s.conn, [2]bool{s.side[Client].lost(), s.side[Server].lost()})
	if m := &h.half[from]; (from == Client) == (p == httpRequest) {
		m.state, m.noMessage = inHead, false // it is found
	}
	return h
}

// handOver hands the next reader what begins side from, and what is held of the other one: a request behind unknown
// bytes before it, all else behind it.
func (s *sniffer) handOver(from Side, at *Pos, b []byte) {
	o := &s.side[from.Other()]
	if o.request {
		now := s.shared.sendPoint
		s.shared.sendPoint = sendPoint{}
		s.next.data(from.Other(), &o.at, o.held)
		s.hold(o, nil)
		s.shared.sendPoint = now
	}
	s.next.data(from, at, b)
	if !o.unknown && len(o.held) > 0 {
		now := s.shared.peerUnread
		s.shared.peerUnread = max(0, o.ahead)
		s.next.data(from.Other(), &o.at, o.held)
		s.shared.peerUnread = now
	}
	for side := range Side(2) {
		if s.side[side].ended {
			s.next.end(side, at)
		}
	}
}

// forget drops what is known of both sides.
func (s *sniffer) forget() {
	for side := range s.side {
		s.hold(&s.side[side], nil)
	}
	s.side = [2]sniffed{}
}

// lost reports whether the next message of the side must be found first.
func (d *sniffed) lost() bool { return d.midStream || d.unknown }

// giveUp takes a side that begins with nothing known. The other one may still show what the
// connection is.
func (s *sniffer) giveUp(from Side, at *Pos, b []byte) {
	d := &s.side[from]
	if d.midStream {
		return
	}
	d.unknown = true
	s.lookBehind(from, at, b)
	if s.next == nil {
		s.lookAgain(from.Other())
		s.stop()
	}
}

// lookAgain looks at what is held of a side, now that more is known of the other one.
func (s *sniffer) lookAgain(side Side) {
	if d := &s.side[side]; len(d.held) > 0 {
		held, at, sent := d.held, d.at, s.shared.sendPoint
		s.hold(d, nil)
		s.shared.sendPoint = sendPoint{} // that is of the other side
		s.data(side, &at, held)
		s.shared.sendPoint = sent
	}
}

// isKerberos reports whether the connection leads to a port of Kerberos, also through a proxy.
func (s *sniffer) isKerberos() bool {
	if to := s.conn.Destination(); to != nil {
		return IsKerberos(to.Port)
	}
	return s.conn.Tunnel == nil && s.conn.HasKerberosPort()
}

func (s *sniffer) isDNS() bool { return s.conn.Tunnel == nil && s.conn.hasPort(PortDNS) }
