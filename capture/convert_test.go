package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"negotrace/httpstream"
	"negotrace/internal/packettest"
)

// converted converts sources, and fails if that fails.
func converted(t *testing.T, how Conversion, sources ...Source) (file []byte, notes string) {
	t.Helper()
	var out bytes.Buffer
	how.Note = func(text string) { notes += text + "\n" }
	if _, err := Convert(t.Context(), sources, &out, how); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), notes
}

// TestConvert holds that the packets of a file have the numbers and times that they have
// where they come from.
func TestConvert(t *testing.T) {
	t.Parallel()
	le, be := binary.LittleEndian, binary.BigEndian
	ng := func(o packettest.Order, names ...string) []byte {
		b := packettest.Join(packettest.Section(o), packettest.Block(o, 5, packettest.N32(o, 0), packettest.N32(o, 0), packettest.N32(o, 9)),
			packettest.Interface(o, packettest.LinkRaw, packettest.Option(o, 2, []byte("eth0"))))
		for i, name := range names {
			b = append(b, packettest.Enhanced(o, 0, uint64(7e6+i), packettest.Query(name))...)
			b = append(b, packettest.Block(o, 0xbad, packettest.N32(o, 1), packettest.N32(o, 2))...)
		}
		return b
	}
	tests := []struct {
		name    string
		sources []Source
		noted   string
	}{
		{"pcap", []Source{source("a", msFile("a", 1, 2, 3))}, ""},
		{"cut pcap", []Source{source("a", msFile("a", 1, 2, 3)[:120])}, ""},
		{"pcapng", []Source{source("a", ng(be, "a", "b"))}, ""},
		{"ring", []Source{source("a", msFile("a", 1, 2, 3)), source("b", msFile("b", 4, 5))}, ""},
		{"overlapping", []Source{source("a", msFile("a", 1000, 3000, 5000, 7000, 9000)), source("b", msFile("b", 2000, 4000, 6000, 8000))}, "2 capture points"},
		{"pcapng of both orders", []Source{source("a", ng(le, "a", "b")), source("b", ng(be, "c", "d"))}, "left out (2)"},
		{"Network Monitor", []Source{source("a", netmonFile("a", 1, 2, 3))}, "Custom Blocks, which keep their frame numbers (3)"},
		{"ETL", []Source{source("a", etlFile("a", 1, 2, 3))}, ""},
	}
	for _, tt := range tests {
		want, before, err := rows(t, tt.sources...)
		if err != nil {
			t.Fatal(tt.name, err)
		}
		file, notes := converted(t, Conversion{}, tt.sources...)
		got, after, err := rows(t, source("new", file))
		if err != nil || len(after.Damage) > 0 || before.Frames != after.Frames {
			t.Errorf("%s: %v, %v, %d frames of %d", tt.name, err, after.Damage, after.Frames, before.Frames)
		}
		for i := range want {
			if want[i].File = ""; len(tt.sources) > 1 {
				want[i].Frame, got[i].Frame = 0, 0 // each file numbers its own
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
		if !strings.Contains(notes, tt.noted) || (tt.noted == "") != (notes == "") {
			t.Errorf("%s: notes are %q", tt.name, notes)
		}
	}
}

// TestConvertNot holds what cannot be converted, and that the first error of writing is the
// one that is reported.
func TestConvertNot(t *testing.T) {
	t.Parallel()
	har := source("x.har", []byte(`{"log": {"version": "1.2", "entries": []}}`))
	packets := source("a", msFile("a", 1, 2))
	for _, sources := range [][]Source{nil, {har}, {packets, har}, {source("e", kerberosOnly())}} {
		var out bytes.Buffer
		if _, err := Convert(t.Context(), sources, &out, Conversion{}); err == nil {
			t.Errorf("%d sources are converted", len(sources))
		} else if len(sources) > 0 && sources[len(sources)-1].Name == "x.har" && !strings.Contains(err.Error(), `"x.har" is a HAR: it holds requests and responses, and no packets`) {
			t.Error(err)
		}
	}
	_, err := Convert(t.Context(), []Source{source("big", packettest.ManyPackets(true, 1000))}, fullDisk{}, Conversion{})
	if !errors.Is(err, ErrNotWritten) || !errors.Is(err, io.ErrShortWrite) {
		t.Error(err)
	}
}

// A fullDisk takes nothing.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

// TestSpool holds that what comes once can be read again, and that nothing stays behind.
func TestSpool(t *testing.T) {
	t.Parallel()
	pipe := source("-", msFile("a", 1, 2))
	pipe.OpensOnce = true
	dir := t.TempDir()
	spooled, remove, err := Spool(t.Context(), []Source{pipe, source("b", msFile("b", 3))}, dir)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got, _, err := rows(t, spooled...); err != nil || len(got) != 3 || got[0].Name != "a1" {
			t.Errorf("%v, %v", got, err)
		}
	}
	remove()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}

// TestSpoolKnown holds that what is in no known format is not copied, however long it is, and that archives are.
func TestSpoolKnown(t *testing.T) {
	t.Parallel()
	tar := tarOf(t, zipEntry{"a.pcap", msFile("a", 1)})
	for name, data := range map[string]io.Reader{"": endless{}, "tar": bytes.NewReader(tar), "tar in gzip": bytes.NewReader(gzipped(t, tar))} {
		dir := t.TempDir()
		pipe := Source{Name: "-", OpensOnce: true, Open: func() (io.ReadCloser, error) { return io.NopCloser(data), nil }}
		_, remove, err := Spool(t.Context(), []Source{pipe}, dir)
		left, _ := os.ReadDir(dir)
		if known := name != ""; known != (err == nil) || known != (len(left) == 1) {
			t.Errorf("%q: %d files, %v", name, len(left), err)
		}
		remove()
	}
}

// endless has zeros without end.
type endless struct{}

func (endless) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// TestWithBeginnings finds where connections begin, in each of two that have the same ends.
func TestWithBeginnings(t *testing.T) {
	t.Parallel()
	client, server := packettest.Client4, packettest.Server4
	const syn, ack, synAck = 2, 16, 18
	hello := func(kind byte, n int) string {
		return string([]byte{22, 3, 1, 0, byte(n), kind}) + strings.Repeat("x", n-1)
	}
	var file []byte
	frames := 0
	le := binary.LittleEndian
	add := func(src, dst netip.AddrPort, flags byte, seq int, data string) {
		segment := packettest.Segment(src, dst, data)
		segment[13] = flags
		binary.BigEndian.PutUint32(segment[4:], uint32(seq))
		frames++
		file = append(file, packettest.PcapRecord(le, 7, frames, packettest.IPv4(6, src.Addr(), dst.Addr(), segment))...)
	}
	connection := func(isn int) {
		add(client, server, syn, isn, "")
		add(server, client, synAck, isn, "")
		add(client, server, ack, isn+1, "")
		add(client, server, ack, isn+1, "CONNECT x:443 HTTP/1.1\r\n\r\n")
		add(server, client, ack, isn+1, "HTTP/1.1 200 OK\r\n\r\n")
		add(client, server, ack, isn+29, hello(1, 100)[:50])
		add(client, server, ack, isn+79, hello(1, 100)[50:])
		add(server, client, ack, isn+20, hello(2, 80))
		add(server, client, ack, isn+105, hello(11, 80))
		add(client, server, ack, isn+134, "data")
	}
	connection(1000)
	connection(5000)
	file = append(packettest.PcapHeader(le, packettest.PcapMicro, packettest.LinkRaw), file...)
	for _, tt := range []struct {
		proof []int
		want  []int
	}{
		{[]int{10}, []int{1, 2, 3, 6, 7, 8, 10}},
		{[]int{1}, []int{1, 2, 3, 6, 7, 8}},
		{[]int{20}, []int{11, 12, 13, 16, 17, 18, 20}},
		{[]int{10, 20}, []int{1, 2, 3, 6, 7, 8, 10, 11, 12, 13, 16, 17, 18, 20}},
		{nil, nil},
	} {
		proof := map[httpstream.Pos]bool{}
		for _, n := range tt.proof {
			proof[httpstream.Pos{Frame: n}] = true
		}
		only, err := WithConnectionStarts(t.Context(), []Source{source("x", file)}, proof, nil)
		var got []int
		for at := range only {
			got = append(got, at.Frame)
		}
		slices.Sort(got)
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("of %d: %v, %v, want %v", tt.proof, got, err, tt.want)
		}
		_, counters, err := rows(t, source("new", func() []byte { b, _ := converted(t, Conversion{OnlyFrames: only}, source("x", file)); return b }()))
		if err != nil || counters.Packets != len(tt.want) {
			t.Errorf("%d packets, %v", counters.Packets, err)
		}
	}
}
