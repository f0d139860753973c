package httpstream

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// A tlsReader opens the TLS of one connection, where the secrets are at hand, and
// gives what was inside to another reader. Without them it reads what the handshake
// shows in the clear.
type tlsReader struct {
	out     *outlet
	conn    *Conn
	inner   reader // nil until the first application data
	hello   tlsHello
	half    [2]tlsHalf
	origin  [32]byte // tlsSession.random of the session that was resumed
	certs   bool     // a Certificate of the server was seen in this handshake
	hidden  bool     // something was protected
	closed  bool     // nothing more will be looked at
	held    int      // of outlet.held, the bytes of this connection
	waiting int      // of tlsShared.waiting, the same
}

// A tlsHalf is what one side sends.
type tlsHalf struct {
	// The record that is not complete yet: have bytes of it, the first ones in header,
	// all of them in record once its length is known.
	have   int
	header [recordHeaderLen]byte
	record []byte
	skip   int64 // rest of a record of which a part was lost

	waiting []waitingRecord // what cannot be read before the other side, or a secret, is known
	message []byte          // a handshake message that is not complete
	omit    int             // rest of a handshake message that is too long

	phase tlsPhase
	guard *protection // nil while in the clear, or while the secret is not at hand
	seq   uint64
	fails int // records in a row that did not decrypt
	// earlyKnown tells that the server said whether it accepts early data.
	earlyKnown bool
	// joining tells that records are passed over up to the first that decrypts.
	joining bool

	hole  tlsHole
	ended bool
	told  bool // the reader inside knows that it ended
}

// A waitingRecord is a whole record that waits.
type waitingRecord struct {
	at     Pos
	record []byte
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

// tls returns the reader for a connection that begins with, or is in the middle of, TLS.
func (o *outlet) tls(c *Conn) reader {
	if c.TLS != nil {
		return silent{} // TLS straight inside TLS: no browser or server does that
	}
	c.TLS = &TLS{}
	return &tlsReader{out: o, conn: c}
}

func (t *tlsReader) data(from Side, at *Pos, b []byte) {
	h := &t.half[from]
	for len(b) > 0 {
		var n int
		switch {
		case t.closed:
			if t.inner != nil {
				t.inner.gap(from, at, int64(len(b)))
			}
			return
		case h.hole.open:
			t.search(from, at, b)
			return
		case h.skip > 0:
			n = int(min(h.skip, int64(len(b))))
			h.skip -= int64(n)
		case h.have == 0 && len(b) >= recordHeaderLen && recordLen(b) > 0 && recordLen(b) <= len(b):
			n = recordLen(b)
			t.take(from, at, b[:n])
		default:
			n = t.gather(from, at, b)
		}
		b = b[n:]
	}
}

// gather adds to a record that came in pieces, and returns how much of b it took.
func (t *tlsReader) gather(from Side, at *Pos, b []byte) int {
	h := &t.half[from]
	if h.have < recordHeaderLen {
		n := copy(h.header[h.have:], b)
		h.have += n
		if h.have < recordHeaderLen {
			return n
		}
		size := recordLen(h.header[:])
		if size == 0 {
			t.astray(from, at)
			return n
		}
		h.record = t.page(size)
		copy(h.record, h.header[:])
		return n
	}
	n := copy(h.record[h.have:], b)
	h.have += n
	if h.have == len(h.record) {
		record := h.record
		h.record, h.have = nil, 0
		t.take(from, at, record)
		t.release(record)
	}
	return n
}

// recordLen returns the length of the record that begins with b, header included; 0
// if none does. b is at least a header long.
func recordLen(b []byte) int {
	n := int(binary.BigEndian.Uint16(b[3:]))
	if b[0] < recordChangeCipherSpec || b[0] > recordHeartbeat || b[1] != 3 || b[2] > 4 || n > recordLimit12 {
		return 0
	}
	return recordHeaderLen + n
}

// page returns a buffer for a record, which release takes back. It counts as held.
func (t *tlsReader) page(size int) []byte {
	page := t.out.tlsShared.pages.take(size)
	t.hold(cap(page))
	return page
}

func (t *tlsReader) release(page []byte) {
	t.hold(-cap(page))
	t.out.tlsShared.pages.give(page)
}

// hold counts n more bytes as held, and gives the connection up where that is too much.
func (t *tlsReader) hold(n int) {
	t.held += n
	t.out.held += int64(n)
	if n > 0 && t.out.held > heldLimit && !t.closed {
		t.out.drop(heldDropped)
		t.close("too much was held for other connections")
	}
}

// take takes a whole record, now or when it can be read.
func (t *tlsReader) take(from Side, at *Pos, record []byte) {
	if h := &t.half[from]; len(h.waiting) > 0 || !t.ready(from, record) {
		t.wait(from, at, record)
		return
	}
	t.read(from, at, record)
	t.resume()
}

// ready tells whether all is known that the next record of from needs.
func (t *tlsReader) ready(from Side, record []byte) bool {
	h := &t.half[from]
	switch {
	case t.closed:
		return true
	case from == Server && !t.hello.client:
		return false
	case from == Client && t.hello.client && !t.hello.server && h.phase == phaseClear:
		return t.hello.retry
	case h.phase == phaseEarly && !h.earlyKnown && t.half[Server].phase == phaseHandshake:
		return false
	case h.guard == nil && t.protects(from, record):
		return t.unlock(from)
	}
	return true
}

// protects tells whether record, the next one of from, is protected. In TLS 1.3
// ChangeCipherSpec is not, nor the alert of a peer that has no keys yet.
func (t *tlsReader) protects(from Side, record []byte) bool {
	switch {
	case t.half[from].phase == phaseClear:
		return false
	case t.hello.version != tls13:
		return true
	}
	return record[0] != recordChangeCipherSpec && (record[0] != recordAlert || len(record) != recordHeaderLen+2)
}

// wait keeps a record until ready.
func (t *tlsReader) wait(from Side, at *Pos, record []byte) {
	h := &t.half[from]
	protected := t.protects(from, record)
	t.hidden = t.hidden || protected
	if from == Server && !t.hello.client && record[0] != recordHandshake {
		t.hidden = t.hidden || record[0] != recordAlert
		if !h.helloWaits() {
			t.close(obstacleMidStream)
			return
		}
	}
	if t.out.secrets == nil && protected ||
		t.waiting+len(record) > waitingLimit ||
		t.out.tlsShared.waiting+len(record) > allWaitingLimit {
		t.close(t.noSecrets())
		return
	}
	t.countWaiting(len(record))
	h.waiting = append(h.waiting, waitingRecord{*at, bytes.Clone(record)})
}

// helloWaits tells whether what waits begins with a ServerHello: the ClientHello may
// come late then.
func (h *tlsHalf) helloWaits() bool {
	if len(h.waiting) == 0 {
		return false
	}
	first := h.waiting[0].record
	return len(first) > recordHeaderLen && first[0] == recordHandshake && first[recordHeaderLen] == serverHello
}

// countWaiting counts n more bytes as waiting.
func (t *tlsReader) countWaiting(n int) {
	t.waiting += n
	t.out.tlsShared.waiting += n
}

// resume reads what waits, as far as it can be read by now.
func (t *tlsReader) resume() {
	for side := Client; side <= Server; {
		h := &t.half[side]
		if len(h.waiting) == 0 {
			side++
			continue
		}
		next := h.waiting[0]
		if !t.ready(side, next.record) {
			t.hidden = t.hidden || t.protects(side, next.record)
			side++
			continue
		}
		h.waiting = h.waiting[1:]
		t.countWaiting(-len(next.record))
		t.read(side, &next.at, next.record)
		t.endInner(side, &next.at)
		side = Client
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
	page := t.page(pageLimit)
	defer t.release(page)
	kind, content, ok := h.guard.open(page, h.seq, record)
	if !ok {
		t.puzzle(from, at, record, page)
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
		t.inner.data(from, at, b)
	}
}

// application makes sure of the reader for what is inside.
func (t *tlsReader) application(from Side, at *Pos) {
	if t.inner != nil {
		return
	}
	if t.conn.TLS.ALPN == "h2" {
		t.inner = t.out.http2(t.conn)
	} else {
		t.inner = t.out.sniff(t.conn)
	}
	t.endInner(from.Other(), at)
}

// endInner tells the reader inside that a side ended, once all it sent was read.
func (t *tlsReader) endInner(side Side, at *Pos) {
	h := &t.half[side]
	if t.inner == nil || !h.ended || h.told || len(h.waiting) > 0 {
		return
	}
	h.told = true
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
	switch {
	case t.hidden && t.waiting > 0 && (t.hello.server || !t.hello.client):
		t.close(t.noSecrets())
	case !t.conn.TLS.Opened:
		t.close("the connection ended within the handshake")
	}
	t.free()
	t.endInner(from.Other(), at)
	t.endInner(from, at)
}

// cut says that a side ended where no record does. In a connection that is still open
// where the capture ends that is nothing special.
func (t *tlsReader) cut(from Side, at *Pos) {
	switch h := &t.half[from]; {
	case h.hole.open:
		t.obstacle(h.hole.obstacle(from))
		if t.inner != nil && h.guard != nil {
			t.inner.gap(from, at, max(0, h.hole.lost+int64(len(h.hole.seen)-h.guard.overhead())))
		}
	case h.have > 0 && t.conn.Ending != Open:
		t.obstacle(fmt.Sprintf("the %s ended the connection within a record", from))
	}
}

// free gives back all that is held.
func (t *tlsReader) free() {
	t.countWaiting(-t.waiting)
	for side := range t.half {
		h := &t.half[side]
		if h.record != nil {
			t.release(h.record)
		}
		t.hold(-len(h.hole.seen) - len(h.message))
		h.waiting, h.record, h.have, h.hole, h.message = nil, nil, 0, tlsHole{}, nil
	}
}

func (t *tlsReader) blind(Side) int64 {
	if t.closed {
		return 1 << 62
	}
	return 0
}

// close gives the connection up. The first reason is the one that counts.
func (t *tlsReader) close(why string) {
	if t.closed {
		return
	}
	t.closed = true
	t.free()
	t.obstacle(why)
	if !t.conn.TLS.Opened && t.hidden {
		name := t.conn.TLS.SNI
		if name == "" {
			name = t.conn.Server.String()
		}
		t.out.countClosed(name)
	}
}

func (t *tlsReader) obstacle(why string) {
	if t.conn.TLS.Obstacle == "" {
		t.conn.TLS.Obstacle = why
	}
}

// Reasons why a connection is not opened.
const (
	obstacleMidStream = "the handshake is not in the capture"
	obstacleLost      = "a part of the handshake is not in the capture"
)

// noSecrets says why no protection could be made.
func (t *tlsReader) noSecrets() string {
	switch s := findSuite(t.hello.suite); {
	case !t.hello.client:
		return obstacleMidStream
	case t.hello.version < tls12:
		return fmt.Sprintf("TLS %s is not opened, only 1.2 and 1.3", tlsVersionName(t.hello.version))
	case s == nil:
		return fmt.Sprintf("cipher suite %s is not opened", suiteName(t.hello.suite))
	case t.out.secrets == nil || t.out.secrets.Kept == 0:
		return "no key log was given"
	}
	return "the key log has no secrets for this connection"
}
