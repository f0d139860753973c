package search

const (
	// minFiller is the least length of a filler that is skipped.
	minFiller = 64
	// margin is how many bytes at each end of it are searched. A name that begins between the ends
	// would begin with eight bytes of filler, or fewer in UTF-16 or base64, and no name does.
	margin = 16
)

// filler returns the begin and the end of the next filler, both until if there is none. A filler
// is zeros, or letters or noise if no name begins with these.
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

// A fillerKind is a kind of filler.
type fillerKind uint8

const (
	noFiller fillerKind = iota
	zeroFiller
	letterFiller
	noiseFiller
)

// fillerAt returns the kind of filler of the eight bytes at at.
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
