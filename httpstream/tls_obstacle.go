package httpstream

import "fmt"

// Reasons why a connection is not opened.
const (
	obstacleMidStream = "the handshake is not in the capture"
	obstacleLost      = "a part of the handshake is not in the capture"
)

// close gives the connection up. The first reason is the one that counts.
func (t *tlsReader) close(why string) {
	if t.closed {
		return
	}
	t.closed = true
	t.free()
	t.obstacle(why)
	if !t.conn.TLS.Opened && t.hidden {
		name := t.conn.TLS.SNI
		if name == "" {
			name = t.conn.Server.String()
		}
		t.shared.counters.Closed(name)
	}
}

func (t *tlsReader) obstacle(why string) {
	if t.conn.TLS.Obstacle == "" {
		t.conn.TLS.Obstacle = why
	}
}

// noSecrets says why no protection could be made.
func (t *tlsReader) noSecrets() string {
	switch s := findSuite(t.hello.suite); {
	case !t.hello.client:
		return obstacleMidStream
	case t.hello.version < tls10:
		return fmt.Sprintf("%s is not opened, only TLS 1.0 to 1.3", tlsVersionName(t.hello.version))
	case s == nil:
		return fmt.Sprintf("cipher suite %s is not opened", suiteName(t.hello.suite))
	case t.shared.secrets == nil || t.shared.secrets.Kept == 0:
		return "no key log was given"
	}
	return "the key log has no secrets for this connection"
}

// cut says that a side ended where no record does. In a connection that is still open
// where the capture ends that is nothing special.
func (t *tlsReader) cut(from Side, at *Pos) {
	switch h := &t.half[from]; {
	case h.hole.open:
		t.obstacle(h.hole.obstacle(from))
		if t.inner != nil && h.guard != nil {
			t.inner.gap(from, at, max(0, h.hole.lost+int64(len(h.hole.seen)-h.guard.overhead())))
		}
	case h.have > 0 && t.conn.Ending != Open:
		t.obstacle(fmt.Sprintf("the %s ended the connection within a record", from))
	}
}
