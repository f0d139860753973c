package httpstream

import (
	"net/netip"
	"testing"
)

// A bulk download on each of many connections, one segment of each in turn.
func BenchmarkBody(b *testing.B) {
	const flows = 1000
	a := NewAssembler(Sink{}, nil, &Tally{})
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

// Short exchanges on one connection: the cost of heads.
func BenchmarkExchange(b *testing.B) {
	a := NewAssembler(Sink{}, nil, &Tally{})
	request := []byte("GET /sites/a/index.html HTTP/1.1\r\nHost: intranet.corp.test\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\nAccept-Language: en\r\nConnection: keep-alive\r\n\r\n")
	response := []byte("HTTP/1.1 200 OK\r\nServer: Microsoft-IIS/10.0\r\nContent-Type: text/html\r\nContent-Length: 5\r\nDate: Sun, 01 Mar 2026 12:00:00 GMT\r\n\r\nhello")
	c := Segment{Src: clientAddr, Dst: serverAddr, Seq: 1, Flags: FlagSYN}
	s := Segment{Src: serverAddr, Dst: clientAddr, Seq: 1, Ack: 2, Flags: FlagSYN | FlagACK}
	a.Segment(&c)
	a.Segment(&s)
	c.Seq, c.Flags, c.Payload = 2, FlagACK, request
	s.Seq, s.Flags, s.Payload = 2, FlagACK, response
	b.ReportAllocs()
	for b.Loop() {
		a.Segment(&c)
		a.Segment(&s)
		c.Seq += uint32(len(request))
		s.Seq += uint32(len(response))
		c.Ack, s.Ack = s.Seq, c.Seq
	}
}

// Connections that open, carry one exchange and close.
func BenchmarkConnection(b *testing.B) {
	a := NewAssembler(Sink{}, nil, &Tally{})
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
