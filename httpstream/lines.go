package httpstream

import (
	"hash/maphash"
	"strings"
)

// A headLine is a line of a head without its end, and the field that it is; name is empty
// if it is none.
type headLine struct{ text, name, value string }

// lines are those of heads seen lately. Most lines come again, word for word: what a
// browser accepts, what a server is called. Such a line is copied and taken apart once,
// and everybody has the same copy of it.
type lines struct {
	seed  maphash.Seed
	slots []headLine // each line has its place by its hash, which it takes from the one before
	other headLine   // one that has no place
}

// find returns a line, until the next one is asked for.
func (k *lines) find(line []byte) *headLine {
	if len(line) > lineKept {
		k.other = headLine{text: string(line)}
		k.other.split()
		// A name is kept for longer than a long value, and would keep all of the line.
		k.other.name = strings.Clone(k.other.name)
		return &k.other
	}
	if k.slots == nil {
		k.seed, k.slots = maphash.MakeSeed(), make([]headLine, linesKept)
	}
	l := &k.slots[maphash.Bytes(k.seed, line)%linesKept]
	if l.text == string(line) {
		return l
	}
	read := headLine{text: string(line)}
	if read.split(); read.secret() {
		k.other = read
		return &k.other
	}
	*l = read
	return l
}

// text returns a copy of some part of a head.
func (k *lines) text(b []byte) string { return k.find(b).text }

// split finds the field that a line is (RFC 9112 section 5).
func (l *headLine) split() {
	n := tokenLen(l.text)
	if rest := trimStart(l.text[n:]); n > 0 && rest != "" && rest[0] == ':' {
		l.name, l.value = l.text[:n], trim(rest[1:])
	}
}

// secret tells that a line holds credentials, which are not kept longer than needed.
func (l *headLine) secret() bool {
	switch len(l.name) {
	case len("Cookie"):
		return strings.EqualFold(l.name, "Cookie")
	case len("Set-Cookie"):
		return strings.EqualFold(l.name, "Set-Cookie")
	case len("Authorization"):
		return strings.EqualFold(l.name, "Authorization")
	case len("Proxy-Authorization"):
		return strings.EqualFold(l.name, "Proxy-Authorization")
	}
	return false
}
