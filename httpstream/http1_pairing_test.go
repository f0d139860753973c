package httpstream

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A response that stays alone after a loss is not taken by a request that was sent when
// it had been received, whatever the order in which they come.
func TestPairAfterLoss(t *testing.T) {
	var got []string
	sh := &shared{counters: newCounters(), sink: Sink{Exchange: func(x *Exchange) bool { got = append(got, summary(x)); return false }}}
	h := newHTTP1(sh, testConn(), [2]bool{})
	at := Pos{Time: epoch}
	next := func() *Pos {
		at.Frame++
		at.Time = at.Time.Add(time.Millisecond)
		return &at
	}
	sh.sendPoint = sendPoint{valid: true, from: Client}
	h.data(Client, next(), []byte(get1))
	h.gap(Server, next(), 38)
	h.conn.Lost[Server] = 38
	sh.sendPoint, sh.peerUnread = sendPoint{valid: true, from: Server, offset: 38, peerOffset: 200}, 150
	h.data(Server, next(), []byte(denied))
	sh.sendPoint, sh.peerUnread = sendPoint{valid: true, from: Server, offset: 38 + int64(len(denied)), peerOffset: 300}, 0
	h.data(Server, next(), []byte(ok5))
	sh.sendPoint = sendPoint{valid: true, from: Client, offset: 300, peerOffset: 38 + int64(len(denied)+len(ok5))}
	h.data(Client, next(), []byte(get2))
	h.end(Client, next())
	h.end(Server, next())
	want := []string{
		"GET /1 +0 > -; server side: 38 bytes are missing in the capture; its response is not in the capture",
		"- > 401 +0; its request is not in the capture",
		"- > 200 +5; its request is not in the capture",
		"GET /2 +0 > -",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("exchanges (-want +got):\n%s", d)
	}
}

// TestPairByAcknowledgments plays responses that come into the capture long before their
// requests: what both ends had acknowledged shows that they belong together.
func TestPairByAcknowledgments(t *testing.T) {
	const isnC, isnS = 1000, 5000
	w := newWire()
	w.handshake()
	w.raw(Server, FlagACK, isnS+1, isnC+1+uint32(len(get1)), denied)
	w.now = w.now.Add(2 * holeAge)
	w.raw(Client, FlagACK, isnC+1, isnS+1, get1)
	w.raw(Server, FlagACK, isnS+1+uint32(len(denied)), isnC+1+uint32(len(get1+get2)), ok5)
	w.now = w.now.Add(2 * holeAge)
	w.raw(Client, FlagACK, isnC+1+uint32(len(get1)), isnS+1+uint32(len(denied)), get2)
	w.expect(t, "GET /1 +0 > 401 +0", "GET /2 +0 > 200 +5")

	w = newWire() // the server gave up waiting when the client sent something at last
	w.handshake()
	w.raw(Server, FlagACK, isnS+1, isnC+1, ok5)
	w.now = w.now.Add(2 * holeAge)
	w.raw(Client, FlagACK, isnC+1, isnS+1, get1)
	w.expect(t, "- > 200 +5", "GET /1 +0 > -")
}
