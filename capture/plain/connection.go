package plain

import (
	"encoding/binary"
	"net/netip"

	"negotrace/capture/pcap"
	"negotrace/httpstream"
)

var be = binary.BigEndian

const (
	// serverPort is the port of every server on a connection that is made: programs expect HTTP
	// there.
	serverPort = 80
	// maxConnections is how many connections are made at once, and known not to be made.
	maxConnections = 64 << 10
	// maxSegment is the longest segment that is made.
	maxSegment = 32 << 10
	// maxLost is how many bytes that are missing are sent as such.
	maxLost = 1 << 20
	// firstPort and ports are those that a client gets whose own is taken.
	firstPort = 49152
	ports     = 1 << 14
)

// A pair is the two ends of a connection to serverPort.
type pair struct {
	client netip.AddrPort
	server netip.Addr
}

// A connection is one that is made.
type connection struct {
	pair
	opened *httpstream.Opened // what it holds
	link   pcap.LinkType
	digits uint8 // of times
	origin int
	file   httpstream.File
	next   [2]uint32 // sequence numbers
	ended  [2]bool
	begun  bool
	inPart bool // it was said that not all of it was opened
	placed bool // in an earlier packet: what comes now stands in front of the one at hand
}

// note takes the ends of a connection to serverPort that is in the capture for used.
func (o *Opener) note(s *httpstream.Segment) {
	for _, p := range [...]pair{{s.Src, s.Dst.Addr()}, {s.Dst, s.Src.Addr()}} {
		port := s.Dst.Port()
		if p.client == s.Dst {
			port = s.Src.Port()
		}
		if port == serverPort && len(o.pairs) < maxConnections {
			o.pairs[p] = true
		}
	}
}

// part takes the next part of what a connection holds.
func (o *Opener) part(c *httpstream.Conn, from httpstream.Side, at httpstream.Pos, part httpstream.Part) {
	m, known := o.conns[c]
	if !known {
		if len(o.conns) >= maxConnections {
			o.Counts.NotMade++
			return
		}
		m = o.open(c, at.File)
		o.conns[c] = m
		if c.TLS == nil && len(o.visible) < maxConnections {
			o.visible[o.at] = true
		}
	}
	if m == nil {
		return
	}
	made := len(o.made)
	if (len(part.Bytes) > 0 || part.Lost > 0) && !m.begun {
		o.begin(m)
	}
	o.lose(m, from, part.Lost)
	for b := part.Bytes; len(b) > 0; {
		n := min(len(b), maxSegment)
		o.send(m, from, httpstream.FlagPSH|httpstream.FlagACK, b[:n])
		b = b[n:]
	}
	if part.End && !m.ended[from] {
		if !m.begun && c.TLS != nil && c.TLS.Opened { // it held no HTTP
			o.begin(m)
			m.placed = true // it is over with the packet at hand
		}
		o.end(c, m, from)
	}
	if m.placed {
		o.before = append(o.before, o.made[made:]...)
		o.made = o.made[:made]
	}
}

// lose makes packets of so many bytes of content that are cut: nobody waits for what they had.
// Of very many some make no packets.
func (o *Opener) lose(m *connection, from httpstream.Side, n int64) {
	if rest := n - maxLost; rest > 0 {
		m.next[from] += uint32(rest)
		n = maxLost
	}
	for n > 0 {
		some := min(n, maxSegment)
		first := len(o.made)
		o.send(m, from, httpstream.FlagACK, make([]byte, some))
		p := &o.made[first]
		p.Data = p.Data[:len(p.Data)-int(some)]
		o.Counts.Bytes -= int(some)
		n -= some
	}
}

// open returns a connection that is not begun, nil if none can be made.
func (o *Opener) open(c *httpstream.Conn, file httpstream.File) *connection {
	p := pair{c.Opener(), c.Server.Addr()}
	if !p.client.IsValid() || !c.Server.IsValid() {
		o.Counts.NotMade++
		return nil
	}
	for range ports {
		if !o.pairs[p] {
			break
		}
		p.client = netip.AddrPortFrom(p.client.Addr(), firstPort+(p.client.Port()+1)%ports)
	}
	o.Counts.Connections++
	m := &connection{pair: p, opened: httpstream.OpenedOf(c), link: o.k.Link, digits: 9, origin: c.Origin, file: file}
	if i := o.k.Interface; i != nil {
		m.digits = i.Digits
	}
	for side := range m.next {
		m.next[side] = uint32(o.Counts.Connections)*0x9e3779b1 + uint32(side)<<30
	}
	if len(o.pairs) < 2*maxConnections {
		o.pairs[p] = true
	}
	return m
}

// begin makes the packets that open a connection.
func (o *Opener) begin(m *connection) {
	m.begun = true
	first := len(o.made)
	o.send(m, httpstream.Client, httpstream.FlagSYN, nil)
	m.next[httpstream.Client]++
	o.send(m, httpstream.Server, httpstream.FlagSYN|httpstream.FlagACK, nil)
	m.next[httpstream.Server]++
	o.send(m, httpstream.Client, httpstream.FlagACK, nil)
	o.made[first].Opened = m.opened
	o.fresh = append(o.fresh, m)
}

// end ends a side as the connection ended that it is made of.
func (o *Opener) end(c *httpstream.Conn, m *connection, from httpstream.Side) {
	m.ended[from] = true
	if m.begun && !m.inPart && c.TLS != nil && c.TLS.Obstacle != "" && m.opened.Alert.Code == 0 {
		m.inPart = true
		opened := *m.opened
		opened.InPart, opened.Certificate = true, nil
		o.send(m, from, httpstream.FlagACK, nil)
		o.made[len(o.made)-1].Opened = &opened
	}
	switch {
	case !m.begun:
	case c.Ending == httpstream.RST && c.EndedBy == from:
		o.send(m, from, httpstream.FlagRST|httpstream.FlagACK, nil)
	case c.Ending == httpstream.FIN:
		o.send(m, from, httpstream.FlagFIN|httpstream.FlagACK, nil)
		m.next[from]++
	}
	if m.ended[from.Other()] {
		delete(o.conns, c)
		delete(o.pairs, m.pair)
	}
}

// send makes a packet. It has the time of the packet at hand, behind which it comes.
func (o *Opener) send(m *connection, from httpstream.Side, flags byte, b []byte) {
	src, dst := m.client, netip.AddrPortFrom(m.server, serverPort)
	if from == httpstream.Server {
		src, dst = dst, src
	}
	h := header{src: src, dst: dst, seq: m.next[from], flags: flags, from: from}
	if flags&httpstream.FlagACK != 0 {
		h.ack = m.next[from.Other()]
	}
	m.next[from] += uint32(len(b))
	link, data := h.packet(m.link, b)
	p := pcap.Packet{Data: data, Time: o.k.Time, Wire: len(data), Link: link, Made: true, Opened: &httpstream.Opened{TLS: m.opened.TLS}}
	p.Interface = o.iface(p.Opened, link, m.digits)
	o.made = append(o.made, Packet{p, m.origin, m.file})
	o.Counts.Packets++
	o.Counts.Bytes += len(b)
}

// iface returns the interface of packets that are made.
func (o *Opener) iface(opened *httpstream.Opened, link pcap.LinkType, digits uint8) *pcap.Interface {
	key := interfaceKey{opened.TLS, link, digits}
	i := o.interfaces[key]
	if i == nil {
		i = pcap.OpenedInterface(opened, link, digits)
		o.interfaces[key] = i
	}
	return i
}

// An interfaceKey is in what interfaces differ of packets that are made.
type interfaceKey struct {
	inTLS  bool
	link   pcap.LinkType
	digits uint8
}
