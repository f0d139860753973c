package pseudonym

import "math/bits"

// A row is all pseudonyms of a shape, in an order that chance has made: each is looked at once,
// so that the last ones are found as soon as the first. It is made where few are left.
type row struct {
	keys     [4]uint32
	next     uint64   // how many were looked at
	space    uint64   // how many there are
	deferred []uint64 // that were names when they were looked at, and are no pseudonyms yet
}

// rowOf returns the row of words like this one, after a beginning.
func (n *Names) rowOf(word, head string) *row {
	shape := head + "\x00" + charactersOf(word)
	r := n.rows[shape]
	if r == nil {
		r = &row{space: pseudonymsLike(word, head)}
		for i := range r.keys {
			r.keys[i] = n.random.Uint32()
		}
		n.rows[shape] = r
	}
	return r
}

// fromRow returns a pseudonym that nothing has: one that is no name that was seen, or else one
// that is. Where all are given, it is one that others have, too.
func (n *Names) fromRow(key, head string) string {
	rest := key[len(head):]
	r := n.rowOf(rest, head)
	for r.next < r.space {
		k := r.shuffled(r.next)
		r.next++
		p := kthPseudonym(rest, head, k)
		switch {
		case !n.isFree(p):
		case p == key || n.words.find(p) >= 0:
			r.deferred = append(r.deferred, k)
		default:
			return p
		}
	}
	for i := len(r.deferred) - 1; i >= 0; i-- {
		k := r.deferred[i]
		p := kthPseudonym(rest, head, k)
		if p == key {
			continue
		}
		last := len(r.deferred) - 1
		r.deferred[i] = r.deferred[last]
		r.deferred = r.deferred[:last]
		if n.isFree(p) {
			return p
		}
	}
	p := key
	for try := uint64(0); p == key && try < r.space; try++ {
		p = kthPseudonym(rest, head, n.random.Uint64())
	}
	return p
}

// isFree reports whether a pseudonym is given to no name, and means nothing else.
func (n *Names) isFree(p string) bool {
	return !n.words.isPseudonym(p) && n.avoid.find(p) < 0 && !isProtocolWord(p)
}

// shuffled returns which number of the space has a place in the order. It is a Feistel network
// over as many bits as the space needs, which is gone through again while it leads out of it.
func (r *row) shuffled(place uint64) uint64 {
	half := (bits.Len64(r.space-1) + 1) / 2
	mask := uint64(1)<<half - 1
	for x := place; ; {
		left, right := x>>half, x&mask
		for _, key := range r.keys {
			h := (right ^ uint64(key)) * 0x9e3779b97f4a7c15
			left, right = right, left^(h>>32^h>>16)&mask
		}
		if x = left<<half | right; x < r.space {
			return x
		}
	}
}
