package analysis

import (
	"slices"
	"strconv"

	"negotrace/httpstream"
)

// ListFrames lists in Files the files that show the handshake, and in Frames its frames in the
// file in which it begins.
func (h *Handshake) ListFrames() {
	h.Frames, h.Files = make([]int, 0, 2*len(h.Legs)), nil
	add := func(f httpstream.File) {
		if !f.IsZero() && !slices.Contains(h.Files, f) {
			h.Files = append(h.Files, f)
		}
	}
	for _, l := range h.Legs {
		for _, at := range []httpstream.Pos{l.RequestPos(), l.ResponsePos()} {
			if at.Frame == 0 {
				continue
			}
			add(at.File)
			if at.File == h.Start.File {
				h.Frames = append(h.Frames, at.Frame)
			}
		}
		for _, at := range l.Also {
			add(at.File)
		}
		if l.Logged != nil {
			add(l.Logged.Pos.File)
		}
		for _, e := range l.ErrorLog {
			add(e.Pos.File)
		}
	}
	h.Frames = slices.Compact(h.Frames) // an export has both halves in one entry
}

// FramesFilter returns the display filter by which Wireshark shows frames, which are in order.
func FramesFilter(frames []int) string {
	if len(frames) == 1 {
		return "frame.number == " + strconv.Itoa(frames[0])
	}
	b := []byte("frame.number in {")
	for i, n := range frames {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = strconv.AppendInt(b, int64(n), 10)
	}
	return string(append(b, '}'))
}
