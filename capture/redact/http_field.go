package redact

import (
	"bytes"
	"strings"
)

// cutField returns the first header line with those that continue it (obs-fold, RFC 9112 section 5.2), without its end,
// and what follows.
func cutField(b []byte) (line, rest []byte) {
	line, rest = cutLine(b)
	for len(line) > 0 && len(rest) > 0 && (rest[0] == ' ' || rest[0] == '\t') {
		_, rest = cutLine(rest)
		line = bytes.TrimRight(b[:len(b)-len(rest)], "\r\n")
	}
	return line, rest
}

// Field returns what the name and the value of a header line become, in the same length. The value may be on
// several lines.
func (r *Redactor) Field(name, value string) (newName, newValue string) {
	if strings.Contains(value, "\n") {
		newName, newValue = r.Field(name, strings.NewReplacer("\r", " ", "\n", " ").Replace(value))
		return newName, foldedLike(newValue, value)
	}
	if key := strings.ToLower(strings.TrimSpace(name)); isKnownHeader(key) {
		return name, r.headerValue(key, value)
	}
	return r.headerName(name), r.knownOrNoise(value)
}

// foldedLike returns a text with the ends of lines of another one of its length.
func foldedLike(text, other string) string {
	b := []byte(text)
	for i := range min(len(b), len(other)) {
		if c := other[i]; c == '\r' || c == '\n' {
			b[i] = c
		}
	}
	return string(b)
}
