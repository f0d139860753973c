package message

import "negotrace/capture/redact/standin"

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
	programNFS        = 100003
	programYP         = 100004
	programMount      = 100005
)

// isRPC reports whether b begins with a call of a known program, or with an answer.
func isRPC(b []byte) bool {
	if len(b) < rpcCallHead {
		return false
	}
	switch be.Uint32(b[4:]) {
	case 0:
		program := be.Uint32(b[12:])
		isKnown := program == programPortmapper || program == programNFS || program == programYP || program == programMount
		return be.Uint32(b[8:]) == rpcVersion && isKnown && be.Uint32(b[16:]) < 256 && be.Uint32(b[20:]) < 256
	case 1:
		const accepted, none, lastStatus = 0, 0, 5
		return be.Uint32(b[8:]) == accepted && be.Uint32(b[12:]) == none && be.Uint32(b[16:]) == 0 && be.Uint32(b[20:]) <= lastStatus
	}
	return false
}

// rpc rewrites a call or an answer, which keeps what looks like the number of an error: NFS has the highest ones.
func rpc(v *standin.Values, b []byte) {
	const highestError = 10100
	rest := b[rpcCallHead:]
	if len(rest) >= 4 && be.Uint32(b[4:]) != 0 && be.Uint32(rest) <= highestError {
		rest = rest[4:]
	}
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

// rpcRecordSize returns the length of the record that b begins with, as Stream.Size does (RFC 5531 section 11).
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
func rpcRecord(v *standin.Values, b []byte) {
	const mark = 4
	if len(b) < mark+rpcCallHead {
		clear(b)
		return
	}
	rpc(v, b[mark:])
}
