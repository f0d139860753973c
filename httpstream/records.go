package httpstream

import "encoding/binary"

// records reads Kerberos over TCP: each message follows its length in four bytes, the
// highest bit of which is reserved (RFC 4120 section 7.2.2).
type records struct {
	out  *outlet
	conn *Conn
	side [2]record
}

// A record is the message that one side is in the middle of, its length included.
type record struct {
	held []byte
	at   Pos
	skip int64 // bytes of a message too long to keep
	lost bool  // where the next message begins is not known
}

func newRecords(o *outlet, c *Conn) *records {
	r := &records{out: o, conn: c}
	r.side[Client].lost = !c.SYN
	r.side[Server].lost = !c.SYN
	return r
}

func (r *records) data(from Side, at *Pos, b []byte) {
	m := &r.side[from]
	if m.lost {
		if !fits(b) {
			return
		}
		m.lost = false
	}
	for len(b) > 0 {
		if m.skip > 0 {
			n := min(m.skip, int64(len(b)))
			m.skip -= n
			b = b[n:]
			continue
		}
		if len(m.held) == 0 {
			m.at = *at
		}
		n := m.missing()
		took := min(n, len(b))
		m.held = append(m.held, b[:took]...)
		b = b[took:]
		if len(m.held) < 4 {
			continue
		}
		r.complete(from, m)
	}
}

// missing returns how many bytes of the length, or else of the message, are to come.
func (m *record) missing() int {
	if len(m.held) < 4 {
		return 4 - len(m.held)
	}
	return 4 + m.length() - len(m.held)
}

func (m *record) length() int {
	return int(binary.BigEndian.Uint32(m.held) & 0x7fffffff)
}

// complete delivers the message if all of it is there.
func (r *records) complete(from Side, m *record) {
	n := m.length()
	if n > recordLimit {
		r.out.drop(recordDropped)
		m.skip = int64(n)
		m.held = m.held[:0]
		return
	}
	if m.missing() > 0 {
		return
	}
	if r.out.sink.Record != nil && n > 0 {
		r.out.sink.Record(r.conn, from, m.at, m.held[4:])
	}
	m.held = m.held[:0]
}

// fits tells whether a segment looks like the start of a message: a length not smaller
// than the segment, and a Kerberos message type (an APPLICATION tag) after it.
func fits(b []byte) bool {
	if len(b) < 5 {
		return false
	}
	n := int(binary.BigEndian.Uint32(b) & 0x7fffffff)
	return n <= recordLimit && n+4 >= len(b) && b[4]&0xe0 == 0x60
}

func (r *records) gap(from Side, at *Pos, n int64) {
	m := &r.side[from]
	if n <= m.skip {
		m.skip -= n
		return
	}
	*m = record{lost: true}
}

func (r *records) end(from Side, at *Pos) { r.side[from] = record{} }

func (r *records) blind(from Side) int64 { return r.side[from].skip }
