package httpstream

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"encoding/binary"
	"fmt"
	"regexp"
	"testing"

	"golang.org/x/crypto/cryptobyte"
)

// What crypto/tls does not send (early data, key updates, encrypt-then-MAC,
// renegotiation) is made here from the secrets on.

var madeRandom = [2][32]byte{{1, 2, 3}, {4, 5, 6}}

func madeSecret(label secretLabel, n int) []byte { return bytes.Repeat([]byte{byte(label)}, n) }

// madeKeyLog names all secrets of a made connection.
func madeKeyLog(n int) []byte {
	var b bytes.Buffer
	for _, l := range []struct {
		word  string
		label secretLabel
	}{
		{"CLIENT_RANDOM", masterSecret},
		{"CLIENT_EARLY_TRAFFIC_SECRET", earlySecret},
		{"CLIENT_HANDSHAKE_TRAFFIC_SECRET", clientHandshakeSecret},
		{"SERVER_HANDSHAKE_TRAFFIC_SECRET", serverHandshakeSecret},
		{"CLIENT_TRAFFIC_SECRET_0", clientTrafficSecret},
		{"SERVER_TRAFFIC_SECRET_0", serverTrafficSecret},
	} {
		size := n
		if l.label == masterSecret {
			size = 48
		}
		fmt.Fprintf(&b, "%s %x %x\n", l.word, madeRandom[Client], madeSecret(l.label, size))
	}
	return b.Bytes()
}

func madeRecord(kind byte, content []byte) []byte {
	b := []byte{kind, 3, 3}
	return append(binary.BigEndian.AppendUint16(b, uint16(len(content))), content...)
}

func madeMessage(kind byte, body []byte) []byte {
	return append([]byte{kind, byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}, body...)
}

// An extension of a made hello.
type extension struct {
	kind uint16
	body []byte
}

func madeExtensions(b *cryptobyte.Builder, list []extension) {
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		for _, e := range list {
			b.AddUint16(e.kind)
			b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(e.body) })
		}
	})
}

func madeClientHello(list ...extension) []byte {
	var b cryptobyte.Builder
	b.AddUint16(tls12)
	b.AddBytes(madeRandom[Client][:])
	b.AddUint8(0)
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddUint16(0x1301) })
	b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { b.AddUint8(0) })
	madeExtensions(&b, list)
	return madeMessage(clientHello, b.BytesOrPanic())
}

func madeServerHello(random [32]byte, suite uint16, list ...extension) []byte {
	var b cryptobyte.Builder
	b.AddUint16(tls12)
	b.AddBytes(random[:])
	b.AddUint8(0)
	b.AddUint16(suite)
	b.AddUint8(0)
	madeExtensions(&b, list)
	return madeMessage(serverHello, b.BytesOrPanic())
}

// A sealer makes the records of one direction and phase.
type sealer struct {
	*protection
	seq uint64
}

func sealer13(label secretLabel) *sealer {
	return &sealer{protection: newProtection13(findSuite(0x1301), madeSecret(label, 32))}
}

// seal makes a TLS 1.3 record with pad zeros behind its content.
func (s *sealer) seal(kind byte, content []byte, pad int) []byte {
	inner := append(append(bytes.Clone(content), kind), make([]byte, pad)...)
	header := madeRecord(recordApplication, nil)[:3]
	header = binary.BigEndian.AppendUint16(header, uint16(len(inner)+s.aead.Overhead()))
	s.setNonce(s.seq)
	s.seq++
	return s.aead.Seal(header, s.nonce[:], inner, header)
}

// update makes a KeyUpdate record and goes over to the next keys.
func (s *sealer) update() []byte {
	b := s.seal(recordHandshake, madeMessage(keyUpdate, []byte{0}), 0)
	s.protection, s.seq = s.next(), 0
	return b
}

var (
	versions13 = extension{extSupportedVersions, []byte{3, 4}}
	pskOffer   = extension{extPreSharedKey, []byte{0, 8, 0, 2, 'i', 'd', 0, 0, 0, 0, 0, 0}}
	pskTaken   = extension{extPreSharedKey, []byte{0, 0}}
	earlyOffer = extension{extEarlyData, nil}
)

// made reads flights and compares what came out.
func made(t *testing.T, keylog []byte, flights []flight, want [2]string) *Conn {
	t.Helper()
	c, inner := session{}.openFlights(secretsOf(keylog), flights)
	for side := range want {
		if got := string(inner.got[side]); got != want[side] {
			t.Errorf("%s: got %q, want %q", Side(side), got, want[side])
		}
	}
	return c
}

func TestTLSKeyUpdatePaddingFragments(t *testing.T) {
	sh, ch := sealer13(serverHandshakeSecret), sealer13(clientHandshakeSecret)
	sa, ca := sealer13(serverTrafficSecret), sealer13(clientTrafficSecret)
	hello := madeClientHello()
	flights := []flight{
		{Client, append(madeRecord(22, hello[:9]), madeRecord(22, hello[9:])...)},
		{Server, madeRecord(22, madeServerHello(madeRandom[Server], 0x1301, versions13))},
		{Server, madeRecord(20, []byte{1})},
		{Server, sh.seal(22, madeMessage(encryptedExtensions, []byte{0, 5, 0, 16, 0, 5, 0, 3})[:6], 0)},
		{Server, sh.seal(22, madeMessage(encryptedExtensions, []byte{0, 5, 0, 16, 0, 5, 0, 3})[6:], 3)},
		{Server, sh.seal(22, madeMessage(finished, make([]byte, 32)), 0)},
		{Client, ch.seal(22, madeMessage(finished, make([]byte, 32)), 0)},
		{Client, ca.seal(23, []byte("one"), 100)},
		{Server, sa.update()},
		{Server, sa.seal(23, []byte("two"), 0)},
		{Client, ca.update()},
		{Client, ca.update()},
		{Client, ca.seal(23, nil, 9)},
		{Client, ca.seal(23, []byte("three"), 0)},
	}
	c := made(t, madeKeyLog(32), flights, [2]string{"onethree", "two"})
	if c.TLS.Obstacle != "" || c.TLS.Version != "1.3" {
		t.Errorf("got %+v", c.TLS)
	}
	// A KeyUpdate that was lost shows by the keys of what follows.
	lost := append(flights[:8:8], flights[9:]...)
	made(t, madeKeyLog(32), lost, [2]string{"onethree", "two"})
}

// TestTLSEarlyData has early data that is read, and where its secret is missing the data
// behind it, by the secrets of the handshake or those of the application.
func TestTLSEarlyData(t *testing.T) {
	for _, test := range []struct {
		accepted bool
		without  string // in the labels that are not in the key log
		obstacle string
	}{
		{true, "none", ""}, {false, "none", ""},
		{true, "EARLY", obstacleEarly + " (frame 3)"}, {false, "EARLY", ""},
		{true, "EARLY|HANDSHAKE", obstacleEarly + " (frame 3)"},
	} {
		accepted := test.accepted
		early, sh, ch := sealer13(earlySecret), sealer13(serverHandshakeSecret), sealer13(clientHandshakeSecret)
		sa, ca := sealer13(serverTrafficSecret), sealer13(clientTrafficSecret)
		flights := []flight{
			{Client, madeRecord(22, madeClientHello(earlyOffer, pskOffer))},
			{Client, madeRecord(20, []byte{1})},
			{Client, early.seal(23, []byte("early "), 0)},
			{Server, madeRecord(22, madeServerHello(madeRandom[Server], 0x1301, versions13, pskTaken))},
		}
		ee := []byte{0, 0}
		if accepted {
			ee = []byte{0, 4, 0, extEarlyData, 0, 0}
		}
		flights = append(flights,
			flight{Server, sh.seal(22, madeMessage(encryptedExtensions, ee), 0)},
			flight{Server, sh.seal(22, madeMessage(finished, make([]byte, 32)), 0)},
			flight{Server, sa.seal(23, []byte("half"), 0)})
		want := "late"
		if accepted {
			if want = "early late"; test.obstacle != "" {
				want = "late"
			}
			flights = append(flights, flight{Client, early.seal(22, madeMessage(endOfEarlyData, nil), 0)})
		}
		flights = append(flights,
			flight{Client, ch.seal(22, madeMessage(finished, make([]byte, 32)), 0)},
			flight{Client, ca.seal(23, []byte("late"), 0)})
		missing := regexp.MustCompile("(?m)^.*(" + test.without + ").*$")
		c := made(t, missing.ReplaceAll(madeKeyLog(32), nil), flights, [2]string{want, "half"})
		if !c.TLS.Resumed || c.TLS.Obstacle != test.obstacle || (c.Lost[Client] > 0) != (test.obstacle != "") {
			t.Errorf("accepted %v, without %s: got %+v, %d lost", accepted, test.without, c.TLS, c.Lost[Client])
		}
	}
}

// TestTLSTrafficSecretsOnly has a key log without the secrets of the handshake.
func TestTLSTrafficSecretsOnly(t *testing.T) {
	sh, ch := sealer13(serverHandshakeSecret), sealer13(clientHandshakeSecret)
	sa, ca := sealer13(serverTrafficSecret), sealer13(clientTrafficSecret)
	var keylog []byte
	for line := range bytes.Lines(madeKeyLog(32)) {
		if bytes.Contains(line, []byte("TRAFFIC_SECRET_0")) {
			keylog = append(keylog, line...)
		}
	}
	c := made(t, keylog, []flight{
		{Client, madeRecord(22, madeClientHello())},
		{Server, madeRecord(22, madeServerHello(madeRandom[Server], 0x1301, versions13))},
		{Server, sh.seal(22, madeMessage(encryptedExtensions, []byte{0, 0}), 0)},
		{Server, sh.seal(22, madeMessage(finished, make([]byte, 32)), 0)},
		{Client, ch.seal(22, madeMessage(finished, make([]byte, 32)), 0)},
		{Client, ca.seal(23, []byte("ask"), 0)},
		{Server, sa.seal(23, []byte("answer"), 0)},
	}, [2]string{"ask", "answer"})
	if !c.TLS.Opened || c.TLS.Obstacle != "" {
		t.Errorf("got %+v", c.TLS)
	}
}

// sealCBC makes a TLS 1.2 record of AES-CBC.
func sealCBC(t *testing.T, keys *protection, key []byte, seq uint64, kind byte, content []byte) []byte {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	record := madeRecord(kind, nil)
	sum := func(b []byte) []byte {
		keys.header12(seq, record, len(b))
		keys.mac.Reset()
		keys.mac.Write(keys.aad[:])
		keys.mac.Write(b)
		return keys.mac.Sum(nil)
	}
	plain := bytes.Clone(content)
	if !keys.etm {
		plain = append(plain, sum(content)...)
	}
	pad := aes.BlockSize - len(plain)%aes.BlockSize
	plain = append(plain, bytes.Repeat([]byte{byte(pad - 1)}, pad)...)
	iv := bytes.Repeat([]byte{byte(seq)}, aes.BlockSize)
	sealed := make([]byte, len(plain))
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(sealed, plain)
	sealed = append(iv, sealed...)
	if keys.etm {
		sealed = append(sealed, sum(sealed)...)
	}
	return madeRecord(kind, sealed)
}

// TestTLSEncryptThenMAC has both orders of MAC and cipher, and then negotiates anew.
func TestTLSEncryptThenMAC(t *testing.T) {
	for _, list := range [][]extension{nil, {{extEncryptThenMAC, nil}}} {
		hello := tlsHello{clientRandom: madeRandom[Client], serverRandom: madeRandom[Server], version: tls12, encryptThenMAC: list != nil}
		s := findSuite(0xc013)
		master := madeSecret(masterSecret, 48)
		block := make([]byte, 2*20+2*16)
		prf(s, tls12, block, master, "key expansion", hello.serverRandom[:], hello.clientRandom[:])
		keys := [2]*protection{newProtection12(s, master, &hello, Client), newProtection12(s, master, &hello, Server)}
		cipherKey := func(from Side) []byte { return block[40+16*int(from):][:16] }
		seal := func(from Side, seq uint64, kind byte, content []byte) flight {
			return flight{from, sealCBC(t, keys[from], cipherKey(from), seq, kind, content)}
		}
		again := madeServerHello(madeRandom[Server], 0xc013, list...)
		flights := []flight{
			{Client, madeRecord(22, madeClientHello())},
			{Server, madeRecord(22, madeServerHello(madeRandom[Server], 0xc013, list...))},
			{Client, madeRecord(20, []byte{1})},
			seal(Client, 0, 22, madeMessage(finished, make([]byte, 12))),
			{Server, madeRecord(20, []byte{1})},
			seal(Server, 0, 22, madeMessage(finished, make([]byte, 12))),
			seal(Client, 1, 23, []byte("before ")),
			seal(Server, 1, 22, madeMessage(0, nil)), // HelloRequest
			seal(Client, 2, 22, madeClientHello()),
			seal(Client, 3, 23, []byte("between ")),
			seal(Server, 2, 22, again),
			seal(Client, 4, 20, []byte{1}),
			seal(Client, 0, 23, []byte("behind")), // sequence numbers begin anew
		}
		c := made(t, madeKeyLog(32), flights, [2]string{"before between behind", ""})
		if !c.TLS.Opened || c.TLS.Obstacle != "" {
			t.Errorf("got %+v", c.TLS)
		}
	}
}

// TestPRF has the test vector for P_SHA256 that the IETF's TLS list agreed on.
func TestPRF(t *testing.T) {
	secret := []byte{0x9b, 0xbe, 0x43, 0x6b, 0xa9, 0x40, 0xf0, 0x17, 0xb1, 0x76, 0x52, 0x84, 0x9a, 0x71, 0xdb, 0x35}
	seed := []byte{0xa0, 0xba, 0x9f, 0x93, 0x6c, 0xda, 0x31, 0x18, 0x27, 0xa6, 0xf7, 0x96, 0xff, 0xd5, 0x19, 0x8c}
	got := make([]byte, 16)
	prf(findSuite(0x009c), tls12, got, secret, "test label", seed)
	want := []byte{0xe3, 0xf2, 0x29, 0xba, 0x72, 0x7b, 0xe1, 0x7b, 0x8d, 0x12, 0x26, 0x20, 0x55, 0x7c, 0xd4, 0x53}
	if !hmac.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

// TestTLSEarlyRequest has a request in early data that cannot be read, and one behind it.
func TestTLSEarlyRequest(t *testing.T) {
	early, sh, ch := sealer13(earlySecret), sealer13(serverHandshakeSecret), sealer13(clientHandshakeSecret)
	sa, ca := sealer13(serverTrafficSecret), sealer13(clientTrafficSecret)
	keylog := regexp.MustCompile("(?m)^.*EARLY.*$").ReplaceAll(madeKeyLog(32), nil)
	var got []*Exchange
	counters := &Counters{}
	state := &shared{secrets: secretsOf(keylog), counters: counters, sink: Sink{Exchange: func(x *Exchange) bool {
		got = append(got, x)
		return true
	}}}
	r := state.tls(testConn())
	at := Pos{}
	for _, f := range []flight{
		{Client, madeRecord(22, madeClientHello(earlyOffer, pskOffer))},
		{Client, early.seal(23, []byte(get1), 0)},
		{Server, madeRecord(22, madeServerHello(madeRandom[Server], 0x1301, versions13, pskTaken))},
		{Server, sh.seal(22, madeMessage(encryptedExtensions, []byte{0, 4, 0, extEarlyData, 0, 0}), 0)},
		{Server, sh.seal(22, madeMessage(finished, make([]byte, 32)), 0)},
		{Server, sa.seal(23, []byte(denied), 0)},
		{Client, early.seal(22, madeMessage(endOfEarlyData, nil), 0)},
		{Client, ch.seal(22, madeMessage(finished, make([]byte, 32)), 0)},
		{Client, ca.seal(23, []byte(get2), 0)},
		{Server, sa.seal(23, []byte(ok5), 0)},
	} {
		at.Frame++
		r.data(f.from, &at, f.b)
	}
	r.end(Client, &at)
	r.end(Server, &at)
	if len(got) != 2 || got[0].Request != nil || got[0].Response.Status != 401 || got[1].Request == nil || got[1].Response.Status != 200 {
		t.Errorf("%d exchanges: %s", len(got), outline(got))
	}
	if o := counters.TLSObstacles; len(o) != 1 || !o[0].Opened || o[0].Reason != obstacleEarly || len(counters.TLSNotOpened) > 0 {
		t.Errorf("got obstacles %+v, closed %v", o, counters.TLSNotOpened)
	}
}
