package httpstream

import (
	"crypto"
	"crypto/sha256"

	"golang.org/x/crypto/cryptobyte"
)

// An rsaExchange is what a handshake of TLS 1.0 to 1.2 shows that an RSA key needs to get at
// the master secret.
type rsaExchange struct {
	encrypted []byte // the premaster secret, as in the ClientKeyExchange
	// hello is the ClientHello, flight what each side sent behind it: of the server up to
	// ServerHelloDone, of the client up to ClientKeyExchange. They are kept for the extended
	// master secret (RFC 7627).
	hello    []byte
	flight   [2][]byte
	complete [2]bool
	lost     bool // a part of them is not here
	failed   bool // no key fits
}

// keepForRSA takes a handshake message of the connection for an RSA key.
func (t *tlsReader) keepForRSA(from Side, kind byte, body []byte) {
	if kind == clientHello && from == Client {
		t.forgetRSA()
		t.master = nil
		if t.shared.secrets.HasRSAKeys() {
			t.rsa = &rsaExchange{}
			t.transcribe(&t.rsa.hello, kind, body)
		}
		return
	}
	x := t.rsa
	if x == nil || kind == helloRequest || x.complete[from] {
		return
	}
	t.transcribe(&x.flight[from], kind, body)
	switch {
	case kind == clientKeyExchange && from == Client:
		s := cryptobyte.String(body)
		var encrypted cryptobyte.String
		if s.ReadUint16LengthPrefixed(&encrypted) {
			x.encrypted = append([]byte(nil), encrypted...)
		}
		x.complete[Client] = true
	case kind == serverHelloDone && from == Server:
		x.complete[Server] = true
	}
}

// transcribe appends a message to a transcript of t.rsa. What that takes counts as held.
func (t *tlsReader) transcribe(to *[]byte, kind byte, body []byte) {
	n := len(body)
	if len(*to)+n > maxTranscript {
		t.shared.drop(transcriptDropped)
		t.rsa.lost = true
		return
	}
	*to = append(append(*to, kind, byte(n>>16), byte(n>>8), byte(n)), body...)
	t.hold(4 + n)
}

// handshakeLost takes a loss within the handshake.
func (t *tlsReader) handshakeLost() {
	if t.rsa != nil {
		t.rsa.lost = true
	}
}

// forgetRSA gives back what was kept for an RSA key.
func (t *tlsReader) forgetRSA() {
	if x := t.rsa; x != nil {
		t.hold(-len(x.hello) - len(x.flight[Client]) - len(x.flight[Server]))
		t.rsa = nil
	}
}

// rsaMaster returns the master secret of a handshake with RSA key exchange, nil if no key is
// at hand or something of the handshake is not.
func (t *tlsReader) rsaMaster() []byte {
	x, s := t.rsa, findSuite(t.hello.suite)
	if t.master != nil || x == nil || x.failed || !s.rsa() || !x.whole(t.hello.extendedMaster) {
		return t.master
	}
	premaster := t.shared.secrets.premaster(x.encrypted, t.conn.TLS.Certificate)
	if premaster == nil {
		x.failed = true
		return nil
	}
	t.shared.secrets.Used++
	t.master = make([]byte, 48)
	if t.hello.extendedMaster {
		prf(s, t.hello.version, t.master, premaster, "extended master secret", x.sessionHash(s, t.hello.version))
	} else {
		prf(s, t.hello.version, t.master, premaster, "master secret", t.hello.clientRandom[:], t.hello.serverRandom[:])
	}
	t.forgetRSA()
	if len(t.hello.serverSession) > 0 {
		t.shared.keepSession(sha256.Sum256(t.hello.serverSession), t.session())
	}
	return t.master
}

// whole reports whether all is here that a key needs.
func (x *rsaExchange) whole(extended bool) bool {
	return len(x.encrypted) > 0 && (!extended || x.complete[Server] && !x.lost)
}

// sessionHash returns the hash of the handshake up to ClientKeyExchange, RFC 7627 section 3.
func (x *rsaExchange) sessionHash(s *suite, version uint16) (sum []byte) {
	hashes := []crypto.Hash{s.hash}
	if version < tls12 {
		hashes = []crypto.Hash{crypto.MD5, crypto.SHA1}
	}
	for _, hash := range hashes {
		h := hash.New()
		for _, b := range [][]byte{x.hello, x.flight[Server], x.flight[Client]} {
			h.Write(b)
		}
		sum = h.Sum(sum)
	}
	return sum
}

// noRSAKey says why no RSA key opens the connection, "" if it might.
func (t *tlsReader) noRSAKey(s *suite) string {
	switch {
	case !t.hello.server:
		return obstacleLost
	case !s.rsa():
		return obstacleNotRSA
	case t.conn.TLS.Resumed:
		return obstacleResumed
	case !t.shared.secrets.rsaKeyOf(t.conn.TLS.Certificate):
		return obstacleOtherKey
	case t.rsa == nil || !t.rsa.whole(t.hello.extendedMaster):
		return obstacleLost
	}
	return obstacleWrongKey
}
