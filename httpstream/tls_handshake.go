package httpstream

import "crypto/sha256"

// handshake takes the next bytes of handshake messages, which do not keep to records.
func (t *tlsReader) handshake(from Side, at *Pos, b []byte) {
	h := &t.half[from]
	for len(b) > 0 && !t.closed {
		n := 0
		switch {
		case h.omit > 0:
			n = min(h.omit, len(b))
			h.omit -= n
		case len(h.message) == 0 && len(b) >= 4 && messageLen(b) <= len(b):
			n = messageLen(b)
			t.message(from, at, b[0], b[4:n])
		default:
			n = t.gatherMessage(from, at, b)
		}
		b = b[n:]
	}
}

// gatherMessage adds to a message that came in pieces, and returns how much of b it took.
func (t *tlsReader) gatherMessage(from Side, at *Pos, b []byte) int {
	h := &t.half[from]
	want := 4 // the header, for only then its length is known
	if len(h.message) >= want {
		want = messageLen(h.message)
	}
	n := min(want-len(h.message), len(b))
	h.message = append(h.message, b[:n]...)
	t.hold(n)
	if len(h.message) < 4 {
		return n
	}
	switch size := messageLen(h.message); {
	case size > maxMessage:
		t.shared.drop(messageDropped)
		t.dropMessage(from)
		t.handshakeLost()
		h.omit = size - 4
	case size == len(h.message):
		m := h.message
		t.dropMessage(from)
		t.message(from, at, m[0], m[4:])
	}
	return n
}

func messageLen(b []byte) int {
	return 4 + (int(b[1])<<16 | int(b[2])<<8 | int(b[3]))
}

// message takes one whole handshake message.
func (t *tlsReader) message(from Side, at *Pos, kind byte, body []byte) {
	t.keepForRSA(from, kind, body)
	if from == Client {
		t.clientMessage(at, kind, body)
	} else {
		t.serverMessage(at, kind, body)
	}
	h := &t.half[from]
	if t.hello.version != tls13 {
		return
	}
	switch {
	case kind == finished && h.phase == phaseHandshake:
		t.enter(from, phaseApplication)
	case kind == keyUpdate && h.phase == phaseApplication && h.guard != nil:
		h.guard, h.seq = h.guard.next(), 0
	}
}

func (t *tlsReader) clientMessage(at *Pos, kind byte, body []byte) {
	switch {
	case kind == clientHello:
		t.clientHello(at, body)
	case !t.hello.client:
		t.hidden = true // from here on
		t.close(obstacleMidStream)
	case kind == endOfEarlyData && t.half[Client].phase == phaseEarly:
		t.enter(Client, phaseHandshake)
	}
}

func (t *tlsReader) clientHello(at *Pos, body []byte) {
	if t.half[Client].phase != phaseClear && t.hello.version == tls13 {
		t.hello.retried = t.hello.retry
		return
	}
	retry := t.hello.retry
	if !t.hello.readClient(body) {
		t.obstacle("the ClientHello is malformed", inFrame(at))
		t.hidden, t.asked = true, t.conn.Bytes[Server] == 0
		t.close("")
		return
	}
	t.hello.retry, t.hello.retried = retry, retry
	t.certs = false
	if t.conn.TLS.ClientHello == "" {
		t.conn.TLS.ClientHello = t.hello.sum
	}
	if t.hello.sni != "" {
		t.conn.TLS.SNI = t.hello.sni
	}
}

func (t *tlsReader) serverMessage(at *Pos, kind byte, body []byte) {
	switch kind {
	case serverHello:
		t.serverHello(at, body)
	case encryptedExtensions:
		t.encryptedExtensions(body)
	case certificate:
		t.certs = true
		t.conn.TLS.Certificate = t.shared.internCertificate(leafCertificate(body, t.hello.version))
		if t.hello.version != tls13 && len(t.hello.serverSession) > 0 {
			t.shared.keepSession(sha256.Sum256(t.hello.serverSession), t.session())
		}
	case newSessionTicket:
		if ticket := sessionTicket(body, t.hello.version); len(ticket) > 0 {
			t.shared.keepSession(sha256.Sum256(ticket), t.session())
		}
	}
}

func (t *tlsReader) serverHello(at *Pos, body []byte) {
	if t.hello.server {
		return // a second one answers no ClientHello
	}
	if !t.hello.readServer(body) {
		t.obstacle("the ServerHello is malformed", inFrame(at))
		t.hidden = true
		t.close("")
		return
	}
	if !t.hello.server {
		return
	}
	s := t.conn.TLS
	s.Version, s.Cipher = tlsVersionName(t.hello.version), SuiteName(t.hello.suite)
	if t.hello.alpn != "" {
		s.ALPN = t.hello.alpn
	}
	if t.hello.version != tls13 {
		if t.hello.compressed {
			t.hidden = true
			t.close(obstacleDeflate)
			return
		}
		if t.hello.resumed12() {
			t.resumed(sha256.Sum256(t.hello.sessionID))
		}
		return
	}
	if t.hello.pskAccepted {
		t.resumed(t.hello.ticket)
	}
	t.enter(Server, phaseHandshake)
	if t.hello.earlyData && t.hello.pskAccepted && !t.hello.retry {
		t.enter(Client, phaseEarly)
		return
	}
	t.enter(Client, phaseHandshake)
}

// encryptedExtensions takes what TLS 1.3 moved there from the ServerHello.
func (t *tlsReader) encryptedExtensions(body []byte) {
	if t.hello.version != tls13 {
		return
	}
	accepted, ok := t.hello.readEncryptedExtensions(body)
	if !ok {
		return
	}
	t.conn.TLS.ALPN = t.hello.alpn
	client := &t.half[Client]
	client.earlyKnown, client.earlyAccepted = true, accepted
	if client.phase == phaseEarly && !accepted {
		t.enter(Client, phaseHandshake)
	}
}

// changeCipherSpec takes the message by which TLS 1.2 turns protection on. In TLS 1.3
// it means nothing (RFC 8446 appendix D.4).
func (t *tlsReader) changeCipherSpec(from Side) {
	if t.hello.version == tls13 || !t.hello.server {
		return
	}
	if from == Server && !t.certs && !t.conn.TLS.Resumed {
		t.resumed(t.hello.ticket) // by a ticket, without a session identifier
	}
	t.enter(from, phaseApplication)
}

// session returns what a handshake that resumes this one needs to know.
func (t *tlsReader) session() tlsSession {
	s := tlsSession{t.conn.TLS.Certificate, t.hello.clientRandom, t.master}
	if t.conn.TLS.Resumed {
		s.random = t.origin
	}
	return s
}

// resumed says that the handshake took up the session of that name.
func (t *tlsReader) resumed(name [sha256.Size]byte) {
	t.conn.TLS.Resumed = true
	s, known := t.shared.tlsShared.sessions[name]
	if !known && t.hello.hasTicket {
		s = t.shared.tlsShared.sessions[t.hello.ticket]
	}
	t.conn.TLS.Certificate, t.origin, t.master = s.certificate, s.random, s.master
}

// alert takes an alert, RFC 8446 section 6. Only those are noted that end a connection otherwise
// than it should.
func (t *tlsReader) alert(from Side, b []byte) {
	const closeNotify, userCanceled, fatal = 0, 90, 2
	if len(b) != 2 || b[1] == closeNotify || b[1] == userCanceled {
		return
	}
	switch isFatal := t.hello.version == tls13 || b[0] == fatal; {
	case isFatal && t.inner != nil:
		t.failAfter(Alert{from, b[1]})
	case isFatal:
		if t.conn.TLS.Obstacle == "" {
			t.conn.TLS.alert = Alert{from, b[1]}
		}
		t.obstacle(Alert{from, b[1]}.String(), "")
		if t.conn.TLS.Opened { // not counted when it ends
			t.shared.counters.failed(t.conn, t.reason, t.conn.TLS.alert, false)
		}
	}
}

// enter begins a phase of what from sends.
func (t *tlsReader) enter(from Side, p tlsPhase) {
	h := &t.half[from]
	h.phase, h.guard, h.seq = p, nil, 0
	t.unlock(from)
}

// unlock makes the protection of the present phase, and reports whether the secret for
// it is at hand.
func (t *tlsReader) unlock(from Side) bool {
	h := &t.half[from]
	h.guard = t.protection(from, h.phase)
	if h.guard == nil && h.phase == phaseEarly && (h.earlyKnown || t.half[Server].phase != phaseHandshake) {
		return t.passEarly()
	}
	if h.guard == nil && h.phase == phaseHandshake {
		// A log of traffic secrets alone still opens all but the handshake.
		if next := t.protection(from, phaseApplication); next != nil {
			h.phase, h.guard, h.skippingToFirst = phaseApplication, next, true
		}
	}
	return h.guard != nil
}

// protection makes the protection of a phase, nil if its secret is not at hand.
func (t *tlsReader) protection(from Side, p tlsPhase) *protection {
	s := findSuite(t.hello.suite)
	if s == nil || !s.fits(t.hello.version) {
		return nil
	}
	label := masterSecret
	if s.tls13 {
		label = [2][4]secretLabel{
			{0, earlySecret, clientHandshakeSecret, clientTrafficSecret},
			{0, 0, serverHandshakeSecret, serverTrafficSecret},
		}[from][p]
	}
	secret := t.shared.secrets.find(t.hello.clientRandom, label)
	if secret == nil && label == masterSecret && t.conn.TLS.Resumed {
		secret = t.shared.secrets.find(t.origin, label)
	}
	if secret == nil && label == masterSecret {
		secret = t.rsaMaster()
	}
	switch {
	case secret == nil:
		return nil
	case s.tls13:
		return newProtection13(s, secret)
	}
	return newProtection12(s, secret, &t.hello, from)
}
