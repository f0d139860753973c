package httpstream

import (
	"fmt"
	"strings"
	"testing"
)

// TestOddStartLines holds that messages are read which begin as only lenient readers take it, whatever
// the segments and where in the connection, and that a note says so.
func TestOddStartLines(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name           string
		request, reply func(head string) string
		note           string
	}{
		{"spaces", front("   "), nil, fmt.Sprintf(oddBlank, Client)},
		{"an empty line and a tab", front("\r\n\t"), nil, fmt.Sprintf(oddBlank, Client)},
		{"NUL", front("\x00\x00\x00\x00"), nil, fmt.Sprintf(oddBlank, Client)},
		{"a byte order mark", front("\xef\xbb\xbf"), nil, fmt.Sprintf(oddBlank, Client)},
		{"NUL of the server", nil, front("\x00"), fmt.Sprintf(oddBlank, Server)},
		{"spaces of the server", nil, front("\r\n  "), fmt.Sprintf(oddBlank, Server)},
		{"tabs", instead("GET ", "GET\t", " HTTP", "\tHTTP"), nil, oddLine},
		{"a tab at the end", instead(" HTTP", "\tHTTP"), nil, oddLine},
		{"a tab and spaces", instead("GET ", "GET\t  "), nil, oddLine},
		{"a version in lower case", instead("HTTP/", "http/"), nil, oddLine},
		{"all of it in lower case", instead("GET", "get", "HTTP/", "http/"), nil, oddLine},
	} {
		for _, size := range []int{1, 2, 7, 1000} {
			same := func(head string) string { return head }
			request, reply := tt.request, tt.reply
			if request == nil {
				request = same
			}
			if reply == nil {
				reply = same
			}
			w := newWire()
			w.play([]string{"> " + request(get1), "< " + reply(denied), "> " + request(get2), "< " + reply(ok5)}, size)
			w.a.Close()
			if len(w.exchanges) != 2 || w.counters.UnreadBytes > 0 {
				t.Errorf("%s, segments of %d: %d bytes not read of %s", tt.name, size, w.counters.UnreadBytes, outline(w.exchanges))
				continue
			}
			for _, x := range w.exchanges {
				if x.Request == nil || x.Request.Host != "a.test" || x.Response == nil || len(x.Notes) != 1 || x.Notes[0].Text != tt.note {
					t.Errorf("%s, segments of %d: %s", tt.name, size, outline([]*Exchange{x}))
				}
			}
		}
	}
}

// front returns a function that puts something in front of a head.
func front(s string) func(string) string { return func(head string) string { return s + head } }

// instead returns a function that replaces something in the start line of a head.
func instead(pairs ...string) func(string) string {
	r := strings.NewReplacer(pairs...)
	return func(head string) string {
		line, rest, _ := strings.Cut(head, "\r\n")
		return r.Replace(line) + "\r\n" + rest
	}
}

// TestOddLinesThatAreNone holds that nothing becomes a request which lacks what makes it certain.
func TestOddLinesThatAreNone(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"see http/1.1", "made\tof http/1.1", "GET\t/a\tHTTPS/1.1", "GET\t/a", "get\x01/a http/1.1", "GET\thttp/1.1",
		"\tGET /a HTTP/1.1", "XYZ /a\x00b http/1.1", "XYZ\t*\tHTTP/1.1", "GET\r/a\rhttp/1.1",
	} {
		if l, ok := cutRequestLine([]byte(line)); ok {
			t.Errorf("%q: got %q %q %q", line, l.method, l.target, l.proto)
		}
	}
	for _, spoken := range []string{"\x00\x00\x00\x01see http/1.1\r\n", "\x00 \x00 \x00", " \r\n\t", "\x00\x00\x00\x00SSH-2.0\r\n", "  USER a\r\n"} {
		w := newWire()
		w.play([]string{"> " + spoken, "< " + spoken, "> " + spoken, "< " + spoken}, 1000)
		w.a.Close()
		if len(w.exchanges) > 0 || w.conns != nil && w.conns[0].HTTP {
			t.Errorf("%q: %s", spoken, outline(w.exchanges))
		}
	}
}

// TestBlanksAtTheEnd holds that blanks in front of nothing are said.
func TestBlanksAtTheEnd(t *testing.T) {
	t.Parallel()
	w := newWire()
	w.play([]string{"> " + get1, "< " + denied + "\x00\x00"}, 1000)
	w.a.Close()
	if w.counters.UnreadBytes != 2 || len(w.exchanges) != 1 {
		t.Errorf("%d bytes not read of %s", w.counters.UnreadBytes, outline(w.exchanges))
	}
}
