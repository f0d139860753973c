package redact

// Lengths of the heads of records and of messages of DTLS (RFC 6347 section 4.3), and the epoch in which nothing is
// encrypted.
const (
	dtlsRecordLen  = 13
	dtlsMessageLen = 12
	dtlsClear      = 0
)

// recordConnectionID is the type of records with the identifier of a connection in front of their length (RFC 9146
// section 4). No record has the length of that.
const recordConnectionID = 25

// helloVerifyRequest is a message of DTLS alone.
const helloVerifyRequest = 3

// isDTLS reports whether b begins with a record of DTLS.
func isDTLS(b []byte) bool {
	return len(b) > dtlsRecordLen && b[0] >= recordChangeCipherSpec && b[0] <= recordApplicationData+2 && b[1] == 0xfe && b[2] >= 0xfc
}

// dtls rewrites the records of a datagram. What is encrypted becomes noise.
func (r *Redactor) dtls(b []byte) {
	for isDTLS(b) {
		if b[0] == recordConnectionID {
			noise.fill(b[dtlsRecordLen-2:], 0)
			return
		}
		n := min(dtlsRecordLen+int(be.Uint16(b[dtlsRecordLen-2:])), len(b))
		switch content, isClear := b[dtlsRecordLen:n], be.Uint16(b[3:]) == dtlsClear; {
		case isClear && b[0] == recordHandshake:
			r.dtlsHandshake(content)
		case isClear && (b[0] == recordChangeCipherSpec && len(content) == 1 || b[0] == recordAlert && len(content) == 2):
		default:
			noise.fill(content, 0)
		}
		b = b[n:]
	}
	clear(b)
}

// dtlsHandshake rewrites the messages of a record. Of one that is in several records the parts become zeros.
func (r *Redactor) dtlsHandshake(b []byte) {
	for len(b) >= dtlsMessageLen {
		size, part := be.Uint32(b)&0xffffff, be.Uint32(b[8:])&0xffffff
		n := dtlsMessageLen + int(part)
		if n > len(b) {
			break
		}
		switch body := b[dtlsMessageLen:n]; {
		case part != size:
			clear(body)
		case b[0] == helloVerifyRequest && len(body) > 2:
			clear(r.opaqueVector(body[2:], 1))
		default:
			r.handshakeMessage(b[0], body, true)
		}
		b = b[n:]
	}
	if len(b) > 0 { // encrypted, or not a handshake
		noise.fill(b, 0)
	}
}
