package redact

import (
	"bytes"

	"negotrace/capture/redact/message"
)

// Some protocols ask for TLS before it begins. Until then their messages keep what is numeric, so
// that other programs find TLS after them.

// Ports of protocols that ask for TLS.
const (
	portMySQL = 3306
	portKafka = 9092 // does not ask
)

const sslRequest = "\x00\x00\x00\x08\x04\xd2\x16\x2f" // PostgreSQL

// isOf reports whether an end of a connection has a port.
func (c *conn) isOf(port uint16) bool { return c.key.a.Port() == port || c.key.b.Port() == port }

// asksTLS rewrites b if all of it is a message that asks for TLS, answers that, or comes before
// it. It reports whether it is.
func (r *Redactor) asksTLS(h *half, b []byte) bool {
	switch {
	case h.tunnels > 0:
	case h.isOf(portMySQL) && isMySQL(b) && b[3] == 0 && b[4] == mysqlVersion:
		r.mysqlGreeting(b)
		return true
	case h.isOf(portMySQL):
		return isMySQL(b) && isMySQLRequest(b)
	case h.isOf(message.PortPostgreSQL):
		return h.done == 0 && (string(b) == sslRequest || string(b) == "S" || string(b) == "N")
	}
	return false
}

// mysqlVersion is the version of the protocol of MySQL.
const mysqlVersion = 10

// isMySQL reports whether b is a message of MySQL: it begins with its length in three bytes, in
// little-endian order, and its number.
func isMySQL(b []byte) bool {
	return len(b) > 4 && int(b[0])|int(b[1])<<8|int(b[2])<<16 == len(b)-4
}

// isMySQLRequest reports whether a message asks for TLS: capabilities, one of which is that,
// the size of messages, a character set, and zeros up to its end.
func isMySQLRequest(b []byte) bool {
	const size, tls = 4 + 32, 0x08
	return len(b) == size && b[3] == 1 && b[5]&tls != 0 && len(bytes.Trim(b[13:], "\x00")) == 0
}

// mysqlGreeting rewrites the first message of a server. Capabilities stay, and where texts end.
func (r *Redactor) mysqlGreeting(b []byte) {
	const numbers, salt, capabilities = 4, 9, 8
	end := bytes.IndexByte(b[5:], 0)
	if end < 0 || len(b) < 5+end+1+numbers+salt+capabilities {
		r.Unknown(notRead, len(b)-5)
		clear(b[5:])
		return
	}
	version, rest := b[5:5+end], b[5+end+1:]
	clear(rest[:numbers]) // of the connection
	keep := numbers + salt
	for _, text := range [][]byte{version, rest[numbers:keep], rest[keep+capabilities:]} {
		r.Unknown(notRead, len(text))
		for i := range text {
			if text[i] != 0 {
				text[i] = 'x'
			}
		}
	}
}
