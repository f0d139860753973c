package capture

import (
	"bytes"
	"encoding/binary"
	"io"
	"net/netip"
	"testing"
	"time"

	"negotrace/capture/redact/pseudonym"
	"negotrace/internal/packettest"
)

// TestRedactLeavesBlocksOut puts a canary into every block and option of pcapng, and holds that
// none is left, and that the packet is.
func TestRedactLeavesBlocksOut(t *testing.T) {
	t.Parallel()
	const canary = "Canary7Zebra"
	o := binary.LittleEndian
	option := func(code int) []byte { return packettest.Option(o, code, []byte(canary)) }
	packet := packettest.Ethernet(0x800, packettest.TCP4())
	enhanced := packettest.Block(o, 6, packettest.N32(o, 0), packettest.N32(o, 0), packettest.N32(o, 0), packettest.N32(o, len(packet)), packettest.N32(o, len(packet)),
		packet, make([]byte, -len(packet)&3), option(1), option(2988), packettest.Option(o, 0, nil))
	file := packettest.Join(
		packettest.SectionOf(o, 0, option(1), option(2), option(3), option(4)),
		packettest.Interface(o, 1, option(1), option(2), option(3), option(11), option(12), option(15)),
		packettest.Block(o, 4, packettest.N16(o, 1), packettest.N16(o, 4+13), []byte{192, 0, 2, 1}, []byte(canary), make([]byte, 4), packettest.N32(o, 0), option(2)), // names
		packettest.Block(o, 10, packettest.N32(o, 0x544c534b), packettest.N32(o, 12), []byte(canary), option(1)),                                                      // secrets
		enhanced,
		packettest.Block(o, 5, packettest.N32(o, 0), packettest.N32(o, 0), packettest.N32(o, 0), option(1)), // statistics
		packettest.Block(o, 9, []byte(canary)), packettest.Block(o, 0xbad, packettest.N32(o, 1), []byte(canary)), // journal, custom
		packettest.Block(o, 0x40000bad, packettest.N32(o, 1), []byte(canary)), packettest.Block(o, 77, []byte(canary)), // custom, not to be copied; unknown
	)
	var out bytes.Buffer
	done, _, err := Redact(t.Context(), []Source{source("a", file)}, RedactPlan{
		Names: pseudonym.New(pseudonym.Options{}), Create: func(int, string) (io.Writer, error) { return &out, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(out.Bytes(), []byte(canary[:6])) {
		t.Errorf("%q", out.Bytes())
	}
	if done.Packets == 0 || done.Secrets != 1 || done.Blocks < 3 {
		t.Errorf("%d packets, %d secrets, %d blocks", done.Packets, done.Secrets, done.Blocks)
	}
}

// TestRedactConverts puts a canary into events and frames that are no packets, and into what is beside
// packets, of the formats that become pcapng.
func TestRedactConverts(t *testing.T) {
	t.Parallel()
	const canary = "Canary7Zebra"
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	packet := packettest.Ethernet(0x800, packettest.TCP4())
	trace := packettest.NewTrace(start)
	about := packettest.NDIS(start.Add(3*time.Second), packet)
	about.Extended = [][]byte{[]byte(canary)}
	behind := packettest.PktmonEvent(start.Add(4*time.Second), packettest.PktmonPacket{Type: 1, Component: 1}, packet)
	behind.Payload = append(behind.Payload, canary...)
	etl := packettest.Join(trace.Header(), trace.Buffer(0, trace.Message([]byte(canary)), trace.Classic(start.Add(time.Second), "01853a65-418f-4f36-aefc-dc0f1d2fd235", []byte(canary)),
		trace.System(start.Add(time.Second), 11, []byte(canary)), trace.Event(packettest.Event{At: start.Add(2 * time.Second), Provider: packettest.NDISCapture, ID: 5001, Payload: []byte(canary)}),
		trace.Event(packettest.Event{At: start.Add(2 * time.Second), Provider: packettest.Pktmon, ID: 20, Payload: []byte(canary)}), trace.Event(about), trace.Event(behind)))
	monitor := &packettest.Netmon{Minor: 3, Network: packettest.NetmonEthernet, Start: start}
	netmon := monitor.File(monitor.EventFrame(packettest.Event{At: start, Provider: packettest.Pktmon, ID: 20, Payload: []byte(canary)}),
		packettest.NetmonFrame{At: start, Network: 0xfffb, Data: []byte(canary)}, packettest.NetmonFrame{At: start, Network: packettest.NetmonEthernet, Data: packet}, packettest.NetmonFrame{At: start, Network: 77, Data: []byte(canary)})
	for name, file := range map[string][]byte{"ETL": etl, "Network Monitor": append(netmon, canary...)} {
		var out bytes.Buffer
		done, _, err := Redact(t.Context(), []Source{source("a", file)}, RedactPlan{
			Names: pseudonym.New(pseudonym.Options{}), Create: func(int, string) (io.Writer, error) { return &out, nil },
		})
		if err != nil {
			t.Fatal(name, err)
		}
		if i := bytes.Index(out.Bytes(), []byte(canary[:6])); i >= 0 {
			t.Errorf("%s: %q", name, out.Bytes()[max(i-40, 0):i+12])
		}
		if done.Packets == 0 || !bytes.Contains(out.Bytes(), []byte("GET / HTTP/1.1")) {
			t.Errorf("%s: %d packets", name, done.Packets)
		}
	}
}

// TestRedactSeveral holds that a message which goes on in the next file of a ring is redacted as a
// whole, each packet in its file.
func TestRedactSeveral(t *testing.T) {
	t.Parallel()
	files := [2][]byte{}
	for i, text := range []string{"GET / HTTP/1.1\r\nHost: web.con", "toso.com\r\n\r\n"} {
		p := ringSegment(text, uint32(1+i*29))
		files[i] = packettest.Join(packettest.PcapHeaderSnap(binary.LittleEndian, 0xa1b2c3d4, 101, 1<<16), packettest.PcapRecord(binary.LittleEndian, 100+i, 0, p))
	}
	var out [2]bytes.Buffer
	_, _, err := Redact(t.Context(), []Source{source("b", files[1]), source("a", files[0])}, RedactPlan{
		Names: pseudonym.New(pseudonym.Options{}), Create: func(n int, ending string) (io.Writer, error) { return &out[n], nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range [][]byte{out[1].Bytes(), out[0].Bytes()} {
		if len(b) != len(files[i]) || bytes.Contains(b, []byte("toso")) || bytes.Contains(b, []byte("con")) {
			t.Errorf("file %d: %q", i, b)
		}
	}
	if !bytes.Contains(out[1].Bytes(), []byte("GET / HTTP/1.1\r\nHost: ")) || !bytes.HasSuffix(out[0].Bytes(), []byte("\r\n\r\n")) {
		t.Errorf("%q, %q", out[1].Bytes(), out[0].Bytes())
	}
}

// ringSegment returns a packet with a segment to port 80.
func ringSegment(text string, seq uint32) []byte {
	client, server := netip.MustParseAddrPort("192.0.2.77:50000"), netip.MustParseAddrPort("192.0.2.99:80")
	p := packettest.IPv4(6, client.Addr(), server.Addr(), packettest.Segment(client, server, text))
	binary.BigEndian.PutUint32(p[24:], seq)
	return p
}
