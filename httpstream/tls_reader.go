package httpstream

// A tlsReader opens the TLS of one connection, where the secrets are at hand, and
// gives what was inside to another reader. Without them it reads what the handshake
// shows in the clear.
type tlsReader struct {
	shared  *shared
	conn    *Conn
	inner   reader // nil until the first application data
	hello   tlsHello
	half    [2]tlsHalf
	origin  [32]byte     // tlsSession.random of the session that was resumed
	certs   bool         // a Certificate of the server was seen in this handshake
	hidden  bool         // something was protected
	closed  bool         // nothing more will be looked at
	reason  string       // the obstacle without its detail
	plain   bool         // the server answers in plain HTTP, which inner reads
	asked   bool         // closed by what the client sent; the server may answer it in plain HTTP
	counted bool         // as closed
	holds   bool         // it counts as held itself
	rsa     *rsaExchange // nil without RSA keys
	master  []byte       // what they gave
	waiting int          // of tlsShared.waiting, the same
}

// A tlsHalf is what one side sends.
type tlsHalf struct {
	// The record that is not complete yet: have bytes of it, the first ones in header,
	// all of them in record once its length is known.
	have   int
	header [recordHeaderLen]byte
	record []byte
	skip   int64 // rest of a record of which a part was lost

	received int64 // bytes so far, with those that are lost

	waiting []waitingRecord // what cannot be read before the other side, or a secret, is known
	message []byte          // a handshake message that is not complete
	omit    int             // rest of a handshake message that is too long

	phase tlsPhase
	guard *protection // nil while in the clear, or while the secret is not at hand
	seq   uint64
	fails int // records in a row that did not decrypt
	// earlyKnown is set once the server said whether it accepts early data, earlyAccepted
	// if it does.
	earlyKnown, earlyAccepted bool
	// skippingToFirst is set while records are skipped up to the first that decrypts.
	skippingToFirst bool

	hole    tlsHole
	ended   bool
	endSent bool // the reader inside knows that it ended
}

// A tlsPhase says by which secret records are protected. TLS 1.2 knows the first and
// the last.
type tlsPhase uint8

const (
	phaseClear tlsPhase = iota
	phaseEarly
	phaseHandshake
	phaseApplication
)

// tlsInside passes over TLS that is straight inside of TLS, as a tunnel of all traffic has it.
type tlsInside struct{ discard }

// tls returns the reader for a connection that begins with, or is in the middle of, TLS.
func (sh *shared) tls(c *Conn) reader {
	if c.TLS != nil {
		return tlsInside{} // no browser or server does that
	}
	c.TLS = &TLS{}
	t := sh.pools.tls.take()
	t.shared, t.conn, t.holds = sh, c, true
	sh.held += heldTLS
	return t
}

// recycle returns a reader that has closed, and has none inside, to the free list.
func (t *tlsReader) recycle() {
	pool := &t.shared.pools.tls
	*t = tlsReader{}
	pool.put(t)
}

func (t *tlsReader) data(from Side, at *Pos, b []byte) {
	h := &t.half[from]
	h.received += int64(len(b))
	for len(b) > 0 {
		var n int
		switch {
		case t.plain && from == Server:
			t.inner.data(from, at, b)
			return
		case t.asked && from == Server:
			n = t.answer(at, b)
		case t.closed:
			t.noteUnread(from)
			if t.inner != nil {
				t.inner.gap(from, at, int64(len(b)))
			}
			return
		case h.hole.open:
			t.search(from, at, b)
			return
		case from == Client && !t.hello.client && h.have == 0 && isSSL2Hello(b):
			n = t.ssl2Hello(b)
			t.resume()
		case h.skip > 0:
			n = int(min(h.skip, int64(len(b))))
			h.skip -= int64(n)
			if h.guard != nil {
				h.guard.chain.passed(b[:n])
			}
		case h.have == 0 && len(b) >= recordHeaderLen && recordLen(b) > 0 && recordLen(b) <= len(b):
			n = recordLen(b)
			t.takeRecord(from, at, b[:n])
		default:
			n = t.gather(from, at, b)
		}
		b = b[n:]
	}
}

// read reads one whole record whose turn it is.
func (t *tlsReader) read(from Side, at *Pos, record []byte) {
	h := &t.half[from]
	switch {
	case t.closed:
		return
	case !t.protects(from, record):
		t.content(from, at, record[0], record[recordHeaderLen:])
		return
	case h.guard == nil:
		t.close(t.noSecrets())
		return
	}
	t.hidden = true
	if h.guard.chain.broken() {
		t.unchained(from, at, record)
		return
	}
	page := t.page(maxPage)
	defer t.release(page)
	kind, content, ok := h.guard.open(page, h.seq, record)
	if !ok {
		t.decryptFailed(from, at, record, page)
		return
	}
	h.seq++
	h.fails = 0
	t.conn.TLS.Opened = true
	t.content(from, at, kind, content)
}

// content takes what a record held.
func (t *tlsReader) content(from Side, at *Pos, kind byte, b []byte) {
	switch kind {
	case recordChangeCipherSpec:
		t.changeCipherSpec(from)
	case recordAlert:
		t.alert(from, b)
	case recordHandshake:
		t.handshake(from, at, b)
	case recordApplication:
		if t.half[from].phase == phaseClear {
			t.hidden = true
			t.close(obstacleMidStream)
			return
		}
		t.application(from, at)
		if other := &t.half[from.Other()].hole; other.open { // which inner does not know of
			t.shared.peerUnread = max(t.shared.peerUnread, other.lost)
		}
		t.inner.data(from, at, b)
	}
}

// application makes sure of the reader for what is inside.
func (t *tlsReader) application(from Side, at *Pos) {
	if t.inner != nil {
		return
	}
	if t.conn.TLS.ALPN == alpnHTTP2 {
		t.inner = t.shared.http2(t.conn)
	} else {
		t.inner = t.shared.plain(t.conn, t.shared.sniff(t.conn))
	}
	t.endInner(from.Other(), at)
}

// endInner ends a side of the reader inside, once all that it sent was read.
func (t *tlsReader) endInner(side Side, at *Pos) {
	h := &t.half[side]
	if t.inner == nil || !h.ended || h.endSent || len(h.waiting) > 0 {
		return
	}
	h.endSent = true
	t.inner.end(side, at)
}

func (t *tlsReader) end(from Side, at *Pos) {
	t.half[from].ended = true
	t.resume()
	t.cut(from, at)
	t.endInner(from, at)
	if !t.half[from.Other()].ended {
		return
	}
	garbled := false
	for side := range Side(2) {
		h := &t.half[side]
		garbled = garbled || h.hole.garbled
		if len(h.waiting) > 0 || h.hole.garbled {
			t.noteUnread(side)
		}
	}
	switch {
	case t.hidden && t.waiting > 0 && (t.hello.server || !t.hello.client):
		t.close(t.noSecrets())
	case garbled && !t.closed:
		t.countClosed(true)
	case !t.conn.TLS.Opened:
		t.close(obstacleShort)
	}
	t.free()
	t.endInner(from.Other(), at)
	t.endInner(from, at)
	t.handNothing(at)
}

// noteUnread says that a side sent what cannot be read, on a connection that was opened.
func (t *tlsReader) noteUnread(side Side) {
	t.conn.Unread[side] = t.conn.Unread[side] || t.conn.TLS.Opened
}

// free gives back all that is held.
func (t *tlsReader) free() {
	t.countWaiting(-t.waiting)
	t.forgetRSA()
	if t.holds {
		t.hold(-heldTLS)
		t.holds = false
	}
	for side := range t.half {
		h := &t.half[side]
		if h.record != nil {
			t.release(h.record)
		}
		t.hold(-len(h.hole.seen) - len(h.message))
		h.waiting, h.record, h.have, h.hole, h.message = nil, nil, 0, tlsHole{}, nil
	}
}

func (t *tlsReader) skippable(Side) int64 {
	if t.closed {
		return 1 << 62
	}
	return 0
}
