package httpstream

import (
	"bytes"
	"encoding/binary"
)

// recordReader reads messages that follow their length: Kerberos over TCP, with a length of
// four bytes, the highest bit of which is reserved (RFC 4120 section 7.2.2), and DNS over
// TCP, with one of two (RFC 1035 section 4.2.2).
type recordReader struct {
	shared *shared
	conn   *Conn
	head   int // bytes of the length
	side   [2]record
	early  []earlyReply
	read   bool // a message was handed on

	asked   uint32 // the extensions of Kerberos over TCP that the client asked for
	granted bool   // the KDC granted them: what follows is of them
}

// An earlyReply is a message of a server that the capture shows before what it answers.
type earlyReply struct {
	at     Pos
	behind int64 // how many bytes the server had received of the client
	b      []byte
}

const (
	kerberosHead = 4
	dnsHead      = 2
)

// A record is the message that one side is in the middle of, its length included.
type record struct {
	held   []byte
	at     Pos
	skip   int64 // bytes of a message too long to keep
	resync bool  // where the next message begins is not known
	ended  bool  // no more comes
}

func newRecords(sh *shared, c *Conn, head int) *recordReader {
	r := &recordReader{shared: sh, conn: c, head: head}
	r.side[Client].resync = !c.SYN
	r.side[Server].resync = !c.SYN
	return r
}

func (r *recordReader) data(from Side, at *Pos, b []byte) {
	if from == Client && len(r.early) > 0 {
		defer r.takeEarly(false)
	}
	m := &r.side[from]
	if m.resync {
		if b = r.found(m, at, b); b == nil {
			return
		}
	}
	for len(b) > 0 && !r.granted {
		if m.skip > 0 {
			n := min(m.skip, int64(len(b)))
			m.skip -= n
			b = b[n:]
			continue
		}
		if len(m.held) == 0 {
			m.at = *at
		}
		n := r.missing(m)
		took := min(n, len(b))
		m.held = append(m.held, b[:took]...)
		r.shared.held += int64(took)
		b = b[took:]
		if len(m.held) < r.head {
			continue
		}
		r.complete(from, m)
	}
}

// found returns the bytes from the message on that begins with those that are held, or with b; nil if
// none does. A length alone is held: some send it in a segment of its own.
func (r *recordReader) found(m *record, at *Pos, b []byte) []byte {
	held := m.held
	r.drop(m)
	if begun := append(held[:len(held):len(held)], b...); len(held) > 0 && fitsRecords(r.head, begun) {
		m.resync = false
		r.shared.held += int64(len(held))
		m.held = held
		return b
	}
	if fitsRecords(r.head, b) {
		m.resync = false
		return b
	}
	if len(b) <= r.head {
		m.at, m.held = *at, append(m.held, b...)
		r.shared.held += int64(len(b))
	}
	return nil
}

// missing returns how many bytes of the length, or else of the message, are to come.
func (r *recordReader) missing(m *record) int {
	if len(m.held) < r.head {
		return r.head - len(m.held)
	}
	return r.head + prefixedLen(r.head, m.held) - len(m.held)
}

// prefixedLen reads the length that b begins with.
func prefixedLen(head int, b []byte) int {
	if head == dnsHead {
		return int(binary.BigEndian.Uint16(b))
	}
	return int(binary.BigEndian.Uint32(b) & 0x7fffffff)
}

// complete delivers the message if all of it is there.
func (r *recordReader) complete(from Side, m *record) {
	if r.head == kerberosHead && r.extension(from, m) {
		return
	}
	n := prefixedLen(r.head, m.held)
	if n > maxRecord {
		r.shared.drop(recordDropped)
		m.skip = int64(n)
		r.drop(m)
		return
	}
	if r.missing(m) > 0 {
		return
	}
	switch ahead := r.shared.peerUnread; {
	case from == Client:
		r.deliver(from, &m.at, m.held[r.head:])
	case ahead <= 0 || r.side[Client].ended || len(r.early) == maxEarlyReplies:
		r.takeEarly(true)
		r.deliver(from, &m.at, m.held[r.head:])
	default:
		r.early = append(r.early, earlyReply{m.at, r.conn.Bytes[Client] + ahead, bytes.Clone(m.held[r.head:])})
		r.shared.held += int64(n)
	}
	r.drop(m)
}

// deliver hands on a message.
func (r *recordReader) deliver(from Side, at *Pos, b []byte) {
	r.read = true
	if r.shared.sink.Message != nil && len(b) > 0 {
		r.shared.sink.Message(r.conn, from, *at, b)
	}
}

// takeEarly hands on the early replies to what has come of the client by now, or is lost: all of them if nothing
// more will.
func (r *recordReader) takeEarly(all bool) {
	for len(r.early) > 0 && (all || r.conn.Bytes[Client] >= r.early[0].behind) {
		k := r.early[0]
		r.early = r.early[1:]
		r.shared.held -= int64(len(k.b))
		r.deliver(Server, &k.at, k.b)
	}
	if len(r.early) == 0 {
		r.early = nil
	}
}

// drop drops what is held of a message, and its room if that is large.
func (r *recordReader) drop(m *record) {
	r.shared.held -= int64(len(m.held))
	m.held = m.held[:0]
	if cap(m.held) > 4<<10 {
		m.held = nil
	}
}

// fitsRecords reports whether a segment looks like the start of a message, and perhaps of others behind
// it, the last of which may go on: lengths, and behind each a Kerberos message type (an
// APPLICATION tag), or the header of a DNS message with one question (RFC 1035 section 4.1.1).
func fitsRecords(head int, b []byte) bool {
	if len(b) <= head {
		return false
	}
	for len(b) > head {
		n, m := prefixedLen(head, b), b[head:]
		switch {
		case n == 0 || n > maxRecord:
			return false
		case head == dnsHead && (len(m) < 12 || m[3]&0x40 != 0 || m[4] != 0 || m[5] != 1):
			return false
		case head == kerberosHead && m[0]&0xe0 != 0x60:
			return false
		}
		b = m[min(n, len(m)):]
	}
	return true
}

func (r *recordReader) gap(from Side, at *Pos, n int64) {
	if from == Client {
		defer r.takeEarly(false)
	}
	m := &r.side[from]
	if n <= m.skip {
		m.skip -= n
		return
	}
	r.drop(m)
	*m = record{resync: true}
}

func (r *recordReader) end(from Side, at *Pos) {
	if from == Client {
		r.takeEarly(true)
	}
	if m := &r.side[from]; len(m.held) > 0 && r.read {
		what := "Kerberos"
		if r.head == dnsHead {
			what = "DNS"
		}
		r.shared.counters.Undecodable("message of "+what+" over TCP that ends early", m.at)
	}
	r.drop(&r.side[from])
	r.side[from] = record{ended: true}
}

func (r *recordReader) skippable(from Side) int64 { return r.side[from].skip }
