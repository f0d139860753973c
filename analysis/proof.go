package analysis

import (
	"slices"

	"negotrace/httpstream"
)

// Prove fills in what a reader needs to find the proof again: all frames in order, the display
// filter for them, the error in the frame and the flow. It is called only for findings that are
// kept: no check needs these fields, and most findings repeat another one.
func (f *Finding) Prove() {
	if f.Frame != 0 && !slices.Contains(f.Frames, f.Frame) {
		f.Frames = append(slices.Clone(f.Frames), f.Frame)
	}
	f.Frames = slices.DeleteFunc(f.Frames, func(n int) bool { return n == 0 })
	slices.Sort(f.Frames)
	f.Frames = slices.Compact(f.Frames)
	if f.Filter == "" && f.Frame != 0 && !f.Export {
		f.Filter = FramesFilter(f.Frames)
	}
	f.Codes = nil // it may be proven again, by an earlier frame
	switch {
	case f.aboutKDC != nil:
		f.CommunityID, f.Codes = f.aboutKDC.CommunityID, codesOf(f.aboutKDC.Err())
	case f.about != nil:
		if c := f.about.connOf(f.Stream); c != nil {
			f.CommunityID = c.CommunityID()
		}
		for _, l := range f.about.Legs {
			if at := l.ResponsePos(); at.Frame == f.Frame && at.File == f.File && f.Frame != 0 {
				f.Codes = append(f.Codes, l.codes()...)
			}
			for i := range l.Events {
				if at := l.Events[i].Pos; at.Frame == f.Frame && at.File == f.File && f.Frame != 0 {
					f.Codes = withCodes(f.Codes, eventCodes(&l.Events[i]))
				}
			}
		}
	}
	for _, more := range [][]Code{f.named, f.said, codesNamed(f.Message)} {
		f.Codes = withCodes(f.Codes, more)
	}
}

// connOf returns the connection of one of its legs with that stream number, nil if there is
// none.
func (h *Handshake) connOf(stream int) *httpstream.Conn {
	for _, l := range h.Legs {
		if l.Conn.Stream == stream {
			return l.Conn
		}
	}
	return nil
}

// Merge counts o, another finding that says the same, and takes over its proof if that is earlier.
func (f *Finding) Merge(o *Finding) {
	f.Count += o.Count
	last := o.Pos()
	if last.Compare(f.Pos()) < 0 {
		last = f.Pos()
		f.Frame, f.Stream, f.Time, f.File, f.Source, f.Export = o.Frame, o.Stream, o.Time, o.File, o.Source, o.Export
		f.Frames, f.Also, f.Filter = o.Frames, o.Also, o.Filter
		f.about, f.aboutKDC = o.about, o.aboutKDC
	}
	if f.Last == 0 || f.last.Compare(last) < 0 {
		f.last, f.Last, f.LastFile = last, last.Frame, last.File
	}
	if o.Last != 0 && f.last.Compare(o.last) < 0 {
		f.last, f.Last, f.LastFile = o.last, o.Last, o.LastFile
	}
	const most = 20
	if o.Handshake != 0 && o.Handshake != f.Handshake && len(f.Handshakes) < most {
		if len(f.Handshakes) == 0 {
			f.Handshakes = []int{f.Handshake}
		}
		f.Handshakes = append(f.Handshakes, o.Handshake)
	}
}
