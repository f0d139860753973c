package httpstream

// makeRoom makes room for one more flow.
func (a *Assembler) makeRoom(s *Segment) {
	for f := a.resetting.first; f != nil && (s.At.Time.Sub(f.conn.End.Time) > linger || a.resetting.n > maxResetting); f = a.resetting.first {
		a.finish(f, RST, &f.conn.End)
	}
	for f := a.closed.first; f != nil && (s.At.Time.Sub(f.closed) > linger || a.closed.n > maxClosed); f = a.closed.first {
		a.forget(f)
	}
	a.restIdle()
	if a.embryonic.n >= a.maxEmbryonic {
		a.giveUp(a.embryonic.first, embryonicDropped, &s.At)
	}
	a.boundBusy(&s.At)
	if a.flows.n < a.maxFlows {
		return
	}
	if f := a.resetting.first; f != nil && a.closed.first == nil {
		a.finish(f, RST, &f.conn.End)
	}
	if f := a.closed.first; f != nil {
		a.forget(f)
		return
	}
	f := a.embryonic.first
	switch n, lastUsed := a.restsLongest(); {
	case f != nil:
	case n != 0 && (a.live.n == 0 || lastUsed < a.live.first.lastUsed):
		f = a.wakeNumber(n)
	default:
		f = a.live.first
	}
	a.giveUp(f, flowDropped, &s.At)
}

// boundBusy makes room for one more flow where too many cannot rest.
func (a *Assembler) boundBusy(at *Pos) {
	if a.live.n < a.maxBusy || !a.shared.sink.Rest {
		return
	}
	if f := a.live.first; !a.putToRest(f) {
		a.giveUp(f, flowDropped, at)
	}
}

// giveUp ends an open flow for a limit.
func (a *Assembler) giveUp(f *flow, limit string, at *Pos) {
	a.drop(limit, at)
	a.finish(f, Dropped, &f.conn.End)
	a.forget(f)
}

// shed gives up flows that hold something until a quarter of the memory is free. Flows that hold
// nothing are moved behind those that are in use, so that the next search need not pass over
// them.
func (a *Assembler) shed(at *Pos) {
	const enough = maxHeld / 4 * 3
	for a.shared.held > enough && a.resetting.first != nil {
		f := a.resetting.first
		a.finish(f, RST, &f.conn.End)
	}
	for range a.live.n + a.waiting.n {
		if a.shared.held <= enough {
			return
		}
		f := a.live.first
		switch n := a.waiting.first; {
		case n != 0 && (f == nil || a.flows.rest.flows.at(n).lastUsed < f.lastUsed):
			f = a.wakeNumber(n)
		case f == nil:
			return
		case f.holdsNothing():
			f.moveTo(&a.live)
			continue
		}
		a.drop(heldDropped, at)
		a.finish(f, Dropped, &f.conn.End)
	}
	for a.shared.held > enough && a.embryonic.first != nil {
		a.giveUp(a.embryonic.first, heldDropped, at)
	}
}

// holdsNothing reports whether nothing of a flow counts as held.
func (f *flow) holdsNothing() bool {
	_, discards := f.reader.(discard)
	return (f.reader == nil || discards) && f.half[0].queue == nil && f.half[1].queue == nil &&
		f.doubts == nil && f.probe == nil && f.successor == nil && f.opening == nil
}

func (a *Assembler) forget(f *flow) {
	f.leaveList()
	a.flows.remove(f)
	a.forgetAliases(f)
	a.forgetTunnel(f)
	if a.last.flow == f {
		a.last.flow = nil
	}
	*f = flow{}
	a.shared.pools.flows.put(f)
}

// touch notes that a flow is in use. It moves it in its list now and then only: the order need
// not be exact.
func (a *Assembler) touch(f *flow, d direction, s *Segment) {
	a.clock++
	if f.list == &a.resetting {
		return
	}
	if f.sawSYN && !f.sawReply && d == f.client && s.Flags&FlagSYN != 0 && s.At.Time.Sub(f.conn.End.Time) >= synRetry {
		f.conn.SYNRetries++
	}
	if !f.sawReply && (f.side(d) == Server && s.Flags&FlagRST == 0 || s.Flags&(FlagSYN|FlagRST|FlagACK) == FlagACK) {
		f.sawReply = true // as the client's going on shows too
	}
	if f.list == &a.embryonic {
		if len(s.Payload) == 0 || f.conn.Start.Frame == s.At.Frame {
			return
		}
	} else if a.clock-f.lastUsed < 4096 {
		return
	}
	f.lastUsed = a.clock
	f.moveTo(&a.live)
	a.restIdle()
}
