package httpstream

import (
	"bytes"
	"crypto/tls"
	"testing"
	"time"
)

// FuzzTLS takes what both sides sent in one turn each, some bytes of it lost, the
// client's before the server's or behind.
func FuzzTLS(f *testing.F) {
	for _, config := range suiteConfigs() {
		s := recordTLS(f, config.Clone(), config, []flight{{Client, []byte("GET /")}, {Server, bytes.Repeat([]byte("x"), 3000)}})
		var sent [2][]byte
		for _, x := range s.flights {
			sent[x.from] = append(sent[x.from], x.b...)
		}
		f.Add(s.keylog, sent[Client], sent[Server], uint16(60000), uint16(0), false)
		f.Add(s.keylog, sent[Client], sent[Server], uint16(len(sent[Server])-1500), uint16(300), false)
		f.Add([]byte{}, sent[Client], sent[Server], uint16(100), uint16(1), false)
		f.Add(s.keylog, sent[Client], sent[Server], uint16(60000), uint16(1459), true)
	}
	early := sealer13(earlySecret).seal(23, []byte("early"), 0)
	f.Add(madeKeyLog(32), append(madeRecord(22, madeClientHello(earlyOffer, pskOffer)), early...),
		append(madeRecord(22, madeServerHello(madeRandom[Server], 0x1301, versions13, pskTaken)),
			sealer13(serverHandshakeSecret).seal(22, madeMessage(encryptedExtensions, []byte{0, 0}), 0)...), uint16(0), uint16(0), false)
	keys := rsaSecrets(f, testRSAKey()).rsaKeys
	f.Fuzz(func(t *testing.T, keylog, client, server []byte, hole, size uint16, late bool) {
		s := session{}
		secrets := secretsOf(keylog)
		secrets.rsaKeys = keys
		sh := &shared{secrets: secrets, counters: newCounters()}
		c := testConn()
		r := sh.tls(c)
		at := Pos{Frame: 1}
		ask := func() {
			hello := min(len(client), 100)
			r.data(Client, &at, client[:hello])
			r.data(Client, &at, client[hello:])
		}
		if !late {
			ask()
		}
		i := min(int(hole), len(server))
		r.data(Server, &at, server[:i])
		if size > 0 {
			r.gap(Server, &at, int64(size))
			i = min(i+int(size), len(server))
		}
		for b := server[i:]; len(b) > 0; {
			n := min(len(b), 1+int(size))
			r.data(Server, &at, b[:n])
			b = b[n:]
		}
		if late {
			ask()
		}
		r.end(Client, &at)
		r.end(Server, &at)
		if sh.tlsShared.waiting != 0 || sh.held != 0 {
			t.Errorf("%d bytes wait and %d are held at the end of %v", sh.tlsShared.waiting, sh.held, s)
		}
		if !c.TLS.Opened && c.TLS.Obstacle == "" {
			t.Error("neither opened nor said why")
		}
	})
}

// download returns a session in which the server sends size bytes in full records, and
// where the first of them is.
func download(t testing.TB, config *tls.Config, size int) (s session, body int) {
	config.DynamicRecordSizingDisabled = true
	s = recordTLS(t, config.Clone(), config, []flight{{Client, []byte("GET /")}, {Server, []byte("head")}, {Client, []byte("GET /")}, {Server, make([]byte, size)}})
	for i, f := range s.flights {
		if len(f.b) > 1<<14 {
			return s, i
		}
	}
	t.Fatal("no full record")
	return s, 0
}

// nullReader is an end to what is decrypted.
type nullReader struct{ discard }

func (nullReader) skippable(Side) int64 { return 0 }

// openUpTo returns a reader that has taken the first flights of s.
func openUpTo(s session, n int) *tlsReader {
	sh := &shared{secrets: secretsOf(s.keylog), counters: newCounters()}
	r := sh.tls(testConn()).(*tlsReader)
	r.inner = nullReader{}
	for _, f := range s.flights[:n] {
		r.data(f.from, &Pos{}, f.b)
	}
	return r
}

// trickle returns a session in which the server sends n records of size bytes, and where the
// first of them is.
func trickle(t testing.TB, config *tls.Config, n, size int) (s session, body int) {
	turns := []flight{{Client, []byte("GET /")}, {Server, []byte("head")}, {Client, []byte("GET /")}}
	for range n {
		turns = append(turns, flight{Server, make([]byte, size)})
	}
	s = recordTLS(t, config.Clone(), config, turns)
	return s, len(s.flights) - n
}

// TestTLSAllocations says that records are decrypted without allocating, whole or in
// segments.
func TestTLSAllocations(t *testing.T) {
	const segments = 200
	check := func(name string, s session, body int) {
		r := openUpTo(s, body)
		at := Pos{}
		var stream []byte
		for _, f := range s.flights[body:] {
			stream = append(stream, f.b...)
		}
		got := testing.AllocsPerRun(segments, func() {
			n := min(len(stream), 1460)
			r.data(Server, &at, stream[:n])
			stream = stream[n:]
		})
		// AllocsPerRun runs once more, and rounds down.
		if got > 0 || !r.conn.TLS.Opened || r.conn.TLS.Obstacle != "" || r.half[Server].seq < segments*1460/maxPage {
			t.Errorf("%s: got %v allocations a segment and %d records opened; %q", name, got, r.half[Server].seq, r.conn.TLS.Obstacle)
		}
	}
	for name, config := range suiteConfigs() {
		s, body := download(t, config, (segments+1)*1460)
		check(name+", long records", s, body)
		s, body = trickle(t, config, 2*(segments+1), 700)
		check(name+", short records", s, body)
	}
}

// eachLoad runs f with a download in long records and with short ones, of each suite.
func eachLoad(b *testing.B, f func(b *testing.B, s session, body int)) {
	for name, config := range suiteConfigs() {
		s, body := download(b, config, 1<<22)
		b.Run(name+"/long", func(b *testing.B) { f(b, s, body) })
		s, body = trickle(b, config, 4000, 700)
		b.Run(name+"/short", func(b *testing.B) { f(b, s, body) })
	}
}

// BenchmarkTLS decrypts a stream that comes in segments. It shows how much longer that
// takes than the crypto of the same records alone, measured in the same run.
func BenchmarkTLS(b *testing.B) {
	eachLoad(b, func(b *testing.B, s session, body int) {
		var stream []byte
		for _, f := range s.flights[body:] {
			stream = append(stream, f.b...)
		}
		b.ReportAllocs()
		b.SetBytes(int64(len(stream)))
		at := Pos{}
		r := openUpTo(s, body)
		seq := r.half[Server].seq
		rounds := 0
		for b.Loop() {
			r.half[Server].seq = seq
			for p := stream; len(p) > 0; {
				n := min(len(p), 1460)
				r.data(Server, &at, p[:n])
				p = p[n:]
			}
			rounds++
		}
		if r.conn.TLS.Obstacle != "" {
			b.Fatal(r.conn.TLS.Obstacle)
		}
		crypto := cryptoAlone(b, s, body)
		crypto()
		start := time.Now()
		for range rounds {
			crypto()
		}
		b.ReportMetric(float64(b.Elapsed())/float64(time.Since(start)), "x-crypto")
	})
}

// cryptoAlone returns what decrypts the records of a stream and does nothing else.
func cryptoAlone(b *testing.B, s session, body int) func() {
	list := splitRecords(s.flights[body:])
	r := openUpTo(s, body)
	guard, seq := r.half[Server].guard, r.half[Server].seq
	page := make([]byte, maxPage)
	return func() {
		for i, f := range list {
			if _, _, ok := guard.open(page, seq+uint64(i), f.b); !ok {
				b.Fatal("does not decrypt")
			}
		}
	}
}
