package etw

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"negotrace/capture/pcap"
	pt "negotrace/internal/packettest"
)

// frames returns frames of Ethernet with queries, a millisecond after each other.
func frames(names ...string) (list []pt.NetmonFrame) {
	for i, name := range names {
		list = append(list, pt.NetmonFrame{At: at(i), Network: pt.NetmonEthernet, Data: query(name)})
	}
	return list
}

// TestNetmonVersions reads each version, and says where times are local ones.
func TestNetmonVersions(t *testing.T) {
	for minor := range 5 {
		for _, padded := range []bool{false, true} {
			n := &pt.Netmon{Minor: minor, Network: pt.NetmonEthernet, Start: start, Zone: 2 * time.Hour, Padded: padded}
			got := readBothWays(t, n.File(frames("a", "b", "c")...))
			want := ms("a", 0, "b", 1, "c", 2)
			if minor < 3 {
				want = ms("a", 7200_000, "b", 7200_001, "c", 7200_002)
			}
			expect(t, got, want)
			if said := len(got.limited) == 1 && strings.HasPrefix(got.limited[0], "time-zone-unknown: "); said != (minor < 3) {
				t.Errorf("version 2.%d: said %q", minor, got.limited)
			}
		}
	}
}

// TestNetmonOrder reads frames in the order of the table, with holes between them, and one
// that lies in front of those before it.
func TestNetmonOrder(t *testing.T) {
	n := &pt.Netmon{Minor: 3, Start: start}
	list := frames("statistics", "a", "left out", "b")
	list[0].At = at(9)
	got := read(t, n.FileInOrder([]int{1, 3, 0}, list...), true)
	expect(t, got, ms("a", 1, "b", 3, "statistics", 9))
	got = read(t, n.FileInOrder([]int{0, 1, 3}, list...), false)
	if len(got.rows) != 4 || len(got.damage) != 1 || !strings.Contains(got.damage[0], "the table of the file has 3 frames, 4 were found") {
		t.Errorf("without the table: %v, damage %q", got.rows, got.damage)
	}
	got = read(t, n.FileInOrder(slices.Repeat([]int{2}, 50), list...), true)
	if len(got.rows) > 20 || len(got.damage) != 1 || !strings.Contains(got.damage[0], "overlap") {
		t.Errorf("a table that names one frame 50 times: %d packets, damage %q", len(got.rows), got.damage)
	}
}

// TestNetmonNetworks reads frames of each network type, behind what is in front of them.
func TestNetmonNetworks(t *testing.T) {
	query := pt.Query("q")
	wifi := pt.Join("\x02\x20\x00", make([]byte, 29), "\x08\x02", make([]byte, 22), "\xaa\xaa\x03\x00\x00\x00\x08\x00", query)
	for _, tt := range []struct {
		network int
		data    []byte
		link    pcap.LinkType
		skip    int
	}{
		{0, pt.Ethernet(0x0800, query), 1, 0},
		{pt.NetmonEthernet, pt.Ethernet(0x0800, query), 1, 0},
		{2, pt.Join(make([]byte, 14), query), 6, 0},
		{3, pt.Join(make([]byte, 13), query), 10, 0},
		{4, pt.Ethernet(0x0800, query), 1, 0},
		{4, pt.Join(make([]byte, 16), "\xaa\xaa\x03\x00\x00\x00\x08\x00", query), 100, 16},
		{pt.NetmonWiFi, wifi, 105, 32},
		{7, query, 101, 0},
		{8, query, 101, 0},
		{pt.NetmonRawIP, query, 101, 0},
		{pt.NetmonPcap + 113, pt.Join(make([]byte, 16), query), 113, 0},
		{0xe080, wifi[32:], 105, 0},
	} {
		n := &pt.Netmon{Minor: 3, Start: start}
		got := readBothWays(t, n.File(pt.NetmonFrame{At: at(0), Network: tt.network, Data: tt.data, Wire: len(tt.data) + 5}))
		if len(got.rows) != 1 || got.rows[0].Name != "q" || got.links[0] != tt.link || got.bytes != len(tt.data)-tt.skip || got.wires[0] != 5 {
			t.Errorf("network type %#x: %+v", tt.network, got)
		}
	}
	n := &pt.Netmon{Minor: 3, Start: start}
	for _, network := range []int{5, 10, 11, 0xe081, 0xe08a, 0x8000, 0xffe1} {
		got := readBothWays(t, n.File(append(frames("a"), pt.NetmonFrame{At: at(1), Network: network, Data: make([]byte, 60)})...))
		if len(got.rows) != 1 || len(got.events) != 1 {
			t.Errorf("network type %#x: %v, %v", network, got.rows, got.events)
		}
	}
	got := readBothWays(t, n.File(append(frames("a"), pt.NetmonFrame{At: at(1), Network: pt.NetmonWiFi, Data: wifi[:31]},
		pt.NetmonFrame{At: at(1), Network: pt.NetmonWiFi, Data: pt.Join("\x02\xff\xff", make([]byte, 40))})...))
	if len(got.rows) != 1 || got.events["frames of Network Monitor's network type 0x6"] != 2 {
		t.Errorf("Wi-Fi without its header: %v, %v", got.rows, got.events)
	}
}

// TestNetmonEvents reads packets in events of Windows' tracing, with the numbers that
// Wireshark gives their frames.
func TestNetmonEvents(t *testing.T) {
	n := &pt.Netmon{Minor: 3, Start: start}
	record := func(network int) pt.NetmonFrame {
		return pt.NetmonFrame{At: at(0), Network: network, Data: make([]byte, 30)}
	}
	mon := func(ms, component int, name string) pt.NetmonFrame {
		return n.EventFrame(pt.PktmonEvent(at(ms), pt.PktmonPacket{Number: ms, Type: 1, Component: component}, query(name)))
	}
	first, second := pt.NDISAt(at(6), 13, 13, pt.NDISStart|1, query("d")[:30]), pt.NDISAt(at(7), 13, 13, pt.NDISEnd|1, query("d")[30:])
	got := readBothWays(t, n.File(
		record(0xfffd), // which Wireshark does not number
		n.EventFrame(pt.Event{At: at(0), Provider: pt.WinINet, ID: 1, Payload: []byte("x")}),
		n.EventFrame(pt.NDIS(at(1), query("a"))),
		record(0xffff),
		mon(2, 8, "b"), mon(2, 9, "b"),
		mon(3, 8, "c"),
		n.EventFrame(first), n.EventFrame(second),
		pt.NetmonFrame{At: at(8), Network: pt.NetmonEthernet, Data: query("e")},
		pt.NetmonFrame{At: at(9), Network: pt.NetmonETW, Data: make([]byte, 88)}))
	expect(t, got, ms("a", 1, "b", 2, "c", 3, "d", 7, "e", 8))
	if d := cmp.Diff([]int{2, 4, 6, 8, 9}, got.frames); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]int{"WinINet": 1, "an unknown provider": 1}, got.events); d != "" {
		t.Error(d)
	}
	got = readBothWays(t, n.File(n.EventFrame(pt.Event{At: at(0), Provider: pt.WinINet, Payload: []byte("x")})))
	if got.err == nil || !strings.Contains(got.err.Error(), "without packets: it holds events of WinINet (1)") {
		t.Errorf("without packets: %v", got.err)
	}
}

// TestNetmonCut cuts a file at every byte: without its table it is read from the beginning.
func TestNetmonCut(t *testing.T) {
	for minor := range 4 {
		n := &pt.Netmon{Minor: minor, Network: pt.NetmonEthernet, Start: start}
		list := frames("a", "b", "c")
		whole := n.File(list...)
		size := len(n.Frame(list[0]))
		for length := range whole {
			got := read(t, whole[:length], length%2 == 0)
			if length < 72 {
				if got.err == nil && length >= 4 {
					t.Fatalf("cut at %d: no error", length)
				}
				continue
			}
			if want := min((length-72)/size, 3); len(got.rows) != want || got.err != nil {
				t.Fatalf("version 2.%d cut at %d: %v, %v", minor, length, got.rows, got.err)
			}
			if cut := (length-72)%size > 0 && length < 72+3*size; cut != (len(got.damage) == 1) {
				t.Fatalf("version 2.%d cut at %d: damage %q", minor, length, got.damage)
			}
		}
	}
}

// TestNetmonDamage holds that a damaged frame costs itself and no others.
func TestNetmonDamage(t *testing.T) {
	n := &pt.Netmon{Minor: 3, Start: start}
	list := frames("a", "b", "c")
	size := len(n.Frame(list[0]))
	for name, damage := range map[string]func(b []byte){
		"length of 4 GB":     func(b []byte) { copy(b[72+size+12:], "\xff\xff\xff\xff") },
		"length of the file": func(b []byte) { copy(b[72+size+12:], "\xff\x03\x00\x00") },
	} {
		file := n.File(list...)
		damage(file)
		for _, random := range []bool{true, false} {
			got := read(t, file, random)
			if len(got.damage) == 0 || len(got.rows) < 2 || got.rows[0].Name != "a" || got.rows[len(got.rows)-1].Name != "c" {
				t.Errorf("%s, at any place %v: %v, damage %q", name, random, got.rows, got.damage)
			}
		}
	}
	outside := n.File(list...)
	copy(outside[len(outside)-8:], "\xff\xff\xff\x7f")
	if got := read(t, outside, true); len(got.rows) != 2 || len(got.damage) != 1 || !strings.Contains(got.damage[0], "outside of the file") {
		t.Errorf("a frame outside: %v, %q", got.rows, got.damage)
	}
	other := n.File(list...)
	other[5] = 3
	if got := readBothWays(t, other); got.err == nil || !strings.Contains(got.err.Error(), "version 3.3") {
		t.Errorf("version 3.3: %v", got.err)
	}
	month := (&pt.Netmon{Minor: 0, Network: 1, Start: start}).File(list...)
	month[10] = 13
	if got := readBothWays(t, month); len(got.rows) != 3 || got.rows[0].At != -1 {
		t.Errorf("a month 13: %v", got.rows)
	}
}
