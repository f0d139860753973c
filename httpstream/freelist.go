package httpstream

// Most exchanges of most captures are of no interest to the Sink, and most connections
// carry some: what they were told in is used again, so that the cost of a capture is
// that of reading it and not of collecting garbage.

// maxFree is how many things of a kind wait to be used again: as many as one
// connection may have pending is more than enough.
const maxFree = 64

// pools are things that nobody refers to any more.
type pools struct {
	requests  freelist[Request]
	responses freelist[Response]
	pairings  freelist[pairing]
	flows     freelist[flow]
	sniffers  freelist[sniffer]
	http1s    freelist[http1]
	tls       freelist[tlsReader]
	held      buffers // bytes that wait for more
	bodies    buffers // of error responses
}

// A spare is a stack of values to be used again. They are given back without anything in
// them but room for more.
//
// Whoever takes one writes into it, a number first, before anything of it is read: memory
// that is new costs two page faults where a read comes first (and the store of a pointer
// begins with one, as long as it is not known to be no nil pointer), of which the second
// interrupts the other cores.
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

// pairing returns an exchange on a connection.
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

// buffers are memory to hold bytes in.
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
	if len(*s) < maxFree/8 && cap(b) > 0 && cap(b) <= 2*maxErrorBody {
		*s = append(*s, b[:0])
	}
}
