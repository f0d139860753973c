package httpstream

// A slab holds values by their numbers, the first of which is 1. Where they have no pointers, the
// garbage collector does not look at them however many there are.
type slab[E any, P numbered[E]] struct {
	chunks []*[slabChunk]E
	last   uint32 // the highest number so far
	free   uint32 // one to be used again, which names the next one; 0 if there is none
}

// A numbered is in a slab, and has the number of another value: of the next free one while it is free.
type numbered[E any] interface {
	*E
	ownNext() *uint32
}

const slabChunk = 1 << 10

func (s *slab[E, P]) at(n uint32) P { return &s.chunks[n/slabChunk][n%slabChunk] }

// take returns the number of an empty value.
func (s *slab[E, P]) take() uint32 {
	if n := s.free; n != 0 {
		next := s.at(n).ownNext()
		s.free, *next = *next, 0
		return n
	}
	s.last++
	if int(s.last/slabChunk) == len(s.chunks) {
		s.chunks = append(s.chunks, new([slabChunk]E))
	}
	return s.last
}

// put takes back a value.
func (s *slab[E, P]) put(n uint32) {
	e := s.at(n)
	*e = *new(E)
	*e.ownNext(), s.free = s.free, n
}
