package tokens

import (
	"encoding/base64"
	"errors"
	"maps"
	"slices"
	"testing"

	"negotrace/internal/testcost"
)

func TestMain(m *testing.M) {
	testcost.Main(m)
}

// TestSamples holds the samples to be what they claim: the tests below are about valid
// tokens that something happened to.
func TestSamples(t *testing.T) {
	for name, b := range samples() {
		if _, err := (Decoder{}).Parse(b); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEveryPrefix cuts every sample at every length. Nothing but the empty end of an
// NTLM message may be missed, and what was read must not shrink as the prefix grows.
func TestEveryPrefix(t *testing.T) {
	for name, b := range samples() {
		fields := 0
		for n := range len(b) {
			tok, err := Decoder{Fields: true}.Parse(b[:n])
			if tok.Len != n {
				t.Fatalf("%s cut at %d: Len %d", name, n, tok.Len)
			}
			if err == nil && !mayEnd(name, n) {
				t.Errorf("%s cut at %d of %d: no error", name, n, len(b))
			}
			checkPlace(t, name, n, err)
			credentials := "Negotiate " + base64.StdEncoding.EncodeToString(b[:n])
			if a := (Decoder{}).Credentials(credentials); Stripped(credentials) != a.Cut() {
				t.Errorf("%s cut at %d: Cut is %v, Stripped is not", name, n, a.Cut())
			}
			if got := count(Field{Fields: tok.Fields}); got < fields {
				t.Errorf("%s cut at %d: %d fields, %d when it was shorter", name, n, got, fields)
			} else {
				fields = got
			}
		}
	}
}

// mayEnd reports whether the first n bytes of a sample are a whole token of their own.
func mayEnd(name string, n int) bool {
	switch name {
	case "ntlm1", "ntlm2", "ntlm3", "ntlm3 52", "ntlm3 64":
		return n == 16 && name == "ntlm1"
	case "negoex":
		return n == 40+56+16 // its first message
	}
	return false
}

func count(f Field) int {
	n := 1
	for _, c := range f.Fields {
		n += count(c)
	}
	return n
}

// TestEveryByteChanged changes every byte of every sample: to every other value if
// NEGOTRACE_EXHAUSTIVE is set (some twenty seconds), else to two of them, others at each
// place.
func TestEveryByteChanged(t *testing.T) {
	step := testcost.Step(251)
	all := samples()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		b := all[name]
		changed := make([]byte, len(b))
		for i := range b {
			for v := 1 + i%step; v < 256; v += step {
				copy(changed, b)
				changed[i] ^= byte(v)
				tok, err := (Decoder{}).Parse(changed)
				checkPlace(t, name, len(b), err)
				for _, o := range tok.Oddities {
					if o.Offset < 0 || o.Offset > len(b) || o.Text == "" {
						t.Fatalf("%s, byte %d changed: oddity %+v", name, i, o)
					}
				}
			}
		}
	}
}

func checkPlace(t *testing.T, name string, n int, err error) {
	t.Helper()
	if err == nil {
		return
	}
	var e *ParseError
	if !errors.As(err, &e) || e.Offset < 0 || e.Offset > n || e.What == "" || e.Reason == "" {
		t.Fatalf("%s of %d bytes: %#v does not say where and why", name, n, err)
	}
}
