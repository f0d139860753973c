package etw

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	pt "negotrace/internal/packettest"
)

// TestLayers reads one packet of those that interfaces, filters and components logged, and
// every retransmission.
func TestLayers(t *testing.T) {
	tr := pt.NewTrace(start)
	ndisAt := func(ms, lower int, name string) []byte {
		return tr.Event(pt.NDISAt(at(ms), 13, lower, pt.NDISWhole|1, query(name)))
	}
	mon := func(ms, number, component, edge int, name string) []byte {
		return tr.Event(pt.PktmonEvent(at(ms), pt.PktmonPacket{Number: number, Appearance: 1, Type: 1, Component: component, Edge: edge}, query(name)))
	}
	wifi := func(ms, lower int, iv string, name string) []byte {
		return tr.Event(pt.NDISAt(at(ms), 13, lower, pt.NDISWhole|pt.NDISWiFi, pt.Join("\x88\x42", make([]byte, 24), iv, "\xaa\xaa\x03\x00\x00\x00\x08\x00", pt.Query(name))))
	}
	padded := func(ms, lower int, name string) []byte {
		return tr.Event(pt.NDISAt(at(ms), 13, lower, pt.NDISWhole|1, pt.Join(query(name), make([]byte, 9))))
	}
	for _, tt := range []struct {
		name   string
		events [][]byte
		want   []row
	}{
		{"Wi-Fi and what a filter makes of it", [][]byte{wifi(0, 13, "", "a"), ndisAt(0, 20, "a"), ndisAt(1, 20, "b"), wifi(1, 13, "12345678", "b")}, ms("a", 0, "b", 1)},
		{"with padding and without", [][]byte{ndisAt(0, 20, "a"), padded(0, 13, "a"), ndisAt(1, 20, "b")}, ms("a", 0, "b", 1)},
		{"a miniport and two filters", [][]byte{ndisAt(0, 13, "a"), ndisAt(0, 20, "a"), ndisAt(1, 21, "a"), ndisAt(2, 13, "b"), ndisAt(2, 20, "b")}, ms("a", 0, "b", 2)},
		{"a retransmission at one layer", [][]byte{ndisAt(0, 13, "a"), ndisAt(300, 13, "a")}, ms("a", 0, "a", 300)},
		{"a retransmission at two layers", [][]byte{ndisAt(0, 13, "a"), ndisAt(0, 20, "a"), ndisAt(300, 13, "a"), ndisAt(301, 20, "a")}, ms("a", 0, "a", 300)},
		{"the same bytes much later at another layer", [][]byte{ndisAt(0, 13, "a"), ndisAt(5000, 20, "a")}, ms("a", 0, "a", 5000)},
		{"components of pktmon", [][]byte{mon(0, 1, 8, 1, "a"), mon(0, 1, 9, 1, "a"), mon(1, 2, 8, 1, "b")}, ms("a", 0, "b", 1)},
		{"a packet that a component changed", [][]byte{mon(0, 1, 8, 1, "a"), mon(0, 1, 9, 1, "x")}, ms("a", 0)},
		{"a packet that a component sends on as another", [][]byte{mon(0, 1, 8, 1, "a"), mon(0, 2, 9, 1, "a")}, ms("a", 0)},
		{"retransmissions of pktmon", [][]byte{mon(0, 1, 8, 1, "a"), mon(0, 1, 8, 2, "a"), mon(9, 2, 8, 1, "a")}, ms("a", 0, "a", 9)},
		{"both tools at once", [][]byte{ndisAt(0, 13, "a"), mon(0, 1, 8, 1, "a"), mon(2, 2, 8, 1, "b"), ndisAt(2, 13, "b")}, ms("a", 0, "b", 2)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			expect(t, readBothWays(t, pt.Join(tr.Header(), tr.Buffer(0, tt.events...))), tt.want)
		})
	}
}

// TestRemembered holds that what is remembered of packets is bounded, and that some hundred
// packets between two copies are not too many.
func TestRemembered(t *testing.T) {
	l := newPacketLog(nil)
	l.clock.isFiletime = true
	admitted := 0
	log := func(i int, layer uint64) {
		p := loggedPacket{at: int64(pt.Filetime(start)), data: pt.U32(i), layer: layer}
		if l.admit(&p) {
			admitted++
		}
	}
	const n, apart = 4 * cacheSets * cacheWays, 300
	for i := range n {
		log(i, 1)
		if i >= apart {
			log(i-apart, 2)
		}
	}
	if admitted != n {
		t.Errorf("%d of %d packets", admitted, n)
	}
	var m hashCache[int]
	for i := range 3 * cacheWays {
		if _, known := m.find(uint64(i) * cacheSets); known {
			t.Errorf("%d is known", i)
		}
	}
	if _, known := m.find(0); known {
		t.Error("a full set forgets nothing")
	}
}

// TestDrops says what Windows dropped, how often and why, and reads a packet of which there
// is nothing else.
func TestDrops(t *testing.T) {
	tr := pt.NewTrace(start)
	mon := func(ms int, p pt.PktmonPacket, name string) []byte {
		return tr.Event(pt.PktmonEvent(at(ms), p, query(name)))
	}
	got := readBothWays(t, pt.Join(tr.Header(), tr.Buffer(0,
		mon(0, pt.PktmonPacket{Number: 1, Type: 1, Component: 8}, "a"),
		mon(1, pt.PktmonPacket{Number: 1, Type: 1, Component: 9, Dropped: true, Reason: 909}, "a"),
		mon(2, pt.PktmonPacket{Number: 2, Type: 1, Component: 9, Dropped: true, Reason: 909}, "b"),
		mon(3, pt.PktmonPacket{Number: 3, Type: 5, Component: 9, Dropped: true, Reason: 1204}, "c"),
		mon(4, pt.PktmonPacket{Number: 4, Type: 1, Component: 9, Dropped: true, Reason: 99999}, "d"),
		mon(5, pt.PktmonPacket{Number: 5, Type: 5, Component: 7}, "tcp"),
		mon(6, pt.PktmonPacket{Number: 5, Type: 1, Component: 8}, "e"))))
	expect(t, got, ms("a", 0, "b", 2, "d", 4, "e", 6))
	want := "packets-dropped-by-windows: Windows itself dropped packets on the machine of the capture, 4 times: " +
		"NL_InspectionDrop: by the firewall or other security software (Windows Filtering Platform) (2, first at 2026-11-23 10:00:00.001 UTC); " +
		"INET_EndpointNotFound: nobody listens on the port (1, first at 2026-11-23 10:00:00.003 UTC); reason 99999 (1, first at 2026-11-23 10:00:00.004 UTC)"
	if d := cmp.Diff([]string{want}, got.limited); d != "" {
		t.Error(d)
	}
	if n := got.events["packets of pktmon without a link layer, which it logs higher up"]; n != 2 || len(got.events) != 1 {
		t.Errorf("other events: %v", got.events)
	}
}

// TestPktmon reads what pktmon logs of packets that it cut, of Wi-Fi and of IP alone, and
// counts what is too short.
func TestPktmon(t *testing.T) {
	tr := pt.NewTrace(start)
	long := query(strings.Repeat("x", 60))
	short := pt.PktmonEvent(at(4), pt.PktmonPacket{Number: 4, Type: 1}, nil)
	short.Payload = short.Payload[:33]
	got := readBothWays(t, pt.Join(tr.Header(), tr.Buffer(0,
		tr.Event(pt.PktmonEvent(at(0), pt.PktmonPacket{Number: 1, Type: 1, Original: len(long)}, long[:60])),
		tr.Event(pt.PktmonEvent(at(1), pt.PktmonPacket{Number: 2, Type: 2}, make([]byte, 40))),
		tr.Event(pt.PktmonEvent(at(2), pt.PktmonPacket{Number: 3, Type: 3}, pt.Query("c"))),
		tr.Event(short),
		tr.Event(pt.Event{At: at(5), Provider: pt.Pktmon, ID: 120, Payload: make([]byte, 60)}))))
	if len(got.rows) != 3 || got.wires[0] != len(long)-60 || got.links[1] != linkDot11 || got.links[2] != linkRaw || got.rows[2].Name != "c" {
		t.Errorf("%v, cut by %v, links %v", got.rows, got.wires, got.links)
	}
	if d := cmp.Diff(map[string]int{"packets of pktmon in an unknown form": 1}, got.events); d != "" {
		t.Error(d)
	}
}

// TestProviders holds that the table of providers names each as its GUID is written.
func TestProviders(t *testing.T) {
	if got := parseGUID(pt.NDISCapture); string(got[:]) != string(pt.GUID(pt.NDISCapture)) || got.String() != "{"+pt.NDISCapture+"}" {
		t.Errorf("%s is read as %s", pt.NDISCapture, got)
	}
	for g, name := range providerNames {
		if want := providerName(g); want != name {
			t.Errorf("%s is %q and %q", g, want, name)
		}
	}
	for _, reason := range []uint32{0, 38, 39, 200, 201, 223, 224, 228, 718, 719, 931, 932, 1231, 1232, 1233, 3030, 1 << 31} {
		if dropName(reason) == "" {
			t.Errorf("drop reason %d has no name", reason)
		}
	}
	for reason, want := range map[uint32]string{8: "Filtered: filtered", 931: "NL_SessionStateFailure", 932: "reason 932", 1232: "INET_AcceptRedirection", 228: "SteeringMismatch", 719: "NicSuspended", 1418: "Ipsec_Unsuccessful", 3029: "Http_UlErrorVersion", 3814: "Http_TimeDifferenceAtDc"} {
		if got := dropName(reason); got != want {
			t.Errorf("drop reason %d is called %q, want %q", reason, got, want)
		}
	}
}
