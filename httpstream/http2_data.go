package httpstream

// An http2Data is the payload of a DATA frame as far as it has not come yet.
type http2Data struct {
	stream uint32
	length int64 // of the payload
	left   int64 // bytes of content and padding
	pad    int64 // of them padding
	padded bool  // the length of the padding comes first
	last   bool  // END_STREAM
}

// beginData takes the header of a DATA frame.
func (r *http2Reader) beginData(from Side, at *Pos, f http2Frame) {
	d := &r.half[from].data
	*d = http2Data{
		stream: f.stream, length: int64(f.length), left: int64(f.length),
		padded: f.has(flagPadded), last: f.has(flagEndStream),
	}
	if r.neverOpened(f.stream) {
		r.noFrame(from, f.length)
	}
	if d.left == 0 {
		r.endData(from, at)
	}
}

// neverOpened reports whether no side opened a stream, or a later one, of which all was captured.
func (r *http2Reader) neverOpened(id uint32) bool {
	return id > r.highest && r.conn.SYN && r.conn.Lost == [2]int64{}
}

// takeData takes bytes of the payload of a DATA frame, and returns how many.
func (r *http2Reader) takeData(from Side, at *Pos, b []byte) int {
	d := &r.half[from].data
	n := 1
	defer func() { r.show(from, at, b[:n]) }()
	if d.padded {
		d.padded = false
		d.pad = min(int64(b[0]), d.left-1)
		d.left--
	} else {
		n = int(min(d.left, int64(len(b))))
		content := int(min(int64(n), max(0, d.left-d.pad)))
		d.left -= int64(n)
		r.body(from, at, d.stream, b[:content])
	}
	if d.left == 0 {
		r.endData(from, at)
	}
	return n
}

// gapData takes lost bytes of the payload of a DATA frame, and returns how many.
func (r *http2Reader) gapData(from Side, at *Pos, n int64) int64 {
	d := &r.half[from].data
	d.padded = false // its length may be lost; it is at most 255
	n = min(n, d.left)
	r.showLost(from, at, n)
	content := min(n, max(0, d.left-d.pad))
	d.left -= n
	if s := r.streams[d.stream]; s != nil {
		s.grew(from, at, content)
		s.kdc[from].cut = s.kdc[from].cut || content > 0
		if from == Server && content > 0 {
			s.wantsBody = 0
		}
		if s.tunnel != nil {
			s.gapTunnel(from, at, content)
		} else if content > 0 && s.answersEarly(from) {
			s.loseEarly(from, at, content)
		}
	}
	if d.left == 0 {
		r.endData(from, at)
	}
	return n
}

func (r *http2Reader) endData(from Side, at *Pos) {
	if d := r.half[from].data; d.last {
		r.endHalf(from, d.stream, at)
	}
}

// body takes content of a DATA frame.
func (r *http2Reader) body(from Side, at *Pos, id uint32, b []byte) {
	s := r.streams[id]
	if s == nil || len(b) == 0 {
		return
	}
	if s.tunnel != nil {
		s.dataTunnel(from, at, b)
		return
	}
	s.grew(from, at, int64(len(b)))
	if s.answersEarly(from) {
		r.holdEarly(s, from, at, b)
		return
	}
	if s.x.hasKDCMessage(from) {
		r.grow(s, s.kdc[from].add(b))
		return
	}
	if p := s.x.Response; from == Server && s.wantsBody > 0 && s.wantsBody > len(p.Body) {
		n := min(len(b), s.wantsBody-len(p.Body))
		p.Body = append(p.Body, b[:n]...)
		r.grow(s, n)
	}
}

// grew counts n bytes of a body.
func (s *http2Stream) grew(from Side, at *Pos, n int64) {
	if q := s.x.Request; from == Client && q != nil {
		q.BodyLen += n
		q.Done = *at
	}
	if p := s.x.Response; from == Server && p != nil {
		p.BodyLen += n
		p.Done = *at
	}
}

// wanted reports whether the content of DATA frames of that stream is looked at.
func (r *http2Reader) wanted(from Side, id uint32) bool {
	s := r.streams[id]
	if s == nil {
		return false
	}
	return s.tunnel != nil || s.answersEarly(from) || s.x.hasKDCMessage(from) || from == Server && s.wantsBody > 0 && len(s.x.Response.Body) < s.wantsBody
}
