package httpstream

import "encoding/binary"

// A packing writes numbers one after the other, or reads them. What it wrote is zero afterwards, so
// that what is left over shows what it does not write.
type packing struct {
	b       []byte
	writing bool
}

// number writes or reads how much larger than base a number is, and returns the number.
func number[T ~int | ~int64 | ~uint64 | ~uint32 | ~uint8](w *packing, p *T, base T) T {
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

// flags writes or reads what is set.
func (w *packing) flags(all ...*bool) {
	var bits uint32
	for i, p := range all {
		bits |= uint32(toInt(*p)) << i
		*p = false
	}
	bits = number(w, &bits, 0)
	for i, p := range all {
		*p = !w.writing && bits>>i&1 != 0
	}
}

// flow writes or reads a flow and its Conn, in a file.
func (w *packing) flow(f *flow, file File) {
	c := f.conn
	stream := number(w, &f.stream, 0)
	client := number(w, &f.client, 0)
	_, discards := f.reader.(discard)
	if w.writing && discards {
		f.reader = nil
	}
	w.flags(&f.clientKnown, &f.sawSYN, &f.sawReply, &f.spoke, &f.settled, &discards, &c.SYN, &c.HTTP)
	if !w.writing && discards {
		f.reader = discard{}
	}
	first := w.pos(&c.Start, &Pos{}, stream, file)
	w.pos(&c.End, &first, stream, file)
	if hasRequest := c.FirstRequest != (Pos{}); w.flag(hasRequest) {
		w.pos(&c.FirstRequest, &first, stream, file)
	}
	for i := range c.Bytes {
		number(w, &c.Bytes[i], 0)
	}
	for d := range f.half {
		w.half(&f.half[d])
	}
	as := Conn{Stream: stream, Origin: int(f.key.origin), Client: f.key.end(client), Server: f.key.end(client ^ 1)}
	switch {
	case !w.writing:
		c.Stream, c.Origin, c.Client, c.Server = as.Stream, as.Origin, as.Client, as.Server
	case c.Stream == as.Stream && c.Origin == as.Origin && c.Client == as.Client && c.Server == as.Server:
		c.Stream, c.Origin, c.Client, c.Server = 0, 0, Conn{}.Client, Conn{}.Server
	}
}

// flag writes or reads whether something is set, and returns it.
func (w *packing) flag(set bool) bool {
	now := set
	w.flags(&set)
	return now || set
}

// pos writes or reads a place in a stream of a file that comes after another one, and returns it.
func (w *packing) pos(p, after *Pos, stream int, file File) Pos {
	whole := *p
	number(w, &p.Frame, after.Frame)
	number(w, &p.Time.since, after.Time.since)
	switch {
	case !w.writing:
		p.Stream, p.File = stream, file
		return *p
	case p.Stream == stream && p.File == file:
		p.Stream, p.File = 0, File{}
	}
	return whole
}

// half writes or reads a half whose segments came in order.
func (w *packing) half(h *half) {
	base := w.word(&h.base)
	acked := number(w, &h.acked, base)
	next := number(w, &h.next, acked)
	number(w, &h.high, next)
	number(w, &h.last.seq, base)
	number(w, &h.last.n, 0)
	w.word(&h.last.begin)
	w.word(&h.last.sum)
	number(w, &h.timestamp, 0)
	number(w, &h.start, 0)
	number(w, &h.ttl, 0)
	w.flags(&h.seen, &h.begun, &h.contested, &h.rightSum, &h.noSums, &h.hasAck, &h.hasTimestamp)
}
