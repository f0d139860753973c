package httpstream

import (
	"fmt"

	"negotrace/internal/plural"
)

// A tlsHole is a place where bytes are missing and with them the beginning of the
// next record. It is closed when a record further on is found, by its header and by
// decrypting under one of the sequence numbers it may have.
type tlsHole struct {
	open    bool
	lost    int64  // bytes from the last known beginning of a record to those of seen
	seen    []byte // bytes behind the hole
	scanned int    // bytes of seen in which no record begins
	garbled bool   // nothing is known to be lost: other bytes came in place of a record
}

func (t *tlsReader) gap(from Side, at *Pos, n int64) {
	h := &t.half[from]
	h.received += n
	t.asked = t.asked && from == Client
	switch {
	case t.closed:
		if t.inner != nil {
			t.inner.gap(from, at, n)
		}
		return
	case h.hole.open:
		h.hole.lost += int64(len(h.hole.seen)) + n
		t.hold(-len(h.hole.seen))
		h.hole.seen, h.hole.scanned = nil, 0
		return
	case len(h.waiting) > 0, from == Client && !t.hello.client, from == Server && !t.hello.server:
		t.hidden, t.asked = true, from == Client && t.conn.Bytes[Server] == 0
		t.close(obstacleLost)
		return
	}
	if h.skip > 0 {
		inside := min(h.skip, n)
		h.skip -= inside
		n -= inside
		if h.guard != nil && inside > 0 {
			h.guard.chain.lost(0)
		}
	}
	if h.phase == phaseClear {
		t.handshakeLost()
	}
	lost := int64(h.have)
	if h.have >= recordHeaderLen {
		// The record is damaged, but where it ends is known.
		size := len(h.record)
		inside := min(n, int64(size-h.have))
		h.skip = int64(size-h.have) - inside
		n -= inside
		lost = 0
		t.release(h.record)
		t.damagedRecord(from, at, size)
	}
	h.record, h.have = nil, 0
	if n > 0 {
		h.hole = tlsHole{open: true, lost: lost + n}
		t.dropMessage(from)
	}
}

// dropMessage drops the handshake message that is not complete.
func (t *tlsReader) dropMessage(from Side) {
	h := &t.half[from]
	t.hold(-len(h.message))
	h.message, h.omit = nil, 0
}

// damagedRecord takes a record, header included, of which only the length is known.
func (t *tlsReader) damagedRecord(from Side, at *Pos, size int) {
	h := &t.half[from]
	t.dropMessage(from)
	if h.guard == nil {
		return
	}
	h.seq++
	h.guard.chain.lost(size - recordHeaderLen)
	if h.phase == phaseApplication {
		t.application(from, at)
		t.inner.gap(from, at, max(0, int64(size-h.guard.overhead())))
	}
}

// unchained takes a whole record that cannot be decrypted because the end of the one
// before is lost.
func (t *tlsReader) unchained(from Side, at *Pos, record []byte) {
	guard := t.half[from].guard
	t.conn.Lost[from] += max(0, int64(len(record)-guard.overhead()))
	t.damagedRecord(from, at, len(record))
	guard.chain.passed(record[recordHeaderLen:])
}

// badHeader takes a record header that is none.
func (t *tlsReader) badHeader(from Side, at *Pos) {
	h := &t.half[from]
	if from == Server && !t.hello.server && classifyResponse(h.header[:]) != unknown {
		t.answeredInPlain(at, h.header[:])
		return
	}
	t.obstacle(fmt.Sprintf(obstacleNoTLS, from), inFrame(at))
	if !t.conn.TLS.Opened {
		t.hidden = t.hidden || t.hello.server || t.half[from.Other()].helloWaits()
		t.close("")
		return
	}
	h.record, h.have = nil, 0
	h.hole = tlsHole{open: true, lost: recordHeaderLen, garbled: true}
}

// search looks for a record behind a hole.
func (t *tlsReader) search(from Side, at *Pos, b []byte) {
	hole := &t.half[from].hole
	hole.seen = append(hole.seen, b...)
	t.hold(len(b))
	if t.closed {
		return
	}
	candidates := t.candidates(from)
	if len(candidates) == 0 {
		t.hidden = true
		t.close(t.noSecrets())
		return
	}
	page := t.page(maxPage)
	defer t.release(page)
	minor := byte(min(t.hello.version, tls12)) // the version in records, RFC 8446 section 5.1
	for i := hole.scanned; i+recordHeaderLen <= len(hole.seen); i++ {
		hole.scanned = i
		size := recordLen(hole.seen[i:])
		if size == 0 || hole.seen[i+2] != minor {
			continue
		}
		if i+size > len(hole.seen) {
			break
		}
		seen := hole.seen
		if t.resumeAt(from, at, candidates, trial{seen[i : i+size], hole.lost + int64(i), seen[:i], page}) {
			t.hold(-len(hole.seen)) // none, if the connection was closed by what was found
			*hole = tlsHole{}
			t.resume()
			t.data(from, at, seen[i+size:])
			return
		}
	}
	if len(hole.seen) > maxHoleSearch {
		t.shared.drop(holeDropped)
		t.obstacle(hole.obstacle(from))
		t.close("")
	}
}

func (h *tlsHole) obstacle(from Side) (why, detail string) {
	return fmt.Sprintf(obstacleHole, from), " (" + plural.Count(h.lost, "byte") + ")"
}

// A candidate is a protection that a record may be under, from that sequence number on.
type candidate struct {
	guard *protection
	phase tlsPhase
	seq   uint64
}

// candidates lists what the next record of from may be protected by, where it is not
// known how many went before.
func (t *tlsReader) candidates(from Side) []candidate {
	h := &t.half[from]
	var list []candidate
	if h.guard != nil {
		list = append(list, candidate{h.guard, h.phase, h.seq})
		if h.phase == phaseApplication {
			if next := h.guard.next(); next != nil {
				list = append(list, candidate{next, h.phase, 0})
			}
		}
	}
	for p := max(h.phase, phaseEarly) + 1; p <= phaseApplication; p++ {
		if p == phaseHandshake && t.hello.version != tls13 {
			continue
		}
		if guard := t.protection(from, p); guard != nil {
			list = append(list, candidate{guard, p, 0})
		}
	}
	return list
}

// resumeAt reports whether a record behind a hole decrypts, and reads it then.
func (t *tlsReader) resumeAt(from Side, at *Pos, list []candidate, r trial) bool {
	for _, c := range list {
		least, most := uint64(0), uint64(r.missing)/uint64(c.guard.overhead())
		if c.guard == t.half[from].guard {
			least = uint64(r.missing) / maxPage
		}
		if t.tryDecrypt(from, at, c, least, min(most, least+maxTrials), r) {
			return true
		}
	}
	return false
}

// A trial is a record that may be under a candidate, and what lies before it.
type trial struct {
	record  []byte
	missing int64  // bytes from the last known end of a record on
	before  []byte // the last of them, where they are there
	page    []byte // what it is decrypted to
}

// open opens the record as the one behind n others.
func (c candidate) open(n uint64, r trial) (kind byte, content []byte, ok bool) {
	known := c.guard.chain
	if c.guard.chain, ok = known.behind(r.missing, n, r.before); ok {
		kind, content, ok = c.guard.open(r.page, c.seq+n, r.record)
	}
	if !ok {
		c.guard.chain = known
	}
	return kind, content, ok
}

// cost returns how many bytes open decrypts.
func (c candidate) cost(r trial) int64 {
	if c.guard.chain.stream != nil {
		return r.missing + int64(len(r.record))
	}
	return int64(len(r.record))
}

// tryDecrypt tries to open a record under c, with from least to most records having gone before,
// and reports whether it could.
func (t *tlsReader) tryDecrypt(from Side, at *Pos, c candidate, least, most uint64, r trial) bool {
	h, missing := &t.half[from], r.missing
	for n := least; n <= most; n++ {
		if t.shared.tlsShared.triedBytes += c.cost(r); t.shared.tlsShared.triedBytes > maxTrialBytes {
			return false
		}
		kind, content, ok := c.open(n, r)
		if !ok {
			continue
		}
		if c.phase == phaseApplication && missing > 0 {
			t.application(from, at)
			t.inner.gap(from, at, max(0, missing-int64(n)*int64(c.guard.overhead())))
		}
		h.guard, h.phase, h.seq, h.fails = c.guard, c.phase, c.seq+n+1, 0
		h.skippingToFirst = false
		t.dropMessage(from)
		t.conn.TLS.Opened = true
		t.content(from, at, kind, content)
		return true
	}
	return false
}

// decryptFailed takes a record that does not decrypt as it should.
func (t *tlsReader) decryptFailed(from Side, at *Pos, record, page []byte) {
	h := &t.half[from]
	if t.mayBeEarly(from) {
		t.earlyRecord(at, record)
		return
	}
	for _, c := range t.candidates(from) {
		if t.tryDecrypt(from, at, c, 0, maxFailures, trial{record: record, page: page}) {
			return
		}
	}
	h.fails++
	if h.skippingToFirst && h.fails <= maxFailures {
		return
	}
	t.obstacle(fmt.Sprintf(obstacleDamaged, from), inFrame(at))
	h.seq++
	h.guard.chain.failed(record[recordHeaderLen:])
	if t.inner != nil {
		n := max(0, int64(len(record)-h.guard.overhead()))
		t.conn.Lost[from] += n
		t.inner.gap(from, at, n)
	}
	if h.fails > maxFailures {
		t.close("")
	}
}
