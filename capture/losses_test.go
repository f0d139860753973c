package capture

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
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
