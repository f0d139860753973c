package httpstream

import (
	"hash/maphash"
	"slices"
	"strings"
)

// A headerBlock is the lines after a start line that came word for word before: what a
// browser sends with every request, or a server with every response.
type headerBlock struct {
	text   string // the lines, with their ends
	fields Header // one for each
}

// A blockCache holds header blocks seen lately. A block that comes again is matched as a
// whole: it is neither split into lines, nor are these looked up one by one.
type blockCache struct {
	seed  maphash.Seed
	slots []blockSlot // by the hash of the first blockPrefix bytes
}

// A blockSlot caches a block when it comes for the second time. sum is the hash of the one
// that came last.
type blockSlot struct {
	headerBlock
	sum uint64
}

// match returns the block that b begins with, nil if it is not in the cache.
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

// remember caches the lines of a whole head. Each of them is a field, and none is continued
// on the next line.
func (k *blockCache) remember(h *head, fields Header) {
	b := h.text[h.ends[0]:]
	if len(b) < blockPrefix {
		return
	}
	if k.slots == nil {
		k.seed, k.slots = maphash.MakeSeed(), make([]blockSlot, cachedBlocks)
		clear(k.slots) // see freelist
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

// cacheable returns how many of the lines of a head may be cached: those before the first
// that is long or secret.
func cacheable(h *head, fields Header) int {
	for i := range fields {
		if h.ends[i+1]-h.ends[0] > maxBlockLine || fields[i].Secret() {
			return i
		}
	}
	return len(fields)
}

// shorten keeps of s the lines that h begins with too, if there are any.
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
