package servertext

// A search looks for several texts at once. The reader of the capture waits while a page is
// searched, and nearly all pages hold none of them.
type search struct {
	texts    []string
	shortest int // of texts, in bytes
	// steps says of two bytes, by their sum, how far the search may go on if a text of the
	// shortest length would end with them: 0 where one may be there.
	steps [1 << 12]uint8
}

func newSearch(texts []string) *search {
	s := &search{texts: texts, shortest: 255}
	for _, text := range texts {
		s.shortest = min(s.shortest, len(text))
	}
	for i := range s.steps {
		s.steps[i] = uint8(s.shortest - 1)
	}
	for _, text := range texts {
		for i := range s.shortest - 1 {
			step := &s.steps[pairSum(text[i], text[i+1])]
			*step = min(*step, uint8(s.shortest-2-i))
		}
	}
	return s
}

func pairSum(a, b byte) uint16 { return (uint16(a)<<6 ^ uint16(b)) % (1 << 12) }

// first returns where the first of the texts is in b, -1 if there is none. Most steps are as far as
// they can be: where that is a case of its own, the processor guesses it and looks further ahead.
func (s *search) first(b []byte) int {
	far := s.shortest - 1
	for end := s.shortest; end <= len(b); {
		switch step := int(s.steps[pairSum(b[end-2], b[end-1])]); {
		case step == far:
			end += far
		case step > 0:
			end += step
		case s.begins(b[end-s.shortest:]):
			return end - s.shortest
		default:
			end++
		}
	}
	return -1
}

// begins reports whether b begins with one of the texts.
func (s *search) begins(b []byte) bool {
	for _, text := range s.texts {
		if text[0] == b[0] && len(b) >= len(text) && string(b[:len(text)]) == text {
			return true
		}
	}
	return false
}
