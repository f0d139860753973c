// Package tls rewrites the messages of a handshake of TLS or DTLS: structure, algorithms
// and versions stay, names become pseudonyms, and randoms, keys and signatures noise.
package tls

import "encoding/binary"

var be = binary.BigEndian

// Types of TLS records (RFC 8446 section 5.1).
const (
	RecordChangeCipherSpec = 20
	RecordAlert            = 21
	RecordHandshake        = 22
	RecordApplicationData  = 23
)

// RecordHeaderLen is how long the header of a record is.
const RecordHeaderLen = 5

// maxTLSRecord is the longest record without its header (RFC 5246 section 6.2.3).
const maxTLSRecord = 16384 + 2048

// IsRecordHead reports whether bytes may be the beginning of a record, as far as they go.
func IsRecordHead(b []byte) bool {
	return len(b) > 0 && b[0] >= RecordChangeCipherSpec && b[0] <= RecordApplicationData+1 && (len(b) < 2 || b[1] == 3) && (len(b) < 3 || b[2] <= 4)
}

// IsRecord reports whether bytes begin with a record of TLS.
func IsRecord(b []byte) bool {
	if len(b) < RecordHeaderLen || !IsRecordHead(b) {
		return false
	}
	n := be.Uint16(b[3:])
	return n > 0 && n <= maxTLSRecord
}
