package httpstream

import (
	"fmt"
	"strings"
	"testing"
)

// TestLines holds that a line is the same whether it was seen before, whether another one
// took its place, and however long it is.
func TestLines(t *testing.T) {
	var k lineCache
	for range 3 {
		for i := range 3 * cachedLines {
			want := headLine{Field: Field{Name: "X-Number", Value: fmt.Sprint(i, strings.Repeat("x", i%(2*maxCachedLine)))}}
			want.text = want.Name + ": " + want.Value + " "
			if got := k.find([]byte(want.text)); *got != want {
				t.Fatalf("got %+v, want %+v", *got, want)
			}
		}
	}
	for _, none := range []string{"", "no field", ": none", " folded: yes", "na me: x"} {
		if got := k.find([]byte(none)); got.Name != "" || got.text != none {
			t.Errorf("%q is taken for a field: %+v", none, *got)
		}
	}
}

func TestLinesKeepNoSecrets(t *testing.T) {
	var k lineCache
	for _, name := range []string{"authorization", "Proxy-Authorization", "Cookie", "Set-Cookie"} {
		k.find([]byte(name + ": secret"))
	}
	for _, l := range k.slots {
		if strings.Contains(l.text, "secret") {
			t.Errorf("%q is kept", l.text)
		}
	}
}

func TestLinesAllocateOnce(t *testing.T) {
	var k lineCache
	line := []byte("Accept-Language: en-GB")
	k.find(line)
	if n := testing.AllocsPerRun(100, func() { k.find(line) }); n != 0 {
		t.Errorf("%v allocations for a line that is known", n)
	}
}
