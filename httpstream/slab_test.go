package httpstream

import "testing"

// TestSlab holds that values of a slab stay where they are, that one which is put back is empty and
// comes again, and that there is then no more room than for those that were there at once.
func TestSlab(t *testing.T) {
	t.Parallel()
	const n = 3 * slabChunk
	var s slab[cell, *cell]
	number := map[byte]uint32{}
	for i := range byte(200) {
		number[i] = s.take()
		s.at(number[i]).b[0] = i
	}
	for range 3 {
		var more []uint32
		for range n {
			more = append(more, s.take())
			if at := s.at(more[len(more)-1]); *at != (cell{}) {
				t.Fatalf("%d is not empty: %v", more[len(more)-1], *at)
			}
			s.at(more[len(more)-1]).b[0] = 255
		}
		for _, m := range more {
			s.put(m)
		}
	}
	for i, m := range number {
		if m == 0 || s.at(m).b[0] != i {
			t.Errorf("value %d is %v at %d", i, *s.at(m), m)
		}
	}
	if most := (n + len(number)) / slabChunk; len(s.chunks) != most+1 {
		t.Errorf("%d chunks, want %d", len(s.chunks), most+1)
	}
}

// TestRestStore holds that what flows were written as is read again, however long it is, and leaves
// nothing behind.
func TestRestStore(t *testing.T) {
	t.Parallel()
	var s restStore
	var list restList
	of := map[uint32]int{}
	for _, n := range []int{1, 27, 28, 29, 56, 5000} {
		packed := make([]byte, n)
		for i := range packed {
			packed[i] = byte(i*7 + n)
		}
		number := s.add(packed, restingSeen{}, uint64(n))
		s.push(&list, number)
		of[number] = n
	}
	last := s.cells.last
	for round := range 2 {
		for number, n := range of {
			b := s.read(nil, number)
			if len(b) < n || b[n-1] != byte((n-1)*7+n) {
				t.Fatalf("%d bytes are read of %d, or others", len(b), n)
			}
			s.leave(&list, number)
			s.remove(number)
			delete(of, number)
			if round == 0 {
				again := s.add(b[:n], restingSeen{}, 1)
				s.push(&list, again)
				of[again] = n
				break
			}
		}
	}
	if s.cells.last != last || list != (restList{}) {
		t.Errorf("%d cells after %d, list %v", s.cells.last, last, list)
	}
}
