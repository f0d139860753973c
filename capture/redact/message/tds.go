package message

import "negotrace/capture/redact/standin"

// portTDS is the port of SQL Server.
const portTDS = 1433

// tdsHead is the layout of the header (MS-TDS section 2.2.3.1): kind, status, length, process, number, window.
const tdsHead = "====" + ".." + "=="

// tdsSize returns the length of the packet that b begins with, as Stream.Size does.
func tdsSize(b []byte) int {
	const lastKind, lastStatus = 18, 0x1f
	switch {
	case len(b) < len(tdsHead):
		return 0
	case b[0] == 0 || b[0] > lastKind || b[1] > lastStatus || int(be.Uint16(b[2:])) < len(tdsHead) || b[7] != 0:
		return -1
	}
	return int(be.Uint16(b[2:]))
}

// tds rewrites a packet. Zeros are no message of SQL Server: none says that a message ends in it, except lists of options,
// which end where they begin.
func tds(v *standin.Values, b []byte) {
	const prelogin, endOfOptions, endOfMessage = 18, 0xff, 1
	fields(v, b, tdsHead)
	switch {
	case len(b) <= len(tdsHead):
	case b[0] == prelogin:
		b[len(tdsHead)] = endOfOptions
	default:
		b[1] &^= endOfMessage
	}
}
