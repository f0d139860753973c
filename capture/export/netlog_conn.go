package export

import (
	"cmp"
	"encoding/pem"
	"net/netip"
	"slices"
	"strings"

	"negotrace/httpstream"
)

// A netlogSocket is a SOCKET of the log, with the connections that it carries: one, and perhaps a
// second one inside of a tunnel.
type netlogSocket struct {
	id    int64
	conns []*httpstream.Conn
}

// conn returns the innermost connection.
func (s *netlogSocket) conn() *httpstream.Conn { return s.conns[len(s.conns)-1] }

// socket returns the socket of a source, a new one if it is not known yet.
func (n *netlogReader) socket(e *netlogEvent) *netlogSocket {
	s := n.sockets[e.Source.ID]
	if s == nil {
		if len(n.sockets) >= maxNetLogSources {
			n.out.Counters.Drop(netlogSourcesDropped, len(n.sockets), e.at)
			n.closeSockets()
		}
		c := &httpstream.Conn{Stream: -1, Start: e.at, End: e.at}
		s = &netlogSocket{id: e.Source.ID, conns: []*httpstream.Conn{c}}
		n.sockets[e.Source.ID] = s
		n.conns.named[c] = true
	}
	return s
}

// socketEvent takes the events of sockets and reports whether e is one.
func (n *netlogReader) socketEvent(e *netlogEvent) bool {
	switch n.sourceType(e.Source) {
	case "SOCKET":
	case "QUIC_SESSION":
		n.quicEvent(e)
		return true
	default:
		return false
	}
	switch e.name {
	case "TCP_CONNECT", "TCP_CONNECT_ATTEMPT":
		n.tcpConnect(e, n.socket(e).conns[0])
	case "SSL_CONNECT":
		n.tlsConnect(e, n.socket(e).conn())
	case "SSL_CERTIFICATES_RECEIVED":
		n.certificate(e, n.socket(e).conn())
	case "SOCKET_BYTES_SENT", "SOCKET_BYTES_RECEIVED":
		n.bytes(e)
	case "SOCKET_READ_ERROR", "SOCKET_POOL_CLOSING_SOCKET":
		n.ending(e, n.socket(e).conns[0])
	case "SOCKET_IN_USE":
		if n.begins(e) && n.sourceType(e.Dependency) == "HTTP_STREAM_JOB" {
			keep(n, n.jobs, e.Dependency.ID, n.socket(e).id)
		}
	case "SOCKET_ALIVE":
		if n.ends(e) {
			n.closeSocket(n.sockets[e.Source.ID], e.at)
		} else {
			n.socket(e)
		}
	}
	return true
}

func (n *netlogReader) tcpConnect(e *netlogEvent, c *httpstream.Conn) {
	if n.begins(e) {
		c.SYN = true
	}
	if a, err := netip.ParseAddrPort(cmp.Or(e.Local, e.OldLocal)); err == nil {
		c.Client = a
	}
	if a, err := netip.ParseAddrPort(cmp.Or(e.Remote, e.Address)); err == nil {
		c.Server = a
	}
	if e.name == "TCP_CONNECT" && n.ends(e) {
		c.SYNOnly = e.NetError != 0
		n.out.Counters.Connections++
	}
}

func (n *netlogReader) tlsConnect(e *netlogEvent, c *httpstream.Conn) {
	if c.TLS == nil {
		c.TLS = &httpstream.TLS{}
	}
	if !n.ends(e) {
		return
	}
	t := c.TLS
	if e.NetError != 0 {
		t.Obstacle = "TLS handshake failed: " + n.netError(e.NetError)
		return
	}
	t.Opened = true
	t.Version = strings.TrimPrefix(e.Version, "TLS ")
	t.ALPN = e.NextProto
	t.Resumed = e.Resumed
	if e.Cipher > 0 && e.Cipher < 1<<16 {
		t.Cipher = httpstream.SuiteName(uint16(e.Cipher))
	}
}

func (n *netlogReader) certificate(e *netlogEvent, c *httpstream.Conn) {
	if len(e.Certificates) == 0 {
		return
	}
	block, _ := pem.Decode([]byte(e.Certificates[0]))
	if block == nil {
		return
	}
	if c.TLS == nil {
		c.TLS = &httpstream.TLS{}
	}
	der, known := n.certs[string(block.Bytes)]
	if !known {
		if len(n.certs) >= maxNetLogCerts {
			clear(n.certs)
		}
		der = block.Bytes
		n.certs[string(der)] = der
	}
	c.TLS.Certificate = der
}

func (n *netlogReader) bytes(e *netlogEvent) {
	s := n.sockets[e.Source.ID]
	if s == nil || e.Bytes < 0 || e.Bytes > 1<<40 {
		return
	}
	side := httpstream.Client
	if e.name == "SOCKET_BYTES_RECEIVED" {
		side = httpstream.Server
	}
	for _, c := range s.conns {
		c.End = e.at
	}
	s.conn().Bytes[side] += e.Bytes
}

// ending sets which end closed a connection, if the event says it.
func (n *netlogReader) ending(e *netlogEvent, c *httpstream.Conn) {
	const connectionClosed, connectionReset = -100, -101
	how, by := httpstream.Open, httpstream.Server
	switch {
	case e.NetError == connectionReset:
		how = httpstream.RST
	case e.NetError == connectionClosed, strings.Contains(e.Reason, "Remote side closed"):
		how = httpstream.FIN
	}
	if how != httpstream.Open && c.Ending == httpstream.Open {
		c.Ending, c.EndedBy, c.EndedAt = how, by, e.at
	}
}

func (n *netlogReader) quicEvent(e *netlogEvent) {
	if e.name != "QUIC_SESSION" {
		return
	}
	if n.ends(e) {
		n.closeSocket(n.sockets[e.Source.ID], e.at)
		return
	}
	s := n.socket(e)
	s.conn().SYN = true
	s.conn().TLS = &httpstream.TLS{Opened: true, Version: "1.3", ALPN: "h3"}
}

func (n *netlogReader) closeSocket(s *netlogSocket, at httpstream.Pos) {
	if s == nil {
		return
	}
	delete(n.sockets, s.id)
	delete(n.requesters, s.id) // it asked for a tunnel
	for _, c := range slices.Backward(s.conns) {
		if c.Ending == httpstream.Open && at.Frame > 0 {
			c.Ending, c.EndedBy, c.EndedAt = httpstream.FIN, httpstream.Client, at
		}
		if at.Frame > 0 {
			c.End = at
		}
		n.buffer.addConn(c, n.last)
	}
}

// closeSockets hands on what is still open at the end of the log.
func (n *netlogReader) closeSockets() {
	open := make([]*netlogSocket, 0, len(n.sockets))
	for _, s := range n.sockets {
		open = append(open, s)
	}
	slices.SortFunc(open, func(a, b *netlogSocket) int {
		return cmp.Or(cmp.Compare(a.conns[0].Start.Frame, b.conns[0].Start.Frame), cmp.Compare(a.id, b.id))
	})
	for _, s := range open {
		n.closeSocket(s, httpstream.Pos{})
	}
}
