package httpstream

import (
	"fmt"
	"maps"
	"slices"
)

// Reasons why a connection is not opened.
const (
	obstacleMidStream   = "the handshake is not in the capture"
	obstacleLost        = "a part of the handshake is not in the capture"
	obstacleLate        = "the capture shows one side of the handshake much later than the other, or not at all"
	obstacleShort       = "the connection ended within the handshake"
	obstacleNoHello     = "the capture ends within its ClientHello"
	obstacleNoAnswer    = "the capture holds no answer to its ClientHello"
	obstacleCaptureEnds = "the capture ends within the handshake"
	obstacleHeld        = "too much was held for other connections"
	obstacleVersion     = "negotrace opens TLS 1.0 to 1.3, and not this version"
	obstacleSuite       = "negotrace does not open this cipher suite"
	obstacleDeflate     = "it is compressed by TLS (DEFLATE): switch that off at the server, it gives secrets away, too"
	obstacleNoKeyLog    = "no key log was given"
	obstacleNoSecrets   = "the key log has no secrets for this connection"
	obstacleNotRSA      = "the key exchange is not RSA: an RSA key does not open it, a key log does"
	obstacleResumed     = "it resumes a session that was not opened: an RSA key needs its first handshake"
	obstacleOtherKey    = "none of the RSA keys is that of the server's certificate"
	obstacleWrongKey    = "the RSA key does not decrypt the ClientKeyExchange"
	obstacleEarly       = "the key log has no CLIENT_EARLY_TRAFFIC_SECRET: the client's early data is not read"
	obstacleInPart      = "negotrace redact could not open it to its end"
	obstaclePlain       = "TLS was sent to a port where the server speaks plain HTTP"
	obstacleNoTLS       = "the %s sends bytes that are no TLS"
	obstacleDamaged     = "a record of the %s does not decrypt with the secrets given"
	obstacleHole        = "no record of the %s behind lost bytes decrypts with the secrets given"
)

// close gives the connection up. The first reason is the one that counts.
func (t *tlsReader) close(why string) {
	if t.closed {
		return
	}
	t.closed = true
	t.free()
	t.obstacle(why, "")
	if t.conn.TLS.Opened || t.hidden && !t.failed() {
		t.countClosed(t.conn.TLS.Opened)
	} else if why != "" {
		t.countFailed()
	}
}

// countClosed counts the connection as closed, or as opened in part, for the reason that
// was given first.
func (t *tlsReader) countClosed(opened bool) {
	if t.counted {
		return
	}
	t.counted = true
	o := TLSObstacle{Host: t.conn.TLS.host(t.conn), Reason: t.reason, Opened: opened, First: t.conn.Start}
	if t.reason == obstacleNoSecrets || t.reason == obstacleNoKeyLog {
		t.shared.secrets.miss(t.hello.clientRandom)
	}
	switch {
	case t.reason == obstacleNoSecrets:
		t.shared.secrets.Missed++
	case t.hello.server:
		o.Version, o.Cipher = t.conn.TLS.Version, t.conn.TLS.Cipher
	}
	t.shared.secrets.ask(t.hello.clientRandom)
	t.shared.counters.NotOpened(o)
	t.conn.TLS.closed = &o
}

// IsOfKeys reports whether a connection is closed because the keys are not those that open it: without any, that is no
// obstacle.
func (o TLSObstacle) IsOfKeys() bool {
	return !o.Opened && slices.Contains([]string{obstacleNoSecrets, obstacleNotRSA, obstacleResumed, obstacleOtherKey, obstacleWrongKey}, o.Reason)
}

// HandshakeMissing reports whether the capture does not hold the whole handshake, from which keys
// follow.
func (o TLSObstacle) HandshakeMissing() bool {
	return slices.Contains([]string{obstacleMidStream, obstacleLost, obstacleLate}, o.Reason)
}

// host names the server of a connection, by SNI or else by its address.
func (t *TLS) host(c *Conn) string {
	if t.SNI != "" {
		return t.SNI
	}
	return c.Server.String()
}

// obstacle says why the connection is not opened, and the detail of this one: a frame, a
// number.
func (t *tlsReader) obstacle(why, detail string) {
	if t.conn.TLS.Obstacle == "" {
		t.conn.TLS.Obstacle, t.reason = why+detail, why
	}
}

func inFrame(at *Pos) string { return " (" + at.String() + ")" }

// noSecrets says why no protection could be made.
func (t *tlsReader) noSecrets() string {
	switch s := findSuite(t.hello.suite); {
	case !t.hello.client:
		return obstacleMidStream
	case t.hello.server && (t.hello.version < tls10 || t.hello.version > tls13):
		return obstacleVersion
	case t.hello.server && (s == nil || !s.fits(t.hello.version)):
		return obstacleSuite
	case t.shared.secrets.HasRSAKeys() && (t.shared.secrets.Kept == 0 || s.rsa()):
		return t.noRSAKey(s)
	case t.shared.secrets == nil || t.shared.secrets.Kept == 0:
		return obstacleNoKeyLog
	}
	return obstacleNoSecrets
}

// answer takes the first bytes of a server that was asked, and returns how many it took.
func (t *tlsReader) answer(at *Pos, b []byte) int {
	h := &t.half[Server]
	n := copy(h.header[h.have:], b)
	if h.have += n; h.have < recordHeaderLen {
		return n
	}
	t.asked, h.have = false, 0
	if classifyResponse(h.header[:]) != unknown {
		t.answeredInPlain(at, h.header[:])
	}
	return n
}

// answeredInPlain continues in HTTP, in which the server answers a ClientHello that came
// to a port without TLS. b is what it said so far.
func (t *tlsReader) answeredInPlain(at *Pos, b []byte) {
	t.hidden = true
	t.close(obstaclePlain)
	t.plain = true
	t.inner = newHTTP1(t.shared, t.conn, [2]bool{true, false})
	t.inner.data(Server, at, b)
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
		t.obstacle(fmt.Sprintf("the %s ended the connection within a record", from), "")
	}
}

// A TLSObstacle says why TLS connections to a host were not opened, or not to their end.
type TLSObstacle struct {
	Host string `json:"host"` // by SNI, or server address where there is none
	// Version and Cipher are those of TLS, empty where they are not known or do not matter.
	Version string `json:"version,omitempty"`
	Cipher  string `json:"cipher,omitempty"`
	Reason  string `json:"reason"` // what stands in the way
	// Opened reports whether the connections were opened up to the obstacle.
	Opened      bool `json:"opened,omitempty"`
	Connections int  `json:"connections"`    // how many connections have it
	First       Pos  `json:"first,omitzero"` // the first packet of the first of them
	// Alert is the one that ended connections that failed, of code 0 if none did.
	Alert Alert `json:"-"`
}

// String returns the reason, with version and cipher suite.
func (o TLSObstacle) String() string {
	if o.Version == "" {
		return o.Reason
	}
	return fmt.Sprintf("%s with %s: %s", versionWord(o.Version), o.Cipher, o.Reason)
}

// NotOpened counts a TLS connection that could not be opened, or not to its end. Hosts over
// the limit are counted together.
func (c *Counters) NotOpened(o TLSObstacle) {
	o.Connections = 1
	if o.Reason != "" && o.Reason != obstacleNoKeyLog {
		o.Host = c.obstructed(o)
	}
	if o.Opened {
		return
	}
	if _, known := c.TLSNotOpened[o.Host]; !known && len(c.TLSNotOpened) >= maxClosedHosts {
		o.Host = otherHosts
	}
	count(&c.TLSNotOpened, o.Host, 1)
	placeFirst(&c.Places.TLSNotOpened, o.Host, o.First)
}

const otherHosts = "other hosts"

// reopened takes back that a connection was counted as closed.
func (c *Counters) reopened(conn *Conn) {
	if conn.TLS == nil || conn.TLS.closed == nil {
		return
	}
	o := conn.TLS.closed
	conn.TLS.closed = nil
	host := o.Host
	if _, known := c.TLSNotOpened[host]; !known {
		host = otherHosts
	}
	if c.TLSNotOpened[host]--; c.TLSNotOpened[host] <= 0 {
		delete(c.TLSNotOpened, host)
		delete(c.Places.TLSNotOpened, host)
	}
	if o.Reason == "" || o.Reason == obstacleNoKeyLog {
		return
	}
	i := slices.IndexFunc(c.TLSObstacles, func(known TLSObstacle) bool {
		return known.Reason == o.Reason && (known.Host == o.Host || known.Host == otherHosts) && known.Version == o.Version && known.Cipher == o.Cipher
	})
	if i < 0 {
		return
	}
	if c.TLSObstacles[i].Connections--; c.TLSObstacles[i].Connections == 0 {
		c.TLSObstacles = slices.Delete(c.TLSObstacles, i, i+1)
	}
}

// obstructed adds to TLSObstacles, and returns the host that o is counted under.
func (c *Counters) obstructed(o TLSObstacle) string { return addObstacle(&c.TLSObstacles, o) }

// addObstacle adds connections to those of a list that are to the same host for the same reason,
// and returns the host that they are counted under.
func addObstacle(list *[]TLSObstacle, o TLSObstacle) string {
	for i := range *list {
		known := &(*list)[i]
		same := *known
		if same.Connections, same.First = o.Connections, o.First; same == o {
			known.Connections += o.Connections
			known.First.orEarlier(o.First)
			return o.Host
		}
	}
	if len(*list) >= maxObstacles && o.Host != otherHosts {
		return addObstacle(list, TLSObstacle{Host: otherHosts, Reason: o.Reason, Opened: o.Opened, Connections: o.Connections, First: o.First, Alert: o.Alert})
	}
	*list = append(*list, o) // of other hosts there are as many as reasons
	return o.Host
}

// WithoutKeyLog counts the connections of TLSNotOpened that no TLSObstacle is about, by host.
func (c *Counters) WithoutKeyLog() map[string]int {
	hosts := maps.Clone(c.TLSNotOpened)
	for _, o := range c.TLSObstacles {
		switch {
		case o.Opened:
		case hosts[o.Host] > o.Connections:
			hosts[o.Host] -= o.Connections
		default:
			delete(hosts, o.Host)
		}
	}
	return hosts
}
