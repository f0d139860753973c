package httpstream

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/pem"
	"slices"
	"strings"
	"testing"

	"negotrace/internal/testcost"
)

// testRSAKey returns the RSA key of testKeys as PEM.
func testRSAKey() []byte {
	key := testKeys()[1].PrivateKey.(*rsa.PrivateKey)
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
}

func rsaSecrets(t testing.TB, text []byte) *Secrets {
	t.Helper()
	s := &Secrets{}
	if err := s.AddRSAKeys(text); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAddRSAKeys(t *testing.T) {
	t.Parallel()
	key := testKeys()[1].PrivateKey.(*rsa.PrivateKey)
	block := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	eight, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := x509.MarshalPKCS8PrivateKey(curve)
	if err != nil {
		t.Fatal(err)
	}
	one := string(testRSAKey())
	locked := strings.Replace(one, "-----\n", "-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n", 1)
	certificate := block("CERTIFICATE", []byte{1})
	for _, test := range []struct {
		name, text string
		keys       int
		fault      string
	}{
		{"PKCS #1", one, 1, ""},
		{"PKCS #8", block("PRIVATE KEY", eight), 1, ""},
		{"PKCS #8 with the bag attributes of openssl pkcs12", "\ufeffBag Attributes\r\n  friendlyName: web\r\n" + block("PRIVATE KEY", eight), 1, ""},
		{"certificate beside it", certificate + one + certificate, 1, ""},
		{"two", one + block("PRIVATE KEY", eight), 2, ""},
		{"too many", strings.Repeat(one, maxRSAKeys+1), maxRSAKeys, "more than 64"},
		{"UTF-16 of PowerShell", wide("\ufeff" + strings.ReplaceAll(one, "\n", "\r\n")), 1, ""},
		{"certificate alone", certificate, 0, `only "CERTIFICATE"`},
		{"nothing but certificates", strings.Repeat(certificate, 100), 0, "holds no RSA private key"},
		{"encrypted PKCS #1", locked, 0, "is encrypted"},
		{"encrypted PKCS #8", block("ENCRYPTED PRIVATE KEY", eight), 0, "is encrypted"},
		{"elliptic curve", block("PRIVATE KEY", ec), 0, "is not an RSA key"},
		{"damaged", block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)[:99]), 0, "cannot be read"},
		{"DER", string(eight), 0, "is no PEM file"},
		{"empty", "", 0, "is no PEM file"},
	} {
		s := &Secrets{}
		err := s.AddRSAKeys([]byte(test.text))
		if got := len(s.rsaKeys); got != test.keys || (err == nil) != (test.fault == "") {
			t.Errorf("%s: got %d keys, %v, want %d", test.name, got, err, test.keys)
		}
		if err != nil && (!strings.Contains(err.Error(), test.fault) || len(err.Error()) > 200) {
			t.Errorf("%s: got %q, want %q", test.name, err, test.fault)
		}
	}
}

// rsaConfigs lists configurations with RSA key exchange. Go sends the extended master
// secret's extension in all of them.
func rsaConfigs() map[string]*tls.Config {
	configs := map[string]*tls.Config{}
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12} {
		for _, id := range []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_RSA_WITH_AES_256_GCM_SHA384} {
			if findSuite(id).fits(version) {
				configs[tlsVersionName(version)+" "+tls.CipherSuiteName(id)] = &tls.Config{MinVersion: version, MaxVersion: version, CipherSuites: []uint16{id}}
			}
		}
	}
	return configs
}

// TestTLSRSAKey opens RSA key exchange with the key of the server alone, whole and cut.
func TestTLSRSAKey(t *testing.T) {
	t.Parallel()
	for name, config := range rsaConfigs() {
		s := recordTLS(t, config.Clone(), config, talk())
		c, inner := s.open(rsaSecrets(t, testRSAKey()))
		for side := range s.sent {
			if !bytes.Equal(inner.got[side], s.sent[side]) {
				t.Errorf("%s: got %d bytes of %s, want %d: %q", name, len(inner.got[side]), Side(side), len(s.sent[side]), c.TLS.Obstacle)
			}
		}
		all := splitRecords(s.flights)
		for i := 0; i < len(all); i += testcost.Step(5) {
			for _, n := range []int{1, len(all[i].b) / 2} {
				cut := append(slices.Clone(all[:i]), flight{all[i].from, all[i].b[:n]})
				c, inner := s.openFlights(rsaSecrets(t, testRSAKey()), cut)
				for side := range s.sent {
					if !bytes.HasPrefix(s.sent[side], inner.got[side]) {
						t.Fatalf("%s: record %d cut at %d: got what was not sent", name, i, n)
					}
				}
				if !c.TLS.Opened && c.TLS.Obstacle == "" {
					t.Errorf("%s: record %d cut at %d: neither opened nor said why", name, i, n)
				}
			}
		}
	}
}

// TestTLSRSAKeyPlain opens a handshake without the extended master secret, and without a
// certificate: crypto/tls makes none.
func TestTLSRSAKeyPlain(t *testing.T) {
	t.Parallel()
	key := testKeys()[1].PrivateKey.(*rsa.PrivateKey)
	for _, m := range []madeSuite{{tls10, 0x002f}, {0x0302, 0x000a}, {tls12, 0xc09c}} {
		premaster, master := bytes.Repeat([]byte{3}, 48), make([]byte, 48)
		//lint:ignore SA1019 TLS has this padding
		encrypted, err := rsa.EncryptPKCS1v15(rand.Reader, &key.PublicKey, premaster)
		if err != nil {
			t.Fatal(err)
		}
		prf(findSuite(m.id), m.version, master, premaster, "master secret", madeRandom[Client][:], madeRandom[Server][:])
		exchange := binary.BigEndian.AppendUint16(nil, uint16(len(encrypted)))
		both := newOldSealer(t, m, master)
		server := madeServerHello(madeRandom[Server], m.id)
		binary.BigEndian.PutUint16(server[4:], m.version)
		c, inner := session{}.openFlights(rsaSecrets(t, testRSAKey()), []flight{
			{Client, madeRecord(22, madeClientHello())},
			{Server, madeRecord(22, server)},
			{Client, madeRecord(22, madeMessage(clientKeyExchange, append(exchange, encrypted...)))},
			{Client, madeRecord(20, []byte{1})},
			{Client, both[Client].seal(22, madeMessage(finished, make([]byte, 12)))},
			{Client, both[Client].seal(23, []byte("ask"))},
		})
		if got := string(inner.got[Client]); got != "ask" {
			t.Errorf("%s: got %q, %+v", m, got, c.TLS)
		}
	}
}

// TestTLSRSAKeyLost loses each record of the handshake: what is needed and lost is said, and
// nothing stays held.
func TestTLSRSAKeyLost(t *testing.T) {
	t.Parallel()
	for name, config := range rsaConfigs() {
		s := recordTLS(t, config.Clone(), config, talk())
		all := splitRecords(s.flights)
		for i := range all[:6] {
			sh := &shared{secrets: rsaSecrets(t, testRSAKey()), counters: &Counters{}}
			c := testConn()
			r := sh.tls(c)
			for n, f := range all {
				if n == i {
					r.gap(f.from, &Pos{}, int64(len(f.b)))
				} else {
					r.data(f.from, &Pos{}, f.b)
				}
			}
			r.end(Client, &Pos{})
			r.end(Server, &Pos{})
			if !c.TLS.Opened && c.TLS.Obstacle != obstacleLost && c.TLS.Obstacle != obstacleMidStream {
				t.Errorf("%s: record %d lost: got %q", name, i, c.TLS.Obstacle)
			}
			if sh.held != 0 || sh.tlsShared.waiting != 0 {
				t.Errorf("%s: record %d lost: %d bytes held and %d waiting at the end", name, i, sh.held, sh.tlsShared.waiting)
			}
		}
	}
}

// TestTLSRSAKeyResumed opens a session that is resumed by a ticket.
func TestTLSRSAKeyResumed(t *testing.T) {
	t.Parallel()
	client := &tls.Config{ClientSessionCache: tls.NewLRUClientSessionCache(4), MaxVersion: tls.VersionTLS12,
		CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}}
	server := &tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: client.CipherSuites}
	server.SetSessionTicketKeys([][32]byte{{1}})
	first, second := recordTLS(t, client, server, talk()), recordTLS(t, client, server, talk())
	for _, whole := range []bool{true, false} {
		sh := &shared{secrets: rsaSecrets(t, testRSAKey()), counters: &Counters{}}
		read := func(s session) (*Conn, *plainReader) {
			c, inner := testConn(), &plainReader{}
			r := sh.tls(c).(*tlsReader)
			r.inner = inner
			for _, f := range s.flights {
				r.data(f.from, &Pos{}, f.b)
			}
			r.end(Client, &Pos{})
			r.end(Server, &Pos{})
			return c, inner
		}
		if whole {
			read(first)
		}
		c, inner := read(second)
		if !c.TLS.Resumed || whole != bytes.Equal(inner.got[Client], second.sent[Client]) {
			t.Errorf("first handshake read %v: got %q, %+v", whole, inner.got[Client], c.TLS)
		}
		if want := map[bool]string{false: obstacleResumed}[whole]; c.TLS.Obstacle != want {
			t.Errorf("first handshake read %v: got %q, want %q", whole, c.TLS.Obstacle, want)
		}
	}
}

// TestTLSRSAKeyObstacle says why an RSA key opens nothing.
func TestTLSRSAKeyObstacle(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	other := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	ten := rsaConfigs()["1.0 TLS_RSA_WITH_AES_128_CBC_SHA"]
	exchanged := recordTLS(t, ten.Clone(), ten, talk())
	damaged := slices.Clone(exchanged.flights)
	i := slices.IndexFunc(damaged, func(f flight) bool { return f.from == Client && f.b[5] == clientKeyExchange })
	damaged[i].b = bytes.Clone(damaged[i].b)
	damaged[i].b[40] ^= 1
	for _, test := range []struct {
		name    string
		key     []byte
		flights []flight
		want    string
	}{
		{"another key", other, exchanged.flights, obstacleOtherKey},
		{"TLS 1.3", testRSAKey(), recordTLS(t, &tls.Config{}, &tls.Config{}, talk()).flights, obstacleNotRSA},
		{"elliptic curves", testRSAKey(), recordTLS(t, &tls.Config{}, &tls.Config{MaxVersion: tls.VersionTLS12}, talk()).flights, obstacleNotRSA},
		{"damaged", testRSAKey(), damaged, obstacleWrongKey},
	} {
		sh := &shared{secrets: rsaSecrets(t, test.key), counters: &Counters{}}
		c := testConn()
		r := sh.tls(c)
		for _, f := range test.flights {
			r.data(f.from, &Pos{}, f.b)
		}
		r.end(Client, &Pos{})
		r.end(Server, &Pos{})
		if c.TLS.Obstacle != test.want || sh.held != 0 || sh.tlsShared.waiting != 0 {
			t.Errorf("%s: got %q (%d held, %d waiting), want %q", test.name, c.TLS.Obstacle, sh.held, sh.tlsShared.waiting, test.want)
		}
	}
}
