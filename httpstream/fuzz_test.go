package httpstream

import "testing"

// FuzzAssembler turns bytes into segments of a pair of ports: of each, three bytes say
// who sends, in which tunnel, with which flags and how far from where it was, the fourth
// how much. Now and then much time passes. Flags that nobody reads say whether the checksum
// is right or wrong, and the TTL low.
func FuzzAssembler(f *testing.F) {
	f.Add([]byte{0, FlagSYN, 0, 0, 1, FlagRST | FlagACK, 0, 0, 0, FlagSYN, 0, 0, 1, FlagSYN | FlagACK, 0, 0, 0, FlagACK, 0, 5, 'G', 'E', 'T', ' ', '/'})
	f.Add([]byte{0, FlagACK, 0, 1, 0, 1, FlagACK, 0, 0, 0, FlagACK, 0, 5, 'G', 'E', 'T', ' ', '/', 0, FlagFIN, 0, 0, 0, FlagACK, 0, 2, 'H', 'T', 0, FlagRST, 0, 0, 1, FlagACK, 0x80, 2, 'H', 'T'})
	f.Add([]byte{0, FlagSYN, 0, 0, 1, FlagSYN | FlagACK, 0, 0, 0, FlagACK | 0x20, 0, 5, 'G', 'E', 'T', ' ', '/', 1, FlagACK, 0, 0, 0, FlagACK | 0x40, 0, 2, 'H', 'T'})
	f.Add([]byte{0, FlagSYN | 0x40, 0, 0, 1, FlagSYN | FlagACK, 0, 0, 0, FlagACK | 0xa0, 0, 5, 'G', 'E', 'T', ' ', '/', 0x02, FlagACK | 0x40, 0xfb, 3, 'P', 'U', 'T', 0, FlagFIN, 0, 0})
	var conversations [][]string
	for _, tt := range framing {
		conversations = append(conversations, tt.say)
	}
	for _, tt := range sniffing {
		conversations = append(conversations, tt.say)
	}
	for _, say := range conversations {
		var seed []byte
		for _, s := range say {
			from := byte(0)
			if s[0] == '<' {
				from = 1
			}
			b := s[2:]
			for len(b) > 0 {
				n := min(len(b), 250)
				seed = append(seed, from, FlagACK, 0, byte(n))
				seed = append(seed, b[:n]...)
				b = b[n:]
			}
		}
		f.Add(seed)
		f.Add(append([]byte{0, FlagSYN, 0, 0, 1, FlagSYN | FlagACK, 0, 0}, seed...))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		w := newWire()
		for len(data) >= 4 {
			from, flags := Side(data[0]&1), data[1]
			w.tunnel[from] = uint64(data[0] >> 6)
			offset := w.sent[from] + int(int8(data[2]))*int(data[0]>>1&0x1f)
			if data[2] == 0x80 {
				w.now = w.now.Add(linger/2 + 1)
			}
			n := min(int(data[3]), len(data)-4)
			w.sum, w.ttl = sumUnknown, 64
			switch {
			case flags&0x40 != 0:
				w.sum = sumRight
			case flags&0x20 != 0:
				w.sum = sumWrong
			}
			if flags&0x80 != 0 {
				w.ttl = 3
			}
			w.segment(from, flags&0x1f, offset, string(data[4:4+n]))
			data = data[4+n:]
		}
		w.a.Close()
		if w.a.shared.held != 0 {
			t.Errorf("%d bytes are still counted as held", w.a.shared.held)
		}
		if n := len(w.a.oneWay); n > w.a.flows.n {
			t.Errorf("%d flows by tunnel, of %d", n, w.a.flows.n)
		}
		for _, x := range w.exchanges {
			if x.Request == nil && x.Response == nil {
				t.Error("an exchange of nothing")
			}
		}
		if n := w.counters.Requests; n > len(w.exchanges) {
			t.Errorf("%d requests, but %d exchanges", n, len(w.exchanges))
		}
	})
}

// FuzzHTTP1 gives the bytes of both sides to the reader, in pieces and with gaps.
func FuzzHTTP1(f *testing.F) {
	for _, tt := range framing {
		var sides [2]string
		for _, s := range tt.say {
			if s[0] == '>' {
				sides[Client] += s[2:]
			} else {
				sides[Server] += s[2:]
			}
		}
		f.Add([]byte(sides[Client]), []byte(sides[Server]), uint16(0))
		f.Add([]byte(sides[Client]), []byte(sides[Server]), uint16(0x1357))
	}
	proxied := []byte("POST /KdcProxy HTTP/1.1\r\nContent-Length: 7\r\n\r\nmessage")
	f.Add(proxied, []byte("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nanswer"), uint16(0x0100))
	f.Add(append(proxied, proxied...), []byte("HTTP/1.0 200 OK\r\n\r\nanswer"), uint16(0))
	f.Fuzz(func(t *testing.T, client, server []byte, how uint16) {
		var passed int
		out := &shared{counters: &Counters{}, sink: Sink{
			Exchange: func(*Exchange) bool { passed++; return false },
			KDCProxy: func(c *Conn, from Side, _ Pos, _ string, content []byte) {
				if c == nil || len(content) == 0 || len(content) > maxRecord {
					t.Errorf("%d bytes of the %s for a KDC", len(content), from)
				}
			},
		}}
		r := newHTTP1(out, &Conn{SYN: true}, [2]bool{})
		size := 1 + int(how&0xff)*7
		skip := int(how >> 8)
		rest := [2][]byte{client, server}
		for i := 1; len(rest[0])+len(rest[1]) > 0; i++ {
			side := Side(i & 1)
			n := min(size, len(rest[side]))
			at := &Pos{Frame: i}
			switch b := rest[side][:n]; {
			case n == 0:
			case skip > 0 && i%(skip+1) == 0:
				r.gap(side, at, int64(n))
			case int64(n) <= r.skippable(side) && i%3 == 0:
				r.gap(side, at, int64(n))
			default:
				r.data(side, at, b)
			}
			rest[side] = rest[side][n:]
		}
		r.end(Client, &Pos{})
		r.end(Server, &Pos{})
		if out.held != 0 {
			t.Errorf("%d bytes are still counted as held", out.held)
		}
		if len(r.queue) != 0 {
			t.Errorf("%d exchanges were not passed", len(r.queue))
		}
	})
}

// FuzzRecords gives bytes to the reader of Kerberos and DNS over TCP.
func FuzzRecords(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x05\x6aabcd\x00\x00\x00\x01\x6c"), byte(3))
	f.Add([]byte("\x00\x0e\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00ab"), byte(4))
	f.Fuzz(func(t *testing.T, data []byte, size byte) {
		out, whole := &shared{counters: &Counters{}}, len(data)
		out.sink.Message = func(_ *Conn, _ Side, _ Pos, record []byte) {
			if len(record) == 0 || len(record) > maxRecord || len(record) > whole {
				t.Errorf("record of %d bytes", len(record))
			}
		}
		r := newRecords(out, &Conn{SYN: size&1 == 0}, []int{dnsHead, kerberosHead}[size>>1&1])
		for n := int(size) + 1; len(data) > 0; data = data[min(n, len(data)):] {
			r.data(Client, &Pos{}, data[:min(n, len(data))])
		}
		r.gap(Client, &Pos{}, 9)
		r.end(Client, &Pos{})
	})
}
