package search

const (
	// minFiller is how long a filler is that is passed over.
	minFiller = 64
	// margin is how much of each end of it is looked at: no name that begins further inside has
	// only seven of its bytes, or in UTF-16 or base64 fewer.
	margin = 16
)

// filler returns where the next filler begins and ends, both until if there is none: zeros, or
// letters or noise if no name begins with those.
func (c *scan) filler(b []byte, from, until int) (start, end int) {
	for at := from; at+minFiller <= until; at += minFiller / 2 {
		kind := c.fillerAt(b, at)
		if kind == noFiller || c.fillerAt(b, at+8) != kind || c.fillerAt(b, at+16) != kind || c.fillerAt(b, at+24) != kind {
			continue
		}
		for end = at + 32; end+8 <= until && c.fillerAt(b, end) == kind; {
			end += 8
		}
		if end-at >= minFiller {
			return at, end
		}
	}
	return until, until
}

// A fillerKind is what something is filled with.
type fillerKind uint8

const (
	noFiller fillerKind = iota
	zeroFiller
	letterFiller
	noiseFiller
)

// fillerAt returns what the eight bytes at a place are filled with.
func (c *scan) fillerAt(b []byte, at int) fillerKind {
	switch eight := eightAt(b, at); {
	case eight == 0:
		return zeroFiller
	case eight == letters && c.fills.letters:
		return letterFiller
	case eight&highBits == highBits && c.fills.highBytes:
		return noiseFiller
	}
	return noFiller
}
