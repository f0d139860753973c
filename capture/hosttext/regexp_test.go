package hosttext

import (
	"testing"

	"negotrace/internal/lazyregexp"
)

// TestRegexp compiles an expression once, at the first call.
func TestRegexp(t *testing.T) {
	word := lazyregexp.New(`^[a-z]+$`)
	if !word().MatchString("kerberos") || word().MatchString("KRB5") {
		t.Errorf("%q matches other texts than words in lower case", word())
	}
	if first, second := word(), word(); first != second {
		t.Error("two calls returned two regular expressions")
	}
	malformed := lazyregexp.New(`(`)
	defer func() {
		if recover() == nil {
			t.Error("a malformed expression did not panic at the first call")
		}
	}()
	malformed()
}
