package httpstream

import (
	"crypto/tls"
	"fmt"
	"slices"
	"testing"
	"time"
)

// TestLateSideTLS has one side of a connection with TLS late, in HTTP/1 and in HTTP/2: what the
// server sends waits for the ClientHello then, and is read before the requests that it answers.
func TestLateSideTLS(t *testing.T) {
	t.Parallel()
	const settings = "\x00\x00\x00\x04\x00\x00\x00\x00\x00"
	headers := func(block string, stream byte) []byte {
		return append([]byte{0, 0, byte(len(block)), byte(frameHeaders), flagEndHeaders | flagEndStream, 0, 0, 0, stream}, block...)
	}
	h2 := []flight{{Client, []byte(preface + settings)}, {Server, []byte(settings)}}
	for id := byte(1); id <= 3; id += 2 {
		h2 = append(h2, flight{Client, headers("\x82\x84\x87\x41\x06a.test", id)}, flight{Server, headers("\x8d", id)}) // GET /, and 404
	}
	for name, test := range map[string]struct {
		turns []flight
		want  []string
	}{
		"HTTP/1": {[]flight{{Client, []byte(get1)}, {Server, []byte(denied)}, {Client, []byte(get2)}, {Server, []byte(ok5)}}, []string{"GET /1 +0 > 401 +0", "GET /2 +0 > 200 +5"}},
		"HTTP/2": {h2, []string{"GET / +0 > 404 +0", "GET / +0 > 404 +0"}},
	} {
		for _, server := range []*tls.Config{
			{MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12},
			{MinVersion: tls.VersionTLS13},
			{MinVersion: tls.VersionTLS13, CurvePreferences: []tls.CurveID{tls.CurveP384}}, // asks again
		} {
			s := recordTLS(t, &tls.Config{}, server, test.turns)
			for _, late := range []Side{Client, Server} {
				for _, by := range []time.Duration{5 * time.Millisecond, 2 * time.Second} {
					c := newTape()
					c.open()
					for _, f := range s.flights {
						c.add(f.from, FlagACK, string(f.b))
					}
					c.close()
					for i := range c.segments {
						if k := &c.segments[i]; (k.Src == serverAddr) == (late == Server) {
							k.At.Time = k.At.Time.Add(by)
						}
					}
					slices.SortStableFunc(c.segments, func(a, b Segment) int { return a.At.Time.Compare(b.At.Time) })
					w := newWire()
					w.a.shared.secrets = secretsOf(s.keylog)
					for i := range c.segments {
						c.segments[i].At.Frame = i + 1
						w.a.Segment(&c.segments[i])
					}
					w.a.Close()
					var got []string
					for _, x := range w.exchanges {
						got = append(got, summary(x))
					}
					if where := fmt.Sprintf("%s in TLS %#x, curves %v, the %s %v late", name, server.MinVersion, server.CurvePreferences, late, by); !slices.Equal(got, test.want) {
						t.Errorf("%s: %q", where, got)
					}
				}
			}
		}
	}
}
