package httpstream

import "bytes"

// A waitingRecord is a whole record that waits.
type waitingRecord struct {
	at       Pos
	record   []byte
	sent     sendPoint
	unread   int64 // peerUnread when it came
	received int64 // of the other side by then
}

// takeRecord takes a whole record, now or when it can be read.
func (t *tlsReader) takeRecord(from Side, at *Pos, record []byte) {
	if h := &t.half[from]; len(h.waiting) > 0 || !t.ready(from, record) {
		t.wait(from, at, record)
		return
	}
	t.read(from, at, record)
	t.resume()
}

// ready reports whether all is known that the next record of from needs.
func (t *tlsReader) ready(from Side, record []byte) bool {
	h := &t.half[from]
	switch {
	case t.closed:
		return true
	case from == Server && !t.hello.client:
		return false
	case from == Client && t.hello.client && !t.hello.server && h.phase == phaseClear:
		return t.hello.retry && !t.hello.retried
	case h.phase == phaseEarly && !h.earlyKnown && t.half[Server].phase == phaseHandshake:
		return false
	case h.guard == nil && t.protects(from, record):
		return t.unlock(from)
	}
	return true
}

// protects reports whether record, the next one of from, is protected. In TLS 1.3
// ChangeCipherSpec is not, nor the alert of a peer that has no keys yet, nor a second ClientHello that the capture
// shows behind the ServerHello.
func (t *tlsReader) protects(from Side, record []byte) bool {
	switch {
	case t.half[from].phase == phaseClear:
		return false
	case t.hello.version != tls13:
		return true
	case from == Client && t.hello.retry && !t.hello.retried && record[0] == recordHandshake:
		return false
	}
	return record[0] != recordChangeCipherSpec && (record[0] != recordAlert || len(record) != recordHeaderLen+2)
}

// wait keeps a record until ready.
func (t *tlsReader) wait(from Side, at *Pos, record []byte) {
	h := &t.half[from]
	protected := t.protects(from, record)
	t.hidden = t.hidden || protected || record[0] == recordApplication
	if from == Server && !t.hello.client && record[0] != recordHandshake {
		t.hidden = t.hidden || record[0] != recordAlert
		if !h.helloWaits() {
			t.close(obstacleMidStream)
			return
		}
	}
	most, why := maxAheadOfHello, obstacleLate
	if t.hello.client && t.hello.server || t.shared.secrets == nil || t.shared.secrets.Kept == 0 {
		most, why = maxWaiting, t.noSecrets()
	}
	if t.shared.secrets == nil && protected ||
		t.waiting+len(record) > most ||
		t.shared.tlsShared.waiting+len(record) > maxAllWaiting {
		t.close(why)
		return
	}
	t.countWaiting(len(record))
	h.waiting = append(h.waiting, waitingRecord{*at, bytes.Clone(record), t.shared.sendPoint, t.shared.peerUnread, t.half[from.Other()].received})
}

// helloWaits reports whether what waits begins with a ServerHello: the ClientHello may
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
	t.shared.tlsShared.waiting += n
}

// resume reads what waits, as far as it can be read by now.
func (t *tlsReader) resume() {
	if len(t.half[Client].waiting)+len(t.half[Server].waiting) == 0 {
		return
	}
	sent, unread := t.shared.sendPoint, t.shared.peerUnread
	defer func() { t.shared.sendPoint, t.shared.peerUnread = sent, unread }()
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
		t.shared.sendPoint = next.sent
		t.shared.peerUnread = max(0, next.unread-(t.half[side.Other()].received-next.received))
		t.read(side, &next.at, next.record)
		t.endInner(side, &next.at)
		side = Client
	}
}
