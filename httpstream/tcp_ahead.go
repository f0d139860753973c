package httpstream

// A side is ahead of the capture where it has received what that shows later: its acknowledgments say so.
// What it sends then waits until the other side has come so far, and so messages are read in the order in
// which they were sent: an answer behind its request, and behind all that says how the two speak.

// An aheadReader holds what a side that is ahead sends for the reader of its connection.
type aheadReader struct {
	reader
	a    *Assembler
	flow *flow
	side [2]aheadSide
	size int // that counts as held
}

// An aheadSide is what waits of a side.
type aheadSide struct {
	held []aheadPart
	n    int64 // bytes of them, with those that are lost
	over bool  // more came than waits: nothing does until the other side goes on
}

// An aheadPart is bytes, or a number of lost ones, or the end.
type aheadPart struct {
	at   Pos
	sent sendPoint
	b    []byte
	lost int64
	end  bool
}

// ahead returns the reader with which the bytes b wait, if the side that sends them is ahead and it matters for
// them what the other side sent before; nil if not.
func (a *Assembler) ahead(f *flow, from Side, b []byte) *aheadReader {
	if a.shared.peerUnread == 0 || !f.clientKnown || f.half[f.from(from.Other())].ended {
		return nil
	}
	k, is := f.reader.(*aheadReader)
	if is && k.side[from].over || a.aheadBytes > maxAllAhead || !isReadInOrder(f.behindAhead(), from, b) {
		return nil
	}
	if !is {
		k = &aheadReader{reader: f.read(&a.shared), a: a, flow: f}
		f.reader = k
	}
	return k
}

// isReadInOrder reports whether it matters for the bytes b of a side, and their reader, what the other side sent before.
func isReadInOrder(r reader, from Side, b []byte) bool {
	switch r := r.(type) {
	case *http1:
		return from == Server && r.mayRespondIn(b) || from == Client && r.mayFollowWithheld(b)
	case *tlsReader:
		return from == Server && !r.closed
	case nil, *sniffer, *http2Reader, *recordReader, *replacedReader:
		return from == Server
	}
	return false
}

// mayRespondIn reports whether a response may begin in the bytes b of a server.
func (h *http1) mayRespondIn(b []byte) bool {
	m := &h.half[Server]
	switch {
	case h.inner != nil:
		_, discards := h.inner.(discard)
		return !discards
	case m.state == inBody && !m.bodyUncertain && int64(len(b)) <= m.bodyLeft, m.state == toClose:
		return classifyResponse(skipEmptyLines(b)) != unknown
	}
	return true
}

// mayFollowWithheld reports whether the bytes b of a client may be a request in place of the body of the one
// before, after an answer to that.
func (h *http1) mayFollowWithheld(b []byte) bool {
	m := &h.half[Client]
	inside := m.state == inBody || m.state == inChunk || m.state == inLine
	return h.inner == nil && inside && !m.current.hasResponse() && startsMessage(Client, b)
}

func (k *aheadReader) data(from Side, at *Pos, b []byte) {
	if len(k.side[from].held) > 0 {
		k.wait(from, at, b)
		return
	}
	k.side[from.Other()].over = false
	k.reader.data(from, at, b)
	k.release(false)
}

// wait has the bytes at hand wait.
func (k *aheadReader) wait(from Side, at *Pos, b []byte) {
	k.hold(from, aheadPart{at: *at, sent: k.a.shared.sendPoint, b: append([]byte(nil), b...)})
}

func (k *aheadReader) gap(from Side, at *Pos, n int64) {
	if len(k.side[from].held) > 0 {
		k.hold(from, aheadPart{at: *at, lost: n})
		return
	}
	k.release(true) // behind what is lost the order of the capture says more
	k.reader.gap(from, at, n)
}

// passOver takes n bytes that came and at which nobody looks.
func (k *aheadReader) passOver(from Side, at *Pos, n int64) {
	if len(k.side[from].held) > 0 {
		k.hold(from, aheadPart{at: *at, lost: n})
		return
	}
	k.reader.gap(from, at, n)
	k.release(false)
}

func (k *aheadReader) end(from Side, at *Pos) {
	if len(k.side[from].held) > 0 {
		k.hold(from, aheadPart{at: *at, end: true})
		return
	}
	k.reader.end(from, at)
	k.release(true) // nothing more comes that it could wait for
}

func (k *aheadReader) skippable(from Side) int64 {
	if len(k.side[from].held) > 0 {
		return 0
	}
	return k.reader.skippable(from)
}

// isEmpty reports whether nothing waits.
func (k *aheadReader) isEmpty() bool { return k.size == 0 }

// hold has a part wait, or nothing any more if that is too much.
func (k *aheadReader) hold(from Side, part aheadPart) {
	k.side[from].held = append(k.side[from].held, part)
	k.count(from, &part, 1)
	if k.size > maxAhead || k.a.aheadBytes > maxAllAhead {
		k.side[from].over = true
		k.release(true)
	}
}

// count counts a part once more as held, or once less.
func (k *aheadReader) count(from Side, part *aheadPart, times int) {
	n := times * (len(part.b) + heldArrival)
	k.size += n
	k.a.aheadBytes += n
	k.a.shared.held += int64(n)
	k.side[from].n += int64(times) * (int64(len(part.b)) + part.lost)
}

// release hands on what waits, as far as the other side has come, or all of it.
func (k *aheadReader) release(all bool) {
	sh := &k.a.shared
	sent, unread, now := sh.sendPoint, sh.peerUnread, sh.at
	for {
		from, is := k.next(all)
		if !is {
			break
		}
		s := &k.side[from]
		part := s.held[0]
		s.held = s.held[1:]
		k.count(from, &part, -1)
		k.a.comesLate(k.flow, k.flow.from(from), part.at)
		sh.sendPoint, sh.peerUnread, sh.at = part.sent, max(0, part.sent.peerOffset-k.come(from.Other())), &part.at
		switch {
		case part.end:
			k.reader.end(from, &part.at)
		case part.lost > 0:
			k.reader.gap(from, &part.at, part.lost)
		default:
			k.reader.data(from, &part.at, part.b)
		}
	}
	sh.sendPoint, sh.peerUnread, sh.at = sent, unread, now
}

// next returns the side whose turn it is; if all is to be handed on, at least that which came first.
func (k *aheadReader) next(all bool) (from Side, is bool) {
	for from := range Side(2) {
		if held := k.side[from].held; len(held) > 0 && held[0].sent.peerOffset <= k.come(from.Other()) {
			return from, true
		}
	}
	c, s := k.side[Client].held, k.side[Server].held
	switch {
	case !all || len(c)+len(s) == 0:
		return Client, false
	case len(c) == 0 || len(s) > 0 && s[0].at.Compare(c[0].at) < 0:
		return Server, true
	}
	return Client, true
}

// come returns how many bytes of a side its reader has.
func (k *aheadReader) come(side Side) int64 { return k.flow.conn.Bytes[side] - k.side[side].n }

// beginsEarlier takes that a side of a flow begins n bytes before the place where it was first thought to.
func (f *flow) beginsEarlier(side Side, n int64) {
	if k, is := f.reader.(*aheadReader); is {
		for i := range k.side[side.Other()].held {
			if sent := &k.side[side.Other()].held[i].sent; sent.valid {
				sent.peerOffset += n
			}
		}
	}
	if r, is := f.behindAhead().(*http1); is {
		r.beginsEarlier(side, n)
	}
}

// behindAhead returns the reader of a flow for which an aheadReader may hold something.
func (f *flow) behindAhead() reader {
	if k, is := f.reader.(*aheadReader); is {
		return k.reader
	}
	return f.reader
}

// replaceReader sets the reader of a flow, behind what waits for it.
func (f *flow) replaceReader(r reader) {
	if k, is := f.reader.(*aheadReader); is {
		k.reader = r
		return
	}
	f.reader = r
}

// endAhead has nothing wait in a flow any more.
func (f *flow) endAhead() {
	if k, is := f.reader.(*aheadReader); is {
		k.release(true)
		f.reader = k.reader
	}
}
