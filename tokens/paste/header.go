package paste

import (
	"bytes"
	"strings"
)

// headerAt returns the begin and the end of the header name that has "auth" at i; to is 0 if there
// is none.
func (s *searcher) headerAt(i int) (from, to int) {
	for _, name := range []string{"authorization", "authenticate", "authentication-info"} {
		if !bytes.HasPrefix(s.lower[i:], []byte(name)) {
			continue
		}
		from, to = i, i+len(name)
		for _, prefix := range []string{"proxy-", "www-"} {
			if bytes.HasSuffix(s.lower[:i], []byte(prefix)) {
				from -= len(prefix)
			}
		}
		begins := from == 0 || !isAlnum(s.text[from-1]) && s.text[from-1] != '-'
		if begins && (to == len(s.text) || !isBase64(s.text[to])) && (name != "authenticate" || from < i) {
			return from, to
		}
	}
	return 0, 0
}

// headers finds header names and their values.
func (s *searcher) headers() {
	for i := 0; ; {
		n := bytes.Index(s.lower[i:], []byte("auth"))
		if n < 0 {
			return
		}
		from, to := s.headerAt(i + n)
		i += n + len("auth")
		if to == 0 {
			continue
		}
		at, separated := s.valueStart(to)
		if at < len(s.text) && (s.schemeAt(at) > 0 || separated && s.isHeaderLine(from, to, at)) {
			i = max(to, s.values(from, to, at, separated))
		}
	}
}

// isHeaderLine reports whether a line is only a header, as in HTTP and in the output of curl -v.
func (s *searcher) isHeaderLine(from, to, at int) bool {
	before := bytes.TrimSpace(s.text[lineStart(s.text, from):from])
	between := s.text[to:at]
	return bytes.IndexByte(between, ':') >= 0 && bytes.IndexByte(between, '\n') < 0 && (len(before) == 0 || len(before) == 1 && strings.IndexByte("<>*", before[0]) >= 0)
}

// values adds the values that begin at at, for a name between from and to, and returns the offset
// after them. An array has several values.
func (s *searcher) values(from, to, at int, separated bool) (end int) {
	name := string(s.text[from:to])
	array := bytes.IndexByte(s.text[to:at], '[') >= 0
	for begin := from; ; {
		value, end := s.value(from, at)
		if value == "" || !separated && !strings.Contains(value, " ") {
			return end
		}
		next := end
		for array && next < len(s.text) && next < end+20 && strings.IndexByte("\"', \t\n\\", s.text[next]) >= 0 {
			next++
		}
		more := array && s.schemeAt(next) > 0
		s.add(begin, end, Found{Header: name, Value: value})
		if !more {
			return end
		}
		begin, at = next, next
	}
}

// lineStart returns the offset of the line with i, or an offset not too far before i.
func lineStart(text []byte, i int) int {
	const most = 200
	from := max(0, i-most)
	return from + bytes.LastIndexByte(text[from:i], '\n') + 1
}

// valueStart returns the offset of the value of a header whose name ends at i. It reports whether
// more than a space separates the two.
func (s *searcher) valueStart(i int) (at int, separated bool) {
	const most = 300 // lists are aligned
	text, lines := s.text, 0
	for n := i; n < len(text) && n < i+most; n++ {
		switch text[n] {
		case ' ', '\\', '`', '^', '@', '>':
		case '\t', '"', '\'', ':', '=', ',', '{', '(':
			separated = true
		case '[': // of an array, or of "[redacted]"
			if separated = true; n+1 < len(text) && isAlnum(text[n+1]) && s.schemeAt(n+1) == 0 {
				return n, true
			}
		case '\n':
			separated = true
			if lines++; lines > 2 {
				return len(text), false
			}
		default:
			word := s.valueWord(n)
			if word == 0 {
				return n, separated || n-i > 2
			}
			n += word - 1
		}
	}
	return len(text), false
}

// valueWord returns the length of a word at i that may come between a name and its value, as in
// JSON, XML, or a list of PowerShell. It returns 0 if there is none.
func (s *searcher) valueWord(i int) int {
	const value, longestTag = "value", 20
	text := s.lower[i:]
	if bytes.HasPrefix(text, []byte(value)) {
		return len(value)
	}
	n := 1 + bytes.IndexByte(text[:min(len(text), longestTag)], '>')
	if text[0] != '<' || n < 3 || n == len(text) || text[n] != '<' && s.schemeAt(i+n) == 0 {
		return 0
	}
	return n
}

// value reads the value at at of a header whose name begins at from, and returns it with the
// offset after it.
func (s *searcher) value(from, at int) (value string, end int) {
	end, quote := valueEnd(s.text, from, at)
	if n := s.schemeAt(at); n > 0 {
		if b64, behind := s.token(at + n); b64 != nil {
			rest := ""
			if behind < end {
				rest = strings.TrimSpace(string(s.text[behind:end]))
			}
			if !strings.HasPrefix(rest, ",") { // no further challenge
				rest = ""
			}
			return string(s.text[at:at+n]) + " " + string(b64) + rest, max(end, behind)
		}
	}
	raw := s.text[at:end]
	if quote == '"' && bytes.IndexByte(raw, '\\') >= 0 {
		raw = unescape(raw)
	}
	value = strings.TrimSpace(string(raw))
	if quote == 0 && value != "" {
		return s.folded(value, end)
	}
	return value, end
}

// valueEnd returns the end of a value. If the value or the whole header is quoted, that is the
// closing quote. Otherwise it is the end of the line, without what programs print there.
func valueEnd(text []byte, from, at int) (end int, quote byte) {
	for _, before := range []int{at - 1, from - 1} {
		if before < 0 {
			continue
		}
		quote := text[before]
		if n := closing(text, at, closes(quote)); n >= 0 {
			if n > at && text[n-1] == '^' { // cmd escapes its quotes
				n--
			}
			return n, quote
		}
	}
	end = min(lineEnd(text, at), at+maxValue)
	if n := bytes.IndexByte(text[at:end], '<'); n > 0 && at > 0 && text[at-1] == '>' {
		return at + n, '<'
	}
	raw := bytes.TrimRight(text[at:end], " \t")
	for _, tail := range []string{`\n`, `\r`} { // Wireshark prints the ends of lines
		raw = bytes.TrimSuffix(raw, []byte(tail))
	}
	raw = bytes.TrimRight(raw, " \t,;`\\^")
	for _, q := range []string{`"`, "'"} {
		if bytes.Count(raw, []byte(q))%2 == 1 {
			raw = bytes.TrimSuffix(raw, []byte(q))
		}
	}
	if at+len(raw) < end && strings.IndexByte(" \t", text[at+len(raw)]) < 0 {
		return at + len(raw), text[at+len(raw)]
	}
	return end, 0
}

// closes returns the character that closes what q opens, 0 if q opens nothing.
func closes(q byte) byte {
	switch q {
	case '"', '\'', '`':
		return q
	case '{':
		return '}'
	case '(':
		return ')'
	}
	return 0
}
