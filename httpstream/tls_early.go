package httpstream

// passEarly skips early data whose secret is not known: records up to the first one of the
// handshake, or else of the application. It reports whether the secret of one of these is known.
func (t *tlsReader) passEarly() bool {
	h := &t.half[Client]
	for p := phaseHandshake; p <= phaseApplication; p++ {
		if guard := t.protection(Client, p); guard != nil {
			h.phase, h.guard, h.skippingToFirst = p, guard, true
			return true
		}
	}
	return false
}

// mayBeEarly reports whether a record of the client that does not decrypt may be early data.
// Of data that it rejects the server skips as much.
func (t *tlsReader) mayBeEarly(from Side) bool {
	h := &t.half[from]
	return from == Client && t.hello.earlyData && h.seq == 0 && h.fails < maxEarlyRecords &&
		(h.phase == phaseHandshake || h.skippingToFirst)
}

// earlyRecord takes a record of early data that is not read. Data that the server rejected
// comes again; of data that it accepted the reader inside sees a gap.
func (t *tlsReader) earlyRecord(at *Pos, record []byte) {
	h := &t.half[Client]
	h.fails++
	if h.earlyKnown && !h.earlyAccepted {
		return
	}
	if t.conn.TLS.Obstacle == "" {
		t.obstacle(obstacleEarly, inFrame(at))
		t.countClosed(true)
	}
	n := max(0, int64(len(record)-h.guard.overhead()))
	t.conn.Lost[Client] += n
	t.application(Client, at)
	t.inner.gap(Client, at, n)
}
