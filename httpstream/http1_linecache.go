package httpstream

import "hash/maphash"

// A headLine is a line of a head without its end, and the field that it is; Name is empty
// if it is none.
type headLine struct {
	text string
	Field
}

// A lineCache holds the lines of heads seen lately. Most lines come again, word for word: what a
// browser accepts, what a server is called. Such a line is copied and taken apart once,
// and everybody has the same copy of it.
type lineCache struct {
	seed  maphash.Seed
	slots []headLine // each line has its place by its hash, which it takes from the one before
	other headLine   // one that has no place
}

// find returns a line, until the next one is asked for.
func (k *lineCache) find(line []byte) *headLine {
	place := &k.other
	if len(line) <= maxCachedLine {
		if k.slots == nil {
			k.seed, k.slots = maphash.MakeSeed(), make([]headLine, cachedLines)
			clear(k.slots) // see spare
		}
		place = &k.slots[maphash.Bytes(k.seed, line)%cachedLines]
		if place.text == string(line) {
			return place
		}
	}
	read := splitLine(string(line))
	if read.Secret() {
		place = &k.other
	}
	*place = read
	return place
}

// intern returns a copy of some part of a head.
func (k *lineCache) intern(b []byte) string { return k.find(b).text }

// splitLine finds the field that a line is (RFC 9112 section 5).
func splitLine(s string) headLine {
	l := headLine{text: s}
	n := tokenLen(s)
	if rest := trimStart(s[n:]); n > 0 && rest != "" && rest[0] == ':' {
		l.Name, l.Value = s[:n], trim(rest[1:])
	}
	return l
}

// Secret tells that a line holds credentials, which are not kept longer than needed.
func (f *Field) Secret() bool {
	return f.is("Cookie") || f.is("Set-Cookie") || f.is("Authorization") || f.is("Proxy-Authorization")
}
