package correlate

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"negotrace/httpstream"
)

// TestUnservedRoom holds that what is remembered of a request takes no more room where its host and target are long.
func TestUnservedRoom(t *testing.T) {
	const n, most = 500, 256 // requests, bytes for each
	var asked []*httpstream.Exchange
	for i := range n {
		asked = append(asked, &httpstream.Exchange{
			Conn:     &httpstream.Conn{},
			Request:  &httpstream.Request{Host: strings.Repeat("a", 10_000) + fmt.Sprint(i), Target: "/"},
			Response: &httpstream.Response{Status: httpstream.StatusUnauthorized},
		})
	}
	var u unserved
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, x := range asked {
		u.serves(x)
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / n; len(u.of) != n || each > most {
		t.Errorf("%d of %d are remembered, %d bytes are allocated for each", len(u.of), n, each)
	}
	served := *asked[n-1]
	served.Response = &httpstream.Response{Status: 200}
	if !u.serves(&served) || u.serves(&served) {
		t.Error("a request that is served later is not found, or twice")
	}
}
