package message

import "negotrace/capture/redact/standin"

// PortPostgreSQL is the port of PostgreSQL.
const PortPostgreSQL = 5432

// postgreSQLSize returns the length of the message that b begins with, as Stream.Size does. The first one of a client
// has no kind in front of its length. Of longer ones the length could be letters in UTF-16.
func postgreSQLSize(b []byte) int {
	const kind, length, longestFirst, longestMessage, version3 = 1, 4, 64 << 10, 0x1fffff, 0x30000
	switch {
	case len(b) < length+length:
		return 0
	case b[0] == 0:
		if n := int(be.Uint32(b)); n >= length+length && n <= longestFirst && be.Uint32(b[length:]) == version3 {
			return n
		}
		return -1
	}
	isLetter := 'A' <= b[0]&^0x20 && b[0]&^0x20 <= 'Z' || b[0] >= '1' && b[0] <= '3'
	if n := be.Uint32(b[kind:]); isLetter && n >= length && n <= longestMessage {
		return kind + int(n)
	}
	return -1
}

// postgreSQL rewrites a message: its kind stays, and how a server has somebody authenticate.
func postgreSQL(v *standin.Values, b []byte) {
	const authentication = 'R'
	switch {
	case len(b) > 0 && (b[0] == 0 || b[0] == authentication):
		fields(v, b, "=========")
	default:
		fields(v, b, "=====")
	}
}
