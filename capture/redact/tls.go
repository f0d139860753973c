package redact

import (
	"encoding/binary"

	"negotrace/httpstream"
)

// Types of TLS records (RFC 8446 section 5.1).
const (
	recordChangeCipherSpec = 20
	recordAlert            = 21
	recordHandshake        = 22
	recordApplicationData  = 23
)

// recordHeaderLen is how long the header of a record is.
const recordHeaderLen = 5

// maxTLSRecord is the longest record without its header (RFC 5246 section 6.2.3).
const maxTLSRecord = 16384 + 2048

// A tlsState is what is known of TLS in one direction.
type tlsState struct {
	encrypted bool // all that follows is encrypted
}

// isRecordHead reports whether bytes may be the beginning of a record, as far as they go.
func isRecordHead(b []byte) bool {
	return len(b) > 0 && b[0] >= recordChangeCipherSpec && b[0] <= recordApplicationData+1 && (len(b) < 2 || b[1] == 3) && (len(b) < 3 || b[2] <= 4)
}

// isRecord reports whether bytes begin with a record of TLS.
func isRecord(b []byte) bool {
	if len(b) < recordHeaderLen || !isRecordHead(b) {
		return false
	}
	n := binary.BigEndian.Uint16(b[3:])
	return n > 0 && n <= maxTLSRecord
}

// record rewrites records: messages of the handshake while they can be read, and what is
// encrypted becomes noise.
func (r *Redactor) record(h *half) int {
	b := h.buf
	if len(b) < recordHeaderLen {
		if !isRecordHead(b) {
			h.setResync()
			return r.parse(h)
		}
		return 0
	}
	if !isRecord(b) {
		h.setResync()
		return r.parse(h)
	}
	n := recordHeaderLen + int(binary.BigEndian.Uint16(b[3:]))
	isClear := !h.tls.encrypted && b[0] != recordApplicationData
	if !isClear {
		h.state, h.left = inRecord, int64(n-recordHeaderLen)
		h.tls.encrypted = true
		return recordHeaderLen
	}
	if len(b) < n {
		h.need = n
		return 0
	}
	switch b[0] {
	case recordChangeCipherSpec:
		h.tls.encrypted = true
	case recordAlert:
		if n != recordHeaderLen+2 {
			h.tls.encrypted = true
			noise.fill(b[recordHeaderLen:n], h.done)
		}
	case recordHandshake:
		return r.handshake(h)
	default:
		noise.fill(b[recordHeaderLen:n], h.done)
	}
	return n
}

// handshake rewrites the handshake messages in the next records. A message may go on in the next
// record.
func (r *Redactor) handshake(h *half) int {
	var content []byte
	var places [][]byte // where it lies
	end, missing := 0, 0
	for {
		b := h.buf[end:]
		if len(b) < recordHeaderLen {
			h.need = end + recordHeaderLen + missing
			return 0
		}
		n := recordHeaderLen + int(binary.BigEndian.Uint16(b[3:]))
		if b[0] != recordHandshake || !isRecord(b) || len(places) == maxHandshakeRecords { // the message goes on nowhere
			break
		}
		if len(b) < n {
			h.need = end + n
			return 0
		}
		content = append(content, b[recordHeaderLen:n]...)
		places = append(places, b[recordHeaderLen:n])
		end += n
		var may bool
		if may, missing = areMessages(content); missing == 0 || !may {
			break
		}
	}
	r.handshakeMessages(h, content)
	for _, p := range places {
		content = content[copy(p, content):]
	}
	return end
}

// areMessages reports whether content may be messages of the handshake. missing is how many bytes of
// the last one are not there, at least.
func areMessages(content []byte) (may bool, missing int) {
	const head = 4
	for len(content) >= head {
		n := head + int(content[1])<<16 + int(binary.BigEndian.Uint16(content[2:]))
		if content[0] > 24 || n > maxHead {
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
	clientHello        = 1
	serverHello        = 2
	newSessionTicket   = 4
	certificate        = 11
	serverKeyExchange  = 12
	certificateRequest = 13
	certificateVerify  = 15
	clientKeyExchange  = 16
	certificateStatus  = 22
)

// handshakeMessages rewrites messages of the handshake.
func (r *Redactor) handshakeMessages(h *half, content []byte) {
	for len(content) >= 4 {
		n := 4 + int(content[1])<<16 + int(binary.BigEndian.Uint16(content[2:]))
		if n > len(content) {
			break
		}
		r.handshakeMessage(content[0], content[4:n], false)
		content = content[n:]
	}
	if len(content) > 0 { // encrypted, or not a handshake
		h.tls.encrypted = true
		noise.fill(content, h.done)
	}
}

// handshakeMessage rewrites a message, which is one of TLS or of DTLS.
func (r *Redactor) handshakeMessage(kind byte, body []byte, isDTLS bool) {
	switch kind {
	case clientHello, serverHello:
		r.Counts.Hellos++
		r.hello(kind, body, isDTLS)
	case certificate:
		r.certificates(body)
	case newSessionTicket:
		if len(body) >= 6 && int(be.Uint16(body[4:])) == len(body)-6 {
			body = body[6:] // behind lifetime and length (RFC 5077 section 3.3)
		}
		copy(body, r.names.Opaque(body))
	case serverKeyExchange:
		r.serverKeyExchange(body)
	case clientKeyExchange:
		r.clientKeyExchange(body)
	case certificateVerify:
		r.signature(body)
	case certificateStatus:
		r.certificateStatus(body)
	case certificateRequest:
		r.certificateRequest(body)
	default: // HelloRequest and ServerHelloDone are empty
		copy(body, r.names.Opaque(body))
	}
}

// hello rewrites a ClientHello or a ServerHello (RFC 8446 section 4.1). That of a client has a cookie in DTLS (RFC 6347
// section 4.2.1).
func (r *Redactor) hello(kind byte, b []byte, isDTLS bool) {
	if len(b) < 35 {
		copy(b, r.names.Opaque(b))
		return
	}
	if random := b[2:34]; string(random) != retryRequest {
		end := 32
		if string(random[24:31]) == downgrade { // a server says that it could do better
			end = 24
		}
		copy(random, r.names.Opaque(random)[:end])
	}
	rest := b[34:]
	rest = r.opaqueVector(rest, 1)
	if kind == clientHello && isDTLS {
		rest = r.opaqueVector(rest, 1)
	}
	if kind == clientHello {
		var suites, methods []byte
		suites, rest = vector(rest, 2)
		methods, rest = vector(rest, 1)
		cipherSuites(suites)
		compressionMethods(methods)
	} else {
		chosen := rest[:min(3, len(rest))]
		cipherSuites(chosen[:len(chosen)&2])
		compressionMethods(chosen[len(chosen)&2:])
		rest = rest[len(chosen):]
	}
	all, behind := vector(rest, 2)
	r.extensions(kind, all)
	clear(behind)
}

// cipherSuites clears what is not the number of a cipher suite (IANA, TLS Cipher Suites).
func cipherSuites(b []byte) {
	for ; len(b) >= 2; b = b[2:] {
		switch b[0] {
		case 0x00, 0x13, 0x56, 0xc0, 0xc1, 0xcc, 0xd0, 0xfe, 0xff:
		default:
			if !httpstream.IsGREASE(be.Uint16(b)) {
				clear(b[:2])
			}
		}
	}
	clear(b)
}

// compressionMethods clears what is not the number of a method (IANA, TLS Compression Method
// Identifiers).
func compressionMethods(b []byte) {
	for i, method := range b {
		if method > 1 && method != 64 {
			b[i] = 0
		}
	}
}

const (
	retryRequest = "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c"
	downgrade    = "DOWNGRD"
)

// vector returns a value that follows its length, a number of size bytes, and the rest. A length that
// is too long says that this is no vector: everything is cleared, but for a length that is too long
// again, so that what is malformed stays so.
func vector(b []byte, size int) (value, rest []byte) {
	n := 0
	for _, c := range b[:min(size, len(b))] {
		n = n<<8 | int(c)
	}
	if n > len(b)-size {
		clear(b)
		for i := range min(size, len(b)) {
			b[i] = 0xff
		}
		return nil, nil
	}
	return b[size : size+n], b[size+n:]
}

func skipVector(b []byte, size int) []byte {
	_, rest := vector(b, size)
	return rest
}

// opaqueVector replaces a value by noise.
func (r *Redactor) opaqueVector(b []byte, size int) []byte {
	value, rest := vector(b, size)
	copy(value, r.names.Opaque(value))
	return rest
}
