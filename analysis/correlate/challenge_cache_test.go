package correlate

import (
	"testing"

	"negotrace/tokens"
)

func TestChallengeCache(t *testing.T) {
	t.Parallel()
	var k challengeCache
	var d tokens.Decoder
	lines := []string{"Negotiate", "Basic realm=a"}
	first, again := k.read(d, lines), k.read(d, []string{"Negotiate", "Basic realm=a"})
	if len(first) != 2 || &first[0] != &again[0] {
		t.Errorf("the same lines: %v, %v", first, again)
	}
	if got := k.read(d, []string{"Negotiate", "Basic realm=b"}); len(got) != 2 || got[1].Params[0].Value != "b" {
		t.Errorf("lines of the same length: %v", got)
	}
	token := []string{"Negotiate oQcwBaADCgEA"}
	if first, again := k.read(d, token), k.read(d, token); len(first) != 1 || first[0].Token == nil || &first[0] == &again[0] {
		t.Errorf("a token is shared: %v, %v", first, again)
	}
	if got := k.read(d, nil); got != nil {
		t.Errorf("no lines: %v", got)
	}
}
