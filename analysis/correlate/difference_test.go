package correlate

import (
	"slices"
	"testing"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// What a KDC said explains more than that nobody asked one.
func TestByRelevance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ here, first string }{{"KDC_ERR_S_PRINCIPAL_UNKNOWN (7)", "KDC"}, {noTicketRequest, "program"}} {
		d := differ{[]analysis.Difference{{What: "mechanism", Bad: "ntlm"}, {What: "program"}, {What: "KDC", Bad: c.here}}}
		if d.order(); d.all[0].What != c.first {
			t.Errorf("%s: first comes %s, want %s", c.here, d.all[0].What, c.first)
		}
	}
}

func TestBindings(t *testing.T) {
	t.Parallel()
	a, b := [16]byte{1, 2, 3, 4}, [16]byte{5}
	for _, c := range []struct {
		here, there *[16]byte
		want        []analysis.Difference
	}{
		{&a, &a, nil},
		{nil, &a, []analysis.Difference{{What: "channel binding", Bad: "none", Good: "set"}}},
		{&[16]byte{}, &a, []analysis.Difference{{What: "channel binding", Bad: "zero", Good: "set"}}},
		{&b, &a, []analysis.Difference{{What: "channel binding", Bad: "set, 05000000...", Good: "set, 01020304..."}}},
	} {
		var d differ
		if d.addBindings(c.here, c.there); !slices.Equal(d.all, c.want) {
			t.Errorf("%v, want %v", d.all, c.want)
		}
	}
}

// A header that is much larger is a difference where it may be too large for a server.
func TestHeaderSize(t *testing.T) {
	t.Parallel()
	of := func(size int) *analysis.Handshake {
		return &analysis.Handshake{Legs: []*analysis.Leg{{Exchange: &httpstream.Exchange{Request: &httpstream.Request{HeadLen: size}}}}}
	}
	for _, c := range []struct {
		here, there int
		want        bool
	}{{13584, 1980, true}, {1980, 13584, true}, {3000, 1000, false}, {9000, 8000, false}, {9000, 0, false}} {
		var d differ
		d.addRequest(of(c.here), of(c.there))
		if got := len(d.all) == 1 && d.all[0].What == "size of the header"; got != c.want {
			t.Errorf("%d and %d: %v", c.here, c.there, d.all)
		}
	}
}
