package httpstream

// reset takes a RST. It ends the flow if it is one of this connection, but not at once:
// whether the other end took it shows by what both do afterwards. Many a RST is spoofed or
// belongs to an earlier connection, and current stacks take only those with the exact
// sequence number (RFC 5961 section 3.2).
func (a *Assembler) reset(f *flow, d direction, s *Segment) {
	from := &f.half[d]
	refused := !from.seen && !from.hasAck && s.Flags&FlagACK != 0
	if !refused && !from.acceptsReset(s.Seq) {
		return
	}
	a.noteEnding(f, RST, f.side(d), &s.At)
	a.readNoMore(len(s.Payload), &s.At) // words about the reason (RFC 9293 section 3.5.3)
	f.reset, f.resetSeq, f.resetBy = true, s.Seq, d
	f.moveTo(&a.resetting)
}

// afterReset reports whether a segment that comes after a RST is read: data that were
// under way, and all from where the sender of the RST itself continues behind it, for then
// it has not sent the RST.
func (a *Assembler) afterReset(f *flow, d direction, s *Segment) bool {
	n := uint32(len(s.Payload) + s.Missing)
	switch {
	case s.Flags&FlagRST != 0:
		return false
	case !f.sawReply && (s.Flags&FlagSYN != 0 || d != f.resetBy && s.Flags&FlagACK != 0): // tried again, answered, or taken for answered
		a.takeBackReset(f)
		return true
	case d == f.resetBy && (n > 0 || s.Flags&FlagFIN != 0) && before(f.resetSeq, s.Seq+n+uint32(s.Flags&FlagFIN)):
		a.takeBackReset(f)
		return true
	}
	return n > 0
}

// takeBackReset continues with a flow whose RST was not taken.
func (a *Assembler) takeBackReset(f *flow) {
	f.reset = false
	a.withdrawEnding(f, RST, f.side(f.resetBy))
	if f.conn.Bytes == [2]int64{} {
		f.moveTo(&a.embryonic)
	} else {
		f.moveTo(&a.live)
	}
}

// isOlder reports whether a segment, while the SYN of f is not answered, belongs to an
// earlier connection on its ports: the ACK by which a server challenges a SYN (RFC 5961
// section 4.2), and the RST with which the client answers that.
func (f *flow) isOlder(d direction, s *Segment) bool {
	client := &f.half[f.client]
	if !client.begun || client.contested || s.Flags&(FlagSYN|FlagACK) == FlagSYN {
		return false
	}
	if d == f.client {
		return s.Flags&FlagRST != 0 && (before(s.Seq, client.base) || before(client.high, s.Seq))
	}
	return s.Flags&FlagACK != 0 && (!before(client.base, s.Ack) || before(client.high, s.Ack))
}
