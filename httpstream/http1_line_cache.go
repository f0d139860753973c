package httpstream

import (
	"hash/maphash"
)

// A headLine is one line of a head without its line end, and the field in it. Name is
// empty where it holds no field.
type headLine struct {
	text string
	Field
}

// A lineCache holds header lines seen lately. Most lines come again, word for word: what a
// browser accepts, what a server calls itself. Such a line is copied and parsed once, and
// all its users share the copy. Without it, reading short pages took 5 to 10 % longer.
type lineCache struct {
	seed   maphash.Seed
	slots  []headLine // by hash; a new line replaces the one with the same hash
	misses int        // how many lines were not in slots
	other  headLine   // a line that is not cached
}

// find returns the parsed line. It is valid until the next call.
func (k *lineCache) find(line []byte) *headLine {
	place := &k.other
	if len(line) <= maxCachedLine {
		if k.slots == nil {
			k.seed = maphash.MakeSeed()
			k.empty(firstCachedLines)
		}
		place = k.slot(line)
		if place.text == string(line) {
			return place
		}
		if k.misses++; k.misses == firstCachedLines {
			k.empty(cachedLines)
			place = k.slot(line)
		}
	}
	read := splitLine(string(line))
	if n := len(read.Name) + len(read.Value); len(line) > maxCachedLine && n > 0 && n < len(line)/2 { // it is mostly blanks
		read = splitLine(read.Name + ":" + read.Value)
	}
	if read.Secret() {
		place = &k.other
	}
	*place = read
	return place
}

// slot returns the place of a line, which is there if it was seen lately.
func (k *lineCache) slot(line []byte) *headLine {
	return &k.slots[maphash.Bytes(k.seed, line)&uint64(len(k.slots)-1)]
}

// empty goes on with so many empty slots.
func (k *lineCache) empty(slots int) {
	k.slots = make([]headLine, slots)
	clear(k.slots) // see freelist
}

// intern returns a copy of some part of a start line. Nearly all have these.
func (k *lineCache) intern(b []byte) string {
	switch string(b) {
	case "HTTP/1.1":
		return "HTTP/1.1"
	case "GET":
		return "GET"
	case "POST":
		return "POST"
	}
	return k.find(b).text
}

// splitLine finds the field that a line is (RFC 9112 section 5).
func splitLine(s string) headLine {
	l := headLine{text: s}
	n := tokenLen(s)
	if rest := trimStart(s[n:]); n > 0 && rest != "" && rest[0] == ':' {
		l.Name, l.Value = s[:n], trim(rest[1:])
	}
	return l
}
