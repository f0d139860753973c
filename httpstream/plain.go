package httpstream

// A Part is the next part of what one side of a connection sent, as Sink.Plain gets it.
type Part struct {
	Bytes []byte // valid during the call
	Lost  int64  // bytes that are missing in their place
	End   bool   // nothing more of this side comes
	// Sent counts the bytes that its sender had sent before on the connection itself, with what is
	// around the content, and Received those that it had got by then; both are -1 where that is
	// not known. IsAhead says that it had got some that are not there yet.
	Sent, Received int64
	IsAhead        bool
}

// A shownReader passes the content of TLS to Sink.Plain, and to the reader inside: to the Sink
// only once that reader says that it is HTTP.
type shownReader struct {
	reader
	shared *shared
	conn   *Conn
	held   []heldPart // while nobody knows what it is
	size   int        // of held
	over   bool       // it is not handed over: no HTTP has begun in so many bytes
}

// sent adds to a part what its sender had sent and received. A single number may be that of a FIN.
func (sh *shared) sent(part Part) Part {
	part.Sent, part.Received, part.IsAhead = -1, -1, false
	if p := &sh.sendPoint; p.valid {
		part.Sent, part.Received, part.IsAhead = p.offset, p.peerOffset, sh.peerUnread > 1
	}
	return part
}

// A heldPart is a Part that waits.
type heldPart struct {
	Part
	from Side
	at   Pos
}

// plain returns the reader of what is in TLS: with a shownReader around it if the Sink wants plain
// text.
func (sh *shared) plain(c *Conn, inside reader) reader {
	if sh.sink.Plain == nil {
		return inside
	}
	return &shownReader{reader: inside, shared: sh, conn: c}
}

func (p *shownReader) data(from Side, at *Pos, b []byte) {
	isKnown := p.conn.HTTP && !p.over
	if isKnown { // in front of what goes on as HTTP/2 behind it
		p.part(from, at, Part{Bytes: b})
	}
	p.reader.data(from, at, b)
	if !isKnown {
		p.part(from, at, Part{Bytes: b})
	}
}

func (p *shownReader) gap(from Side, at *Pos, n int64) {
	p.reader.gap(from, at, n)
	p.part(from, at, Part{Lost: n})
}

func (p *shownReader) end(from Side, at *Pos) {
	p.reader.end(from, at)
	p.part(from, at, Part{End: true})
}

// part hands over a part, or keeps it until there is HTTP.
func (p *shownReader) part(from Side, at *Pos, part Part) {
	if s, ok := p.reader.(*sniffer); ok && !p.over {
		_, p.over = s.next.(*http2Reader) // which hands it over itself
	}
	switch {
	case p.over:
		p.release()
		return
	case p.conn.goesOn && !part.End:
		return
	case p.conn.HTTP:
		for i := range p.held {
			h := &p.held[i]
			p.shared.handOn(p.conn, h.from, h.at, h.Part)
		}
		p.release()
		p.shared.hand(p.conn, from, *at, part)
		return
	case part.End && p.size == 0, p.size+len(part.Bytes) > maxSniffedPlain, len(p.held) == maxHeldParts:
		p.over = true
		p.release()
		return
	}
	part = p.shared.sent(part)
	part.Bytes = append([]byte(nil), part.Bytes...)
	p.size += len(part.Bytes)
	p.shared.held += int64(len(part.Bytes))
	p.held = append(p.held, heldPart{part, from, *at})
}

// release gives up what is held.
func (p *shownReader) release() {
	p.shared.held -= int64(p.size)
	p.held, p.size = nil, 0
}

// hand hands over a part that comes now.
func (sh *shared) hand(c *Conn, from Side, at Pos, part Part) {
	sh.handOn(c, from, at, sh.sent(part))
}

// handOn hands over a part.
func (sh *shared) handOn(c *Conn, from Side, at Pos, part Part) {
	c.handed = true
	sh.sink.Plain(c, from, at, part)
}

// handNothing hands over the end of a connection that was opened but held no HTTP.
func (t *tlsReader) handNothing(at *Pos) {
	if c := t.conn; t.shared.sink.Plain != nil && !c.handed && c.TLS.Opened && (c.TLS.Obstacle == "" || c.TLS.alert.Code != 0) {
		t.shared.hand(c, Client, *at, Part{End: true})
		t.shared.hand(c, Server, *at, Part{End: true})
	}
}
