package plain

import (
	"encoding/binary"
	"net/netip"

	"negotrace/capture/pcap"
	"negotrace/httpstream"
)

var be = binary.BigEndian

const (
	// serverPort is the server port of every connection that is made. Programs expect HTTP on it.
	serverPort = 80
	// maxConnections limits the connections that are made at once, and those known not to be made.
	maxConnections = 64 << 10
	// maxSegment is the longest segment that is made.
	maxSegment = 32 << 10
	// maxLost limits the missing bytes for which packets without content are made.
	maxLost = 1 << 20
	// firstPort and portCount are the range of ports for clients whose own port is in use.
	firstPort = 49152
	portCount = 1 << 14
)

// A pair is the two ends of a connection to serverPort.
type pair struct {
	client netip.AddrPort
	server netip.Addr
}

// A connection is one that is made.
type connection struct {
	pair
	opened       *httpstream.PlainCopy // how its content was opened
	link         pcap.LinkType
	digits       uint8 // of the fraction of a second in times
	origin       int
	file         httpstream.File
	next         [2]uint32 // sequence numbers
	sent         [2]progress
	received     received // by the sender of the part at hand
	ended        [2]bool
	started      bool
	first        int  // of what was made with the packet at hand when it started: where it begins
	partReported bool // a packet says that not all of it was opened
	insertBefore bool // it started with an earlier packet: what comes now stands in front of the one at hand
}

// notePair marks the ends of a connection to serverPort in the capture as used.
func (o *Opener) notePair(s *httpstream.Segment) {
	for _, p := range [...]pair{{s.Src, s.Dst.Addr()}, {s.Dst, s.Src.Addr()}} {
		port := s.Dst.Port()
		if p.client == s.Dst {
			port = s.Src.Port()
		}
		if port == serverPort && len(o.usedPairs) < maxConnections {
			o.usedPairs[p] = true
		}
	}
}

// part makes packets of the next part of the content of a connection.
func (o *Opener) part(c *httpstream.Conn, from httpstream.Side, at httpstream.Pos, part httpstream.Part) {
	m, known := o.conns[c]
	if !known {
		if len(o.conns) >= maxConnections {
			o.Counts.NotMade++
			return
		}
		m = o.open(c, at.File)
		o.conns[c] = m
		if !c.Encrypted() {
			o.noteHTTP2(c)
		}
	}
	if m == nil {
		return
	}
	made := len(o.made)
	if (len(part.Bytes) > 0 || part.Lost > 0) && !m.started {
		o.handshake(m, at)
	}
	first := m.next[from]
	m.received = m.sent[from.Other()].receivedWith(&part, m.next[from.Other()])
	o.sendLost(m, at, from, part.Lost)
	for b := part.Bytes; len(b) > 0; {
		n := min(len(b), maxSegment)
		o.send(m, at, from, httpstream.FlagPSH|httpstream.FlagACK, b[:n])
		b = b[n:]
	}
	m.received = received{}
	m.sent[from].note(&part, first, m.next[from])
	if part.End && !m.ended[from] {
		at.Time = o.current.Time                        // a FIN may have been taken long after it came
		if !m.started && c.TLS != nil && c.TLS.Opened { // there was no HTTP in it
			o.handshake(m, at)
			m.insertBefore = true // the connection ends with the current packet
		}
		o.end(c, m, at, from)
		if m.started && m.ended[from.Other()] && !m.insertBefore { // all of it came with the current packet, out of order
			made, m.insertBefore = m.first, true
		}
	}
	if m.insertBefore {
		o.before = append(o.before, o.made[made:]...)
		o.made = o.made[:made]
	}
}

// sendLost makes packets without content for n missing bytes, so that no reader waits for these
// bytes. Above maxLost the sequence number is moved forward without packets.
func (o *Opener) sendLost(m *connection, at httpstream.Pos, from httpstream.Side, n int64) {
	if rest := n - maxLost; rest > 0 {
		m.next[from] += uint32(rest)
		n = maxLost
	}
	for n > 0 {
		some := min(n, maxSegment)
		first := len(o.made)
		o.send(m, at, from, httpstream.FlagACK, make([]byte, some))
		p := &o.made[first]
		p.Data = p.Data[:len(p.Data)-int(some)]
		n -= some
	}
}

// open returns a new connection without its handshake, nil if none can be made.
func (o *Opener) open(c *httpstream.Conn, file httpstream.File) *connection {
	p := pair{c.Opener(), c.Server.Addr()}
	if !p.client.IsValid() || !c.Server.IsValid() {
		o.Counts.NotMade++
		return nil
	}
	for range portCount {
		if !o.usedPairs[p] {
			break
		}
		p.client = netip.AddrPortFrom(p.client.Addr(), firstPort+(p.client.Port()+1)%portCount)
	}
	o.Counts.Connections++
	m := &connection{pair: p, opened: httpstream.PlainCopyOf(c), link: o.current.Link, digits: 9, origin: c.Origin, file: file}
	if i := o.current.Interface; i != nil {
		m.digits = i.Digits
	}
	for side := range m.next {
		m.next[side] = uint32(o.Counts.Connections)*0x9e3779b1 + uint32(side)<<30
	}
	if len(o.usedPairs) < 2*maxConnections {
		o.usedPairs[p] = true
	}
	return m
}

// handshake makes the SYN, SYN-ACK and ACK packets of a connection.
func (o *Opener) handshake(m *connection, at httpstream.Pos) {
	m.started, m.first = true, len(o.made)
	o.send(m, at, httpstream.Client, httpstream.FlagSYN, nil)
	m.next[httpstream.Client]++
	o.send(m, at, httpstream.Server, httpstream.FlagSYN|httpstream.FlagACK, nil)
	m.next[httpstream.Server]++
	o.send(m, at, httpstream.Client, httpstream.FlagACK, nil)
	o.made[m.first].PlainCopy = m.opened
	o.started = append(o.started, m)
}

// end closes one side with the FIN or RST of the original connection.
func (o *Opener) end(c *httpstream.Conn, m *connection, at httpstream.Pos, from httpstream.Side) {
	m.ended[from] = true
	if m.started && !m.partReported && c.TLS != nil && c.TLS.Obstacle != "" && m.opened.Alert.Code == 0 {
		m.partReported = true
		opened := *m.opened
		opened.InPart, opened.Certificate = true, nil
		o.send(m, at, from, httpstream.FlagACK, nil)
		o.made[len(o.made)-1].PlainCopy = &opened
	}
	switch {
	case !m.started:
	case c.Ending == httpstream.RST && c.EndedBy == from:
		o.send(m, at, from, httpstream.FlagRST|httpstream.FlagACK, nil)
	case c.Ending == httpstream.FIN:
		o.send(m, at, from, httpstream.FlagFIN|httpstream.FlagACK, nil)
		m.next[from]++
	}
	if m.ended[from.Other()] {
		delete(o.conns, c)
		delete(o.usedPairs, m.pair)
	}
}

// send makes a packet with the time at which its content came: a packet that is out of order may have
// come before the current one.
func (o *Opener) send(m *connection, at httpstream.Pos, from httpstream.Side, flags byte, b []byte) {
	src, dst := m.client, netip.AddrPortFrom(m.server, serverPort)
	if from == httpstream.Server {
		src, dst = dst, src
	}
	h := header{src: src, dst: dst, seq: m.next[from], flags: flags, from: from}
	switch {
	case flags&httpstream.FlagACK == 0:
	case m.received.isKnown:
		h.ack = m.received.next
	default:
		h.ack = m.next[from.Other()]
	}
	m.next[from] += uint32(len(b))
	link, data := h.packet(m.link, b)
	p := pcap.Packet{Data: data, Time: at.Time, Wire: len(data), Link: link, Synthetic: true, PlainCopy: &httpstream.PlainCopy{TLS: m.opened.TLS}}
	p.Interface = o.interfaceOf(p.PlainCopy, link, m.digits)
	o.made = append(o.made, Packet{p, m.origin, m.file})
	o.Counts.Packets++
}

// interfaceOf returns the interface of packets that are made.
func (o *Opener) interfaceOf(opened *httpstream.PlainCopy, link pcap.LinkType, digits uint8) *pcap.Interface {
	key := interfaceKey{opened.TLS, link, digits}
	i := o.interfaces[key]
	if i == nil {
		i = pcap.PlainCopyInterface(opened, link, digits)
		o.interfaces[key] = i
	}
	return i
}

// An interfaceKey identifies an interface of packets that are made.
type interfaceKey struct {
	inTLS  bool
	link   pcap.LinkType
	digits uint8
}
