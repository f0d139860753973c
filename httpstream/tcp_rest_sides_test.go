package httpstream

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"negotrace/internal/testcost"
)

// TestRoomOfSides holds how much room a connection takes that is idle, or waits for the other end, of which a capture
// has both sides of a router that translates addresses, or of a firewall that changes sequence numbers; one that one
// end has closed; and one through a SOCKS proxy.
func TestRoomOfSides(t *testing.T) {
	ends := func(s *Segment) (client, server *netip.AddrPort) {
		if s.Dst == serverAddr {
			return &s.Src, &s.Dst
		}
		return &s.Dst, &s.Src
	}
	translate := func(s *Segment) {
		client, _ := ends(s)
		addr := client.Addr().As4()
		*client = netip.AddrPortFrom(netip.AddrFrom4([4]byte{11, addr[1], addr[2], addr[3]}), 40000)
	}
	renumber := func(s *Segment) {
		by := [2]uint32{0x30000000, 0x50000000}
		from := toInt(s.Src == serverAddr)
		if s.Seq += by[from]; s.Flags&FlagACK != 0 {
			s.Ack += by[from^1]
		}
	}
	for _, test := range []struct {
		name  string
		other func(*Segment) // makes what the other side shows of a segment
		say   string         // of the server
		end   func(w *wire)
		most  int
	}{
		{"router", translate, ok5, nil, 270},
		{"router, no response", translate, "", nil, 370},
		{"firewall", renumber, ok5, nil, 230},
		{"firewall, no response", renumber, "", nil, 330},
		{"half closed", nil, ok5, func(w *wire) { w.fin(Client) }, 190},
	} {
		t.Run(test.name, func(t *testing.T) {
			roomAtRest(t, test.most, testcost.Count(20_000, 50_000), func(w *wire) {
				w.isn = [2]uint32{w.isn[0] + 1<<24, w.isn[1] + 1<<24}
				w.ttl, w.streams = 64, w.streams[:0]
				w.before = func(s *Segment) {
					if test.other == nil {
						return
					}
					again := *s
					test.other(&again)
					if again.TTL--; s.Src == serverAddr {
						again.TTL, s.TTL = s.TTL, again.TTL
						w.a.Segment(&again)
						return
					}
					first := *s
					w.a.Segment(&first)
					*s = again
				}
				w.handshake()
				w.send(Client, get1)
				w.send(Server, test.say)
				if test.end != nil {
					test.end(w)
				}
			})
		})
	}
}

// TestSidesAtRest plays mixed connections of which a capture has both sides of a router, or of a firewall, and some
// only later, and holds that the same comes out of it whether flows rest or not.
func TestSidesAtRest(t *testing.T) {
	t.Parallel()
	aliases, renumbered := 0, 0
	for seed := range uint64(testcost.Count(300, 20_000)) {
		r := rand.New(rand.NewPCG(seed, 5))
		all := manySides(r)
		want, _ := playAtRest(all, false)
		got, store := playAtRest(all, true)
		if !slices.Equal(want, got) {
			t.Fatalf("seed %d: with rest\n%q, want\n%q", seed, got, want)
		}
		flows, cells, seen := len(free(&store.flows)), len(free(&store.cells)), len(free(&store.seen))
		if flows != int(store.flows.last) || cells != int(store.cells.last) || seen != int(store.seen.last) {
			t.Errorf("seed %d: of %d flows, %d cells, %d things %d, %d and %d are free", seed, store.flows.last, store.cells.last, store.seen.last, flows, cells, seen)
		}
		if isForwardedMix(all) {
			aliases += flows
		} else {
			renumbered += flows
		}
	}
	if aliases < 200 || renumbered < 100 {
		t.Errorf("only %d of routers and %d of firewalls were at rest at once", aliases, renumbered)
	}
}

// TestForwardedAtRest holds that a SYN which a router may have forwarded is joined to the other one when both are
// answered, though its flow rested before, and that no other flow is that came in the place of its flow.
func TestForwardedAtRest(t *testing.T) {
	t.Parallel()
	const client, server = 1 << 28, 1 << 29 // numbers
	inside := [2]netip.AddrPort{clientAddr, serverAddr}
	outside := [2]netip.AddrPort{outsideClient, insideServer}
	other := [2]netip.AddrPort{netip.AddrPortFrom(clientAddr.Addr(), clientAddr.Port()+1), serverAddr}
	later := [2]netip.AddrPort{clientAddr, netip.AddrPortFrom(serverAddr.Addr(), PortKerberos)}
	syn := func(ends [2]netip.AddrPort, ttl uint8) Segment {
		return Segment{Src: ends[0], Dst: ends[1], Seq: client, Flags: FlagSYN, TTL: ttl}
	}
	answer := func(ends [2]netip.AddrPort, ttl uint8) Segment {
		return Segment{Src: ends[1], Dst: ends[0], Seq: server, Ack: client + 1, Flags: FlagSYN | FlagACK, TTL: ttl}
	}
	says := func(ends [2]netip.AddrPort, by uint32) Segment {
		return Segment{Src: ends[0], Dst: ends[1], Seq: client + 1 + by, Ack: server + 1, Flags: FlagACK, TTL: 63, Payload: []byte("\x00\x00\x00\x08abcd")}
	}
	for _, test := range []struct {
		name     string
		segments []Segment
		want     uint64 // connections
	}{
		{"its flow rested", []Segment{
			syn(inside, 64), syn(outside, 63), says(outside, 1<<30), answer(outside, 128), answer(inside, 127),
		}, 1},
		{"another flow in its place", []Segment{
			syn(inside, 64), syn(other, 63), answer(other, 127), says(other, 0), syn(later, 65), answer(later, 127), answer(inside, 127),
		}, 3},
	} {
		for i := range test.segments {
			test.segments[i].At = Pos{Frame: i + 1, Time: epoch.Add(time.Duration(i) * time.Millisecond)}
			if i > 2 { // what was held as an opening is taken
				test.segments[i].At.Time = test.segments[i].At.Time.Add(time.Second)
			}
		}
		for _, rest := range []bool{false, true} {
			lines, store := playAtRest(test.segments, rest)
			if want := fmt.Sprintf(" Connections:%d ", test.want); !strings.Contains(lines[len(lines)-1], want) {
				t.Errorf("%s, with rest %t: %q, want%s", test.name, rest, lines, want)
			}
			if rest == (store.flows.last == 0) {
				t.Errorf("%s: with rest %t %d rested", test.name, rest, store.flows.last)
			}
		}
	}
}

// manySides returns connections in turn that are seen on both sides of a router, or logons on both of a firewall.
func manySides(r *rand.Rand) []Segment {
	if r.IntN(2) == 0 {
		all := manyMixed(r)
		beginAtRandom(all)
		twice := forwarded(all, netip.AddrPortFrom(outsideClient.Addr(), clientAddr.Port()), insideServer, 1)
		for i := range twice {
			twice[i].At.Frame = i + 1
		}
		return twice
	}
	var all []Segment
	for i := range 1 + r.IntN(6) {
		sides, _, _ := mixedSides(r)
		for _, s := range sides {
			for _, a := range []*netip.AddrPort{&s.Src, &s.Dst} {
				if *a == clientAddr {
					*a = netip.AddrPortFrom(clientAddr.Addr(), clientAddr.Port()-uint16(i))
				}
			}
			all = append(all, s)
		}
	}
	slices.SortStableFunc(all, func(a, b Segment) int { return a.At.Time.Compare(b.At.Time) })
	return inFileOrder(all)
}

func isForwardedMix(all []Segment) bool {
	return slices.ContainsFunc(all, func(s Segment) bool { return s.Src == insideServer || s.Dst == insideServer })
}
