package etw

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"negotrace/capture/pcap"
	pt "negotrace/internal/packettest"
	"negotrace/internal/testcost"
)

func TestMain(m *testing.M) { testcost.Main(m) }

// ndis returns the event of a query that was logged some milliseconds after the start.
func ndis(tr *pt.Trace, ms int, name string) []byte { return tr.Event(pt.NDIS(at(ms), query(name))) }

// TestClocks reads traces that were stamped by each clock, of systems of 64 and of 32 bits.
func TestClocks(t *testing.T) {
	for _, tt := range []struct {
		name      string
		clock     uint32
		frequency uint64
		limited   string
	}{
		{"performance counter of 10 MHz", pt.PerformanceCounter, 10_000_000, ""},
		{"performance counter of odd frequency", pt.PerformanceCounter, 2_280_911, ""},
		{"performance counter of ACPI", pt.PerformanceCounter, 3_579_545, ""},
		{"system time", pt.SystemTime, 0, ""},
		{"CPU cycles", pt.CPUCycles, 2208, "times-approximate"},
	} {
		for _, bits32 := range []bool{false, true} {
			tr := pt.NewTrace(start)
			tr.Clock, tr.Frequency, tr.Bits32 = tt.clock, tt.frequency, bits32
			// Hours later a product of 64 bits would have overflowed.
			got := readBothWays(t, pt.Join(tr.Header(), tr.Buffer(0, ndis(tr, 0, "a"), ndis(tr, 1500, "b"), ndis(tr, 48*3600*1000, "c"))))
			for i, want := range []int{0, 1500, 48 * 3600 * 1000} {
				if i >= len(got.rows) || (got.rows[i].At-time.Duration(want)*time.Millisecond).Abs() > time.Microsecond {
					t.Errorf("%s, 32 bits %v: %v", tt.name, bits32, got.rows)
				}
			}
			if tt.limited == "" != (len(got.limited) == 0) || tt.limited != "" && !strings.HasPrefix(got.limited[0], tt.limited) {
				t.Errorf("%s: said %q", tt.name, got.limited)
			}
		}
	}
}

// TestNoClock holds that packets of a trace which does not say what its times mean have none.
func TestNoClock(t *testing.T) {
	tr := pt.NewTrace(start)
	file := pt.Join(tr.Header(), tr.Buffer(0, ndis(tr, 0, "a"), ndis(tr, 1, "b")))
	clear(file[72+32+256 : 72+32+264]) // PerfFreq
	got := readBothWays(t, file)
	if d := cmp.Diff([]row{{-1, "a"}, {-1, "b"}}, got.rows); d != "" || len(got.damage) != 1 || !strings.Contains(got.damage[0], "times mean") {
		t.Errorf("%q\n%s", got.damage, d)
	}
}

// TestOrder reads the buffers of several processors, which overlap in time, in the order in
// which each was full, and of circular files.
func TestOrder(t *testing.T) {
	tr := pt.NewTrace(start)
	slow := tr.Buffer(2, ndis(tr, 1, "b"), ndis(tr, 30, "e"), ndis(tr, 900, "g"))
	first := tr.Buffer(0, ndis(tr, 0, "a"), ndis(tr, 2, "c"))
	second := tr.Buffer(0, ndis(tr, 3, "d"), ndis(tr, 40, "f"))
	unordered := tr.Buffer(1, ndis(tr, 40, "f"), ndis(tr, 3, "d"))
	want := ms("a", 0, "b", 1, "c", 2, "d", 3, "e", 30, "f", 40, "g", 900)
	empty, ones := make([]byte, tr.BufferSize), slices.Repeat([]byte{0xff}, tr.BufferSize)
	for name, buffers := range map[string][]any{
		"as they were full":   {first, second, slow},
		"circular":            {second, slow, first},
		"not quite in order":  {first, unordered, slow},
		"with unused buffers": {first, empty, second, ones, slow, empty},
	} {
		t.Run(name, func(t *testing.T) {
			expect(t, readBothWays(t, pt.Join(append([]any{tr.Header()}, buffers...)...)), want)
		})
	}
}

// TestOrderOfMany holds that a file which can be read at any place is put in order however
// far its buffers are apart, and that one which cannot be says that it is not.
func TestOrderOfMany(t *testing.T) {
	tr := pt.NewTrace(start)
	tr.BufferSize = 64 << 10
	long := pt.Ethernet(0x0800, pt.IPv4(6, pt.Client4.Addr(), pt.Server4.Addr(), pt.Segment(pt.Client4, pt.Server4, strings.Repeat("x", 60000))))
	parts := []any{tr.Header()}
	const buffers = heldInTests/60000 + 4
	for i := range buffers {
		parts = append(parts, tr.Buffer(0, tr.Event(pt.NDIS(at(10+i), long))))
	}
	file := pt.Join(append(parts, tr.Buffer(1, ndis(tr, 0, "slow")))...)
	got := read(t, file, true)
	if len(got.rows) != buffers+1 || got.rows[0].Name != "slow" || len(got.damage) > 0 {
		t.Errorf("%d packets, damage %q", len(got.rows), got.damage)
	}
	got = read(t, file, false)
	if len(got.rows) != buffers+1 || got.rows[0].Name == "slow" || len(got.damage) != 1 || !strings.Contains(got.damage[0], "could not be put in order (1)") {
		t.Errorf("%d packets, damage %q", len(got.rows), got.damage)
	}
}

// TestOtherEvents counts what other providers log, and reads past it.
func TestOtherEvents(t *testing.T) {
	tr := pt.NewTrace(start)
	file := pt.Join(tr.Header(), tr.Buffer(0,
		tr.Event(pt.Event{At: at(0), Provider: pt.WinINet, ID: 104, Payload: []byte("http://secret/")}),
		tr.Message([]byte("trace")),
		tr.System(at(0), 3, []byte("process")),
		tr.System(at(0), 0, []byte("the trace itself")),
		tr.Classic(at(0), "9b79ee91-b5fd-41c0-a243-4248e266e9d0", []byte("volumes")),
		tr.Classic(at(0), "01234567-89ab-cdef-0123-456789abcdef", nil),
		ndis(tr, 1, "a"),
		tr.Event(pt.Event{At: at(1), Provider: pt.NDISCapture, ID: 1014, Payload: make([]byte, 16)}),
		tr.Event(pt.Event{At: at(1), Provider: pt.NDISCapture, ID: 1001, Payload: make([]byte, 11)}),
		tr.Event(pt.Event{At: at(2), Provider: pt.WinINet, Extended: [][]byte{[]byte("stack"), make([]byte, 16)}})))
	got := readBothWays(t, file)
	expect(t, got, ms("a", 1))
	want := map[string]int{"WinINet": 2, "software traces (WPP)": 1, "the Windows kernel": 1,
		"{01234567-89ab-cdef-0123-456789abcdef}": 1, "packets of ndiscap in an unknown form": 1}
	if d := cmp.Diff(want, got.events); d != "" {
		t.Error(d)
	}
}

// TestExtendedData reads packets whose events have a call stack between header and payload.
func TestExtendedData(t *testing.T) {
	tr := pt.NewTrace(start)
	e := pt.NDIS(at(1), query("a"))
	e.Extended = [][]byte{[]byte("stack"), make([]byte, 16)}
	expect(t, readBothWays(t, pt.Join(tr.Header(), tr.Buffer(0, tr.Event(e)))), ms("a", 1))
}

// TestWithoutPackets says of a trace that it has none, what it has, and how to take one.
func TestWithoutPackets(t *testing.T) {
	tr := pt.NewTrace(start)
	kerberos := tr.Event(pt.Event{At: at(0), Provider: "98e6cfcb-ee0a-41e0-a57b-622d4e1b30b1", ID: 1})
	for _, tt := range []struct {
		file []byte
		want []string
	}{
		{pt.Join(tr.Header(), tr.Buffer(0, kerberos, kerberos)), []string{"holds no packets but events of Kerberos (2).", "netsh trace start capture=yes", "pktmon start --capture"}},
		{tr.Header(), []string{"holds no packets and no other events"}},
		{pt.Join(tr.Header(), tr.Buffer(0, kerberos)[:500]), []string{"cut short before its first packet"}},
		{pt.Join(tr.Header(), compressed(tr.Buffer(0, kerberos))), []string{"compressed", "etl2pcap"}},
	} {
		got := readBothWays(t, tt.file)
		for _, want := range tt.want {
			if got.err == nil || !strings.Contains(got.err.Error(), want) || len(got.rows) > 0 {
				t.Errorf("%v, want %q", got.err, want)
			}
		}
	}
}

// compressed marks a buffer as compressed.
func compressed(b []byte) []byte {
	b = slices.Clone(b)
	b[52] |= 0x40
	return b
}

// TestDamage holds that damage in a buffer is said and costs no more than that buffer.
func TestDamage(t *testing.T) {
	tr := pt.NewTrace(start)
	good := func(ms int, name string) []byte { return tr.Buffer(0, ndis(tr, ms, name)) }
	bad := func(change func(b []byte)) []byte {
		b := tr.Buffer(0, ndis(tr, 1, "b"), ndis(tr, 2, "c"))
		change(b)
		return b
	}
	second := 72 + (len(ndis(tr, 1, "b"))+7)&^7
	for _, tt := range []struct {
		name   string
		buffer []byte
		want   []row
		damage string
	}{
		{"compressed", compressed(good(1, "b")), ms("a", 0, "d", 3), "compressed buffers of the trace are not read (1)"},
		{"buffer of another size", bad(func(b []byte) { b[1]++ }), ms("a", 0, "d", 3), "a buffer of 4352 bytes among others of 4096"},
		{"used less than its header", bad(func(b []byte) { b[48], b[49] = 9, 0 }), ms("a", 0, "d", 3), "of which 9 bytes are used"},
		{"no event", bad(func(b []byte) { b[second+3] = 0x13 }), ms("a", 0, "b", 1, "d", 3), "unknown form 0x13 0x13"},
		{"unknown form", bad(func(b []byte) { b[second+2] = 0x77 }), ms("a", 0, "b", 1, "d", 3), "unknown form 0x77"},
		{"event longer than the buffer", bad(func(b []byte) { b[second], b[second+1] = 0xff, 0xff }), ms("a", 0, "b", 1, "d", 3), "an event of 65535 bytes"},
		{"event of 0 bytes", bad(func(b []byte) { b[second], b[second+1] = 0, 0 }), ms("a", 0, "b", 1, "d", 3), "an event of 0 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := readBothWays(t, pt.Join(tr.Header(), good(0, "a"), tt.buffer, good(3, "d")))
			if d := cmp.Diff(tt.want, got.rows); d != "" || len(got.damage) != 1 || !strings.Contains(got.damage[0], tt.damage) {
				t.Errorf("damage %q\n%s", got.damage, d)
			}
		})
	}
	tr.Lost, tr.Open = 12, true
	got := readBothWays(t, pt.Join(tr.Header(), good(0, "a")))
	if len(got.limited) != 2 || !strings.HasPrefix(got.limited[0], "capture-incomplete: Windows lost 12 events") || !strings.HasPrefix(got.limited[1], "capture-incomplete: The trace was not ended") {
		t.Errorf("lost events, and no end: %q", got.limited)
	}
}

// TestCut cuts a trace at every byte: each packet that is there to its end is read, and the
// cut is said.
func TestCut(t *testing.T) {
	t.Parallel()
	tr := pt.NewTrace(start)
	tr.BufferSize = 1024
	head := tr.Header()
	whole := pt.Join(head, tr.Buffer(0, ndis(tr, 0, "a"), ndis(tr, 1, "b")), tr.Buffer(1, ndis(tr, 2, "c")))
	size := (len(ndis(tr, 0, "a")) + 7) &^ 7
	ends := []int{1024 + 72 + len(ndis(tr, 0, "a")), 1024 + 72 + size + len(ndis(tr, 0, "b")), 2048 + 72 + len(ndis(tr, 0, "c"))}
	for n := range whole {
		if n%1024 > 512 && n%7 > 0 { // where nothing was written
			continue
		}
		got := read(t, whole[:n], n%2 == 0)
		want := 0
		for _, end := range ends {
			if n >= end {
				want++
			}
		}
		if len(got.rows) != want || got.err == nil != (want > 0) {
			t.Fatalf("cut at %d: %v, %v", n, got.rows, got.err)
		}
		if said := len(got.damage) > 0; want > 0 && said != (n%1024 > 0) {
			t.Fatalf("cut at %d: damage %q", n, got.damage)
		}
	}
}

// TestLinks reads packets of each kind of link, and infers how long those were that Windows cut.
func TestLinks(t *testing.T) {
	tr := pt.NewTrace(start)
	wifi := pt.Join("\x08\x02", make([]byte, 22), "\xaa\xaa\x03\x00\x00\x00\x08\x00", pt.Query("b"))
	six := pt.Ethernet(0x86dd, pt.TCP6())
	file := pt.Join(tr.Header(), tr.Buffer(0,
		ndis(tr, 0, "a"),
		tr.Event(pt.NDISAt(at(1), 9, 9, pt.NDISWhole|pt.NDISWiFi, wifi)),
		tr.Event(pt.NDISAt(at(2), 11, 11, pt.NDISWhole|pt.NDISCellular, pt.Query("c"))),
		tr.Event(pt.NDIS(at(3), query("d")[:50])),
		tr.Event(pt.NDIS(at(4), six[:60])),
		tr.Event(pt.NDISAt(at(5), 11, 11, pt.NDISWhole|pt.NDISCellular, pt.Query("e")[:30])),
		tr.Event(pt.NDISSwitch(at(6), 0, query("f"))),
		tr.Event(pt.NDISSwitch(at(7), 3, query("g")))))
	got := readBothWays(t, file)
	if d := cmp.Diff([]pcap.LinkType{1, 105, 101, 1, 1, 101, 1, 1}, got.links); d != "" || len(got.damage) > 0 || len(got.events) > 0 {
		t.Errorf("damage %q, events %v\n%s", got.damage, got.events, d)
	}
	missing := len(query("d")) - 50
	if d := cmp.Diff([]int{0, 0, 0, missing, len(six) - 60, missing + 50 - 14 - 30, 0, 0}, got.wires); d != "" {
		t.Error(d)
	}
	if n := len(got.rows); n < 2 || got.rows[n-1].Name != "g" || got.rows[n-2].Name != "f" {
		t.Errorf("packets of a virtual switch: %v", got.rows)
	}
	odd := pt.NDISSwitch(at(8), 1, query("h"))
	odd.Payload = odd.Payload[:len(odd.Payload)-1]
	got = readBothWays(t, pt.Join(tr.Header(), tr.Buffer(0, ndis(tr, 0, "a"), tr.Event(odd))))
	if len(got.rows) != 1 || got.events["packets of ndiscap in an unknown form"] != 1 {
		t.Errorf("a form of which a length does not fit: %v, %v", got.rows, got.events)
	}
}

// TestFragments joins packets that were logged in several events, as they come from several
// threads and across buffers.
func TestFragments(t *testing.T) {
	tr := pt.NewTrace(start)
	part := func(ms, thread int, keyword uint64, data []byte) []byte {
		e := pt.NDISAt(at(ms), 13, 13, keyword|1, data)
		e.Thread = thread
		return tr.Event(e)
	}
	a, b := query("a"), query("b")
	got := readBothWays(t, pt.Join(tr.Header(),
		tr.Buffer(0, part(0, 1, pt.NDISStart, a[:20]), part(1, 2, pt.NDISStart, b[:14]), part(2, 1, 0, a[20:30]), part(3, 2, pt.NDISEnd, b[14:])),
		tr.Buffer(0, part(4, 1, pt.NDISEnd, a[30:]), ndis(tr, 5, "c"))))
	expect(t, got, ms("b", 3, "a", 4, "c", 5))
	got = readBothWays(t, pt.Join(tr.Header(),
		tr.Buffer(0, part(0, 1, pt.NDISEnd, a[20:]), part(1, 2, pt.NDISStart, b[:50]), ndis(tr, 5, "c"))))
	if len(got.rows) != 2 || got.wires[0] != len(b)-50 || got.events["parts of packets whose beginning is missing"] != 1 {
		t.Errorf("incomplete packets: %v, %v, %v", got.rows, got.wires, got.events)
	}
	var many []byte
	for i := range 3 * maxPartial {
		many = append(many, tr.Buffer(0, part(i, i+1, pt.NDISStart, query("x")[:40]))...)
	}
	if got = readBothWays(t, pt.Join(tr.Header(), many)); len(got.rows) != 3*maxPartial {
		t.Errorf("%d packets that never end, want %d", len(got.rows), 3*maxPartial)
	}
}
