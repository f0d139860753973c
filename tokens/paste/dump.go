package paste

import (
	"bytes"
	"encoding/hex"
	"strconv"
)

// A dumpLine is one line of a hex dump: its offset and its bytes. The last bytes may be characters
// of the text column that only look like hex.
type dumpLine struct {
	from, to int // in the text
	offset   int
	bytes    []byte
	gap      int // how many bytes come before the first wide gap; 0 if there is none
}

// dumps finds hex dumps whose lines begin with offsets, as xxd, hexdump, od, tcpdump -X,
// Wireshark and Format-Hex print them.
func (s *searcher) dumps() {
	var lines []dumpLine
	for i := 0; i <= len(s.text); {
		end := lineEnd(s.text, i)
		l, ok := parseDumpLine(s.text[i:end])
		l.from, l.to = i, end
		switch {
		case ok && len(lines) > 0 && follows(&lines[len(lines)-1], &l):
			lines = append(lines, l)
		default:
			s.dump(lines)
			lines = lines[:0]
			if ok && len(l.bytes) > 0 {
				lines = append(lines, l)
			}
		}
		i = end + 1
	}
	s.dump(lines)
}

// follows reports whether b continues a, and cuts a to the bytes between their offsets.
func follows(a, b *dumpLine) bool {
	n := b.offset - a.offset
	if n <= 0 || n > len(a.bytes) {
		return false
	}
	a.bytes, a.gap = a.bytes[:n], n
	return true
}

func (s *searcher) dump(lines []dumpLine) {
	if len(lines) == 0 || len(lines) == 1 && lines[0].offset != 0 {
		return
	}
	var b []byte
	for i, l := range lines {
		if i == len(lines)-1 && i > 0 {
			l.bytes = l.bytes[:min(len(l.bytes), len(lines[i-1].bytes))]
		}
		if l.gap > 0 {
			l.bytes = l.bytes[:min(len(l.bytes), l.gap)]
		}
		b = append(b, l.bytes...)
	}
	s.addBytes(lines[0].from, lines[len(lines)-1].to, b)
}

// parseDumpLine reads a line of a hex dump: an offset of four to eight hex digits and
// groups of bytes. The offset may follow marks of quoted mail.
func parseDumpLine(text []byte) (l dumpLine, ok bool) {
	const longest = 64 // bytes in a line
	text = bytes.TrimLeft(text, " \t>|*")
	text = bytes.TrimPrefix(text, []byte("0x"))
	n := hexDigits(text)
	if n < 4 || n > 8 || n == len(text) {
		return l, false
	}
	offset, err := strconv.ParseUint(string(text[:n]), 16, 32)
	if err != nil {
		return l, false
	}
	l.offset = int(offset)
	text = bytes.TrimPrefix(text[n:], []byte(":"))
	for len(l.bytes) < longest {
		rest := bytes.TrimLeft(text, " \t-")
		space := len(text) - len(rest)
		n := hexDigits(rest)
		if space == 0 || n < 2 || n > 8 || n%2 != 0 || n < len(rest) && rest[n] != ' ' && rest[n] != '\t' && rest[n] != '-' {
			break
		}
		if len(l.bytes) > 0 && l.gap == 0 && (space > 2 || space == 2 && len(l.bytes) != 8) {
			l.gap = len(l.bytes)
		}
		b, err := hex.DecodeString(string(rest[:n]))
		if err != nil {
			break
		}
		l.bytes = append(l.bytes, b...)
		text = rest[n:]
	}
	return l, len(l.bytes) > 0
}

func hexDigits(text []byte) int {
	n := 0
	for n < len(text) && n < 16 && isHex(text[n]) {
		n++
	}
	return n
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
