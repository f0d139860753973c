package capture

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"negotrace/capture/redact/pseudonym"
	"negotrace/internal/packettest"
)

// lossy returns a pcapng file with a packet in each of two sections, of whose interfaces statistics say what
// was lost so far.
func lossy(o packettest.Order) []byte {
	lost := func(iface int, byInterface, bySystem uint64) []byte {
		return packettest.Block(o, 5, packettest.N32(o, iface), make([]byte, 8),
			packettest.Option(o, 5, o.AppendUint64(nil, byInterface)), packettest.Option(o, 7, o.AppendUint64(nil, bySystem)), packettest.Option(o, 0, nil))
	}
	frame := packettest.Ethernet(0x0800, packettest.TCP4())
	section := bytes.Join([][]byte{packettest.Section(o), packettest.Interface(o, 1), packettest.Interface(o, 1), packettest.Enhanced(o, 0, 7e6, frame)}, nil)
	return bytes.Join([][]byte{section, lost(0, 2, 0), lost(0, 3, 0), lost(1, 4, 1), section, lost(0, 5, 0), lost(1, 0, 0)}, nil)
}

// TestLosses holds that it is said how many packets a machine lost while it captured: by the last
// statistics of each interface, in all sections, and also after the file was redacted.
func TestLosses(t *testing.T) {
	t.Parallel()
	const want = "the interface lost 12 packets, the system lost 1 packet:"
	said := func(file []byte) string {
		c, err := Read(t.Context(), []Source{source("a.pcapng", file)}, Sink{}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, n := range c.Notes {
			all = append(all, n.Kind+": "+n.Text)
		}
		return strings.Join(all, "\n")
	}
	for _, o := range []packettest.Order{binary.LittleEndian, binary.BigEndian} {
		file := lossy(o)
		if got := said(file); strings.Count(got, "capture-incomplete") != 1 || !strings.Contains(got, want) {
			t.Errorf("%v: %q", o, got)
		}
		var out bytes.Buffer
		plan := RedactPlan{Names: pseudonym.New(pseudonym.Options{}), Create: func(int, string) (io.Writer, error) { return &out, nil }}
		if _, _, err := Redact(t.Context(), []Source{source("a.pcapng", file)}, plan); err != nil {
			t.Fatal(err)
		}
		if got := said(out.Bytes()); !strings.Contains(got, want) {
			t.Errorf("%v, redacted: %q", o, got)
		}
	}
	le := binary.LittleEndian
	unknown := packettest.Block(le, 5, make([]byte, 12), packettest.Option(le, 5, le.AppendUint64(nil, math.MaxUint64)), packettest.Option(le, 7, le.AppendUint64(nil, 1<<63)))
	if got := said(bytes.Join([][]byte{packettest.Section(le), packettest.Interface(le, 1), unknown}, nil)); got != "" {
		t.Errorf("not known: %q", got)
	}
	if got := said(bytes.Join([][]byte{packettest.Section(binary.LittleEndian), packettest.Interface(binary.LittleEndian, 1), packettest.Block(binary.LittleEndian, 5, make([]byte, 12))}, nil)); got != "" {
		t.Errorf("nothing lost: %q", got)
	}
}

// TestDropCounts holds that the drop counts of single packets are said, without those that the statistics of the same
// interface have, too.
func TestDropCounts(t *testing.T) {
	t.Parallel()
	frame := packettest.Ethernet(0x0800, packettest.TCP4())
	for _, o := range []packettest.Order{binary.LittleEndian, binary.BigEndian} {
		section := bytes.Join([][]byte{packettest.Section(o), packettest.Interface(o, 1), packettest.Interface(o, 1)}, nil)
		packet := func(iface int, options ...[]byte) []byte {
			body := slices.Concat(packettest.N32(o, iface), packettest.N32(o, 0), packettest.N32(o, 7e6), packettest.N32(o, len(frame)), packettest.N32(o, len(frame)), frame)
			body = append(body, make([]byte, -len(body)&3)...)
			return packettest.Block(o, 6, append([][]byte{body}, options...)...)
		}
		count := func(code int, n uint64) []byte { return packettest.Option(o, code, o.AppendUint64(nil, n)) }
		end := packettest.Option(o, 0, nil)
		old := func(drops int) []byte {
			return packettest.Block(o, 2, packettest.N16(o, 0), packettest.N16(o, drops), packettest.N32(o, 0), packettest.N32(o, 7e6), packettest.N32(o, len(frame)), packettest.N32(o, len(frame)), frame, make([]byte, -len(frame)&3))
		}
		statistics := func(iface int, lost uint64) []byte {
			return packettest.Block(o, 5, packettest.N32(o, iface), make([]byte, 8), count(5, lost), end)
		}
		comment := packettest.Option(o, 1, []byte("none"))
		const behind = " lost, by the drop counts of those behind them:"
		for _, tt := range []struct {
			name   string
			blocks [][]byte
			want   string
		}{
			{"none", [][]byte{packet(0), packet(0, comment, count(4, 0), end)}, ""},
			{"one", [][]byte{packet(0, count(4, 1), end)}, "1 packet was" + behind},
			{"several, behind a comment", [][]byte{packet(0, comment, count(4, 2), end), packet(1, count(4, 5), end), packet(0, count(4, 3))}, "10 packets were" + behind},
			{"those of statistics", [][]byte{packet(0, count(4, 3), end), statistics(0, 3)}, "the interface lost 3 packets:"},
			{"statistics of more", [][]byte{packet(0, count(4, 3), end), statistics(0, 8)}, "the interface lost 8 packets:"},
			{"statistics of fewer", [][]byte{packet(0, count(4, 3), end), statistics(0, 1), packet(0, count(4, 4), end)}, "7 packets were" + behind},
			{"statistics of another interface", [][]byte{packet(0, count(4, 3), end), statistics(1, 2)}, "the interface lost 2 packets, 3 packets were" + behind},
			{"two sections", [][]byte{packet(0, count(4, 3), end), section, packet(0, count(4, 4), end)}, "7 packets were" + behind},
			{"an old block", [][]byte{old(0), old(6), old(0xffff)}, "6 packets were" + behind},
			{"not known", [][]byte{packet(0, count(4, math.MaxUint64), end)}, ""},
			{"of another length", [][]byte{packet(0, packettest.Option(o, 4, []byte("drop")), end)}, ""},
		} {
			c, err := Read(t.Context(), []Source{source("a.pcapng", slices.Concat(append([][]byte{section}, tt.blocks...)...))}, Sink{}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, n := range c.Notes {
				got += n.Text
			}
			if got != tt.want && (tt.want == "" || !strings.HasPrefix(got, "While this was captured, "+tt.want)) {
				t.Errorf("%v, %s: got %q, want %q", o, tt.name, got, tt.want)
			}
		}
	}
}
