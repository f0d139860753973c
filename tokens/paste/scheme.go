package paste

import (
	"bytes"
	"strings"
)

// schemeNames returns the schemes that HTTP servers in the field use, in lower case.
func schemeNames() []string {
	return []string{"negotiate", "ntlm", "kerberos", "nego2", "basic", "bearer", "digest", "dpop"}
}

// schemeAt returns the length of the scheme name at i, 0 if there is none.
func (s *searcher) schemeAt(i int) int {
	if i >= len(s.lower) || strings.IndexByte("nkbd", s.lower[i]) < 0 || i > 0 && isBase64(s.lower[i-1]) {
		return 0
	}
	for _, name := range s.names {
		end := i + len(name)
		if bytes.HasPrefix(s.lower[i:], name) && (end == len(s.text) || !isBase64(s.text[end])) {
			return len(name)
		}
	}
	return 0
}

// schemes finds values without the name of their header: a scheme with a token anywhere, other
// schemes only alone in a line.
func (s *searcher) schemes() {
	for i := 0; i < len(s.text); i++ {
		n := s.schemeAt(i)
		if n == 0 {
			continue
		}
		if b64, end := s.token(i + n); b64 != nil {
			s.add(i, end, Found{Value: string(s.text[i:i+n]) + " " + string(b64)})
			i = end - 1
			continue
		}
		i = s.schemeLine(i, n) - 1
	}
}

// schemeLine adds a value that begins at i with a scheme of n characters, if nothing else is in
// its line, and returns the offset after what it examined.
func (s *searcher) schemeLine(i, n int) (end int) {
	if len(bytes.TrimSpace(s.text[lineStart(s.text, i):i])) > 0 {
		return i + n
	}
	end = min(lineEnd(s.text, i), i+maxValue)
	if !isValue(s.text[i+n : end]) {
		return i + n
	}
	value, end := s.folded(strings.TrimSpace(string(s.text[i:end])), end)
	s.add(i, end, Found{Value: value})
	return end
}

// isValue reports whether text may follow a scheme in a header: nothing, a list, parameters or one
// word, but not prose.
func isValue(text []byte) bool {
	text = bytes.TrimSpace(text)
	if len(text) == 0 || text[0] == ',' {
		return true
	}
	n := 0
	for n < len(text) && (isBase64(text[n]) || text[n] == '.' || text[n] == '~') {
		n++
	}
	rest := bytes.TrimSpace(text[n:])
	const shortest = 6 // of credentials; words of a sentence may be as long, but are not alone
	return n > 0 && (len(rest) > 0 && rest[0] == '=' || n >= shortest && len(rest) == 0)
}

// token reads the token after a scheme that ends at i. It is nil if there is none of a
// kind that beginsToken knows.
func (s *searcher) token(i int) (b64 []byte, end int) {
	n := i
	for n < len(s.text) && n < i+8 && strings.IndexByte(" \t+\n", s.text[n]) >= 0 {
		n++
	}
	if n == i || n == len(s.text) || !isAlnum(s.text[n]) {
		return nil, i
	}
	if head, _ := readBase64(s.text[:min(len(s.text), n+24)], n); !beginsToken(decodeHead(head)) {
		return nil, i
	}
	return readBase64(s.text, n)
}

// folded appends the lines that belong to a value which ends at end: lines that begin with white
// space (RFC 9112 section 5.2), and lines of a long token.
func (s *searcher) folded(value string, end int) (string, int) {
	var b strings.Builder
	b.WriteString(value)
	for end+1 < len(s.text) && s.text[end] == '\n' && b.Len() < maxValue {
		stop := min(lineEnd(s.text, end+1), end+1+maxValue)
		next := bytes.TrimSpace(s.text[end+1 : stop])
		indented := s.text[end+1] == ' ' || s.text[end+1] == '\t'
		if len(next) == 0 || bytes.ContainsAny(next, ":<>*") || s.schemeAt(stop-len(next)) > 0 || !indented && !isToken68(next) {
			break
		}
		b.Write(next)
		end = stop
	}
	return b.String(), end
}

// isToken68 reports whether a line is long and has only characters of a token68 (RFC 9110
// section 11.2).
func isToken68(b []byte) bool {
	const least = 16
	for _, c := range b {
		if !isBase64(c) && c != '.' && c != '~' && c != '=' {
			return false
		}
	}
	return len(b) >= least
}
