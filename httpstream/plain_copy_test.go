package httpstream

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOpenedText holds that what is written is read again, and that no prefix of it is a
// fault.
func TestOpenedText(t *testing.T) {
	t.Parallel()
	for _, o := range []PlainCopy{
		{TLS: true, ClientPort: 50001, ServerPort: 443},
		{TLS: true, ClientPort: 1, ServerPort: 8443, Tunnels: 2, H2Stream: 5, ALPN: "h2", Certificate: []byte("\x30\x03abc"), Alert: Alert{Server, 46}, InPart: true},
		{ClientPort: 2, ServerPort: 8080, Alert: Alert{Client, 48}},
	} {
		text := o.String()
		got, ok := ParsePlainCopy(text)
		if diff := cmp.Diff(&o, got); !ok || diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
		for n := range text {
			ParsePlainCopy(text[:n])
		}
	}
	for _, text := range []string{"", "opened", "negotrace redact opened", "from port 1 to port 2"} {
		if o, ok := ParsePlainCopy(text); ok {
			t.Errorf("%q is %+v", text, o)
		}
	}
	long := PlainCopy{Certificate: make([]byte, maxCopiedCertificate+1)}
	if len(long.String()) > 200 {
		t.Error("a certificate that is too long is written")
	}
}

// openedWire sends HTTP on a connection that is said to be opened.
func openedWire(o *PlainCopy) (exchanges []*Exchange, conns []*Conn, c *Counters) {
	c = &Counters{TLSNotOpened: map[string]int{}, Responses: map[int]int{}, Dropped: map[string]int{}}
	a := NewAssembler(Sink{
		Exchange: func(x *Exchange) bool { exchanges = append(exchanges, x); return true },
		Conn:     func(c *Conn) { conns = append(conns, c) },
	}, nil, c)
	client, server := clientAddr, serverAddr
	for i, s := range []Segment{
		{Src: client, Dst: server, Seq: 1, Flags: FlagSYN},
		{Src: server, Dst: client, Seq: 1, Ack: 2, Flags: FlagSYN | FlagACK},
		{Src: client, Dst: server, Seq: 2, Ack: 2, Flags: FlagACK, Payload: []byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n")},
	} {
		s.At.Frame = i + 1
		if s.PlainCopy = o; i > 0 && o != nil {
			s.PlainCopy = &PlainCopy{TLS: o.TLS}
		}
		a.Segment(&s)
	}
	a.Close()
	return exchanges, conns, c
}

// TestOpenedAlone holds that what is said to be of TLS counts as that where the capture has no
// such connection, and that HTTP/2 that is made counts as what it is.
func TestOpenedAlone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		opened *PlainCopy
		inTLS  bool
		port   uint16
	}{
		"of TLS":                       {&PlainCopy{TLS: true, ClientPort: 7, ServerPort: 8443}, true, 8443},
		"of TLS, nobody says of which": {&PlainCopy{TLS: true}, true, serverAddr.Port()},
		"of HTTP/2":                    {&PlainCopy{ClientPort: 7, ServerPort: 8080}, false, serverAddr.Port()},
		"of the network":               {nil, false, serverAddr.Port()},
	} {
		exchanges, conns, counters := openedWire(c.opened)
		if len(exchanges) != 1 || len(conns) != 1 {
			t.Errorf("%s: %d exchanges, %d connections", name, len(exchanges), len(conns))
			continue
		}
		if got := conns[0]; got.Encrypted() != c.inTLS || got.Server.Port() != c.port || counters.OpenedByRedact > 1 {
			t.Errorf("%s: %+v, %d opened", name, got, counters.OpenedByRedact)
		}
	}
}

// FuzzOpenedText reads any comment.
func FuzzOpenedText(f *testing.F) {
	o := PlainCopy{TLS: true, ClientPort: 1, ServerPort: 443, Tunnels: 1, H2Stream: 3, ALPN: "h2", Certificate: bytes.Repeat([]byte{0x30}, 9), InPart: true}
	f.Add(o.String())
	f.Fuzz(func(t *testing.T, text string) {
		o, ok := ParsePlainCopy(text)
		if !ok {
			return
		}
		if again, ok := ParsePlainCopy(o.String()); !ok || again.ServerPort != o.ServerPort || again.TLS != o.TLS || !strings.HasPrefix(o.String(), "negotrace redact") {
			t.Errorf("%q became %+v", text, again)
		}
	})
}
