package httpstream

import (
	"encoding/binary"
	"net/netip"
	"testing"
)

// A bulk download on each of many connections, one segment of each in turn.
func BenchmarkBody(b *testing.B) {
	const flows = 1000
	a := NewAssembler(Sink{}, nil, &Counters{})
	segments := make([]Segment, flows)
	for i := range segments {
		client := netip.AddrPortFrom(clientAddr.Addr(), uint16(1024+i))
		a.Segment(&Segment{Src: client, Dst: serverAddr, Seq: 1, Flags: FlagSYN})
		a.Segment(&Segment{Src: serverAddr, Dst: client, Seq: 1, Ack: 2, Flags: FlagSYN | FlagACK})
		a.Segment(&Segment{Src: client, Dst: serverAddr, Seq: 2, Ack: 2, Flags: FlagACK, Payload: []byte(get1)})
		head := "HTTP/1.1 200 OK\r\nContent-Length: 1000000000000000\r\n\r\n"
		a.Segment(&Segment{Src: serverAddr, Dst: client, Seq: 2, Flags: FlagACK, Payload: []byte(head)})
		segments[i] = Segment{Src: serverAddr, Dst: client, Seq: 2 + uint32(len(head)), Flags: FlagACK, Payload: make([]byte, 1448)}
	}
	burst := func(b *testing.B, n int) {
		b.ReportAllocs()
		b.SetBytes(1448)
		for i := 0; b.Loop(); i++ {
			s := &segments[i/n%flows]
			a.Segment(s)
			s.Seq += 1448
		}
	}
	b.Run("bursts of 10", func(b *testing.B) { burst(b, 10) })
	b.Run("every segment another connection", func(b *testing.B) { burst(b, 1) })
}

// shortExchange returns what carries one more short exchange on the same connection.
func shortExchange() func() {
	a := NewAssembler(Sink{}, nil, &Counters{})
	request := []byte("GET /sites/a/index.html HTTP/1.1\r\nHost: intranet.corp.test\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\nAccept-Language: en\r\nConnection: keep-alive\r\n\r\n")
	response := []byte("HTTP/1.1 200 OK\r\nServer: Microsoft-IIS/10.0\r\nContent-Type: text/html\r\nContent-Length: 5\r\nDate: Sun, 01 Mar 2026 12:00:00 GMT\r\n\r\nhello")
	c := Segment{Src: clientAddr, Dst: serverAddr, Seq: 1, Flags: FlagSYN}
	s := Segment{Src: serverAddr, Dst: clientAddr, Seq: 1, Ack: 2, Flags: FlagSYN | FlagACK}
	a.Segment(&c)
	a.Segment(&s)
	c.Seq, c.Flags, c.Payload = 2, FlagACK, request
	s.Seq, s.Flags, s.Payload = 2, FlagACK, response
	return func() {
		a.Segment(&c)
		a.Segment(&s)
		c.Seq += uint32(len(request))
		s.Seq += uint32(len(response))
		c.Ack, s.Ack = s.Seq, c.Seq
	}
}

// Short exchanges on one connection: the cost of heads.
func BenchmarkExchange(b *testing.B) {
	next := shortExchange()
	b.ReportAllocs()
	for b.Loop() {
		next()
	}
}

// h2Exchange returns what carries one more exchange on the same HTTP/2 connection, in
// streams that follow each other. All its fields are in the tables of HPACK by then.
func h2Exchange() (next func(), read *int) {
	read = new(int)
	sh := &shared{counters: newCounters(), sink: Sink{Exchange: func(*Exchange) bool { *read++; return false }}}
	r := sh.http2(testConn())
	c, s := newSpeakers()
	var at Pos
	for _, f := range []flight{{Client, []byte(preface)}, c.frame(frameSettings, 0, 0, nil), s.frame(frameSettings, 0, 0, nil)} {
		r.data(f.from, &at, f.b)
	}
	say := func(stream uint32) []flight {
		return []flight{
			c.headers(stream, flagEndStream, append(get, "user-agent: Mozilla/5.0", "accept: */*", "accept-language: en")...),
			s.headers(stream, 0, ":status: 200", "server: Microsoft-IIS/10.0", "content-type: text/html", "content-length: 5"),
			s.frame(frameData, flagEndStream, stream, []byte("hello")),
		}
	}
	for _, f := range say(1) {
		r.data(f.from, &at, f.b)
	}
	flights, stream := say(3), uint32(3)
	return func() {
		for _, f := range flights {
			binary.BigEndian.PutUint32(f.b[5:], stream)
			r.data(f.from, &at, f.b)
		}
		stream += 2
	}, read
}

// Short exchanges on one HTTP/2 connection.
func BenchmarkHTTP2(b *testing.B) {
	next, _ := h2Exchange()
	b.ReportAllocs()
	for b.Loop() {
		next()
	}
}

// TestExchangeAllocations holds what a short exchange costs: in HTTP/1 little more than
// the Exchange itself, in HTTP/2 also its stream and what HPACK hands out.
func TestExchangeAllocations(t *testing.T) {
	if got := testing.AllocsPerRun(1000, shortExchange()); got > 4 {
		t.Errorf("HTTP/1: %v allocations", got)
	}
	next, read := h2Exchange()
	if got := testing.AllocsPerRun(1000, next); got > 30 || *read < 1000 {
		t.Errorf("HTTP/2: %v allocations, %d exchanges", got, *read)
	}
}

// Connections that open, carry one exchange and close.
func BenchmarkConnection(b *testing.B) {
	a := NewAssembler(Sink{}, nil, &Counters{})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		client := netip.AddrPortFrom(clientAddr.Addr(), uint16(1024+i%60000))
		at := Pos{Frame: i, Time: epoch}
		isn := uint32(i) * 100000
		n, m := uint32(len(get1)), uint32(len(ok5))
		for _, s := range []Segment{
			{At: at, Src: client, Dst: serverAddr, Seq: isn, Flags: FlagSYN},
			{At: at, Src: serverAddr, Dst: client, Seq: 1, Ack: isn + 1, Flags: FlagSYN | FlagACK},
			{At: at, Src: client, Dst: serverAddr, Seq: isn + 1, Ack: 2, Flags: FlagACK, Payload: []byte(get1)},
			{At: at, Src: serverAddr, Dst: client, Seq: 2, Ack: isn + 1 + n, Flags: FlagACK, Payload: []byte(ok5)},
			{At: at, Src: client, Dst: serverAddr, Seq: isn + 1 + n, Ack: 2 + m, Flags: FlagACK | FlagFIN},
			{At: at, Src: serverAddr, Dst: client, Seq: 2 + m, Ack: isn + 2 + n, Flags: FlagACK | FlagFIN},
		} {
			a.Segment(&s)
		}
	}
}
