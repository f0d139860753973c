package httpstream

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestRuns holds that heads are read alike whatever heads were read before.
func TestRuns(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	lines := []string{
		"User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36\r\n", "Host: a.test\r\n", "Host: b.test\n", "Accept: */*\r\n",
		" folded\r\n", "malformed\r\n", "Cookie: secret\r\n", "Authorization: Basic YTpi\r\n", "X: " + strings.Repeat("x", maxBlockLine) + "\r\n", "Content-Length: 0\r\n",
	}
	var used head
	matched := 0
	for range 2_000 {
		var text strings.Builder
		text.WriteString("GET / HTTP/1.1\r\n")
		for range rnd.IntN(6) {
			text.WriteString(lines[rnd.IntN(1+rnd.IntN(len(lines)))])
		}
		if rnd.IntN(4) == 0 {
			fmt.Fprintf(&text, "X-Number: %d\r\n", rnd.IntN(50))
		}
		b := []byte(text.String() + "\r\nbody")
		b = b[:len(b)-rnd.IntN(2)*rnd.IntN(20)] // not whole
		var fresh head
		read := func(h *head) (Header, int) {
			if !h.read(b) {
				h.readPart(b)
			}
			if len(h.ends) == 0 {
				return nil, 0
			}
			return appendFields(nil, h)
		}
		want, wantMalformed := read(&fresh)
		got, malformed := read(&used)
		if used.block != nil {
			matched++
		}
		if !slices.Equal(got, want) || malformed != wantMalformed || string(used.text) != string(fresh.text) {
			t.Fatalf("%q: got %v, %d malformed, want %v, %d", b, got, malformed, want, wantMalformed)
		}
	}
	if matched < 500 {
		t.Errorf("only %d heads hold lines that are known", matched)
	}
	for _, s := range used.blocks.slots {
		if strings.Contains(s.text, "secret") || strings.Contains(s.text, "YTpi") || len(s.text) > maxBlockLine {
			t.Errorf("%q is kept", s.text)
		}
	}
}
