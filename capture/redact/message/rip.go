package message

import "negotrace/capture/redact/standin"

const portRIP = 520

// isRIP reports whether b is a message of RIP: a command, a version, zeros, and routes (RFC 2453 section 4).
func isRIP(b []byte) bool {
	const head, route, lastVersion = 4, 20, 2
	return len(b) >= head && (len(b)-head)%route == 0 && b[1] > 0 && b[1] <= lastVersion
}

// rip rewrites a message. Its routes become empty.
func rip(v *standin.Values, b []byte) { fields(v, b, "==") }
