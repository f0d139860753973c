package redact

import "sync"

// A filler is what takes the place of content that need not be known.
type filler uint8

const (
	zeros filler = iota
	letters
	noise
	spaces
)

// fill puts a filler into b, which lies at a place of its direction: what is sent again becomes
// the same again.
func (k filler) fill(b []byte, at int64) {
	switch k {
	case zeros:
		clear(b)
	case letters:
		for n := min(len(b), copy(b, "xxxxxxxxxxxxxxxx")); n > 0 && n < len(b); n *= 2 {
			copy(b[n:], b[:n])
		}
	case spaces:
		for i := range b {
			b[i] = ' '
		}
	case noise:
		for all := noises(); len(b) > 0; {
			n := copy(b, all[at%noisePeriod:])
			at, b = at+int64(n), b[n:]
		}
	}
}

// noisePeriod is after how many bytes noise comes again: it need not be random, only no text.
const noisePeriod = 64 << 10

// noises are the bytes of noise: which one it is depends on the place alone.
var noises = sync.OnceValue(func() []byte {
	b := make([]byte, noisePeriod)
	for at := range b {
		b[at] = 0x80 | byte((uint64(at)*0x9e3779b97f4a7c15+0x632be59bd9b4e019)>>40)
	}
	return b
})

// A run is a part of a direction that was rewritten.
type run struct {
	at, n int64
	kind  filler // if there are no bytes
	bytes []byte
}

// remember keeps what was rewritten, for segments that come again.
func (h *half) remember(x run) {
	if x.n == 0 {
		return
	}
	if last := len(h.runs) - 1; last >= 0 && x.bytes == nil && h.runs[last].bytes == nil && h.runs[last].kind == x.kind &&
		h.runs[last].at+h.runs[last].n == x.at {
		h.runs[last].n += x.n
		return
	}
	h.runs = append(h.runs, x)
	old := 0
	for old < len(h.runs)-1 && (h.runs[old].at+h.runs[old].n < x.at-maxRemembered || len(h.runs)-old > maxRuns) {
		old++
	}
	if old > maxRuns/8 || old > 0 && h.runs[0].n > maxRemembered {
		h.runs = h.runs[:copy(h.runs, h.runs[old:])]
	}
}

// repeat makes of bytes that come again what they have become before.
func (r *Redactor) repeat(h *half, at int64, b []byte) {
	for i := len(h.runs) - 1; i >= 0 && len(b) > 0; i-- {
		x := &h.runs[i]
		end := at + int64(len(b))
		if x.at+x.n < end { // what is behind it is not known any more
			from := max(x.at+x.n, at)
			r.unknown("segments that came again too late", int(end-from))
			clear(b[from-at:])
			b = b[:from-at]
		}
		if end = at + int64(len(b)); x.at >= end {
			continue
		}
		from := max(x.at, at)
		part := b[from-at:]
		if x.bytes != nil {
			copy(part, x.bytes[from-x.at:])
		} else {
			x.kind.fill(part, from)
		}
		b = b[:from-at]
	}
	r.unknown("segments that came again too late", len(b))
	clear(b)
}

// forget gives up what is remembered, of the connections first that began first.
func (r *Redactor) forget() {
	for _, c := range r.oldest {
		for i := range c.sides {
			for h := &c.sides[i]; h != nil; h = h.early {
				for _, x := range h.runs {
					r.remembered -= len(x.bytes)
				}
				h.runs = nil
			}
		}
		if r.remembered < maxAllRemembered/2 {
			return
		}
	}
	r.remembered = 0 // the rest was given up with its connections, or for newer segments
}
