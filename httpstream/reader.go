package httpstream

// A reader takes what one connection carries, in order. Each protocol is one: HTTP/1,
// HTTP/2, TLS (which has another reader inside), Kerberos records, and the sniffer
// that decides among them.
type reader interface {
	// data takes the next bytes that from sent. b and at are valid during the call only.
	data(from Side, at *Pos, b []byte)
	// gap tells that the next n bytes that from sent are not in the capture.
	gap(from Side, at *Pos, n int64)
	// end tells that from will send nothing more, or that the capture ends. It is
	// called once a side.
	end(from Side, at *Pos)
	// blind returns how many of the next bytes of from will not be looked at, being
	// the inside of a body whose length is known: they may be told as a gap that is
	// no loss.
	skippable(from Side) int64
}

// An outlet is where the readers of one Assembler put what they find.
type shared struct {
	sink     Sink
	secrets  *Secrets // may be nil
	counters *Counters
	held     int64 // bytes held on all connections, see maxHeld
	// peerUnread counts the bytes of the other side that the sender of the bytes told now
	// had received by then, and that have not been told: they are late, or lost.
	peerUnread int64
	sendPoint
	tlsShared
	pools pools
	head  head // the one that is read now
}

// A moment is when the bytes told now were sent, by what their sender had sent and
// received before: segments come late into a capture, and frames may not tell.
type sendPoint struct {
	valid      bool // the rest is; not of what is read later than it came
	from       Side
	offset     int64 // bytes before these
	peerOffset int64 // bytes of the other side
}

// drop counts one more thing given up for a limit.
func (sh *shared) drop(limit string) { sh.counters.Drop(limit, 1) }

// interim adds a 1xx response to its exchange.
func (sh *shared) interim(x *Exchange, status int) {
	if len(x.Interim) == maxInterim {
		sh.drop(interimDropped)
		return
	}
	x.Interim = append(x.Interim, status)
}

// exchange tells of an exchange, and returns whether it was kept.
func (sh *shared) exchange(x *Exchange) bool {
	return sh.sink.Exchange != nil && sh.sink.Exchange(x)
}

// A silent reader ignores what it is given.
type discard struct{}

func (discard) data(Side, *Pos, []byte) {}
func (discard) gap(Side, *Pos, int64)   {}
func (discard) end(Side, *Pos)          {}
func (discard) skippable(Side) int64    { return 1 << 62 }
