package httpstream

import "testing"

// TestCutStartLine holds that the beginning of a message whose first line is cut off by the end of the
// connection or capture is said.
func TestCutStartLine(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		say  []string
		from Side
		n    int64
	}{
		"the first request":  {[]string{"> GET /1 HT"}, Client, 9},
		"the second request": {[]string{"> " + get1, "< " + ok5, "> GET /lo"}, Client, 7},
		"a method":           {[]string{"> " + get1, "< " + ok5, "> GE"}, Client, 2},
		"a version":          {[]string{"> " + get1, "< HTTP/1.1 4"}, Server, 10},
		"a status":           {[]string{"> " + get1, "< HTTP/1.1 401"}, Server, 12},
	} {
		for _, size := range []int{1, 1000} {
			w := newWire()
			w.play(tt.say, size)
			w.a.Close()
			if len(w.conns) != 1 || w.counters.UnreadBytes != tt.n || !w.conns[0].Unread[tt.from] || w.conns[0].Unread[tt.from.Other()] {
				t.Errorf("%s, segments of %d: %d bytes were not read, want %d", name, size, w.counters.UnreadBytes, tt.n)
			}
		}
	}
}
