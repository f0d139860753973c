package httpstream

import (
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// TestKerberosMidway reads messages over TCP on a connection whose beginning is not in the capture.
func TestKerberosMidway(t *testing.T) {
	t.Parallel()
	request := "\x00\x00\x05\xa1\x6c" + strings.Repeat("q", 0x5a0)
	reply := "\x00\x00\x05\xa1\x6d" + strings.Repeat("r", 0x5a0)
	keepAlive := func(w *wire, from Side, garbage string) {
		w.raw(from, FlagACK, w.isn[from]+uint32(w.sent[from]), w.isn[from.Other()]+1+uint32(w.sent[from.Other()]), garbage)
		w.send(from.Other(), "")
	}
	exchange := func(w *wire) {
		w.send(Client, request)
		w.send(Server, reply)
	}
	for _, tt := range []struct {
		name string
		play func(w *wire)
		want string // of the first byte of a record its side
	}{
		{"at once", exchange, "qr"},
		{"a keep-alive of zero", func(w *wire) { keepAlive(w, Client, "\x00"); exchange(w) }, "qr"},
		{"a keep-alive of another byte, twice", func(w *wire) {
			keepAlive(w, Client, "\x6c")
			keepAlive(w, Client, "\x6c")
			exchange(w)
		}, "qr"},
		{"a keep-alive of the KDC", func(w *wire) { keepAlive(w, Server, "\x00"); exchange(w) }, "qr"},
		{"behind a reply", func(w *wire) { w.send(Server, reply); exchange(w) }, "rqr"},
		{"behind the rest of a reply", func(w *wire) { w.send(Server, reply[700:]); exchange(w) }, "qr"},
		{"lengths of their own", func(w *wire) {
			w.send(Client, request[:4])
			w.send(Client, request[4:])
			w.send(Server, reply[:4])
			w.send(Server, reply[4:])
		}, "qr"},
		{"a keep-alive, and lengths of their own", func(w *wire) {
			keepAlive(w, Client, "\x00")
			w.send(Client, request[:4])
			w.send(Client, request[4:])
			w.send(Server, reply)
		}, "qr"},
		{"probes of a closed window, which are the first byte", func(w *wire) {
			w.segment(Client, FlagACK, 0, request[:1])
			w.send(Server, "")
			w.segment(Client, FlagACK, 0, request[:1])
			w.send(Client, request[1:])
			w.send(Server, reply)
		}, "qr"},
		{"a reply that is captured first", func(w *wire) {
			w.handshake()
			w.sent[Client] = len(request)
			w.send(Server, reply)
			w.segment(Client, FlagACK, 0, request[:300])
			w.segment(Client, FlagACK, 300, request[300:])
		}, "qr"},
		{"a reply to what is lost", func(w *wire) {
			w.send(Client, request[:300])
			w.lose(Client, request[300:])
			w.send(Server, reply)
			exchange(w)
		}, "rqr"},
		{"a reply behind the end of the client", func(w *wire) {
			w.handshake()
			w.send(Client, request)
			w.fin(Client)
			w.lose(Client, request)
			w.send(Server, reply)
		}, "qr"},
		{"something else", func(w *wire) { w.send(Client, "hello, world"); exchange(w) }, "qr"},
	} {
		w := newWire()
		w.addr[Server] = netip.AddrPortFrom(serverAddr.Addr(), PortKerberos)
		tt.play(w)
		w.close()
		w.a.Close()
		got := ""
		for _, r := range w.records {
			got += r[len(r)-2 : len(r)-1]
		}
		if got != tt.want || w.a.shared.held != 0 {
			t.Errorf("%s: %q, want %q, %d bytes held", tt.name, got, tt.want, w.a.shared.held)
		}
	}
}

// TestRecordsUnread holds that what a connection for messages carries is read, or counted.
func TestRecordsUnread(t *testing.T) {
	t.Parallel()
	request := "\x00\x00\x05\xa1\x6c" + strings.Repeat("q", 0x5a0)
	query := "\x00\x11\x00\x07\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x01"
	const cutKerberos, cutDNS = "message of Kerberos over TCP that ends early", "message of DNS over TCP that ends early"
	for _, tt := range []struct {
		name         string
		port         uint16
		sent, answer string
		want         string
	}{
		{"a request", 88, request, "", ""},
		{"a request, and a part of the reply", 88, request, request[:700], cutKerberos},
		{"a query", 53, query, query, ""},
		{"a query, and a part of the next", 53, query + query[:5], query, cutDNS},
		{"a query, and a length", 53, query + query[:1], query, cutDNS},
		{"a part of a query", 53, query[:5], "", "port 53"},
		{"noise", 53, "\xff\xff\x01\x02", "", "port 53"},
		{"nothing", 53, "", "", ""},
	} {
		w := newWire()
		w.addr[Server] = netip.AddrPortFrom(serverAddr.Addr(), tt.port)
		w.handshake()
		for side, b := range [...]string{tt.sent, tt.answer} {
			if b != "" {
				w.send(Side(side), b)
			}
		}
		w.close()
		w.a.Close()
		got := strings.Join(append(slices.Collect(maps.Keys(w.counters.Undecoded)), slices.Collect(maps.Keys(w.counters.UnreadTCP))...), ", ")
		if got != tt.want || w.a.shared.held != 0 {
			t.Errorf("%s: got %q, want %q, %d bytes held", tt.name, got, tt.want, w.a.shared.held)
		}
	}
}
