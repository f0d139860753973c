package redact

import (
	"bytes"
	"encoding/binary"

	"negotrace/capture/redact/standin"
	"negotrace/capture/redact/tls"
)

// How protocols begin.

// mayBegin reports whether bytes may be the beginning of a protocol.
func mayBegin(h *half, b []byte) bool {
	switch {
	case h.lengthPrefix() > 0:
		return isLengthPrefixed(h.lengthPrefix(), b)
	case tls.IsRecord(b), isResponse(b), len(b) > 1 && bytes.HasPrefix([]byte("HTTP/"), b), isProxyV2(b), h.made && h.streams != nil, h.isHeaded(b):
		return true
	}
	return isStartLine(b) && (bytes.IndexByte(b, '\n') >= 0 || isPlainRequest(b))
}

// isPlainRequest reports whether bytes begin with a method in capitals and with what a target
// may begin with. In the middle of a connection any text may be two words.
func isPlainRequest(b []byte) bool {
	word, rest, _ := bytes.Cut(b, []byte(" "))
	switch {
	case len(bytes.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-")) > 0:
		return false
	case len(rest) == 0 || string(word) == "CONNECT":
		return isMethodPrefix(word)
	}
	return rest[0] == '/' || rest[0] == '*' || bytes.HasPrefix(rest, []byte("http"))
}

// isResponse reports whether bytes begin with the line of a response. Some servers write it in
// lower case.
func isResponse(b []byte) bool {
	const name = "HTTP/"
	switch {
	case len(b) < len(name) || !bytes.EqualFold(b[:4], []byte(name[:4])):
		return false
	case b[4] == ' ': // without a version
		return len(b) >= 8 && isDigit(b[5]) && isDigit(b[6]) && isDigit(b[7])
	}
	return b[4] == name[4]
}

// isStartLine reports whether bytes begin with the line of a request, as far as they go.
func isStartLine(b []byte) bool {
	line, _, ok := bytes.Cut(b[:min(len(b), maxStartLine)], []byte("\n"))
	word, rest := cutWord(line)
	isMore := len(word) < len(line)
	if len(word) == 0 || len(word) > 64 || bytes.ContainsFunc(word, func(c rune) bool { return !isTokenChar(c) }) {
		return false
	}
	if !ok {
		return isMore && len(rest) > 0 && rest[0] > ' ' && rest[0] < 0x7f && len(word) > 2 || len(rest) == 0 && isMethodPrefix(word)
	}
	line = bytes.TrimRight(line, "\r")
	i := bytes.LastIndexAny(line, lineSpaces)
	return isMore && i > len(word) && len(line)-i > len("HTTP/") && bytes.EqualFold(line[i+1:i+6], []byte("HTTP/"))
}

// beginsHTTP reports whether a message of HTTP begins.
func beginsHTTP(b []byte) bool { return isResponse(b) || isStartLine(b) }

// lineSpaces are what a request line may have for a space (RFC 9112 section 3).
const lineSpaces = " \t\v\f"

// cutWord returns the first word of a request line, and what follows the space behind it.
func cutWord(line []byte) (word, rest []byte) {
	i := bytes.IndexAny(line, lineSpaces)
	if i < 0 {
		return line, nil
	}
	return line[:i], line[i+1:]
}

// maxStartLine is how much of a line is looked at to know that it is that of a request.
const maxStartLine = 64 << 10

// isTokenChar reports whether a character may be in a token (RFC 9110, section 5.6.2).
func isTokenChar(c rune) bool {
	return c > ' ' && c < 0x7f && !bytes.ContainsRune([]byte(`"(),/:;<=>?@[\]{}`), c)
}

// isMethodPrefix reports whether a word that may be cut is the beginning of a usual method.
func isMethodPrefix(word []byte) bool {
	for _, m := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PROPFIND", "RPC_IN_DATA", "RPC_OUT_DATA"} {
		if bytes.HasPrefix([]byte(m), word) {
			return true
		}
	}
	return false
}

// sniff finds out what begins.
func (r *Redactor) sniff(h *half) int {
	b := h.buf
	if h.tunnels == 0 && h.headed == nil {
		switch n := h.socksLength(b); {
		case n > 0:
			return r.socks(h, n)
		case n == 0 && len(b) <= h.conn.socks.longest():
			return 0
		}
	}
	switch {
	case h.tunnels > 0 && len(bytes.TrimLeft(b, "\r\n")) == 0:
		return len(b)
	case h.lengthPrefix() > 0 && (h.behind == 0 || bytes.HasPrefix(b, []byte{0})):
		h.state = atLengthPrefix
	case tls.IsRecord(b):
		h.state = atRecord
	case len(b) < 5 && tls.IsRecordHead(b):
		return 0
	case isProxyV2(b):
		return r.proxyV2(h)
	case bytes.HasPrefix(b, []byte("PROXY ")):
		return r.proxyV1(h)
	case h.made && len(b) < len("PRI ") && bytes.HasPrefix([]byte("PRI "), b):
		return 0
	case h.made && (h.streams != nil || bytes.HasPrefix(b, []byte("PRI ")) || isSettings(b)):
		return r.http2(h)
	case bytes.HasPrefix(b, []byte("PRI * HTTP/2.0\r\n")), isSettings(b):
		r.Unknown("HTTP/2 that is not encrypted", len(b))
		h.state = unsupported
	case r.asksTLS(h, b):
		return len(b)
	case isResponse(b), isStartLine(b), isStartLine(trimBlanks(b)) && bytes.IndexByte(trimBlanks(b), '\n') >= 0, isResponse(trimBlanks(b)):
		h.state = inHead
	case len(b) < 5 && bytes.HasPrefix([]byte("HTTP/"), bytes.ToUpper(b)):
		return 0
	case h.beginsHeaded(b):
		h.state = atHeaded
	default:
		h.state = resync
		n := len(b) // not at the beginning again
		if len(h.segmentStarts) > 1 {
			n = int(h.segmentStarts[1] - h.done)
		}
		r.Unknown(notRead, n)
		kind, mayBeInFront := h.unreadFiller(), isBlank(b[:n])
		if kind.Fill(b[:n], h.done); kind == standin.Zeros && h.headed == nil && !mayBeInFront {
			b[0] = 1
		}
		return n
	}
	return r.parse(h)
}

// isBlank reports whether all bytes may be in front of the line that a message begins with, as zeros may: lenient
// readers pass over them.
func isBlank(b []byte) bool { return len(bytes.Trim(b, " \t\r\n\x00")) == 0 }

// isSettings reports whether b begins with the first frame of a server of HTTP/2.
func isSettings(b []byte) bool {
	return len(b) >= 9 && b[0] == 0 && b[3] == 4 && b[4] <= 1 && binary.BigEndian.Uint32(b[5:]) == 0 && b[2]%6 == 0
}
