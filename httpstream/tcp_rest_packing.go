package httpstream

import (
	"bytes"
	"encoding/binary"
)

// A packing writes what a flow has one after the other, or reads it. What it wrote is zero
// afterwards, so that what is left over shows what it does not write.
type packing struct {
	shared  *shared
	store   *restStore
	b       []byte
	writing bool
	stream  int
	began   int // the stream in which the flow began: another one where a firewall changes numbers
	file    File
	isAlias bool // what it has is an alias
	held    bool // something counts as held
	more    bool // there is something that is not written
}

// number writes or reads how much larger than base a number is, and returns the number.
func number[T ~int | ~int32 | ~int64 | ~uint64 | ~uint32 | ~uint16 | ~uint8](w *packing, p *T, base T) T {
	v := *p
	if w.writing {
		w.b = binary.AppendUvarint(w.b, uint64(v-base))
		*p = 0
		return v
	}
	d, n := binary.Uvarint(w.b)
	w.b = w.b[n:]
	*p = base + T(d)
	return *p
}

// word writes or reads a number that is random, and returns it.
func (w *packing) word(p *uint32) uint32 {
	v := *p
	if w.writing {
		w.b = binary.LittleEndian.AppendUint32(w.b, v)
		*p = 0
		return v
	}
	*p, w.b = binary.LittleEndian.Uint32(w.b), w.b[4:]
	return *p
}

// byte writes or reads a byte.
func (w *packing) byte(p *uint8) {
	if w.writing {
		w.b = append(w.b, *p)
		*p = 0
		return
	}
	*p, w.b = w.b[0], w.b[1:]
}

// text writes or reads a string.
func (w *packing) text(p *string) {
	if w.writing {
		n := len(*p)
		number(w, &n, 0)
		w.b = append(w.b, *p...)
		*p = ""
		return
	}
	*p = string(w.next())
}

// bytes writes or reads bytes that count as held.
func (w *packing) bytes(p *[]byte) {
	if w.writing {
		n := len(*p)
		w.held = w.held || n > 0
		number(w, &n, 0)
		w.b = append(w.b, *p...)
		*p = nil
		return
	}
	if b := w.next(); len(b) > 0 {
		w.held = true
		*p = append(w.shared.pools.held.take(len(b)), b...)
	}
}

// next reads bytes that follow their length.
func (w *packing) next() []byte {
	var n int
	number(w, &n, 0)
	b := w.b[:n]
	w.b = w.b[n:]
	return b
}

// flags writes or reads what is set, and returns that, the first in the lowest bit.
func (w *packing) flags(all ...*bool) uint32 {
	var bits uint32
	for i, p := range all {
		bits |= uint32(toInt(*p)) << i
		*p = false
	}
	bits = number(w, &bits, 0)
	for i, p := range all {
		*p = !w.writing && bits>>i&1 != 0
	}
	return bits
}

// key writes or reads a key, and returns it.
func (w *packing) key(k *flowKey) flowKey {
	whole := *k
	isIPv6 := w.writing && !(bytes.HasPrefix(k.addr[0][:], in4[:]) && bytes.HasPrefix(k.addr[1][:], in4[:]))
	inNetwork := k.origin != 0 || k.tunnel != 0
	set := w.flags(&isIPv6, &inNetwork, &w.isAlias)
	if set&2 != 0 {
		number(w, &k.origin, 0)
		number(w, &k.tunnel, 0)
	}
	skip := len(in4)
	if set&1 != 0 {
		skip = 0
	}
	for i := range k.addr {
		number(w, &k.port[i], 0)
		addr := &k.addr[i]
		if w.writing {
			w.b = append(w.b, addr[skip:]...)
			*addr = [16]byte{}
			continue
		}
		copy(addr[:], in4[:skip])
		w.b = w.b[copy(addr[skip:], w.b):]
	}
	if w.writing {
		return whole
	}
	return *k
}

// in4 is how the 16 bytes of an IPv4 address begin (RFC 4291 section 2.5.5.2).
var in4 = [12]byte{10: 0xff, 11: 0xff}

// keyIn returns the key of a flow that was written.
func keyIn(b []byte) (k flowKey) {
	w := packing{b: b}
	return w.key(&k)
}

// ofFile writes or reads the file of all places of a flow.
func (w *packing) ofFile(f File) {
	n := 0
	if w.writing {
		w.file, n = f, w.store.file(f)
	}
	if number(w, &n, 0); !w.writing {
		w.file = w.store.files[n]
	}
}

// flag writes or reads whether something is set, and returns it.
func (w *packing) flag(set bool) bool {
	return w.flags(&set) != 0
}

// place writes or reads a place that may be the zero Pos.
func (w *packing) place(p, after *Pos) {
	if w.flag(*p != Pos{}) {
		w.pos(p, after)
	}
}

// pos writes or reads a place in the stream that comes after another one, and returns it.
func (w *packing) pos(p, after *Pos) Pos {
	whole := *p
	number(w, &p.Frame, after.Frame)
	number(w, &p.Time.since, after.Time.since)
	stream := w.stream
	if w.began != w.stream && w.flag(p.Stream == w.began) {
		stream = w.began
	}
	switch {
	case !w.writing:
		p.Stream, p.File = stream, w.file
		return *p
	case p.Stream == stream && p.File == w.file:
		p.Stream, p.File = 0, File{}
	default:
		w.more = true
	}
	return whole
}

// halves writes or reads both halves. What the last message of one acknowledged is not far from what its sender
// acknowledges since.
func (w *packing) halves(both *[2]half) {
	var since [2]uint16
	for d := range both {
		if h := &both[d]; h.last != (delivered{}) {
			since[d] = uint16(both[d^1].acked) - h.last.ack
			h.last.ack = 0
		}
	}
	for d := range both {
		w.half(&both[d])
	}
	for d := range both {
		if number(w, &since[d], 0); !w.writing && both[d].last != (delivered{}) {
			both[d].last.ack = uint16(both[d^1].acked) - since[d]
		}
	}
}

// half writes or reads a half whose segments came in order.
func (w *packing) half(h *half) {
	fromAck, startsAcked, silent := h.start == startFromAck, h.start == startAcked, h.last == delivered{}
	hasEnd, hasLater := h.fin != 0, h.later != 0
	set := w.flags(&h.hasAck, &h.hasTimestamp, &h.seen, &h.begun, &h.rightSum, &fromAck, &startsAcked, // in one byte
		&h.contested, &h.noSums, &silent, &hasEnd, &h.hasFIN, &h.ended, // in two
		&hasLater, &h.lowered)
	switch h.start = startSeen; {
	case fromAck:
		h.start = startFromAck
	case startsAcked:
		h.start = startAcked
	}
	base := w.word(&h.base)
	acked := base
	if set&1 != 0 {
		acked = number(w, &h.acked, base)
	}
	if set&2 != 0 {
		w.word(&h.timestamp)
	}
	next := number(w, &h.next, acked)
	number(w, &h.high, next)
	if set&(1<<10) != 0 {
		number(w, &h.fin, next)
	}
	if set&(1<<13) != 0 {
		number(w, &h.later, base)
	}
	w.byte(&h.ttl)
	if set&(1<<9) == 0 {
		number(w, &h.last.seq, base)
		w.byte(&h.last.n)
		w.word(&h.last.begin)
		w.word(&h.last.sum)
	}
}
