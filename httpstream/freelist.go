package httpstream

import "slices"

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
	sniffers  freelist[sniffer]
	http1s    freelist[http1]
	tls       freelist[tlsReader]
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

// buffers are slices to hold bytes in.
type buffers [][]byte

// take returns an empty buffer, which may be nil.
func (s *buffers) take() []byte {
	n := len(*s)
	if n == 0 {
		return nil
	}
	b := (*s)[n-1]
	*s = (*s)[:n-1]
	return b
}

func (s *buffers) put(b []byte) {
	if len(*s) < maxFree/2 && cap(b) > 0 && cap(b) <= 2*maxHead {
		*s = append(*s, b[:0])
	}
}

// add returns b with more appended. Where b has no room for it, the smallest buffer that has
// takes its place, and b waits to be used again: what grows beside it will need one like it.
func (s *buffers) add(b, more []byte) []byte {
	n := len(b) + len(more)
	if n <= cap(b) {
		return append(b, more...)
	}
	best := -1
	for i, free := range *s {
		if cap(free) >= n && (best < 0 || cap(free) < cap((*s)[best])) {
			best = i
		}
	}
	if best < 0 {
		grown := append(b, more...)
		s.put(b)
		return grown
	}
	grown := append(append((*s)[best], b...), more...)
	*s = slices.Delete(*s, best, best+1)
	s.put(b)
	return grown
}
