package httpstream

import (
	"net/netip"
	"strings"
	"testing"
)

// TestQueuesShrink holds that nothing is held of what was queued, once it was delivered
// or its connection has ended.
func TestQueuesShrink(t *testing.T) {
	request := "GET /1 HTTP/1.1\r\nX: " + strings.Repeat("x", 50_000) + "\r\n\r\n"
	const part = 1000
	ends := map[string]func(w *wire){
		"delivered": func(w *wire) { w.segment(Client, FlagACK, 0, request[:part]) },
		"RST": func(w *wire) {
			w.segment(Client, FlagRST, len(request), "")
			w.now = w.now.Add(2 * linger) // until then it may not have been taken
			w.addr[Client] = netip.AddrPortFrom(clientAddr.Addr(), 50001)
			w.segment(Client, FlagSYN, 0, "")
		},
		"FIN": func(w *wire) {
			w.send(Server, ok5)
			w.now = w.now.Add(holeAge) // what is missing may come until then
			w.close()
		},
		"end of the capture": func(w *wire) { w.a.Close() },
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			w := newWire()
			w.handshake()
			for at := len(request) - len(request)%part; at >= part; at -= part { // the last first
				w.segment(Client, FlagACK, at, request[at:min(at+part, len(request))])
			}
			f := w.a.last.flow
			if q := f.half[f.client].queue; q == nil || q.held != len(request)-part || w.a.shared.held < int64(q.held) {
				t.Fatalf("queue %+v, %d bytes held", q, w.a.shared.held)
			}
			end(w)
			if f.half[0].queue != nil || f.half[1].queue != nil {
				t.Error("the queue is still there")
			}
			if name == "delivered" {
				w.send(Server, ok5)
			}
			if w.a.shared.held != 0 {
				t.Errorf("%d bytes are still held", w.a.shared.held)
			}
		})
	}
}

// TestFlowTableShrinks holds that connections which have ended are forgotten once
// nothing of them can come any more.
func TestFlowTableShrinks(t *testing.T) {
	const conns = 5000
	w := newWire()
	exchange := func(port int) {
		w.addr[Client] = netip.AddrPortFrom(clientAddr.Addr(), uint16(port))
		w.sent = [2]int{}
		w.handshake()
		w.send(Client, get1)
		w.send(Server, ok5)
		w.close()
	}
	now := w.now
	for i := range conns {
		w.now = now // all at once
		exchange(10_000 + i)
	}
	if n := w.a.flows.n; n != conns {
		t.Fatalf("%d connections are remembered, want %d", n, conns)
	}
	w.now = w.now.Add(2 * linger)
	exchange(9_999)
	if n, closed := w.a.flows.n, w.a.closed.n; n != 1 || closed != 1 {
		t.Errorf("%d connections are remembered, %d of them closed, want the last one only", n, closed)
	}
	if w.a.live.n != 0 || w.a.embryonic.n != 0 || w.a.shared.held != 0 || len(w.exchanges) != conns+1 {
		t.Errorf("%d live, %d embryonic, %d bytes held, %d exchanges", w.a.live.n, w.a.embryonic.n, w.a.shared.held, len(w.exchanges))
	}
}
