package capture

import "bytes"

// Where a file is mapped, the header of each record has to come from memory, and only the
// header of one record tells where the next one is: to walk from record to record is to
// wait for memory at each. So the records of a piece are walked beforehand from several
// places at once, whose headers come at the same time. Nothing but time depends on whether
// those places are true: what is read is read afterwards, from the beginning.

const (
	// scoutLen is how long a piece is: its headers stay in the cache until they are read.
	scoutLen = 1 << 20
	// scouts is how many walk at once: a core waits for hardly more than 10 lines of memory
	// at a time.
	scouts = 8
	// scoutRange is how far from its place a scout looks for a record. Few are longer.
	scoutRange = 64 << 10
	// scoutTries is how many places it looks at more closely there.
	scoutTries = 8
	// transport is where in a record of everyday traffic the header of TCP lies.
	transport = 70
)

// A trail is how records are found, and how long they say that they are.
type trail struct {
	mark   []byte              // that most records have, and little else
	at     int                 // where in a record it is
	begins func(b []byte) bool // whether a record begins here
	order  byteOrder
	length uint // where in a record 4 bytes tell its length
	beside uint // what they do not count
	pad    uint // records are multiples of pad+1 bytes long
	seen   byte // of no meaning: what is looked at must be used
}

// scout walks the records of a piece, which begins with one, and returns how many it saw.
func (t *trail) scout(b []byte) (walked int) {
	var at, end [scouts]uint
	limit := uint(max(len(b)-transport, 0))
	for i := scouts - 1; i >= 0; i-- {
		at[i], end[i] = uint(t.find(b, i*(len(b)/scouts))), limit
		limit = min(limit, at[i])
	}
	// The loop is short, and a core guesses its branches right: it goes on to the next
	// scouts while memory keeps one waiting. No file has more records than rounds.
	order, length, beside, pad, seen := t.order, t.length, t.beside, t.pad, t.seen
	walking := true
	for rounds := len(b) / ngMinBlock; walking && rounds > 0; rounds-- {
		walking = false
		for i := range at {
			o := at[i]
			if o >= end[i] {
				continue
			}
			at[i] = o + (beside+uint(order.Uint32(b[o+length:]))+pad)&^pad
			seen ^= b[o+transport]
			walked++
			walking = true
		}
	}
	t.seen = seen
	return walked
}

// find returns where a record begins from a place on; len(b) if none is found.
func (t *trail) find(b []byte, from int) int {
	if from == 0 {
		return 0
	}
	until := min(from+scoutRange, len(b)-transport)
	for try := 0; try < scoutTries && from < until; try++ {
		i := bytes.Index(b[from:until], t.mark)
		if i < 0 {
			break
		}
		if record := from + i - t.at; t.begins(b[record:]) {
			return record
		}
		from += i + 1
	}
	return len(b)
}
