package httpstream

import (
	"fmt"
	"strings"
	"testing"
)

// A capture that begins between two messages shows all that follow, however small their
// segments are.
func TestMidwayInPieces(t *testing.T) {
	for _, size := range []int{1, 2, 3, 7, 20} {
		w := newWire()
		for _, m := range []struct {
			from Side
			text string
		}{{Client, get1}, {Server, denied}, {Client, get2}, {Server, ok5}, {Client, get3}, {Server, ok5}} {
			for i := 0; i < len(m.text); i += size {
				w.send(m.from, m.text[i:min(i+size, len(m.text))])
			}
		}
		w.expect(t, "GET /1 +0 > 401 +0", "GET /2 +0 > 200 +5", "GET /3 +0 > 200 +5")
		if w.counters.UnreadBytes != 0 {
			t.Errorf("segments of %d bytes: %d bytes unread", size, w.counters.UnreadBytes)
		}
	}
}

// What only looked like the beginning of a message counts as not read.
func TestNoBeginning(t *testing.T) {
	w := newWire()
	w.handshake()
	w.send(Client, get1)
	w.send(Server, ok5+"garbage\r\n")
	w.send(Client, get2)
	w.send(Server, "HTTP")
	w.send(Server, "S is meant")
	w.send(Server, "HTTP/1")
	w.close()
	w.expect(t, "GET /1 +0 > 200 +5", "GET /2 +0 > -")
	if want := int64(len("garbage\r\n" + "HTTPS is meant" + "HTTP/1")); w.counters.UnreadBytes != want {
		t.Errorf("%d bytes unread, want %d", w.counters.UnreadBytes, want)
	}
}

// TestWithheldBody plays clients that were refused before they sent the body that they
// announced, and ask again in its place.
func TestWithheldBody(t *testing.T) {
	const withheld = "the body that the request announces was not sent"
	for name, tt := range map[string]struct{ head, body, want string }{
		"withheld":                  {"Content-Length: 5\r\n", "", "POST / +0 > 401 +0; " + withheld},
		"withheld, in chunks":       {"Transfer-Encoding: chunked\r\n", "", "POST / +0 > 401 +0; " + withheld},
		"sent after the response":   {"Content-Length: 5\r\n", "hello", "POST / +5 > 401 +0"},
		"sent in chunks after that": {"Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n", "POST / +5 > 401 +0"},
	} {
		w := newWire()
		w.handshake()
		w.send(Client, fmt.Sprintf("POST / HTTP/1.1\r\nHost: a.test\r\n%s\r\n", tt.head))
		w.send(Server, denied)
		if tt.body != "" {
			w.send(Client, tt.body)
		}
		w.send(Client, get1)
		w.send(Server, ok5)
		w.close()
		t.Log(name)
		w.expect(t, tt.want, "GET /1 +0 > 200 +5")
		if w.counters.UnreadBytes != 0 {
			t.Errorf("%s: %d bytes unread", name, w.counters.UnreadBytes)
		}
	}
}

// TestJunkForRequest holds that what a client sends in place of a request counts as not read, where a
// response follows, also if it is of bytes that lenient readers pass over.
func TestJunkForRequest(t *testing.T) {
	t.Parallel()
	const res401 = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n"
	for _, junk := range []string{"\x00", strings.Repeat("\x00", 40), "\xef\xbb\xbf", strings.Repeat("\xde\xad\xbe\xef", 10), "hello\r\n"} {
		for _, behind := range []bool{false, true} { // another exchange
			w := newWire()
			w.handshake()
			alone := "- > 401 +0"
			var want []string
			if behind {
				w.send(Client, get1)
				w.send(Server, ok5)
				want = append(want, "GET /1 +0 > 200 +5")
			}
			w.send(Client, junk)
			w.send(Server, res401)
			w.send(Client, get1)
			w.send(Server, ok5)
			w.a.Close()
			var got []string
			for _, x := range w.exchanges {
				got = append(got, summary(x))
			}
			want = append(want, alone, "GET /1 +0 > 200 +5")
			ok := len(got) == len(want)
			for i := range want {
				ok = ok && strings.HasPrefix(got[i], want[i])
			}
			if !ok || w.counters.UnreadBytes != int64(len(junk)) || !w.conns[0].Unread[Client] {
				t.Errorf("%q, behind an exchange: %t: %q, %d bytes not read", junk, behind, got, w.counters.UnreadBytes)
			}
		}
	}
}
