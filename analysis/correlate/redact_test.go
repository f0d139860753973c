package correlate

import (
	"fmt"
	"testing"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// TestRedactCountsLines holds that of hundreds of header lines those stay that checks read, that the
// others count as left out, and where.
func TestRedactCountsLines(t *testing.T) {
	const lines, read = 3 * maxLines, "Server"
	n := needsOf([]*analysis.Check{{Name: "reads", Reads: []string{read}}})
	for _, isAuth := range []bool{true, false} {
		var h httpstream.Header
		for i := range lines {
			h = append(h, httpstream.Field{Name: fmt.Sprint("X-", i), Value: "v"})
		}
		h = append(h, httpstream.Field{Name: read, Value: "nginx"})
		x := &httpstream.Exchange{Response: &httpstream.Response{Header: h, Pos: httpstream.Pos{Frame: 7}}}
		var c httpstream.Counters
		n.redact(x, isAuth, &c)
		kept, left := maxLines+1, lines-maxLines
		if !isAuth {
			kept, left = 1, 0
		}
		if len(x.Response.Header) != kept || x.Response.Header.Value(read) != "nginx" {
			t.Errorf("with authentication %t: %d lines are kept, want %d with %s", isAuth, len(x.Response.Header), kept, read)
		}
		if c.Dropped[linesDropped] != left || left > 0 && c.Places.Dropped[linesDropped].Frame != 7 {
			t.Errorf("with authentication %t: %d lines from %v are left out, want %d from frame 7", isAuth, c.Dropped[linesDropped], c.Places.Dropped[linesDropped], left)
		}
	}
}
