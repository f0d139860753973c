package redact

// A buffered holds the bytes of a direction that are not rewritten yet.
type buffered struct {
	buf           []byte  // from done on
	pieces        []piece // where it lies in packets
	segmentStarts []int64 // where segments begin in it

	// The same from their beginnings, what was taken included.
	allBytes  []byte
	allPieces []piece
	allStarts []int64
}

// add appends a piece.
func (q *buffered) add(x piece) {
	if len(q.pieces) == 0 {
		q.pieces, q.segmentStarts = q.allPieces[:0], q.allStarts[:0]
		q.allPieces, q.allStarts = append(q.pieces, piece{})[:0], append(q.segmentStarts, 0)[:0]
		q.pieces, q.segmentStarts = q.allPieces, q.allStarts
	}
	q.pieces = append(q.pieces, x)
	q.segmentStarts = append(q.segmentStarts, x.at)
	if size := len(q.buf) + len(x.b); size > cap(q.buf) {
		if 2*size > cap(q.allBytes) {
			q.allBytes = make([]byte, 0, max(2*size, minBuffer))
		}
		q.buf = append(q.allBytes[:0], q.buf...)
	}
	q.buf = append(q.buf, x.b...)
}

// take puts the first bytes, which are rewritten and end at done, into their packets.
func (q *buffered) take(n int, done int64) {
	b := q.buf[:n]
	from := done - int64(n)
	for len(q.pieces) > 0 && q.pieces[0].at < done {
		x := &q.pieces[0]
		k := copy(x.b, b[x.at-from:])
		x.at, x.b = x.at+int64(k), x.b[k:]
		if len(x.b) > 0 {
			break
		}
		x.rewrote()
		*x = piece{}
		q.pieces = q.pieces[1:]
	}
	for len(q.segmentStarts) > 0 && q.segmentStarts[0] < done {
		q.segmentStarts = q.segmentStarts[1:]
	}
	q.buf = q.buf[n:]
}

// emptyBuffer returns a buffer that is empty.
func (r *Redactor) emptyBuffer() *buffered {
	if n := len(r.spare); n > 0 {
		q := r.spare[n-1]
		r.spare = r.spare[:n-1]
		return q
	}
	all := make([]byte, 0, minBuffer)
	return &buffered{buf: all, allBytes: all}
}

// recycleBuffer takes back an empty buffer: connections that wait for nothing have none.
func (r *Redactor) recycleBuffer(q *buffered) {
	if len(r.spare) < maxSpare && cap(q.allBytes) <= maxSpareBuffer {
		q.buf, q.pieces, q.segmentStarts = q.allBytes[:0], nil, nil
		r.spare = append(r.spare, q)
	}
}

const (
	// minBuffer is how long a buffer is at least.
	minBuffer = 2 << 10
	// maxSpare is how many buffers are kept, and maxSpareBuffer how long each is at most.
	maxSpare       = 64
	maxSpareBuffer = 64 << 10
)
