package correlate

import (
	"fmt"
	"testing"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// TestPages holds that what is remembered of a page is what reading it again would say, also
// of others with the same body, and that no more is remembered than the limit allows.
func TestPages(t *testing.T) {
	t.Parallel()
	var p pages
	body := []byte("<title>IIS Detailed Error - 401.1 - Unauthorized</title><h2>HTTP Error 401.1 - Unauthorized</h2>")
	for range 2 {
		for _, r := range []*httpstream.Response{
			{Status: 401, Body: body, BodyLen: int64(len(body))},
			{Status: 200, Body: body, BodyLen: int64(len(body))},
			{Status: 401, Body: body, BodyLen: 1 << 20},
			{Status: 401, Reason: "Clock skew too great", Body: nil},
			{Status: 401, Reason: "Unauthorized", Body: nil},
		} {
			if got, want := p.read(r), analysis.ReadPage(r); got != want {
				t.Errorf("%d %s: %+v, want %+v", r.Status, r.Reason, got, want)
			}
		}
	}
	if p.count != 5 {
		t.Errorf("%d pages are remembered, want 5", p.count)
	}
	for i := range 10 * maxPages {
		p.read(&httpstream.Response{Status: 403, Body: fmt.Append(nil, "page ", i)})
	}
	held := 0
	for _, bodies := range p.known {
		held += len(bodies)
	}
	if held != p.count || held > maxPages {
		t.Errorf("%d pages are held, %d counted", held, p.count)
	}
}
