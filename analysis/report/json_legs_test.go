package report

import (
	"bytes"
	"testing"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// TestManyLegs holds that a handshake that is written leg by leg is written like any other.
func TestManyLegs(t *testing.T) {
	t.Parallel()
	h := &analysis.Handshake{ID: 1}
	for i := range 300 {
		h.Legs = append(h.Legs, &analysis.Leg{Exchange: &httpstream.Exchange{H2Stream: uint32(i)}})
	}
	r := &analysis.Report{Handshakes: []*analysis.Handshake{h, {ID: 2}}, Findings: []*analysis.Finding{}}
	want, err := encode(r, "")
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := writeJSON(&got, r, Options{}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Error("another JSON")
	}
}
