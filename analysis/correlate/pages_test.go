package correlate

import (
	"testing"

	"negotrace/analysis/servertext"
	"negotrace/httpstream"
)

// TestPages holds that a page that comes again says the same, and one like it something
// else.
func TestPages(t *testing.T) {
	t.Parallel()
	var p pages
	responses := []httpstream.Response{
		{Status: 403, Body: []byte("KDC_ERR_A of alice")},
		{Status: 403, Body: []byte("KDC_ERR_B of alice")},
		{Status: 401, Reason: "Account locked", Body: []byte("KDC_ERR_A of alice")},
		{Status: 401, Reason: "Account locked", Body: []byte("Unauthorized")},
		{Status: 401, Reason: "Clock skew too great", Body: []byte("Unauthorized")},
		{Status: 403, Body: []byte("Blocked by policy")},
		{Status: 403},
	}
	for round := range 4 {
		for i := range responses {
			for _, refuses := range []bool{true, false} {
				if got, want := p.read(&responses[i], refuses), servertext.ReadPage(&responses[i], refuses); got != want {
					t.Errorf("round %d: %+v says %+v, want %+v", round, responses[i], got, want)
				}
			}
		}
	}
	body := responses[0].Body
	body[8] = 'C' // a copy is cached, not what the reader will use again
	if got := p.read(&responses[0], true); got.Text != "KDC_ERR_C of alice" {
		t.Errorf("the page that came before: %+v", got)
	}
}
