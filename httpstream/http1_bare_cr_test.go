package httpstream

import (
	"fmt"
	"strings"
	"testing"
)

// TestBareCR holds that heads whose lines end with CR alone, or with CR CR LF, are read one by one,
// whatever the segments, and that a note says so.
func TestBareCR(t *testing.T) {
	t.Parallel()
	ends := func(end, last string) func(string) string {
		return func(head string) string {
			return strings.ReplaceAll(strings.TrimSuffix(head, "\r\n"), "\r\n", end) + last
		}
	}
	for _, tt := range []struct {
		name string
		made func(head string) string
	}{
		{"CR", ends("\r", "\r")},
		{"CR, and CR LF at the end", ends("\r", "\r\n")},
		{"CR CR LF", ends("\r\r\n", "\r\r\n")},
		{"CR behind the start line", func(h string) string { return strings.Replace(h, "\r\n", "\r", 1) }},
		{"CR in the middle", func(h string) string { return strings.Replace(h, "Host: a.test\r\n", "Host: a.test\r", 1) }},
		{"CR in front of the empty line", func(h string) string { return strings.TrimSuffix(h, "\r\n\r\n") + "\r\r\n" }},
		{"LF, and CR in the middle", func(h string) string {
			return strings.Replace(strings.ReplaceAll(h, "\r\n", "\n"), "Host: a.test\n", "Host: a.test\r", 1)
		}},
	} {
		for _, size := range []int{1, 2, 7, 1000} {
			w := newWire()
			longer := strings.NewReplacer("Host: a.test\r\n", "Host: a.test\r\nX: y\r\n")
			head, body, _ := strings.Cut(denied, "\r\n\r\n")
			w.play([]string{
				"> " + tt.made(longer.Replace(get1)),
				"< " + tt.made(head+"\r\n\r\n") + body,
				"> " + tt.made(longer.Replace(get2)), "< " + ok5,
			}, size)
			w.a.Close()
			if len(w.exchanges) != 2 {
				t.Errorf("%s, segments of %d: %d exchanges", tt.name, size, len(w.exchanges))
				continue
			}
			for i, x := range w.exchanges {
				if x.Request == nil || x.Request.Host != "a.test" || x.Response == nil || len(x.Notes) == 0 || x.Notes[0].Text != fmt.Sprintf(oddCR, Client) {
					t.Errorf("%s, segments of %d: exchange %d is %+v", tt.name, size, i+1, x)
				}
			}
			if w.counters.UnreadBytes > 0 {
				t.Errorf("%s, segments of %d: %d bytes were not read", tt.name, size, w.counters.UnreadBytes)
			}
		}
	}
}

// TestBareCRShowsLater has a head that ends with a CR alone, as its next bytes show, while some of
// these are held already.
func TestBareCRShowsLater(t *testing.T) {
	t.Parallel()
	for _, head := range []string{
		"GET /a HTTP/1.1\nHost: a.test\n\r",
		"GET /a HTTP/1.1\r\nHost: a.test\r\n\r",
		"GET /a HTTP/1.1\rHost: a.test\r\r",
		"GET /a HTTP/1.1\r\r",
	} {
		for _, size := range []int{1, 2, 3, 1000} {
			w := newWire()
			w.play([]string{"> " + head + get2, "< " + ok5, "< " + ok5}, size)
			w.a.Close()
			if len(w.exchanges) != 2 || w.exchanges[0].Request == nil || w.exchanges[1].Request == nil {
				t.Errorf("%q, segments of %d: %s", head, size, outline(w.exchanges))
				continue
			}
			if a, b := w.exchanges[0].Request.Target, w.exchanges[1].Request.Target; a != "/a" || b != "/2" {
				t.Errorf("%q, segments of %d: %s, %s", head, size, a, b)
			}
		}
	}
}
