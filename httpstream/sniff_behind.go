package httpstream

import "bytes"

// lookBehind looks for HTTP behind something unknown, which some programs send first: a greeting,
// or a line that says for whom the connection is. A request is held until a response shows that
// it is one.
func (s *sniffer) lookBehind(from Side, at *Pos, b []byte) {
	switch {
	case s.isDNS() || s.isKerberos():
		s.side[from].skip(len(b), *at)
	case from == Client:
		s.lookForRequest(at, b)
	default:
		s.lookForResponse(at, b)
	}
}

// lookForRequest looks for a request in what a client sends, and holds it. Until there is one it
// holds the end of the last line.
func (s *sniffer) lookForRequest(at *Pos, b []byte) {
	d, fresh := &s.side[Client], b
	if len(d.held) > 0 && len(d.held)+len(b) <= maxSniffedPlain {
		b = append(d.held, b...)
	} else {
		s.dropHeld(d)
		b = bytes.Clone(b)
	}
	s.hold(d, b)
	if d.request {
		return
	}
	n := -1
	if d.unread <= maxBanner {
		n = findRequest(b[:min(len(b), maxEvident)])
		if begin := len(b) - len(fresh); n < 0 && begin > 0 && isEvident(fresh) {
			n = begin
		}
	}
	if d.request = n >= 0; !d.request {
		n = len(b)
		if d.unread+int64(n) <= maxBanner {
			n = max(bytes.LastIndexByte(b, '\n')+1, n-maxGreeting)
		}
	}
	d.skip(n, *at)
	d.at = *at
	s.hold(d, bytes.Clone(b[n:]))
}

// lookForResponse looks whether a server answers a request that is held.
func (s *sniffer) lookForResponse(at *Pos, b []byte) {
	d, client := &s.side[Server], &s.side[Client]
	if !client.request || at.Compare(client.at) < 0 {
		d.skip(len(b), *at)
		return
	}
	first := *at
	if len(d.held) > 0 {
		first = d.at
	}
	b = append(d.held, b...)
	s.hold(d, b)
	d.at = first
	switch classifyResponse(b) {
	case httpResponse:
		s.hold(d, nil)
		s.decide(Server, httpResponse, &first, b)
	case unknown:
		s.dropHeld(d)
		s.dropHeld(client)
	}
}

// dropHeld drops what is held of a side.
func (s *sniffer) dropHeld(d *sniffed) {
	d.skip(len(d.held), d.at)
	d.request = false
	s.hold(d, nil)
}

// skip notes n bytes that are of no known protocol.
func (d *sniffed) skip(n int, at Pos) {
	if n > 0 {
		d.unread += int64(n)
		d.unreadAt.orEarlier(at)
	}
}

// stop looks no further where both sides began with something unknown, and HTTP did not follow soon.
func (s *sniffer) stop() {
	c, v := &s.side[Client], &s.side[Server]
	if s.next == nil && !c.request && c.lost() && v.lost() && (c.midStream || v.midStream || c.unread+v.unread > maxBanner) {
		s.forget()
		s.next = discard{}
	}
}
