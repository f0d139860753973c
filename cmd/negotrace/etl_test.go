package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"negotrace/internal/capturetest"
	"negotrace/internal/packettest"
	"negotrace/internal/testcost"
)

// traces returns the forms in which Windows' tools write the packets of a recording.
func traces() []traceForm {
	return []traceForm{
		{"ndiscap", etlOf(nil, func(i int, e [][]packettest.Event, p capturetest.Packet) [][]packettest.Event {
			return inBuffer(e, 0, packettest.NDIS(p.Time, p.Data))
		})},
		{"ndiscap on two processors and two layers, 32 bits, system time", etlOf(func(tr *packettest.Trace) { tr.Bits32, tr.Clock = true, packettest.SystemTime },
			func(i int, e [][]packettest.Event, p capturetest.Packet) [][]packettest.Event {
				processor := int(p.Time.UnixMicro() % 2) // packets of one moment stay in their order
				e = inBuffer(e, processor, packettest.NDIS(p.Time, p.Data))
				return inBuffer(e, processor, packettest.NDISAt(p.Time, 13, 20, packettest.NDISWhole|1, p.Data))
			})},
		{"ndiscap in two events a packet", etlOf(nil, func(i int, e [][]packettest.Event, p capturetest.Packet) [][]packettest.Event {
			half := len(p.Data) / 2
			e = inBuffer(e, 0, packettest.NDISAt(p.Time, 13, 13, packettest.NDISStart|1, p.Data[:half]))
			return inBuffer(e, 0, packettest.NDISAt(p.Time, 13, 13, packettest.NDISEnd|1, p.Data[half:]))
		})},
		{"pktmon at three components", etlOf(nil, func(i int, e [][]packettest.Event, p capturetest.Packet) [][]packettest.Event {
			for component := range 3 {
				e = inBuffer(e, component, pktmonOf(i, component, p))
			}
			return e
		})},
		{"Network Monitor", func(r *capturetest.Recording) []byte {
			n := &packettest.Netmon{Minor: 3, Start: r.Packets[0].Time}
			var frames []packettest.NetmonFrame
			for _, p := range r.Packets {
				frames = append(frames, packettest.NetmonFrame{At: p.Time, Network: packettest.NetmonEthernet, Data: p.Data})
			}
			return n.File(frames...)
		}},
		{"events in Network Monitor", func(r *capturetest.Recording) []byte {
			n := &packettest.Netmon{Minor: 3, Start: r.Packets[0].Time}
			var frames []packettest.NetmonFrame
			for i, p := range r.Packets {
				frames = append(frames, n.EventFrame(pktmonOf(i, 8, p)))
			}
			return n.File(frames...)
		}},
	}
}

type traceForm struct {
	name string
	make func(*capturetest.Recording) []byte
}

func pktmonOf(i, component int, p capturetest.Packet) packettest.Event {
	return packettest.PktmonEvent(p.Time, packettest.PktmonPacket{Number: i + 1, Appearance: component + 1, Type: 1, Component: component}, p.Data)
}

// inBuffer adds an event to those that a processor logs.
func inBuffer(events [][]packettest.Event, processor int, e packettest.Event) [][]packettest.Event {
	for len(events) <= processor {
		events = append(events, nil)
	}
	events[processor] = append(events[processor], e)
	return events
}

// etlOf makes an event trace: log adds the events of a packet to those of the processors.
func etlOf(change func(*packettest.Trace), log func(int, [][]packettest.Event, capturetest.Packet) [][]packettest.Event) func(*capturetest.Recording) []byte {
	return func(r *capturetest.Recording) []byte {
		tr := packettest.NewTrace(r.Packets[0].Time)
		tr.BufferSize = 128 << 10
		if change != nil {
			change(tr)
		}
		var logged [][]packettest.Event
		for i, p := range r.Packets {
			logged = log(i, logged, p)
		}
		file := tr.Header()
		for processor, events := range logged {
			var buffer [][]byte
			size := 0
			for _, e := range events {
				b := tr.Event(e)
				if size += len(b) + 8; size > tr.BufferSize-100 {
					file = append(file, tr.Buffer(processor, buffer...)...)
					buffer, size = nil, len(b)+8
				}
				buffer = append(buffer, b)
			}
			file = append(file, tr.Buffer(processor, buffer...)...)
		}
		return file
	}
}

// TestTraces reads captures as Windows' tools write them; each form carries a few of the
// captures.
func TestTraces(t *testing.T) {
	dir := t.TempDir()
	for i, r := range some(t) {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			rec := r.take(t)
			for j, form := range traces() {
				if (i+j)%(10*testcost.Step(2)) > 0 {
					continue
				}
				file := filepath.Join(dir, r.name+".etl")
				write(t, file, form.make(rec))
				whole := r.report(t)
				got, complaints := analyse(t, "json", append(r.flag, file)...)
				if d := cmp.Diff(whole, got); d != "" || complaints != "" {
					t.Errorf("%s: %s\n%s", form.name, complaints, d)
				}
			}
		})
	}
}

// TestRedactTraceThatSaysMore redacts a trace that says what Windows dropped, and has events without
// packets: pcapng has no place for either, and what is left out misleads nobody about the packets.
func TestRedactTraceThatSaysMore(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	tr := packettest.NewTrace(begin)
	file := packettest.Join(tr.Header(), tr.Buffer(0,
		tr.Event(packettest.Event{At: begin, Provider: packettest.WinINet, ID: 104}),
		tr.Event(packettest.PktmonEvent(begin, packettest.PktmonPacket{Number: 1, Type: 1, Component: 8}, packettest.Ethernet(0x0800, packettest.TCP4()))),
		tr.Event(packettest.PktmonEvent(begin.Add(time.Millisecond), packettest.PktmonPacket{Number: 2, Type: 1, Component: 9, Dropped: true, Reason: 909}, packettest.Ethernet(0x86dd, packettest.TCP6())))))
	dir := t.TempDir()
	in, out := write(t, filepath.Join(dir, "in.etl"), file), filepath.Join(dir, "out.pcapng")
	if report, _ := analyse(t, "json", in); !strings.Contains(report, "packets-dropped-by-windows") || !strings.Contains(report, "unread_events") {
		t.Fatal("the trace does not say what Windows dropped")
	}
	var stdout, stderr bytes.Buffer
	if status := run(t.Context(), []string{"redact", in, "-o", out}, noEnv, nil, &stdout, &stderr); status != clean {
		t.Fatalf("status %d: %s", status, &stderr)
	}
	if report, _ := analyse(t, "json", out); !strings.Contains(report, `"packets": 2`) {
		t.Errorf("the redacted packets:\n%.200s", report)
	}
}
