package httpstream

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var (
	clientAddr = netip.MustParseAddrPort("192.0.2.10:50000")
	serverAddr = netip.MustParseAddrPort("192.0.2.20:80")
	epoch      = TimeOf(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
)

// A wire plays one connection to an Assembler, segment by segment.
type wire struct {
	a         *Assembler
	counters  *Counters
	isn       [2]uint32
	addr      [2]netip.AddrPort
	tunnel    [2]uint64
	sum       checksum // of what is sent; segments have no header if it is not known
	ttl       uint8
	sack      [2]uint32 // the block of a SACK option, if it is not empty
	stamp     uint32    // of a timestamp option, if it is not 0
	sent      [2]int    // bytes sent so far, which is the offset of the next ones
	frame     int
	now       Time
	exchanges []*Exchange
	conns     []*Conn
	records   []string
	streams   []int
	before    func(*Segment) // takes each segment before it is sent; nil for nobody
}

func newWire() *wire {
	w := &wire{
		counters: &Counters{},
		isn:      [2]uint32{1000, 5000},
		addr:     [2]netip.AddrPort{clientAddr, serverAddr},
		now:      epoch,
	}
	w.a = NewAssembler(Sink{
		Exchange: func(x *Exchange) bool {
			if r := x.Response; r != nil {
				r.Body = bytes.Clone(r.Body)
			}
			w.exchanges = append(w.exchanges, x)
			return true
		},
		Conn: func(c *Conn) { w.conns = append(w.conns, c) },
		Message: func(c *Conn, from Side, at Pos, record []byte) {
			w.records = append(w.records, fmt.Sprintf("%s %d %q", from, at.Frame, record))
		},
	}, nil, w.counters)
	return w
}

// segment sends b at an offset into what the side sends, acknowledging all that the
// other side has sent.
func (w *wire) segment(from Side, flags uint8, offset int, b string) {
	seq := w.isn[from] + 1 + uint32(offset)
	if flags&FlagSYN != 0 {
		seq--
	}
	w.raw(from, flags, seq, w.isn[from.Other()]+1+uint32(w.sent[from.Other()]), b)
	w.sent[from] = max(w.sent[from], offset+len(b))
}

// raw sends b with these numbers.
func (w *wire) raw(from Side, flags uint8, seq, ack uint32, b string) {
	w.frame++
	w.now = w.now.Add(time.Millisecond)
	s := Segment{
		At:  Pos{Frame: w.frame, Time: w.now},
		Src: w.addr[from], Dst: w.addr[from.Other()], Tunnel: w.tunnel[from],
		Seq: seq, Ack: ack, Flags: flags, Payload: []byte(b), TTL: w.ttl,
	}
	w.addHeader(&s)
	if w.before != nil {
		w.before(&s)
	}
	w.a.Segment(&s)
	w.streams = append(w.streams, s.At.Stream)
}

// addHeader gives a segment a header with the checksum and the block asked for.
func (w *wire) addHeader(s *Segment) {
	block := w.sack != [2]uint32{}
	if w.sum == sumUnknown && !block {
		return
	}
	h := make([]byte, 20, 32)
	binary.BigEndian.PutUint16(h, s.Src.Port())
	binary.BigEndian.PutUint16(h[2:], s.Dst.Port())
	binary.BigEndian.PutUint32(h[4:], s.Seq)
	binary.BigEndian.PutUint32(h[8:], s.Ack)
	h[13] = s.Flags
	if block {
		h = append(h, 1, 1, 5, 10)
		h = binary.BigEndian.AppendUint32(h, w.sack[0])
		h = binary.BigEndian.AppendUint32(h, w.sack[1])
	}
	if w.stamp != 0 {
		h = binary.BigEndian.AppendUint32(append(h, 1, 1, 8, 10), w.stamp)
		h = binary.BigEndian.AppendUint32(h, 0)
	}
	h[12] = uint8(len(h) / 4 << 4)
	s.Header = h
	pseudo, length := s.pseudoHeader()
	right := ^fold(addSums(addWords(pseudo+length, h), addWords(0, s.Payload)))
	if w.sum == sumWrong {
		right ^= 0x5555
	}
	binary.BigEndian.PutUint16(h[16:], right)
}

func (w *wire) handshake() {
	w.segment(Client, FlagSYN, 0, "")
	w.segment(Server, FlagSYN|FlagACK, 0, "")
	w.segment(Client, FlagACK, 0, "")
}

// send sends the next bytes of a side.
func (w *wire) send(from Side, b string) { w.segment(from, FlagACK, w.sent[from], b) }

// lose makes the side send bytes that the capture does not hold.
func (w *wire) lose(from Side, b string) {
	w.sent[from] += len(b)
	w.frame++
}

func (w *wire) fin(from Side) {
	w.segment(from, FlagFIN|FlagACK, w.sent[from], "")
	w.sent[from]++
}

func (w *wire) close() {
	w.fin(Client)
	w.fin(Server)
	w.segment(Client, FlagACK, w.sent[Client], "")
}

// summary describes an exchange in one line.
func summary(x *Exchange) string {
	request, response := "-", "-"
	if r := x.Request; r != nil {
		request = fmt.Sprintf("%s %s +%d", r.Method, r.Target, r.BodyLen)
	}
	if r := x.Response; r != nil {
		response = fmt.Sprintf("%d +%d", r.Status, r.BodyLen)
	}
	s := request + " > " + response
	for _, i := range x.Interim {
		s += fmt.Sprintf(" after %d", i)
	}
	for _, n := range x.Notes {
		s += "; " + n.Text
	}
	return s
}

func (w *wire) expect(t *testing.T, want ...string) {
	t.Helper()
	w.a.Close()
	var got []string
	for _, x := range w.exchanges {
		got = append(got, summary(x))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("exchanges (-want +got):\n%s", d)
	}
	if w.a.shared.held != 0 {
		t.Errorf("%d bytes are still counted as held", w.a.shared.held)
	}
}

func (w *wire) expectLost(t *testing.T, gaps int, bytes int64) {
	t.Helper()
	if w.counters.Gaps != gaps || w.counters.LostBytes != bytes {
		t.Errorf("got %d gaps, %d bytes lost, want %d, %d", w.counters.Gaps, w.counters.LostBytes, gaps, bytes)
	}
}

const (
	get1   = "GET /1 HTTP/1.1\r\nHost: a.test\r\n\r\n"
	get2   = "GET /2 HTTP/1.1\r\nHost: a.test\r\n\r\n"
	get3   = "GET /3 HTTP/1.1\r\nHost: a.test\r\n\r\n"
	ok5    = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
	denied = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n"
)
