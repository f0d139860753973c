package httpstream

import (
	"hash/maphash"
	"slices"
	"strings"
)

// A run is some lines of a head that follow its start line, word for word as in heads
// before: what a browser says with every request, or a server with every response.
type headerBlock struct {
	text   string // the lines, with their ends
	fields Header // one for each
}

// A blockCache holds those of heads seen lately. A run that comes again need not be searched for
// lines, nor they be looked up one by one.
type blockCache struct {
	seed  maphash.Seed
	slots []blockSlot // each run has its place by the hash of its beginning
}

// A blockSlot holds a run, and the beginning that came last and would have its place: what
// comes once only is not worth a copy.
type blockSlot struct {
	headerBlock
	sum uint64
}

// match returns the run that b begins with, nil if none is known.
func (k *blockCache) match(b []byte) *headerBlock {
	if k.slots == nil || len(b) < blockPrefix {
		return nil
	}
	s := &k.slots[k.sum(b)%cachedBlocks]
	if n := len(s.text); n == 0 || n > len(b) || s.text != string(b[:n]) {
		return nil
	}
	return &s.headerBlock
}

func (k *blockCache) sum(b []byte) uint64 { return maphash.Bytes(k.seed, b[:blockPrefix]) }

// remember makes a run of the lines of a whole head without continued lines, which are fields.
func (k *blockCache) remember(h *head, fields Header) {
	b := h.text[h.ends[0]:]
	if len(b) < blockPrefix {
		return
	}
	if k.slots == nil {
		k.seed, k.slots = maphash.MakeSeed(), make([]blockSlot, cachedBlocks)
		clear(k.slots) // see spare
	}
	sum := k.sum(b)
	s := &k.slots[sum%cachedBlocks]
	switch {
	case s.sum != sum:
		s.sum = sum
	case s.text != "" && strings.HasPrefix(string(b[:blockPrefix]), s.text[:min(blockPrefix, len(s.text))]):
		s.shorten(h)
	default:
		n := cacheable(h, fields)
		s.headerBlock = headerBlock{string(b[:h.ends[n]-h.ends[0]]), slices.Clone(fields[:n])}
	}
}

// cacheable is how many of the lines of a head, which are fields, may be kept.
func cacheable(h *head, fields Header) int {
	for i := range fields {
		if h.ends[i+1]-h.ends[0] > maxBlockLine || fields[i].Secret() {
			return i
		}
	}
	return len(fields)
}

// shorten makes s those of its lines that h has too, if it has any.
func (s *blockSlot) shorten(h *head) {
	b, n, same := h.text[h.ends[0]:], 0, 0
	for n < min(len(s.fields), len(h.ends)-1) {
		end := h.ends[n+1] - h.ends[0]
		if end > len(s.text) || s.text[same:end] != string(b[same:end]) {
			break
		}
		n, same = n+1, end
	}
	if n > 0 {
		s.text, s.fields = s.text[:same], s.fields[:n]
	}
}
