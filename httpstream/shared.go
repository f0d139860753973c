package httpstream

// shared is the state that all readers of an Assembler share.
type shared struct {
	sink     Sink
	secrets  *Secrets // may be nil
	counters *Counters
	held     int64 // bytes held on all connections, see maxHeld
	// peerUnread is how many bytes of the other side the sender of the bytes at hand had
	// acknowledged that were not delivered: they come late, or are lost.
	peerUnread int64
	sendPoint
	at *Pos // of the bytes at hand, or the end of their connection; nil before any
	tlsShared
	pools pools
	head  head // the one that is being read
}

// A sendPoint orders messages by what their sender had sent and received before. Frame
// numbers are wrong where segments were captured out of order.
type sendPoint struct {
	valid      bool // not set for what was queued and is read later than it came
	from       Side
	offset     int64 // bytes that the sender sent before
	peerOffset int64 // bytes that the sender had received
}

// here returns where the bytes at hand are.
func (sh *shared) here() Pos {
	if sh.at == nil {
		return Pos{}
	}
	return *sh.at
}

// drop counts one more thing given up for a limit.
func (sh *shared) drop(limit string) { sh.counters.Drop(limit, 1, sh.here()) }

// unread counts n bytes of a connection that came in place of a message.
func (sh *shared) unread(c *Conn, from Side, n int64, at Pos) {
	if n == 0 {
		return
	}
	c.Unread[from] = true
	sh.counters.UnreadBytes += n
	sh.counters.Places.UnreadBytes.orEarlier(at)
}

// interim adds a 1xx response to its exchange.
func (sh *shared) interim(x *Exchange, status int) {
	if len(x.Interim) == maxInterim {
		sh.drop(interimDropped)
		return
	}
	x.Interim = append(x.Interim, status)
}

// exchange gives an exchange to the Sink, and reports whether the Sink keeps it.
func (sh *shared) exchange(x *Exchange) bool {
	return sh.sink.Exchange != nil && sh.sink.Exchange(x)
}
