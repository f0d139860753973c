package export

import (
	"strconv"
	"strings"

	"negotrace/httpstream"
)

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// netlogFields splits header lines. length is that of the head as it was sent: the N of "[N bytes
// were stripped]" counts too.
func netlogFields(lines []string) (h httpstream.Header, length int) {
	for _, line := range lines[:min(len(lines), maxHeaderLines)] {
		from := min(len(line), 1) // HTTP/2: the name may begin with a colon
		name, value, ok := strings.Cut(line[from:], ":")
		if !ok {
			continue
		}
		h = append(h, httpstream.Field{Name: line[:from] + name, Value: strings.TrimSpace(value)})
		length += len(line) + len("\r\n") + strippedLen(value)
	}
	if length > 0 {
		length += len("\r\n")
	}
	return h, length
}

// strippedLen returns how much longer a header line was than its redacted form.
func strippedLen(value string) int {
	_, rest, ok := strings.Cut(value, "[")
	digits, after, _ := strings.Cut(rest, " ")
	const words = "bytes were stripped]"
	size, err := strconv.Atoi(digits)
	if !ok || err != nil || size < 0 || size > maxJSONString || !strings.HasPrefix(after, words) {
		return 0
	}
	return size - len("[ ") - len(digits) - len(words)
}
