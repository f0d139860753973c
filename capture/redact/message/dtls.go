package message

import (
	"negotrace/capture/redact/standin"
	"negotrace/capture/redact/tls"
)

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
	return len(b) > dtlsRecordLen && b[0] >= tls.RecordChangeCipherSpec && b[0] <= tls.RecordApplicationData+2 && b[1] == 0xfe && b[2] >= 0xfc
}

// dtls rewrites the records of a datagram. What is encrypted becomes noise.
func dtls(v *standin.Values, b []byte) {
	for isDTLS(b) {
		if b[0] == recordConnectionID {
			standin.Noise.Fill(b[dtlsRecordLen-2:], 0)
			return
		}
		n := min(dtlsRecordLen+int(be.Uint16(b[dtlsRecordLen-2:])), len(b))
		switch content, isClear := b[dtlsRecordLen:n], be.Uint16(b[3:]) == dtlsClear; {
		case isClear && b[0] == tls.RecordHandshake:
			dtlsHandshake(v, content)
		case isClear && (b[0] == tls.RecordChangeCipherSpec && len(content) == 1 || b[0] == tls.RecordAlert && len(content) == 2):
		default:
			standin.Noise.Fill(content, 0)
		}
		b = b[n:]
	}
	clear(b)
}

// dtlsHandshake rewrites the messages of a record. Of one that is in several records the parts become zeros.
func dtlsHandshake(v *standin.Values, b []byte) {
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
			clear(v.OpaqueVector(body[2:], 1))
		default:
			tls.Message(v, b[0], body, true)
		}
		b = b[n:]
	}
	if len(b) > 0 { // encrypted, or not a handshake
		standin.Noise.Fill(b, 0)
	}
}
