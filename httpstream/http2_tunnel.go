package httpstream

// beginTunnel follows a CONNECT that succeeded: what its stream carries from now on is a
// connection of its own, RFC 9113 section 8.5, or of another protocol, RFC 8441.
func (r *http2Reader) beginTunnel(s *http2Stream) {
	q, p := s.x.Request, s.x.Response
	if q == nil || q.Method != "CONNECT" || p.Status/100 != 2 {
		return
	}
	s.delivered = true
	granted := s.x
	r.shared.exchange(granted)
	// From now on it belongs to the Sink. What is still noted about the stream is not.
	s.x = &Exchange{Conn: r.conn, H2Stream: granted.H2Stream, Request: new(Request), Response: new(Response)}
	outer := r.conn
	inside := &Conn{
		Stream: outer.Stream, Client: outer.Client, Server: outer.Server, Balancer: outer.Balancer,
		Start: p.Pos, End: p.Pos, SYN: true, Origin: outer.Origin, Tunnel: granted, protocol: s.protocol,
	}
	s.tunnelConn = inside
	s.tunnel = discard{}
	if s.protocol == "" && !r.shared.tooDeep(inside) {
		s.tunnel = r.shared.sniff(inside)
	}
}

// endTunnel ends one side of the tunnel.
func (s *http2Stream) endTunnel(from Side, at *Pos) {
	if s.tunnel == nil || s.tunnelEnded[from] {
		return
	}
	s.tunnelEnded[from] = true
	s.tunnelConn.End = *at
	if s.tunnelConn.Ending == Open {
		s.tunnelConn.Ending, s.tunnelConn.EndedBy, s.tunnelConn.EndedAt = FIN, from, *at
	}
	s.tunnel.end(from, at)
}

// closeTunnel ends the tunnel, and delivers its connection.
func (s *http2Stream) closeTunnel(r *http2Reader) {
	if s.tunnel == nil {
		return
	}
	at := s.tunnelConn.End
	s.endTunnel(Client, &at)
	s.endTunnel(Server, &at)
	if r.shared.sink.Conn != nil && reportable(s.tunnelConn) {
		r.shared.sink.Conn(s.tunnelConn)
	}
	r.shared.counters.unread(s.tunnelConn, s.tunnel)
}
