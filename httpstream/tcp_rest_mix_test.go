package httpstream

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"negotrace/internal/testcost"
)

// TestRestMixed plays mixed connections in turn, and holds that the same comes out of it, in the same
// order, and nothing is left where flows rest as soon as they can.
func TestRestMixed(t *testing.T) {
	t.Parallel()
	rested := 0
	for seed := range uint64(testcost.Count(300, 20_000)) {
		all := manyMixed(rand.New(rand.NewPCG(seed, 2)))
		want, _ := playAtRest(all, false)
		got, store := playAtRest(all, true)
		if !slices.Equal(want, got) {
			t.Fatalf("seed %d: with rest\n%q, want\n%q", seed, got, want)
		}
		flows, cells := len(free(&store.flows)), len(free(&store.cells))
		if flows != int(store.flows.last) || cells != int(store.cells.last) {
			t.Errorf("seed %d: of %d flows and %d cells %d and %d are free", seed, store.flows.last, store.cells.last, flows, cells)
		}
		rested += flows
	}
	if rested < 500 {
		t.Errorf("only %d flows were at rest at once", rested)
	}
}

// manyMixed returns mixed connections of several clients, some of which share their ports.
func manyMixed(r *rand.Rand) []Segment {
	var tapes [][]Segment
	for i := range 1 + r.IntN(8) {
		tape := mixedConnections(r)
		client := netip.AddrPortFrom(clientAddr.Addr(), clientAddr.Port()-uint16(r.IntN(i+1)))
		for j := range tape {
			for _, a := range []*netip.AddrPort{&tape[j].Src, &tape[j].Dst} {
				if *a == clientAddr {
					*a = client
				}
			}
		}
		tapes = append(tapes, tape)
	}
	var all []Segment
	at := epoch
	if r.IntN(8) == 0 {
		at = Time{} // the first packets have none
	}
	for len(tapes) > 0 {
		i := r.IntN(len(tapes))
		if len(tapes[i]) == 0 {
			tapes = slices.Delete(tapes, i, i+1)
			continue
		}
		s := tapes[i][0]
		tapes[i] = tapes[i][1:]
		switch n := r.IntN(40); {
		case at.IsZero() && n == 0:
			at = epoch
		case n == 0:
			at = at.Add(linger)
		case n < 5:
			at = at.Add(time.Second)
		}
		at = at.Add(time.Millisecond)
		s.At = Pos{Frame: len(all) + 1, Time: at}
		all = append(all, s)
	}
	return all
}

// playAtRest returns what comes out of segments, and what flows at rest were held in. With rest all
// that can rest do before each segment.
func playAtRest(segments []Segment, rest bool) (lines []string, store *restStore) {
	counters := &Counters{}
	add := func(kind string, c *Conn, more ...any) {
		lines = append(lines, fmt.Sprint(kind, c.Stream, c.number, c.Client, c.Server, c.Start, c.End, c.FirstRequest, c.Bytes, c.Lost, c.Ending, more))
	}
	message := func(c *Conn, from Side, at Pos, b []byte) { add("message", c, from, at, b) }
	a := NewAssembler(Sink{
		Rest:     true,
		Exchange: func(x *Exchange) bool { add("exchange", x.Conn, x.Pos(), summary(x)); return false },
		Conn:     func(c *Conn) { add("end", c) },
		Message:  message, SOCKSToken: message,
	}, nil, counters)
	for i := range segments {
		s := segments[i]
		if rest {
			a.maxAwake = 0
			for range a.live.n {
				a.restIdle()
			}
			a.maxAwake = maxAwake
		}
		a.Segment(&s)
	}
	a.Close()
	return append(lines, fmt.Sprintf("%+v %d held", *counters, a.shared.held)), &a.flows.rest
}

// free returns the numbers that can be used again.
func free[E any, P numbered[E]](s *slab[E, P]) (all []uint32) {
	for n := s.free; n != 0; n = *s.at(n).ownNext() {
		all = append(all, n)
	}
	return all
}

// TestRestWithoutTime holds that the places of a flow stay as they are where those that rest first have no
// time, and later ones have.
func TestRestWithoutTime(t *testing.T) {
	t.Parallel()
	a := NewAssembler(Sink{Rest: true}, nil, &Counters{})
	f := idleFlow()
	f.conn.Start.Time, f.conn.End.Time = Time{}, Time{}
	want := *f.conn
	n, _ := a.rest(f)
	if later, _ := a.rest(idleFlow()); n == 0 || later == 0 {
		t.Fatal("a flow does not rest")
	}
	store := &a.flows.rest
	got := flow{conn: &Conn{}}
	w := packing{shared: &a.shared, store: store, b: store.read(nil, n)}
	w.flow(&got)
	if got.conn.Start != want.Start || got.conn.End != want.End {
		t.Errorf("from %+v to %+v, want %+v and %+v", got.conn.Start, got.conn.End, want.Start, want.End)
	}
}

// TestEndOfOneStream holds that of two connections in one stream the one that began first ends first,
// whichever of them is at rest.
func TestEndOfOneStream(t *testing.T) {
	t.Parallel()
	for _, atRest := range []uint64{0, 4, 5} {
		var ended []uint64
		a := NewAssembler(Sink{Rest: true, Conn: func(c *Conn) { ended = append(ended, c.number) }}, nil, &Counters{})
		for _, number := range []uint64{5, 4} {
			f := idleFlow()
			f.conn.number = number
			f.key.port[f.client] += uint16(number)
			f.conn.Client = f.key.end(f.client)
			a.flows.add(f)
			f.moveTo(&a.live)
			if a.maxAwake = 1; number == atRest {
				a.maxAwake = 0
			}
			if a.restIdle(); a.maxAwake == 0 && a.atRest.n != 1 {
				t.Fatal("it does not rest")
			}
		}
		if a.Close(); !slices.Equal(ended, []uint64{4, 5}) {
			t.Errorf("%d at rest: %d end in this order", atRest, ended)
		}
	}
}
