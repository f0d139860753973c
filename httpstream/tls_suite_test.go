package httpstream

import (
	"bytes"
	"crypto/cipher"
	"crypto/rc4"
	"encoding/binary"
	"fmt"
	"slices"
	"testing"

	"negotrace/internal/testcost"
)

// A madeSuite is one that crypto/tls does not have, and the version it is used in.
type madeSuite struct {
	version uint16
	id      uint16
}

var madeSuites = []madeSuite{
	{tls13, 0x1304}, {tls13, 0x1305},
	{tls12, 0xc09c}, {tls12, 0xc0a1}, {tls12, 0xc0ac}, {tls12, 0xc0af},
	{tls12, 0x000a}, {0x0302, 0x000a}, {tls10, 0xc012},
	{tls12, 0x0004}, {tls10, 0x0004},
}

func (m madeSuite) String() string {
	return fmt.Sprintf("TLS %s %s", tlsVersionName(m.version), SuiteName(m.id))
}

// An oldSealer makes the records of one direction in TLS 1.0 to 1.2.
type oldSealer struct {
	*protection
	version uint16
	seq     uint64
	block   cipher.BlockMode
	stream  *rc4.Cipher
}

func newOldSealer(t testing.TB, m madeSuite, master []byte, list ...extension) (sealers [2]*oldSealer) {
	t.Helper()
	s := findSuite(m.id)
	hello := tlsHello{clientRandom: madeRandom[Client], serverRandom: madeRandom[Server], version: m.version, encryptThenMAC: list != nil}
	mac, iv := 0, s.fixedIV(m.version)
	if s.mac != 0 {
		mac = s.mac.Size()
	}
	keys := make([]byte, 2*(mac+s.key+iv))
	prf(s, m.version, keys, master, "key expansion", madeRandom[Server][:], madeRandom[Client][:])
	for side := range sealers {
		key, first := keys[2*mac+side*s.key:][:s.key], keys[2*mac+2*s.key+side*iv:][:iv]
		o := &oldSealer{protection: newProtection12(s, master, &hello, Side(side)), version: m.version}
		switch {
		case s.kind == rc4128:
			o.stream, _ = rc4.NewCipher(key)
		case s.cbc():
			block, err := s.newBlock(key)
			if err != nil {
				t.Fatal(err)
			}
			o.block = cipher.NewCBCEncrypter(block, append(slices.Clip(first), make([]byte, block.BlockSize())...)[:block.BlockSize()])
		}
		sealers[side] = o
	}
	return sealers
}

// seal makes the next record.
func (o *oldSealer) seal(kind byte, content []byte) []byte {
	record := []byte{kind, 3, byte(o.version)}
	o.header12(o.seq, record, len(content))
	o.seq++
	var sealed []byte
	switch {
	case o.mac == nil:
		nonce := binary.BigEndian.AppendUint64(bytes.Clone(o.iv[:4]), o.seq)
		sealed = o.aead.Seal(nonce[4:], nonce, content, o.aad[:])
	case o.stream != nil:
		sealed = o.tag(content, content)
		o.stream.XORKeyStream(sealed, sealed)
	default:
		if !o.etm {
			content = o.tag(content, content)
		}
		size := o.block.BlockSize()
		pad := size - len(content)%size
		sealed = append(bytes.Clone(content), bytes.Repeat([]byte{byte(pad - 1)}, pad)...)
		if o.version != tls10 {
			sealed = append(make([]byte, size), sealed...) // whatever it becomes, it is the vector
		}
		o.block.CryptBlocks(sealed, sealed)
		if o.etm {
			o.header12(o.seq-1, record, len(sealed))
			sealed = o.tag(sealed, sealed)
		}
	}
	return append(binary.BigEndian.AppendUint16(record, uint16(len(sealed))), sealed...)
}

// tag returns b with the MAC of covered behind it.
func (o *oldSealer) tag(b, covered []byte) []byte {
	o.mac.Reset()
	o.mac.Write(o.aad[:])
	o.mac.Write(covered)
	return o.mac.Sum(bytes.Clone(b))
}

// madeTalk returns a connection in which each side sends three records.
func madeTalk(t testing.TB, m madeSuite, list ...extension) []flight {
	t.Helper()
	hello := flight{Client, madeRecord(22, madeClientHello())}
	if m.version == tls13 {
		seal := func(label secretLabel) *sealer {
			return &sealer{protection: newProtection13(findSuite(m.id), madeSecret(label, 32))}
		}
		sh, ch := seal(serverHandshakeSecret), seal(clientHandshakeSecret)
		sa, ca := seal(serverTrafficSecret), seal(clientTrafficSecret)
		return []flight{
			hello,
			{Server, madeRecord(22, madeServerHello(madeRandom[Server], m.id, versions13))},
			{Server, sh.seal(22, madeMessage(finished, make([]byte, 32)), 0)},
			{Client, ch.seal(22, madeMessage(finished, make([]byte, 32)), 0)},
			{Client, ca.seal(23, []byte("ask one "), 0)}, {Server, sa.seal(23, []byte("say one "), 0)},
			{Client, ca.seal(23, []byte("ask two "), 0)}, {Server, sa.seal(23, []byte("say two "), 0)},
			{Client, ca.seal(23, []byte("ask three"), 0)}, {Server, sa.seal(23, []byte("say three"), 0)},
		}
	}
	server := madeServerHello(madeRandom[Server], m.id, list...)
	binary.BigEndian.PutUint16(server[4:], m.version)
	both := newOldSealer(t, m, madeSecret(masterSecret, 48), list...)
	c, s := both[Client], both[Server]
	return []flight{
		hello, {Server, madeRecord(22, server)},
		{Client, madeRecord(20, []byte{1})}, {Client, c.seal(22, madeMessage(finished, make([]byte, 12)))},
		{Server, madeRecord(20, []byte{1})}, {Server, s.seal(22, madeMessage(finished, make([]byte, 12)))},
		{Client, c.seal(23, []byte("ask one "))}, {Server, s.seal(23, []byte("say one "))},
		{Client, c.seal(23, []byte("ask two "))}, {Server, s.seal(23, []byte("say two "))},
		{Client, c.seal(23, []byte("ask three"))}, {Server, s.seal(23, []byte("say three"))},
	}
}

// TestTLSSuites reads what suites protect that crypto/tls does not have, whole, and with
// each record cut at each byte.
func TestTLSSuites(t *testing.T) {
	t.Parallel()
	want := [2]string{"ask one ask two ask three", "say one say two say three"}
	for _, m := range madeSuites {
		for _, list := range [][]extension{nil, {{extEncryptThenMAC, nil}}} {
			if list != nil && !findSuite(m.id).cbc() {
				continue
			}
			flights := madeTalk(t, m, list...)
			c := made(t, madeKeyLog(32), flights, want)
			if c.TLS.Obstacle != "" || !c.TLS.Opened || c.TLS.Version != tlsVersionName(m.version) {
				t.Errorf("%s: got %+v", m, c.TLS)
			}
			if t.Failed() {
				t.Fatalf("%s, encrypt-then-MAC: %v", m, list != nil)
			}
			for i := len(flights) - 6; i < len(flights); i++ {
				f := flights[i]
				for n := i % 5; n < len(f.b); n += testcost.Step(5) {
					changed := slices.Clone(flights)
					changed[i].b = f.b[:n]
					c, inner := session{}.openFlights(secretsOf(madeKeyLog(32)), changed)
					if len(inner.got[f.from]) >= len(want[f.from]) {
						t.Fatalf("%s: all came out of flight %d cut at %d: %+v", m, i, n, c.TLS)
					}
				}
			}
		}
	}
}

// TestTLSChain loses a record: where the next one is chained to it that is lost too, and
// what follows comes out.
func TestTLSChain(t *testing.T) {
	t.Parallel()
	for _, m := range madeSuites {
		for _, whole := range []bool{true, false} { // the record, or a part of it
			sh := &shared{secrets: secretsOf(madeKeyLog(32)), counters: &Counters{}}
			c, inner := testConn(), &plainReader{}
			r := sh.tls(c).(*tlsReader)
			r.inner = inner
			flights := madeTalk(t, m)
			at := Pos{}
			for i, f := range flights {
				at.Frame++
				switch missing := i == len(flights)-5; {
				case !missing:
					r.data(f.from, &at, f.b)
				case whole:
					r.gap(f.from, &at, int64(len(f.b)))
				default:
					r.data(f.from, &at, f.b[:7])
					r.gap(f.from, &at, 3)
					r.data(f.from, &at, f.b[10:])
				}
			}
			want := "say two say three"
			if whole && m.version == tls10 && findSuite(m.id).cbc() {
				want = "say three"
			}
			if got := string(inner.got[Server]); got != want || inner.gaps[Server] == 0 || string(inner.got[Client]) != "ask one ask two ask three" {
				t.Errorf("%s, whole %v: got %q, %d lost, want %q: %+v", m, whole, got, inner.gaps[Server], want, c.TLS)
			}
		}
	}
}
