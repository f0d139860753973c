package httpstream

import "math/bits"

// Most exchanges are not kept by the Sink. Their memory is used again, so that a capture
// costs the time to read it and not the time to collect garbage.

// maxFree is how many values of a type wait to be used again.
const maxFree = 64

// pools are the free lists of an Assembler.
type pools struct {
	requests  freelist[Request]
	responses freelist[Response]
	pairings  freelist[pairing]
	flows     freelist[flow]
	conns     freelist[Conn]
	sniffers  freelist[sniffer]
	http1s    freelist[http1]
	records   freelist[recordReader]
	tls       freelist[tlsReader]
	openings  freelist[opening]
	held      buffers // bytes that wait for more
	bodies    buffers // of responses, see Exchange.WantsBody
}

// A freelist is a stack of values to be used again. They are put back empty, but for
// slices with room in them.
//
// Write a number into a value that was taken before reading from it or storing a pointer
// (the write barrier reads first). A first read of fresh memory maps the zero page, and the
// later write faults again and interrupts the other cores.
type freelist[T any] struct{ values []*T }

// take returns an empty value.
func (s *freelist[T]) take() *T {
	n := len(s.values)
	if n == 0 {
		return new(T)
	}
	v := s.values[n-1]
	s.values = s.values[:n-1]
	return v
}

func (s *freelist[T]) put(v *T) {
	if len(s.values) < maxFree {
		s.values = append(s.values, v)
	}
}

// pairing returns an empty exchange of a connection.
func (s *pools) pairing(c *Conn) *pairing {
	p := s.pairings.take()
	p.requestOver = false
	if p.x == nil {
		p.x = &Exchange{Conn: c}
	}
	p.x.Conn = c
	return p
}

// recycle takes back an exchange that the Sink has not kept.
func (s *pools) recycle(p *pairing) {
	if r := p.x.Request; r != nil {
		clear(r.Header)
		*r = Request{Header: r.Header[:0]}
		s.requests.put(r)
	}
	if r := p.x.Response; r != nil {
		clear(r.Header)
		*r = Response{Header: r.Header[:0]}
		s.responses.put(r)
	}
	*p.x = Exchange{}
	*p = pairing{x: p.x}
	s.pairings.put(p)
}

// buffers are empty slices to hold bytes in, by the powers of two of which each has room for
// the bytes. None is more than twice as large as what was asked for: what connections hold is
// counted without the room that is left.
type buffers [bufferSizes][][]byte

// bufferSizes is how many powers of two there are up to maxHead.
const bufferSizes = 18

// take returns an empty buffer with room for n bytes.
func (s *buffers) take(n int) []byte {
	size := bits.Len(uint(max(n, 1) - 1))
	if size >= len(s) || len(s[size]) == 0 {
		return make([]byte, 0, 1<<size)
	}
	last := len(s[size]) - 1
	b := s[size][last]
	s[size] = s[size][:last]
	return b
}

func (s *buffers) put(b []byte) {
	if size := bits.Len(uint(cap(b))) - 1; size >= 0 && size < len(s) && len(s[size]) < maxFree/8 {
		s[size] = append(s[size], b[:0])
	}
}

// add returns b with more appended. Where b has no room for it, b is put back: what grows
// beside it will need one like it.
func (s *buffers) add(b, more []byte) []byte {
	if n := len(b) + len(more); n > cap(b) {
		grown := append(s.take(n), b...)
		s.put(b)
		b = grown
	}
	return append(b, more...)
}
