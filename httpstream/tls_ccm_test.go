package httpstream

import (
	"bytes"
	"crypto/aes"
	"encoding/hex"
	"fmt"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestCCM has packet vectors 1, 2 and 7 of RFC 3610 section 8, each with eight bytes that
// are authenticated only.
func TestCCM(t *testing.T) {
	t.Parallel()
	block, err := aes.NewCipher(unhex(t, "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf"))
	if err != nil {
		t.Fatal(err)
	}
	message := make([]byte, 32)
	for i := range message {
		message[i] = byte(i)
	}
	for _, test := range []struct {
		nonce string
		tag   int
		size  int
		want  string
	}{
		{"00000003020100a0a1a2a3a4a5", 8, 31, "588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0"},
		{"00000004030201a0a1a2a3a4a5", 8, 32, "72c91a36e135f8cf291ca894085c87e3cc15c439c9e43a3ba091d56e10400916"},
		{"00000009080706a0a1a2a3a4a5", 10, 31, "0135d1b2c95f41d5d1d4fec185d166b8094e999dfed96c048c56602c97acbb7490"},
	} {
		c := newCCM(block, 13, test.tag)
		nonce, additional, plain := unhex(t, test.nonce), message[:8], message[8:test.size]
		sealed := c.Seal([]byte("x"), nonce, plain, additional)
		if got := fmt.Sprintf("%x", sealed[1:]); got != test.want {
			t.Errorf("nonce %s: got %s, want %s", test.nonce, got, test.want)
		}
		got, err := c.Open([]byte("y"), nonce, sealed[1:], additional)
		if want := append([]byte("y"), plain...); err != nil || !bytes.Equal(got, want) {
			t.Errorf("nonce %s: got %x, %v, want %x", test.nonce, got, err, want)
		}
		for i := range sealed[1:] {
			bad := bytes.Clone(sealed[1:])
			bad[i] ^= 1
			if _, err := c.Open(nil, nonce, bad, additional); err == nil {
				t.Errorf("nonce %s: opened with byte %d changed", test.nonce, i)
			}
			if _, err := c.Open(nil, nonce, sealed[1:1+i], additional); err == nil {
				t.Errorf("nonce %s: opened %d bytes of it", test.nonce, i)
			}
		}
		if _, err := c.Open(nil, nonce, sealed[1:], additional[1:]); err == nil {
			t.Errorf("nonce %s: opened with other additional data", test.nonce)
		}
	}
}
