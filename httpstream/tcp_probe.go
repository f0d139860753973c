package httpstream

// A probe is a segment of one byte that may be a keep-alive (RFC 9293 section 3.8.4): it
// repeats the number before the next one, with a byte that means nothing.
type probe struct {
	half    direction
	segment Segment
	payload [1]byte
}

// mayBeProbe reports whether a segment is the first of a half whose beginning is not in
// the capture, and may be a keep-alive. Later ones show by their number.
func (f *flow) mayBeProbe(d direction, s *Segment) bool {
	h := &f.half[d]
	return !f.conn.SYN && !h.begun && h.queue == nil && len(s.Payload) == 1 && s.Missing == 0 && s.Flags&FlagPSH == 0
}

// settleProbe holds a segment that may be a keep-alive, and decides about the one that is
// held by the next segment of its half. It returns the segment to take now, nil for none.
func (a *Assembler) settleProbe(f *flow, d direction, s *Segment) *Segment {
	p, h := f.probe, &f.half[d]
	if p == nil {
		p = &probe{half: d, segment: *s, payload: [1]byte(s.Payload)}
		p.segment.Payload, p.segment.Header = p.payload[:], nil
		f.probe = p
		a.shared.held += heldSegment
		return nil
	}
	if p.half != d {
		return s
	}
	again, behind := s.Seq == p.segment.Seq, s.Seq == p.segment.Seq+1
	if again && len(s.Payload) == 1 {
		return nil
	}
	a.dropProbe(f)
	fresh := !h.begun || h.start == startFromAck && f.conn.Bytes[f.side(d)] == 0
	switch {
	case again && fresh, behind && fresh && f.beginsMessage(s.Payload):
		h.begin(s.Seq)
	default: // it was data
		if behind && fresh {
			h.begin(p.segment.Seq)
		}
		a.take(f, d, p.segment.Seq, &p.segment)
	}
	return s
}

// dropProbe drops what may be a keep-alive, if there is anything.
func (a *Assembler) dropProbe(f *flow) {
	if f.probe != nil {
		f.probe = nil
		a.shared.held -= heldSegment
	}
}

// beginsMessage reports whether a segment begins a message of the protocols that are read on the ports
// of f.
func (f *flow) beginsMessage(b []byte) bool {
	return beginsMessage(b) || f.conn.HasKerberosPort() && fitsRecords(kerberosHead, b)
}

// beginsMessage reports whether a segment begins an HTTP message or a TLS record.
func beginsMessage(b []byte) bool {
	switch classify(b, false) {
	case httpRequest, httpResponse, http2Preface, tlsRecord:
		return true
	}
	return false
}
