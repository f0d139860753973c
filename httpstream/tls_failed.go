package httpstream

import (
	"fmt"
	"strings"
)

// failed reports whether an alert in the clear ended the handshake before the server protected
// anything: the connection carried nothing that secrets would show.
func (t *tlsReader) failed() bool {
	return !t.conn.TLS.Opened && t.conn.TLS.alert.Code != 0 && t.half[Server].phase == phaseClear
}

// countFailed counts a connection that ended within its handshake, in the clear: it carried
// nothing that secrets would show.
func (t *tlsReader) countFailed() {
	c := t.conn
	switch {
	case t.counted || c.Ending == Dropped:
		return
	case c.Ending == Open && t.reason == obstacleShort:
		t.countUnfinished()
		return
	case c.Ending == Open, !t.hello.client && (!c.SYN || c.Bytes[Client] == 0 || c.Lost[Client] > 0):
		return
	}
	t.counted = true
	why := t.reason
	if why == obstacleShort {
		why = t.endedShort()
	}
	t.shared.counters.failed(t.conn, why, t.conn.TLS.alert, false)
}

// countUnfinished counts a connection whose handshake goes on where the capture ends, or has no
// answer until then.
func (t *tlsReader) countUnfinished() {
	switch {
	case t.conn.Bytes == [2]int64{}:
		return
	case !t.hello.client:
		t.reason = obstacleNoHello
	case !t.hello.server && t.conn.Bytes[Server] == 0:
		t.reason = obstacleNoAnswer
	default:
		t.reason = obstacleCaptureEnds
	}
	t.conn.TLS.Obstacle = t.reason
	t.countClosed(false)
}

// endedShort says who ended a connection within its handshake, without an alert.
func (t *tlsReader) endedShort() string {
	after := "in the handshake"
	switch {
	case !t.hello.client:
		after = "within the ClientHello"
	case !t.hello.server:
		after = "after the ClientHello"
	}
	switch t.conn.Ending {
	case RST:
		return fmt.Sprintf(endedByRST, t.conn.EndedBy) + after
	case FIN:
		return fmt.Sprintf(endedByFIN, t.conn.EndedBy) + after
	}
	return obstacleShort
}

// The words for who ended a connection.
const (
	endedByRST = "the %s reset the connection "
	endedByFIN = "the %s closed the connection "
)

// ServerLeft reports whether the server ended the connections within their handshake, without an
// alert.
func (o TLSObstacle) ServerLeft() bool {
	return strings.HasPrefix(o.Reason, fmt.Sprintf(endedByRST, Server)) || strings.HasPrefix(o.Reason, fmt.Sprintf(endedByFIN, Server))
}

// failAfter counts a connection that an alert ended when it was set up: in TLS 1.3 a server
// refuses the certificate of a client, or that it has none, when the request is already sent.
func (t *tlsReader) failAfter(a Alert) {
	t.shared.counters.failed(t.conn, fmt.Sprintf("the %s ended the connection with alert %d, %s", a.From, a.Code, a.name()), a, true)
}

// failed counts a TLS connection that failed.
func (c *Counters) failed(conn *Conn, why string, a Alert, opened bool) {
	addObstacle(&c.TLSFailed, TLSObstacle{Host: conn.TLS.host(conn), Reason: why, Opened: opened, Connections: 1, First: conn.Start, Alert: a})
}
