package httpstream

import (
	"bytes"
	"crypto/sha256"
	"strings"

	"golang.org/x/crypto/cryptobyte"
)

// The types of handshake messages, RFC 8446 section 4, RFC 5246 section 7.4.
const (
	helloRequest        = 0
	clientHello         = 1
	serverHello         = 2
	newSessionTicket    = 4
	endOfEarlyData      = 5
	encryptedExtensions = 8
	certificate         = 11
	serverHelloDone     = 14
	clientKeyExchange   = 16
	finished            = 20
	keyUpdate           = 24
)

// The extensions that matter here.
const (
	extServerName        = 0
	extALPN              = 16
	extEncryptThenMAC    = 22
	extExtendedMaster    = 23
	extSessionTicket     = 35
	extPreSharedKey      = 41
	extEarlyData         = 42
	extSupportedVersions = 43
)

const (
	tls10 = 0x0301
	tls12 = 0x0303
	tls13 = 0x0304
)

// A tlsHello is what both hellos of a handshake say about its keys.
type tlsHello struct {
	client  bool // a ClientHello was seen
	server  bool // a ServerHello was seen that is no HelloRetryRequest
	retry   bool // a HelloRetryRequest was seen
	retried bool // and the ClientHello that answers it

	clientRandom, serverRandom [32]byte
	sessionID                  []byte // the client's
	ticket                     [sha256.Size]byte
	hasTicket                  bool // ticket is the hash of the ticket or PSK identity offered
	earlyData                  bool // the client announced it
	sni                        string
	sum                        string // see clientHelloSum

	version        uint16
	suite          uint16
	serverSession  []byte
	pskAccepted    bool
	compressed     bool // by DEFLATE (RFC 3749)
	encryptThenMAC bool
	extendedMaster bool // RFC 7627
	alpn           string
}

// helloRetryRequest is the random of a ServerHello that is none, RFC 8446 section 4.1.3.
var helloRetryRequest = sha256.Sum256([]byte("HelloRetryRequest"))

// readClient parses the body of a ClientHello, and reports whether it is sound.
func (h *tlsHello) readClient(body []byte) bool {
	s := cryptobyte.String(body)
	var legacy uint16
	var random []byte
	var session, suites, compression cryptobyte.String
	if !s.ReadUint16(&legacy) || !s.ReadBytes(&random, 32) ||
		!s.ReadUint8LengthPrefixed(&session) ||
		!s.ReadUint16LengthPrefixed(&suites) ||
		!s.ReadUint8LengthPrefixed(&compression) {
		return false
	}
	*h = tlsHello{client: true, sessionID: bytes.Clone(session), version: legacy}
	copy(h.clientRandom[:], random)
	made := clientHelloSum{suites: numbers(suites)}
	defer func() { h.sum = made.text(legacy) }()
	return eachExtension(s, func(kind uint16, body cryptobyte.String) bool {
		made.extension(kind, body)
		switch kind {
		case extServerName:
			return h.readServerName(body)
		case extSessionTicket:
			h.setTicket(body)
		case extPreSharedKey:
			var identities, identity cryptobyte.String
			if !body.ReadUint16LengthPrefixed(&identities) || !identities.ReadUint16LengthPrefixed(&identity) {
				return false
			}
			h.setTicket(identity)
		case extEarlyData:
			h.earlyData = true
		}
		return true
	})
}

func (h *tlsHello) setTicket(ticket []byte) {
	if len(ticket) > 0 {
		h.ticket, h.hasTicket = sha256.Sum256(ticket), true
	}
}

// readServerName parses the extension of RFC 6066 section 3, and reports whether it is sound.
func (h *tlsHello) readServerName(body cryptobyte.String) bool {
	var list, name cryptobyte.String
	var kind uint8
	if !body.ReadUint16LengthPrefixed(&list) {
		return false
	}
	for !list.Empty() {
		if !list.ReadUint8(&kind) || !list.ReadUint16LengthPrefixed(&name) {
			return false
		}
		if kind == 0 && len(name) <= 255 {
			h.sni = string(name)
		}
	}
	return true
}

// readServer parses the body of a ServerHello or HelloRetryRequest, and reports whether it is
// sound.
func (h *tlsHello) readServer(body []byte) bool {
	s := cryptobyte.String(body)
	var random []byte
	var session cryptobyte.String
	var compression uint8
	if !s.ReadUint16(&h.version) || !s.ReadBytes(&random, 32) ||
		!s.ReadUint8LengthPrefixed(&session) ||
		!s.ReadUint16(&h.suite) || !s.ReadUint8(&compression) {
		return false
	}
	copy(h.serverRandom[:], random)
	h.compressed = compression != 0
	h.serverSession = bytes.Clone(session)
	h.encryptThenMAC, h.extendedMaster, h.pskAccepted = false, false, false
	ok := eachExtension(s, func(kind uint16, body cryptobyte.String) bool {
		switch kind {
		case extSupportedVersions:
			return body.ReadUint16(&h.version)
		case extPreSharedKey:
			h.pskAccepted = true
		case extEncryptThenMAC:
			h.encryptThenMAC = true
		case extExtendedMaster:
			h.extendedMaster = true
		case extALPN:
			return h.readALPN(body)
		}
		return true
	})
	if !ok {
		return false
	}
	if h.serverRandom == helloRetryRequest {
		h.retry = true
	} else {
		h.server = true
	}
	return true
}

// readEncryptedExtensions parses the body of an EncryptedExtensions message, and reports
// whether early data was accepted.
func (h *tlsHello) readEncryptedExtensions(body []byte) (early, ok bool) {
	ok = eachExtension(body, func(kind uint16, body cryptobyte.String) bool {
		switch kind {
		case extALPN:
			return h.readALPN(body)
		case extEarlyData:
			early = true
		}
		return true
	})
	return early, ok
}

// readALPN parses the server's extension of RFC 7301, which names one protocol, and reports
// whether it is sound.
func (h *tlsHello) readALPN(body cryptobyte.String) bool {
	var list, name cryptobyte.String
	if !body.ReadUint16LengthPrefixed(&list) || !list.ReadUint8LengthPrefixed(&name) {
		return false
	}
	h.alpn = string(name)
	return true
}

// resumed12 reports whether the server took up the TLS 1.2 session the client named.
func (h *tlsHello) resumed12() bool {
	return len(h.sessionID) > 0 && bytes.Equal(h.sessionID, h.serverSession)
}

// eachExtension calls f with each extension of a hello, of which there may be none, until f
// returns false. It reports whether all of them are sound.
func eachExtension(s cryptobyte.String, f func(kind uint16, body cryptobyte.String) bool) bool {
	if s.Empty() {
		return true
	}
	var list, body cryptobyte.String
	var kind uint16
	if !s.ReadUint16LengthPrefixed(&list) {
		return false
	}
	for !list.Empty() {
		if !list.ReadUint16(&kind) || !list.ReadUint16LengthPrefixed(&body) || !f(kind, body) {
			return false
		}
	}
	return true
}

// leafCertificate returns the DER of the first certificate of a Certificate message,
// a part of body; nil if there is none.
func leafCertificate(body []byte, version uint16) []byte {
	s := cryptobyte.String(body)
	var context, list, leaf cryptobyte.String
	if version == tls13 && !s.ReadUint8LengthPrefixed(&context) {
		return nil
	}
	if !s.ReadUint24LengthPrefixed(&list) || !list.ReadUint24LengthPrefixed(&leaf) {
		return nil
	}
	return leaf
}

// sessionTicket returns the ticket of a NewSessionTicket message, RFC 8446 section
// 4.6.1 or RFC 5077 section 3.3; nil if there is none.
func sessionTicket(body []byte, version uint16) []byte {
	s := cryptobyte.String(body)
	var nonce, ticket cryptobyte.String
	if version == tls13 {
		if !s.Skip(8) || !s.ReadUint8LengthPrefixed(&nonce) {
			return nil
		}
	} else if !s.Skip(4) {
		return nil
	}
	if !s.ReadUint16LengthPrefixed(&ticket) {
		return nil
	}
	return ticket
}

// versionWord returns how a reader calls a version by that name.
func versionWord(name string) string {
	if strings.HasPrefix(name, "SSL") {
		return name
	}
	return "TLS " + name
}

func tlsVersionName(v uint16) string {
	switch v {
	case 0x0300:
		return "SSL 3.0"
	case tls10:
		return "1.0"
	case 0x0302:
		return "1.1"
	case tls12:
		return "1.2"
	case tls13:
		return "1.3"
	}
	return "unknown"
}
