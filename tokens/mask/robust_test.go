package mask_test

import (
	"bytes"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"negotrace/internal/testcost"
)

func TestMain(m *testing.M) { testcost.Main(m) }

// TestEveryPrefix cuts every sample.
func TestEveryPrefix(t *testing.T) {
	for name, b := range samples(t) {
		for n := 0; n < len(b); n += testcost.Step(7) {
			hold(t, name, b[:n])
			if name == "untagged rep" { // cut, package tokens takes it for a TSRequest
				continue
			}
			masked, _ := testNames.Token(b[:n])
			compare(t, name, b[:n], masked)
		}
	}
}

// TestEveryByteChanged changes every byte of every sample to another, or two if NEGOTRACE_EXHAUSTIVE is
// set, which are not the same at its neighbours.
func TestEveryByteChanged(t *testing.T) {
	all := samples(t)
	for first, name := range slices.Sorted(maps.Keys(all)) {
		b := all[name]
		changed := make([]byte, len(b))
		for i := first % testcost.Step(3); i < len(b); i += testcost.Step(3) {
			for _, v := range [][]byte{{1, 0xff}, {0x80, byte(i)}}[i%2][:testcost.Count(1, 2)] {
				copy(changed, b)
				changed[i] ^= v
				hold(t, name, changed)
			}
		}
	}
}

// hold holds what is true of every input: the length, and that the same becomes the same.
func hold(t *testing.T, name string, b []byte) {
	t.Helper()
	before := bytes.Clone(b)
	for _, read := range []func([]byte) ([]byte, int){testNames.Token, testNames.KDC, testNames.KDCProxy, testNames.Kpasswd} {
		masked, unknown := read(b)
		if len(masked) != len(b) || unknown > len(b) {
			t.Fatalf("%s: %d bytes became %d, %d unknown", name, len(b), len(masked), unknown)
		}
	}
	if !bytes.Equal(before, b) {
		t.Fatalf("%s: the input was changed", name)
	}
}

// TestOverlap has a challenge whose fields lie over each other: no byte counts twice.
func TestOverlap(t *testing.T) {
	t.Parallel()
	ascii := func(n int) string { return strings.Repeat("0", n) }
	hold(t, "overlap", []byte("NTLMSSP\x00\x02\x00\x00\x00"+ascii(29)+"\x00"+ascii(2)+"\x01\x00\x00\x00"+ascii(62)))
}

func FuzzToken(f *testing.F) {
	for _, b := range samples(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { hold(t, "fuzzed", b) })
}

func FuzzHeader(f *testing.F) {
	for _, c := range headers {
		f.Add(c.value)
	}
	f.Fuzz(func(t *testing.T, s string) {
		masked, unknown := testNames.Header(s)
		if len(masked) != len(s) || unknown > len(s) {
			t.Fatalf("%q became %q, %d unknown", s, masked, unknown)
		}
		if again, _ := testNames.Header(s); again != masked {
			t.Fatalf("%q became %q, then %q", s, masked, again)
		}
	})
}

// TestSecretInAnyPlace writes a text over every third place of every sample, or over every one
// if NEGOTRACE_EXHAUSTIVE is set: what stays of it is no more than what a number, a challenge and
// flags have room for.
func TestSecretInAnyPlace(t *testing.T) {
	step := 3
	if os.Getenv("NEGOTRACE_EXHAUSTIVE") != "" {
		step = 1
	}
	text := bytes.Repeat([]byte("zebra"), 6)
	const room = 12 // NegotiateFlags and ServerChallenge
	for name, b := range samples(t) {
		for at := 0; at < len(b); at += step {
			changed := slices.Concat(b[:at], text, b[min(at+len(text), len(b)):])
			for _, read := range []func([]byte) ([]byte, int){testNames.Token, testNames.KDC, testNames.KDCProxy, testNames.Kpasswd} {
				masked, _ := read(changed)
				for i := range text[:len(text)-room] {
					if bytes.Contains(masked, text[i:i+room+1]) {
						t.Fatalf("%s, written over at %d: %q stays in %q", name, at, text[i:i+room+1], masked)
					}
				}
			}
		}
	}
}
