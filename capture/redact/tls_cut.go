package redact

import (
	"negotrace/capture/redact/standin"
	"negotrace/capture/redact/tls"
)

// Records of the handshake whose end is not in the capture, where packets are cut or lost.

// cutRecords rewrites what there is of records in the clear, the last one of which is not whole. It
// returns how many of its bytes are missing.
func (r *Redactor) cutRecords(h *half) (missing int) {
	var content []byte
	var places [][]byte // where it lies
	b := h.buf
	for len(b) >= tls.RecordHeaderLen && tls.IsRecord(b) {
		n := tls.RecordHeaderLen + int(be.Uint16(b[3:]))
		here := b[tls.RecordHeaderLen:min(n, len(b))]
		missing = n - tls.RecordHeaderLen - len(here)
		if b[0] == tls.RecordHandshake {
			content = append(content, here...)
			places = append(places, here)
		} else {
			standin.Noise.Fill(here, h.done)
		}
		b = b[tls.RecordHeaderLen+len(here):]
	}
	clear(b)
	if may, more := tls.AreMessages(content); may { // as if the rest were zeros
		content = append(content, make([]byte, more)...)
	}
	r.handshakeMessages(h, content)
	for _, p := range places {
		content = content[copy(p, content):]
	}
	return missing
}
