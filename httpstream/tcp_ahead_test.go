package httpstream

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"negotrace/internal/testcost"
)

// aheadTalks are conversations, both sides in turn unless an empty string has one go on, in which it matters for
// what a side sends what the other one sent before.
func aheadTalks() map[string][]string {
	const (
		short     = "HTTP/1.1 401 No\r\nContent-Length: 50\r\n\r\nshort"
		noLength  = "HTTP/1.1 401 No\r\n\r\nshort"
		header    = "PROXY TCP4 192.0.2.1 192.0.2.2 1000 80\r\n"
		binary    = "\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\xc0\x00\x02\x01\xc0\x00\x02\x02\x03\xe8\x00\x50"
		upgrade   = "GET /1 HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: \r\n\r\n"
		switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
		socksTo   = "\x05\x01\x00\x01\xc0\x00\x02\x14\x00\x50"
		granted   = "\x05\x00\x00\x01\xc0\x00\x02\x14\x00\x50"
		expecting = "POST /p HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
	)
	c, s := newSpeakers()
	settings := string(c.frame(frameSettings, 0, 0, nil).b)
	first, second := string(c.headers(1, flagEndStream, get...).b), string(c.headers(3, flagEndStream, get...).b)
	refused, done := string(s.headers(1, flagEndStream, ":status: 401").b), string(s.headers(3, flagEndStream, ":status: 204").b)
	return map[string][]string{
		"whole":                   {get1, denied, get2, ok5},
		"shorter than announced":  {get1, short, get2, short, get3, ok5},
		"without length":          {get1, noLength, get2, noLength, get3, ok5},
		"interim":                 {expecting, "HTTP/1.1 100 Continue\r\n\r\n", "hello", denied, get2, ok5},
		"a body before interim":   {"PUT /x HTTP/1.1\r\nContent-Length: 5\r\n\r\nab", "", "cde", denied, get2, "HTTP/1.1 100 Continue\r\n\r\n", "", ok5[:20], "", ok5[20:]},
		"withheld body":           {expecting, denied, get2, ok5},
		"PROXY line":              {header[:9], "", header[9:] + get1, denied, get2, ok5},
		"PROXY header":            {binary[:3], "", binary[3:20], "", binary[20:], "", get1, denied, get2, ok5},
		"SOCKS 5":                 {"\x05", "", "\x01\x00", "\x05", "", "\x00", socksTo[:5], "", socksTo[5:], granted[:3], "", granted[3:], get1, denied},
		"SOCKS 4a":                {"\x04\x01\x00\x50\x00\x00\x00\x01u\x00", "", "a.test\x00", "\x00\x5a\x00\x00", "", "\x00\x00\x00\x00", get1, denied},
		"HTTP/2":                  {preface[:14], "", preface[14:], "", settings + first, settings + refused, second, done},
		"h2c":                     {upgrade, switching, preface[:10], "", preface[10:] + settings, settings + refused, second, done},
		"a refused tunnel":        {"CONNECT b.test:80 HTTP/1.1\r\n\r\n", "HTTP/1.1 407 No\r\nContent-Length: 30\r\n\r\nab", "CONNECT b.test:80 HTTP/1.1\r\nHost: b.test:80\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", get1, denied},
		"a body that ends nobody": {"POST /p HTTP/1.1\r\nContent-Length: 2\r\n\r\nab", "HTTP/1.1 401 No\r\nContent-Length: 5000\r\n\r\nab", get2, ok5},
	}
}

// aheadTape returns the segments of a conversation.
func aheadTape(talk []string) []Segment {
	c, from := newTape(), Client
	c.open()
	for _, b := range talk {
		if b != "" {
			c.add(from, FlagACK, b)
		}
		from = from.Other()
	}
	c.close()
	return c.segments
}

// TestAhead has the segments of conversations come in other orders than they were sent in, and holds that they
// are read as they were sent.
func TestAhead(t *testing.T) {
	t.Parallel()
	for name, talk := range aheadTalks() {
		all := aheadTape(talk)
		want, _, in := play(all)
		slices.Sort(want)
		disorders := slices.DeleteFunc(disorders(len(all)), func(d disorder) bool { return d.lossy || strings.HasPrefix(d.name, "no SYN") || d.name == "data alone" })
		for i := range all {
			for by := 1; by < 5 && i+by < len(all); by++ {
				disorders = append(disorders, disorder{name: fmt.Sprintf("segment %d later by %d", i, by), of: func(all []Segment) []Segment {
					return slices.Insert(slices.Delete(slices.Clone(all), i, i+1), i+by, all[i])
				}})
			}
		}
		for i := 0; i < len(disorders); i += testcost.Step(3) {
			for _, step := range []time.Duration{time.Millisecond, 50 * time.Millisecond} {
				d := &disorders[i]
				segments := slices.Clone(d.of(all))
				for i := range segments {
					segments[i].At.Time = epoch.Add(time.Duration(i) * step)
				}
				got, said, w := play(segments)
				slices.Sort(got)
				if !slices.Equal(got, want) || said || w.exchanges[0].Conn.Client != in.exchanges[0].Conn.Client {
					t.Errorf("%s, %s, one each %v: %q, want %q, said: %v", name, d.name, step, got, want, said)
				}
				if w.a.shared.held != 0 || w.a.aheadBytes != 0 {
					t.Errorf("%s, %s: %d and %d bytes are held", name, d.name, w.a.shared.held, w.a.aheadBytes)
				}
			}
		}
	}
}

// TestAheadOfNobody holds how much waits of servers whose clients' data are not in the capture, and that they are read all
// the same.
func TestAheadOfNobody(t *testing.T) {
	t.Parallel()
	w, most := newWire(), 0
	var sent [200][2]int
	for round := range 5 {
		for i := range sent {
			w.addr[Client], w.sent = netip.AddrPortFrom(clientAddr.Addr(), uint16(1024+i)), sent[i]
			if round == 0 {
				w.handshake()
			} else {
				w.sent[Client] += len(get1)
				w.send(Server, "HTTP/1.1 200 OK\r\nContent-Length: 30000\r\n\r\n"+strings.Repeat("x", 30_000))
			}
			sent[i], most = w.sent, max(most, w.a.aheadBytes)
		}
	}
	w.a.Close()
	if n := w.counters.Responses[200]; n != 800 || most < maxAllAhead/2 || most > maxAllAhead+maxAhead || w.a.aheadBytes != 0 || w.a.shared.held != 0 {
		t.Errorf("%d responses, %d bytes waited, %d at the end", n, most, w.a.aheadBytes)
	}
}

// TestAheadRests holds that a connection for whose client no more waits can rest.
func TestAheadRests(t *testing.T) {
	t.Parallel()
	w := newWire()
	w.a.shared.sink.Rest = true
	w.handshake()
	w.sent[Client] += 100
	w.send(Server, strings.Repeat("x", maxAhead+1))
	if _, is := w.a.live.first.reader.(*aheadReader); !is || w.a.aheadBytes != 0 {
		t.Errorf("%d bytes wait", w.a.aheadBytes)
	}
	w.a.maxAwake = 0
	if w.a.restIdle(); w.a.atRest.n+w.a.waiting.n != 1 {
		t.Error("it does not rest")
	}
}
