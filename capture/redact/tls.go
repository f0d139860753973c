package redact

import (
	"encoding/binary"

	"negotrace/capture/redact/standin"
	"negotrace/capture/redact/tls"
)

// A tlsState is what is known of TLS in one direction.
type tlsState struct {
	encrypted bool // all that follows is encrypted
}

// record rewrites records: messages of the handshake while they can be read, and what is
// encrypted becomes noise.
func (r *Redactor) record(h *half) int {
	b := h.buf
	if len(b) < tls.RecordHeaderLen {
		if !tls.IsRecordHead(b) {
			h.setResync()
			return r.parse(h)
		}
		return 0
	}
	if !tls.IsRecord(b) {
		h.setResync()
		return r.parse(h)
	}
	n := tls.RecordHeaderLen + int(binary.BigEndian.Uint16(b[3:]))
	isClear := !h.tls.encrypted && b[0] != tls.RecordApplicationData
	if !isClear {
		h.state, h.left = inRecord, int64(n-tls.RecordHeaderLen)
		h.tls.encrypted = true
		return tls.RecordHeaderLen
	}
	if len(b) < n {
		h.need = n
		return 0
	}
	switch b[0] {
	case tls.RecordChangeCipherSpec:
		h.tls.encrypted = true
	case tls.RecordAlert:
		if n != tls.RecordHeaderLen+2 {
			h.tls.encrypted = true
			standin.Noise.Fill(b[tls.RecordHeaderLen:n], h.done)
		}
	case tls.RecordHandshake:
		return r.handshake(h)
	default:
		standin.Noise.Fill(b[tls.RecordHeaderLen:n], h.done)
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
		if len(b) < tls.RecordHeaderLen {
			h.need = end + tls.RecordHeaderLen + missing
			return 0
		}
		n := tls.RecordHeaderLen + int(binary.BigEndian.Uint16(b[3:]))
		if b[0] != tls.RecordHandshake || !tls.IsRecord(b) || len(places) == maxHandshakeRecords { // the message goes on nowhere
			break
		}
		if len(b) < n {
			h.need = end + n
			return 0
		}
		content = append(content, b[tls.RecordHeaderLen:n]...)
		places = append(places, b[tls.RecordHeaderLen:n])
		end += n
		var may bool
		if may, missing = tls.AreMessages(content); missing == 0 || !may {
			break
		}
	}
	r.handshakeMessages(h, content)
	for _, p := range places {
		content = content[copy(p, content):]
	}
	return end
}

// handshakeMessages rewrites messages of the handshake.
func (r *Redactor) handshakeMessages(h *half, content []byte) {
	rest := tls.Messages(r.Values, content)
	if len(rest) > 0 { // encrypted, or not a handshake
		h.tls.encrypted = true
		standin.Noise.Fill(rest, h.done)
	}
}
