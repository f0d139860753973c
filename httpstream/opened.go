package httpstream

import "net/netip"

// An Opened says of a segment that no network sent it: negotrace redact wrote it with what
// another connection of the capture held in TLS, or in compressed header blocks of HTTP/2.
type Opened struct {
	TLS bool // it was in TLS
	// ClientPort and ServerPort are those of the other connection, between the same addresses.
	// They are 0 where nobody says it, as of all segments but the first.
	ClientPort, ServerPort uint16
	// Tunnels is in how many tunnels (CONNECT, Upgrade) of that connection it was, and
	// H2Stream the stream of HTTP/2 that the innermost one is, 0 for none.
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

// OpenedOf is what is said of the connection c, whose first bytes are to be written.
func OpenedOf(c *Conn) *Opened {
	o := &Opened{TLS: c.TLS != nil, ClientPort: c.Opener().Port(), ServerPort: c.Server.Port()}
	for outer := c.outer(); outer != nil; outer = outer.outer() {
		o.Tunnels++
	}
	if c.Tunnel != nil {
		o.H2Stream = c.Tunnel.H2Stream
	}
	if c.TLS != nil {
		o.ALPN, o.Alert = c.TLS.ALPN, c.alert
		if c.TLS.Version == tlsVersionName(tls13) {
			o.Certificate = c.TLS.Certificate
		}
	}
	return o
}

// A sealedReader is the reader of a connection that was opened before: what it holds itself
// is of no use, and other segments say what that is.
type sealedReader struct {
	conn  *Conn
	inner reader
	ended [2]bool
}

func (r *sealedReader) data(Side, *Pos, []byte) {}
func (r *sealedReader) gap(Side, *Pos, int64)   {}
func (r *sealedReader) skippable(Side) int64    { return 1 << 62 }

func (r *sealedReader) end(from Side, at *Pos) {
	r.ended[from] = true
	r.inner.end(from, at)
}

// An openedReader is the reader of a connection that holds what was in another one: it hands
// that to the reader there.
type openedReader struct{ *sealedReader }

func (r openedReader) data(from Side, at *Pos, b []byte) {
	if !r.ended[from] {
		r.inner.data(from, at, b)
	}
}

func (r openedReader) gap(from Side, at *Pos, n int64) {
	if !r.ended[from] {
		r.inner.gap(from, at, n)
	}
}

func (r openedReader) skippable(from Side) int64 { return r.inner.skippable(from) }

// end is that of the other connection.
func (r openedReader) end(Side, *Pos) {}

// isOpened reports whether a flow holds what was in another one, so that it does not count.
func (f *flow) isOpened() bool {
	_, is := f.reader.(openedReader)
	return is
}

// opens finds the connection that a new flow holds the content of, and has it read there. If
// the capture does not have it, what the flow holds is read as that of TLS all the same.
func (a *Assembler) opens(f *flow, s *Segment) {
	o := s.Opened
	if s := a.sealed(f, o); s != nil {
		f.reader = openedReader{s}
		a.counters.Connections--
	} else if o.TLS {
		f.conn.TLS = &TLS{Opened: true, OpenedByRedact: true, ALPN: o.ALPN}
		if o.ServerPort != 0 {
			f.conn.Client = netip.AddrPortFrom(f.conn.Client.Addr(), o.ClientPort)
			f.conn.Server = netip.AddrPortFrom(f.conn.Server.Addr(), o.ServerPort)
		}
	}
	a.counters.OpenedByRedact++
}

// openedInPart notes that a connection was not opened to its end, where a segment says so.
func (a *Assembler) openedInPart(f *flow, o *Opened) {
	c := f.conn
	if r, ok := f.reader.(openedReader); ok {
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
	a.counters.Closed(TLSObstacle{Host: host, Version: c.TLS.Version, Cipher: c.TLS.Cipher, Reason: obstacleInPart, Opened: true})
}

// sealed returns the reader of the connection whose content a flow has, nil if there is none.
func (a *Assembler) sealed(f *flow, o *Opened) *sealedReader {
	if o.ServerPort == 0 {
		return nil
	}
	k := f.key
	k.tunnel = 0
	k.port[f.client], k.port[f.client^1] = o.ClientPort, o.ServerPort
	if k.addr[0] == k.addr[1] && k.port[0] > k.port[1] {
		k.port[0], k.port[1] = k.port[1], k.port[0]
	}
	there := a.flows.find(&k)
	if there == nil {
		there = a.oneWay[k]
	}
	if there == nil || there.conn == nil {
		return nil
	}
	found := sealing{shared: &a.shared, about: o, stream: f.stream}
	there.reader = found.within(there.conn, there.reader, 0)
	return found.made
}

// A sealing looks for the connection that was opened, within tunnels.
type sealing struct {
	shared *shared
	about  *Opened
	stream int // of what was opened
	made   *sealedReader
}

// within returns the reader that a connection has from now on, in so many tunnels.
func (s *sealing) within(c *Conn, r reader, tunnels int) reader {
	if tunnels == s.about.Tunnels && (c.TLS != nil) == s.about.TLS && (c.Tunnel == nil || c.Tunnel.H2Stream == s.about.H2Stream) {
		return s.seal(c, r)
	}
	s.inside(r, tunnels)
	return r
}

// inside looks into the tunnels of a connection.
func (s *sealing) inside(r reader, tunnels int) {
	switch r := r.(type) {
	case *sniffer:
		if r.next != nil {
			s.inside(r.next, tunnels)
		}
	case *shownReader:
		s.inside(r.reader, tunnels)
	case *sealedReader:
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
func (s *sealing) seal(c *Conn, r reader) reader {
	switch r := r.(type) {
	case *sealedReader: // by others
		return r
	case *tlsReader:
		r.free()
	}
	c.Stream = s.stream
	isHTTP2 := !s.about.TLS
	if t := c.TLS; t != nil {
		s.shared.counters.reopened(c)
		t.Opened, t.OpenedByRedact, t.Obstacle = true, true, ""
		if s.about.Alert.Code != 0 {
			t.Obstacle = s.about.Alert.String()
		}
		if s.about.ALPN != "" {
			t.ALPN = s.about.ALPN
		}
		if len(s.about.Certificate) > 0 {
			t.Certificate = s.shared.internCertificate(s.about.Certificate)
		}
		isHTTP2 = t.ALPN == alpnHTTP2
	}
	s.made = &sealedReader{conn: c}
	if isHTTP2 {
		s.made.inner = s.shared.http2(c)
	} else {
		s.made.inner = s.shared.plain(c, s.shared.sniff(c))
	}
	return s.made
}
