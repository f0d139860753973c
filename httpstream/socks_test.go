package httpstream

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSOCKSUnread holds that what is not read of a handshake of SOCKS, and why nothing follows it, is
// said, with nothing of what the client sent.
func TestSOCKSUnread(t *testing.T) {
	t.Parallel()
	const asked, granted = "> \x05\x01\x00\x03\x06a.test\x00\x50", "< \x05\x00\x00\x01\xc0\x00\x02\x14\x00\x50"
	gssapi := []string{"> \x05\x01\x01", "< \x05\x01", "> \x01\x01\x00\x05\x60oken", "< \x01\x01\x00\x05token"}
	for name, tt := range map[string]struct {
		say  []string
		want string
	}{
		"no method":    {[]string{"> \x05\x01\x01", "< \x05\xff"}, "SOCKS without an acceptable method of authentication"},
		"password":     {[]string{"> \x05\x01\x02", "< \x05\x02", "> \x01\x05alice\x06secret", "< \x01\x01"}, "SOCKS that refused a user name and password"},
		"refused":      {[]string{"> \x05\x01\x00", "< \x05\x00", asked, "< \x05\x02\x00\x01\x00\x00\x00\x00\x00\x00"}, "SOCKS that did not connect to port 80"},
		"refused by 4": {[]string{"> \x04\x01\x01\xbd\xc0\x00\x02\x14alice\x00", "< \x00\x5b\x00\x50\xc0\x00\x02\x14"}, "SOCKS that did not connect to SMB on port 445"},
		"bind":         {[]string{"> \x05\x01\x00", "< \x05\x00", "> \x05\x02\x00\x01\xc0\x00\x02\x14\x00\x50", granted}, "SOCKS for something else than CONNECT"},
		"token":        {append(gssapi, "> \x01\x02\x00\x01l", "< \x01\x02\x00\x01l", asked, granted, "> "+get1, "< "+ok5), "logons to a SOCKS proxy by GSS-API (RFC 1961)"},
		"protection":   {append(gssapi, "> \x01\x03\x00\x05wraps", "< \x01\x03\x00\x05wraps"), "SOCKS with protection by GSS-API (RFC 1961)"},
		"no token":     {append(gssapi[:3:3], "< \x01\xff"), "SOCKS that refused a token of GSS-API (RFC 1961)"},
	} {
		for _, size := range []int{1, 2, 1000} {
			w := newWire()
			w.play(tt.say, size)
			w.a.Close()
			if d := cmp.Diff(map[string]int{tt.want: 1}, w.counters.UnreadTCP); d != "" {
				t.Errorf("%s, segments of %d: (-want +got)\n%s", name, size, d)
			}
			if isRead := len(w.exchanges) == 1; isRead != (name == "token") {
				t.Errorf("%s, segments of %d: %s", name, size, outline(w.exchanges))
			}
		}
	}
}

// TestSOCKSTokens holds that tokens of GSS-API go to the Sink, each with the frame in which it begins, and
// however long they are.
func TestSOCKSTokens(t *testing.T) {
	t.Parallel()
	say := []string{"> \x05\x01\x01", "< \x05\x01", "> \x01\x01\x00\x05\x60oken", "< \x01\x01\x00\x06answer", "> \x01\x02\x00\x01l", "< \x01\x02\x00\x01l"}
	for size, want := range map[int][]string{
		1:    {"client 9: \x60oken", "server 18: answer"},
		3:    {"client 6: \x60oken", "server 9: answer"},
		1000: {"client 6: \x60oken", "server 7: answer"},
	} {
		var got []string
		w := newWire()
		w.a.shared.sink.SOCKSToken = func(_ *Conn, from Side, at Pos, token []byte) {
			got = append(got, fmt.Sprintf("%s %d: %s", from, at.Frame, token))
		}
		w.play(say, size)
		w.a.Close()
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("segments of %d (-want +got):\n%s", size, d)
		}
	}
	const most = 1<<16 - 1
	read := 0
	w := newWire()
	w.a.shared.sink.SOCKSToken = func(_ *Conn, _ Side, _ Pos, token []byte) { read = len(token) }
	w.play([]string{"> \x05\x01\x01", "< \x05\x01", "> \x01\x01\xff\xff\x60" + strings.Repeat("t", most-1)}, 1400)
	if w.a.Close(); read != most || w.a.shared.held != 0 {
		t.Errorf("%d bytes of a token of %d, %d bytes held", read, most, w.a.shared.held)
	}
}

// TestSOCKSServerFirst plays handshakes of which the capture shows some of what the proxy sends, and much of the
// server behind it, before what the client sends.
func TestSOCKSServerFirst(t *testing.T) {
	t.Parallel()
	const ask, granted = "> \x05\x01\x00\x03\x06a.test\x00\x50", "< \x05\x00\x00\x01\xc0\x00\x02\x14\x00\x50"
	body := strings.Repeat("b", 2*maxSniffed)
	page := "< HTTP/1.1 200 OK\r\nContent-Length: 2048\r\n\r\n" + body
	for name, say := range map[string][]string{
		"5":          {"> \x05\x01\x00", "< \x05\x00", ask, granted, "> " + get1, page},
		"5, GSS-API": {"> \x05\x01\x01", "< \x05\x01", "> \x01\x01\x00\x05\x60oken", "< \x01\x01\x00\x05token", ask, granted, "> " + get1, page},
		"4":          {"> \x04\x01\x00\x50\xc0\x00\x02\x14\x00", "< \x00\x5a\x00\x50\xc0\x00\x02\x14", "> " + get1, page},
	} {
		for first := range len(say) + 1 { // what is sent from there on comes first, of the server
			w := newWire()
			w.handshake()
			var late []func()
			for i, text := range say {
				from, b := Client, text[2:]
				if text[0] == '<' {
					from = Server
				}
				seq, ack := w.isn[from]+1+uint32(w.sent[from]), w.isn[from.Other()]+1+uint32(w.sent[from.Other()])
				w.sent[from] += len(b)
				if from == Server && i >= first {
					w.raw(from, FlagACK, seq, ack, b)
				} else {
					late = append(late, func() { w.raw(from, FlagACK, seq, ack, b) })
				}
			}
			for _, play := range late {
				play()
			}
			w.close()
			w.a.Close()
			if len(w.exchanges) != 1 || summary(w.exchanges[0]) != "GET /1 +0 > 200 +2048" || w.a.shared.held != 0 {
				t.Errorf("%s, the server from %d on: %s%v, %d bytes held", name, first, outline(w.exchanges), w.counters.UnreadTCP, w.a.shared.held)
			}
		}
	}
}

// TestSOCKSWithoutReply holds that what a client sends at once is read where its proxy does not show:
// lost, or not captured at all, or beyond what is held.
func TestSOCKSWithoutReply(t *testing.T) {
	t.Parallel()
	ask := "\x05\x01\x00\x05\x01\x00\x03\x06a.test\x00\x50"
	const reply = "\x05\x00\x05\x00\x00\x01\xc0\x00\x02\x14\x00\x50"
	for name, play := range map[string]func(w *wire){
		"one direction": func(w *wire) { w.send(Client, ask+get1); w.send(Client, get2) },
		"lost reply": func(w *wire) {
			w.send(Client, ask+get1)
			w.lose(Server, reply)
			w.send(Server, ok5)
			w.send(Client, get2)
		},
		"a long body": func(w *wire) {
			body := strings.Repeat("b", 2*maxHead)
			w.send(Client, ask+"POST /1 HTTP/1.1\r\nHost: a.test\r\nContent-Length: 262144\r\n\r\n")
			for ; body != ""; body = body[1<<14:] {
				w.send(Client, body[:1<<14])
			}
			w.send(Client, get2)
		},
	} {
		w := newWire()
		w.handshake()
		play(w)
		w.a.Close()
		if len(w.exchanges) < 2 || w.exchanges[0].Request == nil || w.exchanges[0].Request.Target != "/1" || w.exchanges[1].Request == nil {
			t.Errorf("%s: %s", name, outline(w.exchanges))
		}
		if w.a.shared.held != 0 {
			t.Errorf("%s: %d bytes held", name, w.a.shared.held)
		}
	}
}
