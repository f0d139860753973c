package httpstream

import (
	"slices"
	"strings"
	"time"
)

// A tape is the segments of one connection, which are made before they are played: so a test
// can put others between them, leave some out and change their order.
type tape struct {
	segments []Segment
	next     [2]uint32 // number of the next byte of each side
	now      time.Duration
	mss      int
	noAcks   bool                        // data are not acknowledged by segments of their own
	intrude  func(t *tape, place string) // called at each place
}

// The places of a tape: in front of a segment of the handshake, of a message or of the end, and
// in the middle of a message.
var places = []string{"SYN", "SYN/ACK", "ACK", "q1", "in q1", "r1", "in r1", "q2", "in q2", "r2", "in r2", "q3", "in q3", "r3", "in r3", "FIN", "second FIN", "end"}

// logon is a logon by NTLM, requests and responses in turn, and logonRead how it is read.
var (
	logon = []string{
		get1,
		"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: NTLM\r\nContent-Length: 10\r\n\r\n0123456789",
		"GET /2 HTTP/1.1\r\nHost: a.test\r\nAuthorization: NTLM TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
		"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: NTLM " + strings.Repeat("TlRMTVNTUAACAAAA", 20) + "\r\nContent-Length: 0\r\n\r\n",
		"GET /3 HTTP/1.1\r\nHost: a.test\r\nAuthorization: NTLM " + strings.Repeat("TlRMTVNTUAADAAAA", 40) + "\r\n\r\n",
		ok5,
	}
	logonRead = []string{"GET /1 +0 > 401 +10", "GET /2 +0 > 401 +0", "GET /3 +0 > 200 +5"}
	messages  = []string{"q1", "r1", "q2", "r2", "q3", "r3"}
)

func newTape() *tape { return &tape{next: [2]uint32{1000, 5000}, mss: 1460} }

// raw adds a segment with these numbers.
func (t *tape) raw(from Side, flags uint8, seq, ack uint32, b string) *Segment {
	t.now += time.Millisecond
	s := Segment{At: Pos{Time: epoch.Add(t.now)}, Src: clientAddr, Dst: serverAddr, Flags: flags, Seq: seq, Ack: ack, Payload: []byte(b), TTL: 64}
	if from == Server {
		s.Src, s.Dst, s.TTL = serverAddr, clientAddr, 128
	}
	t.segments = append(t.segments, s)
	return &t.segments[len(t.segments)-1]
}

// add adds the next segment of a side.
func (t *tape) add(from Side, flags uint8, b string) *Segment {
	ack := t.next[from.Other()]
	if flags&FlagACK == 0 {
		ack = 0
	}
	s := t.raw(from, flags, t.next[from], ack, b)
	t.next[from] += uint32(len(b))
	if flags&(FlagSYN|FlagFIN) != 0 {
		t.next[from]++
	}
	return s
}

func (t *tape) at(place string) {
	if f := t.intrude; f != nil {
		t.intrude = nil
		f(t, place)
		t.intrude = f
	}
}

func (t *tape) open() {
	t.at("SYN")
	t.add(Client, FlagSYN, "")
	t.at("SYN/ACK")
	t.add(Server, FlagSYN|FlagACK, "")
	t.at("ACK")
	t.add(Client, FlagACK, "")
}

// say sends message i of the logon in two segments or more.
func (t *tape) say(i int) {
	from, b := Side(i%2), logon[i]
	t.at(messages[i])
	for n := min(t.mss, len(b)/2); len(b) > 0; n = min(t.mss, len(b)) {
		t.add(from, FlagACK, b[:n])
		if b = b[n:]; len(b) > 0 {
			t.at("in " + messages[i])
		}
	}
	if !t.noAcks {
		t.add(from.Other(), FlagACK, "")
	}
}

func (t *tape) logon() {
	for i := range logon {
		t.say(i)
	}
}

func (t *tape) close() {
	t.at("FIN")
	t.add(Client, FlagFIN|FlagACK, "")
	t.at("second FIN")
	t.add(Server, FlagFIN|FlagACK, "")
	t.add(Client, FlagACK, "")
	t.at("end")
}

// sum gives a segment a header with its checksum, right or not.
func sum(s *Segment, right bool) {
	w := wire{sum: sumRight}
	if !right {
		w.sum = sumWrong
	}
	w.addHeader(s)
}

// play plays segments to a new Assembler, and returns the exchanges and what the counters say
// that was not read or is doubtful.
func play(segments []Segment) (read []string, said bool, w *wire) {
	w = newWire()
	for i, s := range segments {
		s.At.Frame = i + 1
		if s.Header == nil {
			sum(&s, true)
		}
		s.Payload = slices.Clone(s.Payload)
		w.a.Segment(&s)
	}
	w.a.Close()
	for _, x := range w.exchanges {
		read = append(read, summary(x))
	}
	c := w.counters
	said = c.Gaps+c.Conflicts+c.Decoys+c.WrongSums+len(c.Dropped)+len(c.UnreadTCP) > 0 ||
		c.LostBytes+c.UnreadBytes+c.BytesAfterEnd > 0 || c.Connections > 1
	return read, said, w
}
