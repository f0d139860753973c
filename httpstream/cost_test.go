package httpstream

import (
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// TestTunnelsInTunnels holds that each CONNECT inside of another does not make those
// behind it dearer.
func TestTunnelsInTunnels(t *testing.T) {
	const deep = 5000
	w := newWire()
	w.handshake()
	for range deep {
		w.send(Client, "CONNECT a.test:80 HTTP/1.1\r\n\r\n")
		w.send(Server, "HTTP/1.1 200 OK\r\n\r\n")
	}
	w.close()
	if n := len(w.conns); n != maxTunnels+1 || w.counters.Dropped[tunnelsDropped] != 1 || len(w.exchanges) != maxTunnels+1 {
		t.Errorf("%d connections, %d exchanges, dropped %v", n, len(w.exchanges), w.counters.Dropped)
	}
}

// TestStreamsLeftOpen holds what a stream costs that is opened while as many as may be are
// open.
func TestStreamsLeftOpen(t *testing.T) {
	c, _ := newSpeakers()
	sh := &shared{counters: newCounters()}
	r := sh.http2(testConn()).(*http2Reader)
	f := c.headers(1, 0, get...)
	at := Pos{Frame: 1}
	next := uint32(1)
	open := func(n int) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range n {
			copy(f.b[5:], []byte{byte(next >> 24), byte(next >> 16), byte(next >> 8), byte(next)})
			r.data(Client, &at, f.b)
			next += 2
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	open(maxStreams)
	const more = 20_000
	if each := open(more) / more; each > 3000 {
		t.Errorf("%d bytes are allocated for each stream", each)
	}
	if len(r.streams) > maxStreams || len(r.ids) > 4*maxStreams || sh.counters.Dropped[streamDropped] != more {
		t.Errorf("%d streams, %d identifiers, dropped %v", len(r.streams), len(r.ids), sh.counters.Dropped)
	}
	if got := r.open(); len(got) != len(r.streams) || r.oldest() != got[0] {
		t.Errorf("%d open streams, %d listed, oldest %d", len(r.streams), len(got), r.oldest())
	}
}

// TestResponsesAlone holds that a response which answers nothing is found to do so without
// looking at all those before it.
func TestResponsesAlone(t *testing.T) {
	sh := &shared{counters: newCounters()}
	h := newHTTP1(sh, testConn(), [2]bool{})
	for i := range 4 * maxPending {
		h.data(Server, &Pos{Frame: i + 1}, []byte(ok5))
		if waiting := len(h.queue) - h.answered; waiting > 1 {
			t.Fatalf("after %d responses %d of %d are looked at", i+1, waiting, len(h.queue))
		}
	}
	h.data(Client, &Pos{Frame: 1 << 20}, []byte(strings.Repeat(get1, 3)))
	h.data(Server, &Pos{Frame: 1<<20 + 1}, []byte(denied))
	if p := h.firstUnanswered(); p != nil && p.x.Request == nil {
		t.Error(fmt.Sprint("a response waits for a response: ", summary(p.x)))
	}
}

// TestConnectionSize holds what an idle connection takes: hundreds of thousands may be open. These are
// sizes in which memory is given out.
func TestConnectionSize(t *testing.T) {
	if n := reflect.TypeFor[flow]().Size(); n > 320 {
		t.Errorf("a flow has %d bytes", n)
	}
	if n := reflect.TypeFor[Conn]().Size(); n > 352 {
		t.Errorf("a Conn has %d bytes", n)
	}
	for of, most := range map[reflect.Type]uintptr{reflect.TypeFor[resting](): 24, reflect.TypeFor[cell](): 32, reflect.TypeFor[slot](): 8} {
		if n := of.Size(); n > most || hasPointers(of) {
			t.Errorf("a %s has %d bytes, want %d, and no pointers: the garbage collector would look at each", of.Name(), n, most)
		}
	}
}

// hasPointers reports whether the garbage collector looks into values of a type.
func hasPointers(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			if hasPointers(t.Field(i).Type) {
				return true
			}
		}
		return false
	case reflect.Array:
		return hasPointers(t.Elem())
	}
	return t.Kind() > reflect.Complex128
}

// TestFoldedLines holds that a value on many lines is put together at once, and what it is.
func TestFoldedLines(t *testing.T) {
	var h head
	text := "GET / HTTP/1.1\r\nA: b\r\n" + strings.Repeat(" c\r\n\t \r\n", 7000) + "D:\r\n  e \r\n\tf\r\n\r\n"
	if !h.read([]byte(text)) {
		t.Fatal("no head")
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	fields, malformed := appendFields(nil, &h)
	runtime.ReadMemStats(&after)
	want := Header{{Name: "A", Value: "b" + strings.Repeat(" c", 7000)}, {Name: "D", Value: "e f"}}
	if !slices.Equal(fields, want) || malformed != 0 {
		t.Errorf("%d fields, %d malformed lines", len(fields), malformed)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 4<<20 {
		t.Errorf("%d bytes are allocated", n)
	}
}

// TestRefusedOneByOne holds that what waits behind a request is not held anew with each that is refused.
func TestRefusedOneByOne(t *testing.T) {
	const n, connect, refused = 2000, "CONNECT a:1 HTTP/1.1\r\n\r\n", "HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"
	for _, behind := range []string{"", connect[:9]} { // in a segment of its own, or with a part of the next one
		w := newWire()
		w.handshake()
		w.send(Client, connect+behind)
		for range n - 1 {
			w.send(Client, connect[len(behind):]+behind)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range n {
			w.send(Server, refused)
		}
		runtime.ReadMemStats(&after)
		w.close()
		w.a.Close()
		if each := (after.TotalAlloc - before.TotalAlloc) / n; each > 4<<10 {
			t.Errorf("%q: %d bytes are allocated for each", behind, each)
		}
		if len(w.exchanges) < n || w.exchanges[n-1].Response == nil || w.a.shared.held != 0 {
			t.Errorf("%q: %d exchanges, %d bytes are held", behind, len(w.exchanges), w.a.shared.held)
		}
	}
}
