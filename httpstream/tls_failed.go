package httpstream

import "fmt"

// countFailed counts a connection that ended within its handshake, in the clear: it carried
// nothing that secrets would show.
func (t *tlsReader) countFailed() {
	c := t.conn
	if t.counted || !t.hello.client || c.Ending == Open || c.Ending == Dropped {
		return
	}
	t.counted = true
	why := t.reason
	if why == obstacleShort {
		why = t.endedShort()
	}
	addObstacle(&t.shared.counters.TLSFailed, TLSObstacle{Host: t.conn.TLS.host(t.conn), Reason: why, Connections: 1})
}

// endedShort says who ended a connection within its handshake, without an alert.
func (t *tlsReader) endedShort() string {
	after := "in the handshake"
	if !t.hello.server {
		after = "after the ClientHello"
	}
	switch t.conn.Ending {
	case RST:
		return fmt.Sprintf("the %s reset the connection %s", t.conn.EndedBy, after)
	case FIN:
		return fmt.Sprintf("the %s closed the connection %s", t.conn.EndedBy, after)
	}
	return obstacleShort
}

// failAfter counts a connection that an alert ended when it was set up: in TLS 1.3 a server
// refuses the certificate of a client, or that it has none, when the request is already sent.
func (t *tlsReader) failAfter(a Alert) {
	o := TLSObstacle{Host: t.conn.TLS.host(t.conn), Reason: fmt.Sprintf("the %s ended the connection with alert %d, %s", a.From, a.Code, a.name()), Opened: true, Connections: 1}
	addObstacle(&t.shared.counters.TLSFailed, o)
}
