package httpstream

import "bytes"

// beginTunnel follows a CONNECT that succeeded: what its stream carries from now on is a
// connection of its own, RFC 9113 section 8.5, or of another protocol, RFC 8441.
func (r *http2Reader) beginTunnel(s *http2Stream, at *Pos) {
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
	early := s.early
	s.early = nil
	for i := range early {
		if e := &early[i]; e.lost > 0 {
			s.gapTunnel(e.from, &e.at, e.lost)
		} else {
			s.dataTunnel(e.from, &e.at, e.b)
		}
	}
	if s.requestDone {
		s.endTunnel(Client, at)
	}
}

// An http2Early is content that came before it was certain that its stream is a tunnel.
type http2Early struct {
	from Side
	at   Pos
	b    []byte
	lost int64 // bytes that the capture lacks, instead of b
}

// answersEarly reports whether the content that a side sends may be that of a tunnel although it is
// not known yet whether there is one: of a client that does not wait for the answer to its
// CONNECT, or of a server whose request the capture shows later.
func (s *http2Stream) answersEarly(from Side) bool {
	switch {
	case s.tunnel != nil:
		return false
	case from == Client:
		return s.x.Request != nil && s.x.Request.Method == "CONNECT" && !s.answered
	}
	return s.requestLate && s.x.Request == nil && s.x.Response.IsSuccess()
}

// holdEarly holds a part of what may be the beginning of a tunnel.
func (r *http2Reader) holdEarly(s *http2Stream, from Side, at *Pos, b []byte) {
	if s.size+len(b) > maxHead {
		s.loseEarly(from, at, int64(len(b)))
		r.shared.drop(heldDropped)
		return
	}
	s.early = append(s.early, http2Early{from: from, at: *at, b: bytes.Clone(b)})
	r.grow(s, len(b)+heldArrival)
}

// loseEarly takes that a part of what may be the beginning of a tunnel is not there.
func (s *http2Stream) loseEarly(from Side, at *Pos, n int64) {
	if last := len(s.early) - 1; last >= 0 && s.early[last].lost > 0 && s.early[last].from == from {
		s.early[last].lost += n
		return
	}
	s.early = append(s.early, http2Early{from: from, at: *at, lost: n})
}

// dropEarly counts what a client sent for a tunnel that it did not get.
func (s *http2Stream) dropEarly(r *http2Reader) {
	for _, e := range s.early {
		if e.from == Client && !s.answered {
			r.noFrame(Client, len(e.b))
		}
	}
}

// dataTunnel takes content of a tunnel.
func (s *http2Stream) dataTunnel(from Side, at *Pos, b []byte) {
	s.tunnelConn.End = *at
	s.tunnelConn.Bytes[from] += int64(len(b))
	s.tunnel.data(from, at, b)
}

// gapTunnel takes lost content of a tunnel.
func (s *http2Stream) gapTunnel(from Side, at *Pos, n int64) {
	s.tunnelConn.Bytes[from] += n
	s.tunnelConn.Lost[from] += n
	s.tunnel.gap(from, at, n)
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

// resetTunnel takes a RST_STREAM, which is the RST of a tunnel (RFC 9113 section 8.5).
func (s *http2Stream) resetTunnel(from Side, at *Pos) {
	if c := s.tunnelConn; c != nil && c.Ending == Open {
		c.Ending, c.EndedBy, c.EndedAt = RST, from, *at
	}
	s.requestDone = s.requestDone || s.tunnel != nil
	s.endTunnel(from, at)
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
