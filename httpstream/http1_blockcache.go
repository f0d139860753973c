package httpstream

import (
	"hash/maphash"
	"slices"
	"strings"
)

// A run is some lines of a head that follow its start line, word for word as in heads
// before: what a browser says with every request, or a server with every response.
type run struct {
	text   string // the lines, with their ends
	fields Header // one for each
}

// runs are those of heads seen lately. A run that comes again need not be searched for
// lines, nor they be looked up one by one.
type runs struct {
	seed  maphash.Seed
	slots []runSlot // each run has its place by the hash of its beginning
}

// A runSlot holds a run, and the beginning that came last and would have its place: what
// comes once only is not worth a copy.
type runSlot struct {
	run
	sum uint64
}

// match returns the run that b begins with, nil if none is known.
func (k *runs) match(b []byte) *run {
	if k.slots == nil || len(b) < runBeginning {
		return nil
	}
	s := &k.slots[k.sum(b)%runsKept]
	if n := len(s.text); n == 0 || n > len(b) || s.text != string(b[:n]) {
		return nil
	}
	return &s.run
}

func (k *runs) sum(b []byte) uint64 { return maphash.Bytes(k.seed, b[:runBeginning]) }

// learn makes a run of the lines of a whole head without continued lines, which are fields.
func (k *runs) learn(h *head, fields Header) {
	b := h.text[h.ends[0]:]
	if len(b) < runBeginning {
		return
	}
	if k.slots == nil {
		k.seed, k.slots = maphash.MakeSeed(), make([]runSlot, runsKept)
		clear(k.slots) // see spare
	}
	sum := k.sum(b)
	s := &k.slots[sum%runsKept]
	switch {
	case s.sum != sum:
		s.sum = sum
	case s.text != "" && strings.HasPrefix(string(b[:runBeginning]), s.text[:min(runBeginning, len(s.text))]):
		s.shorten(h)
	default:
		n := lasting(h, fields)
		s.run = run{string(b[:h.ends[n]-h.ends[0]]), slices.Clone(fields[:n])}
	}
}

// lasting is how many of the lines of a head, which are fields, may be kept.
func lasting(h *head, fields Header) int {
	for i := range fields {
		if h.ends[i+1]-h.ends[0] > runKept || fields[i].secret() {
			return i
		}
	}
	return len(fields)
}

// shorten makes s those of its lines that h has too, if it has any.
func (s *runSlot) shorten(h *head) {
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
