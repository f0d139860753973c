package httpstream

import "net/netip"

// A PlainCopy marks a segment that no network sent: negotrace redact wrote in plain text what
// another connection of the capture held in TLS, or in compressed header blocks of HTTP/2.
type PlainCopy struct {
	TLS bool // it was in TLS
	// ClientPort and ServerPort are those of the other connection, between the same addresses.
	// Only the first segment has them; they are 0 elsewhere.
	ClientPort, ServerPort uint16
	// Tunnels counts the tunnels (CONNECT, Upgrade) of that connection around the content, and
	// H2Stream is the stream of HTTP/2 of the innermost one, 0 for none.
	Tunnels  int
	H2Stream uint32
	// ALPN and Certificate are those of TLS 1.3, which encrypts them.
	ALPN        string
	Certificate []byte
	// Alert is what ended the handshake.
	Alert Alert
	// InPart says that TLS could not be opened to its end.
	InPart bool
}

// PlainCopyOf describes the connection c, whose first bytes are to be written.
func PlainCopyOf(c *Conn) *PlainCopy {
	o := &PlainCopy{TLS: c.TLS != nil, ClientPort: c.Opener().Port(), ServerPort: c.Server.Port()}
	for outer := c.outer(); outer != nil; outer = outer.outer() {
		o.Tunnels++
	}
	if c.Tunnel != nil {
		o.H2Stream = c.Tunnel.H2Stream
	}
	if c.TLS != nil {
		o.ALPN, o.Alert = c.TLS.ALPN, c.TLS.alert
		if c.TLS.Version == tlsVersionName(tls13) {
			o.Certificate = c.TLS.Certificate
		}
	}
	return o
}

// A replacedReader is the reader of a connection whose content comes from a plain copy: its own
// bytes are still encrypted, and are ignored.
type replacedReader struct {
	conn   *Conn
	inner  reader
	ended  [2]bool
	over   [2]bool // it ended before there was a copy: the end of that is its end
	flow   *flow   // of the connection, or around it
	stream int     // of flow
}

func (r *replacedReader) data(Side, *Pos, []byte) {}
func (r *replacedReader) gap(Side, *Pos, int64)   {}
func (r *replacedReader) skippable(Side) int64    { return 1 << 62 }

func (r *replacedReader) end(from Side, at *Pos) {
	r.ended[from] = true
	r.inner.end(from, at)
}

// A plainCopyReader is the reader of a plain copy: it hands its bytes to the reader of the
// connection that they come from.
type plainCopyReader struct{ *replacedReader }

func (r plainCopyReader) data(from Side, at *Pos, b []byte) {
	if !r.ended[from] {
		r.inner.data(from, at, b)
	}
}

func (r plainCopyReader) gap(from Side, at *Pos, n int64) {
	if !r.ended[from] {
		r.inner.gap(from, at, n)
	}
}

func (r plainCopyReader) skippable(from Side) int64 { return r.inner.skippable(from) }

// end does nothing where the other connection has its own end yet.
func (r plainCopyReader) end(from Side, at *Pos) {
	if r.over[from] && !r.ended[from] {
		r.replacedReader.end(from, at)
	}
}

// isPlainCopy reports whether a flow is the copy of another one, so that it is not counted.
func (f *flow) isPlainCopy() bool {
	_, is := f.reader.(plainCopyReader)
	return is
}

// attachPlainCopy finds the connection whose content a new flow holds, and has it read as that
// connection's. If the capture does not have it, the flow is read as an opened TLS connection.
func (a *Assembler) attachPlainCopy(f *flow, s *Segment) {
	o := s.PlainCopy
	if s := a.replaceOrigin(f, o); s != nil {
		f.reader = plainCopyReader{s}
		a.counters.Connections--
	} else if o.TLS {
		f.conn.TLS = &TLS{Opened: true, OpenedByRedact: true, ALPN: o.ALPN}
		if o.ServerPort != 0 {
			f.conn.Client = netip.AddrPortFrom(f.conn.Client.Addr(), o.ClientPort)
			f.conn.Server = netip.AddrPortFrom(f.conn.Server.Addr(), o.ServerPort)
		}
	}
	a.counters.OpenedByRedact++
	a.counters.Places.OpenedByRedact.orEarlier(s.At)
}

// noteIncompleteCopy notes that a connection was not opened to its end, if a segment says so.
func (a *Assembler) noteIncompleteCopy(f *flow, o *PlainCopy) {
	c := f.conn
	if r, ok := f.reader.(plainCopyReader); ok {
		c = r.conn
	}
	if !o.InPart || c == nil || c.TLS == nil || !c.TLS.OpenedByRedact || c.TLS.Obstacle != "" {
		return
	}
	c.TLS.Obstacle = obstacleInPart
	host := c.TLS.SNI
	if host == "" {
		host = c.Server.String()
	}
	a.counters.NotOpened(TLSObstacle{Host: host, Version: c.TLS.Version, Cipher: c.TLS.Cipher, Reason: obstacleInPart, Opened: true, First: c.Start})
}

// replaceOrigin finds the connection that o was copied from and replaces its reader. It returns
// the new reader, nil if there is no such connection.
func (a *Assembler) replaceOrigin(f *flow, o *PlainCopy) *replacedReader {
	if o.ServerPort == 0 {
		return nil
	}
	k := f.key
	k.tunnel = 0
	k.port[f.client], k.port[f.client.other()] = o.ClientPort, o.ServerPort
	if k.addr[0] == k.addr[1] && k.port[0] > k.port[1] {
		k.port[0], k.port[1] = k.port[1], k.port[0]
	}
	there := a.lookUp(&k)
	if there == nil {
		there = a.inTunnel(&k)
	}
	if there == nil || there.conn == nil {
		return nil
	}
	if there.opening != nil { // it was not held when the copy was made
		a.endOpening(there)
	}
	if there.conn == nil {
		return nil
	}
	found := originSearch{shared: &a.shared, about: o, stream: f.stream}
	there.replaceReader(found.within(there.conn, there.behindAhead(), 0))
	if found.made != nil {
		found.made.flow, found.made.stream = there, there.stream
		for side := range Side(2) {
			found.made.over[side] = there.half[there.from(side)].ended
		}
	}
	return found.made
}

// An originSearch looks for the connection that a plain copy comes from, also within tunnels.
type originSearch struct {
	shared *shared
	about  *PlainCopy
	stream int // of the plain copy
	made   *replacedReader
}

// within returns the reader that a connection has from now on, in so many tunnels.
func (s *originSearch) within(c *Conn, r reader, tunnels int) reader {
	isIt := tunnels == s.about.Tunnels && (c.Tunnel == nil || c.Tunnel.H2Stream == s.about.H2Stream)
	if !s.about.TLS && s.about.H2Stream == 0 { // the tunnels around it may not have been read
		isIt = tunnels >= s.about.Tunnels && !hasTunnel(r)
	}
	if isIt && (c.TLS != nil) == s.about.TLS {
		return s.seal(c, r)
	}
	s.inside(r, tunnels)
	return r
}

// hasTunnel reports whether a connection goes on as a tunnel.
func hasTunnel(r reader) bool {
	switch r := r.(type) {
	case *sniffer:
		return hasTunnel(r.next)
	case *http1:
		return r.tunnel != nil
	}
	return false
}

// inside looks into the tunnels of a connection.
func (s *originSearch) inside(r reader, tunnels int) {
	switch r := r.(type) {
	case *sniffer:
		if r.next != nil {
			s.inside(r.next, tunnels)
		}
	case *shownReader:
		s.inside(r.reader, tunnels)
	case *replacedReader:
		s.inside(r.inner, tunnels)
	case *http1:
		if r.tunnel != nil {
			r.inner = s.within(r.tunnel, r.inner, tunnels+1)
		}
	case *http2Reader:
		if stream := r.streams[s.about.H2Stream]; stream != nil && stream.tunnel != nil {
			stream.tunnel = s.within(stream.tunnelConn, stream.tunnel, tunnels+1)
			return
		}
		for _, id := range r.ids {
			if stream := r.streams[id]; stream != nil && stream.tunnel != nil {
				s.inside(stream.tunnel, tunnels+1)
			}
		}
	}
}

// seal returns a reader that takes the place of r.
func (s *originSearch) seal(c *Conn, r reader) reader {
	switch r := r.(type) {
	case *replacedReader: // by others
		return r
	case *tlsReader:
		r.free()
	case *http2Reader:
		r.hold(-heldHTTP2)
	}
	c.Stream = s.stream
	isHTTP2 := !s.about.TLS
	if t := c.TLS; t != nil {
		s.shared.counters.reopened(c)
		t.Opened, t.OpenedByRedact, t.Obstacle = true, true, ""
		if s.about.Alert.Code != 0 {
			t.Obstacle = s.about.Alert.String()
			s.shared.counters.failed(c, t.Obstacle, s.about.Alert, false)
		}
		if s.about.ALPN != "" {
			t.ALPN = s.about.ALPN
		}
		if len(s.about.Certificate) > 0 {
			t.Certificate = s.shared.internCertificate(s.about.Certificate)
		}
		isHTTP2 = t.ALPN == alpnHTTP2
	}
	s.made = &replacedReader{conn: c}
	if isHTTP2 {
		s.made.inner = s.shared.http2(c)
	} else {
		s.made.inner = s.shared.plain(c, s.shared.sniff(c))
	}
	return s.made
}
