package redact

// A call of ONC RPC (RFC 5531 section 9) has a transaction, 0, the version of RPC, a program, its version, a
// procedure, then credentials and a verifier: a kind, a length and content each. An answer has a transaction, 1,
// whether it is accepted, a verifier, and a status.
const (
	rpcCallHead  = 24
	rpcReplyHead = 12
	rpcVersion   = 2
	longestAuth  = 400
)

// Programs (IANA, RPC Program Numbers) of which empty arguments and results are well formed.
const (
	programPortmapper = 100000
	programYP         = 100004
)

// isRPC reports whether b begins with a call of a known program, or with an answer.
func isRPC(b []byte) bool {
	if len(b) < rpcCallHead {
		return false
	}
	switch be.Uint32(b[4:]) {
	case 0:
		program := be.Uint32(b[12:])
		return be.Uint32(b[8:]) == rpcVersion && (program == programPortmapper || program == programYP) && be.Uint32(b[16:]) < 256 && be.Uint32(b[20:]) < 256
	case 1:
		const accepted, none, lastStatus = 0, 0, 5
		return be.Uint32(b[8:]) == accepted && be.Uint32(b[12:]) == none && be.Uint32(b[16:]) == 0 && be.Uint32(b[20:]) <= lastStatus
	}
	return false
}

// rpc rewrites a call or an answer.
func (r *Redactor) rpc(b []byte) {
	rest := b[rpcCallHead:]
	for n := 2; n > 0 && be.Uint32(b[4:]) == 0 && len(rest) >= 8; n-- { // of credentials and a verifier
		size := be.Uint32(rest[4:])
		if size > longestAuth {
			break
		}
		end := min(8+int(size+3)&^3, len(rest))
		clear(rest[8:end])
		rest = rest[end:]
	}
	clear(rest)
}

// rpcRecordSize returns the length of the record that b begins with, as headed.size does (RFC 5531 section 11).
func rpcRecordSize(b []byte) int {
	const mark, last = 4, 0x80
	if len(b) == 0 || b[0] != last {
		return -1
	}
	if len(b) < mark+rpcCallHead {
		return 0
	}
	if n := int(be.Uint32(b) & 0x7fffffff); n >= rpcCallHead && isRPC(b[mark:]) {
		return mark + n
	}
	return -1
}

// rpcRecord rewrites a record.
func (r *Redactor) rpcRecord(b []byte) {
	const mark = 4
	if len(b) < mark+rpcCallHead {
		clear(b)
		return
	}
	r.rpc(b[mark:])
}
