package tls

import "negotrace/capture/redact/standin"

// longestMessage is the longest message that is rewritten.
const longestMessage = 256 << 10

// AreMessages reports whether content may be messages of the handshake. missing is how many bytes of
// the last one are not there, at least.
func AreMessages(content []byte) (may bool, missing int) {
	const head = 4
	for len(content) >= head {
		n := head + int(content[1])<<16 + int(be.Uint16(content[2:]))
		if content[0] > 24 || n > longestMessage {
			return false, 0
		}
		if n > len(content) {
			return true, n - len(content)
		}
		content = content[n:]
	}
	if len(content) > 0 {
		return true, head - len(content)
	}
	return true, 0
}

// Types of messages (RFC 8446 section 4, RFC 5246 section 7.4).
const (
	typeClientHello        = 1
	typeServerHello        = 2
	typeNewSessionTicket   = 4
	typeCertificate        = 11
	typeServerKeyExchange  = 12
	typeCertificateRequest = 13
	typeCertificateVerify  = 15
	typeClientKeyExchange  = 16
	typeCertificateStatus  = 22
)

// Messages rewrites messages of the handshake and returns what is behind them: it is encrypted, or no handshake.
func Messages(v *standin.Values, content []byte) (rest []byte) {
	for len(content) >= 4 {
		n := 4 + int(content[1])<<16 + int(be.Uint16(content[2:]))
		if n > len(content) {
			break
		}
		Message(v, content[0], content[4:n], false)
		content = content[n:]
	}
	return content
}

// Message rewrites a message, which is one of TLS or of DTLS.
func Message(v *standin.Values, kind byte, body []byte, isDTLS bool) {
	switch kind {
	case typeClientHello, typeServerHello:
		v.Counts.Hellos++
		hello(v, kind, body, isDTLS)
	case typeCertificate:
		certificates(v, body)
	case typeNewSessionTicket:
		if len(body) >= 6 && int(be.Uint16(body[4:])) == len(body)-6 {
			body = body[6:] // behind lifetime and length (RFC 5077 section 3.3)
		}
		copy(body, v.Names.Opaque(body))
	case typeServerKeyExchange:
		serverKeyExchange(v, body)
	case typeClientKeyExchange:
		clientKeyExchange(v, body)
	case typeCertificateVerify:
		signature(v, body)
	case typeCertificateStatus:
		certificateStatus(v, body)
	case typeCertificateRequest:
		certificateRequest(v, body)
	default: // HelloRequest and ServerHelloDone are empty
		copy(body, v.Names.Opaque(body))
	}
}
