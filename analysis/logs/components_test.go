package logs

import (
	"fmt"
	"testing"

	"negotrace/internal/components"
)

func TestComponents(t *testing.T) {
	t.Parallel()
	type pair struct {
		a int
		b string
	}
	pairs := []pair{{1, "x"}, {2, "y"}, {3, "x"}, {4, "z"}, {2, "z"}, {5, "v"}}
	got := fmt.Sprint(components.Of(pairs, func(p pair) (int, string) { return p.a, p.b }))
	if want := "[[{1 x} {3 x}] [{2 y} {4 z} {2 z}] [{5 v}]]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
