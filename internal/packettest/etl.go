package packettest

import (
	"encoding/binary"
	"encoding/hex"
	"math/big"
	"slices"
	"strings"
	"time"
)

// Clocks of event traces.
const (
	PerformanceCounter = 1
	SystemTime         = 2
	CPUCycles          = 3
)

// Providers of events.
const (
	NDISCapture = "2ed6006e-4729-4609-b423-3ee7bcd678ef"
	Pktmon      = "4d4f80d9-c8bd-4d73-bb5b-19c90402c5ac"
	WinINet     = "43d1a55c-76d6-4f7e-995c-64c711e5cafe"
)

// Keywords on events of ndiscap.
const (
	NDISStart    = 0x40000000
	NDISEnd      = 0x80000000
	NDISWhole    = NDISStart | NDISEnd
	NDISWiFi     = 0x10000
	NDISCellular = 0x200
)

// A Trace makes the parts of an event trace of Windows: buffers, and events in them.
type Trace struct {
	BufferSize int
	Clock      uint32
	Frequency  uint64    // of the performance counter; in MHz of CPUCycles
	Start      time.Time // of the trace
	Lost       uint32    // events
	Open       bool      // it was not ended
	Bits32     bool      // as Windows of 32 bits writes it
}

// NewTrace returns a trace with small buffers and the performance counter.
func NewTrace(start time.Time) *Trace {
	return &Trace{BufferSize: 4096, Clock: PerformanceCounter, Frequency: 10_000_000, Start: start}
}

// firstTick is what the performance counter shows when a trace starts.
const firstTick = 0x387ccdae2c

// Filetime returns a time as FILETIME.
func Filetime(t time.Time) uint64 {
	return uint64((t.Unix()+11644473600)*1e7) + uint64(t.Nanosecond()/100)
}

// stamp returns the time of an event in the units of the trace's clock.
func (t *Trace) stamp(at time.Time) uint64 {
	if t.Clock == SystemTime {
		return Filetime(at)
	}
	ticks := t.Frequency
	if t.Clock == CPUCycles {
		ticks *= 1e6
	}
	// Rounded up, so that dividing again gives the moment.
	since := new(big.Int).Mul(big.NewInt(int64(Filetime(at)-Filetime(t.Start))), new(big.Int).SetUint64(ticks))
	since.Add(since, big.NewInt(9_999_999))
	return firstTick + uint64(since.Div(since, big.NewInt(1e7)).Int64())
}

var le = binary.LittleEndian

func n64(n uint64) []byte { return le.AppendUint64(nil, n) }

// Header returns the first buffer of the trace.
func (t *Trace) Header() []byte {
	b := make([]byte, 280)
	le.PutUint32(b, uint32(t.BufferSize))
	le.PutUint32(b[12:], 2) // processors
	if !t.Open {
		le.PutUint64(b[16:], Filetime(t.Start.Add(time.Hour)))
	}
	le.PutUint32(b[44:], 8)
	le.PutUint32(b[48:], t.Lost)
	frequency := t.Frequency
	if t.Clock == CPUCycles {
		le.PutUint32(b[52:], uint32(t.Frequency))
		frequency = 0
	}
	if t.Bits32 {
		le.PutUint32(b[44:], 4)
		b = slices.Delete(b, 56, 64) // two pointers of 4 bytes
	}
	tail := b[len(b)-24:]
	le.PutUint64(tail, frequency)
	le.PutUint64(tail[8:], Filetime(t.Start))
	le.PutUint32(tail[16:], t.Clock)
	return t.Buffer(0, t.System(t.Start, 0, b))
}

// Buffer returns a buffer that a processor filled with events.
func (t *Trace) Buffer(processor int, events ...[]byte) []byte {
	var used []byte
	for _, e := range events {
		used = append(append(used, e...), make([]byte, -len(e)&7)...)
	}
	if len(used) > t.BufferSize-72 {
		panic("the events do not fit into the buffer")
	}
	b := slices.Repeat([]byte{0xff}, t.BufferSize)
	clear(b[:72])
	copy(b[72:], used)
	le.PutUint32(b, uint32(t.BufferSize))
	le.PutUint16(b[40:], uint16(processor))
	le.PutUint32(b[48:], uint32(72+len(used)))
	le.PutUint16(b[52:], 0x21)
	return b
}

// System returns an event of the system itself: group 0 is of the trace.
func (t *Trace) System(at time.Time, group byte, payload []byte) []byte {
	kind := byte(0x02)
	if t.Bits32 {
		kind = 0x01
	}
	return slices.Concat([]byte{2, 0, kind, 0xc0}, N16(le, 32+len(payload)), []byte{0, group}, make([]byte, 8), n64(t.stamp(at)), make([]byte, 8), payload)
}

// Classic returns an event in the classic format (EVENT_TRACE_HEADER).
func (t *Trace) Classic(at time.Time, provider string, payload []byte) []byte {
	kind := byte(0x14)
	if t.Bits32 {
		kind = 0x0a
	}
	return slices.Concat(N16(le, 48+len(payload)), []byte{kind, 0xc0}, make([]byte, 12), n64(t.stamp(at)), GUID(provider), make([]byte, 8), payload)
}

// Message returns a software trace (WPP).
func (t *Trace) Message(payload []byte) []byte {
	return slices.Concat(N16(le, 8+len(payload)), []byte{0, 0x90}, make([]byte, 4), payload)
}

// An Event is what a provider logs.
type Event struct {
	At       time.Time
	Provider string
	ID       int
	Keyword  uint64
	Thread   int
	Payload  []byte
	Extended [][]byte // items of extended data
}

// Event returns an event as it lies in a buffer.
func (t *Trace) Event(e Event) []byte {
	var extended []byte
	flags := 0
	for i, item := range e.Extended {
		flags = 1
		more := N16(le, 0)
		if i < len(e.Extended)-1 {
			more = N16(le, 1)
		}
		extended = append(extended, slices.Concat(N16(le, 0), N16(le, 1), more, N16(le, len(item)), item, make([]byte, -len(item)&7))...)
	}
	kind := byte(0x13)
	if t.Bits32 {
		kind = 0x12
	}
	header := eventHeader(e, kind, flags, t.stamp(e.At))
	b := slices.Concat(header, extended, e.Payload)
	le.PutUint16(b, uint16(len(b)))
	return b
}

func eventHeader(e Event, kind byte, flags int, stamp uint64) []byte {
	return slices.Concat([]byte{0, 0, kind, 0xc0}, N16(le, flags), N16(le, 0), N32(le, e.Thread), N32(le, 4), n64(stamp),
		GUID(e.Provider), N16(le, e.ID), make([]byte, 6), n64(e.Keyword), make([]byte, 24))
}

// GUID returns the 16 bytes of a GUID, as they are in files, from its text.
func GUID(text string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(text, "-", ""))
	if err != nil || len(b) != 16 {
		panic("no GUID: " + text)
	}
	slices.Reverse(b[:4])
	slices.Reverse(b[4:6])
	slices.Reverse(b[6:8])
	return b
}

// NDIS returns the event of a whole Ethernet frame at an interface.
func NDIS(at time.Time, frame []byte) Event { return NDISAt(at, 13, 13, NDISWhole|1, frame) }

// NDISAt returns the event of a frame, or of a part of one, at a layer above an interface.
func NDISAt(at time.Time, miniport, lower int, keyword uint64, frame []byte) Event {
	return Event{At: at, Provider: NDISCapture, ID: 1001, Keyword: keyword, Thread: 7,
		Payload: slices.Concat(N32(le, miniport), N32(le, lower), N32(le, len(frame)), frame)}
}

// NDISSwitch returns the event of a frame that a virtual switch passes on to some ports.
func NDISSwitch(at time.Time, destinations int, frame []byte) Event {
	name := []byte("v\x00m\x001\x00\x00\x00")
	names := slices.Repeat(name, 3)
	payload := slices.Concat(N32(le, 20), N32(le, 20), N32(le, 2), names, N32(le, destinations))
	for i := range destinations {
		payload = slices.Concat(payload, N32(le, i), names)
	}
	return Event{At: at, Provider: NDISCapture, ID: 1003, Keyword: NDISWhole | 1, Thread: 7,
		Payload: slices.Concat(payload, N32(le, len(frame)), frame, N32(le, 16), make([]byte, 16))}
}

// A PktmonPacket is what pktmon logs of a packet beside its bytes.
type PktmonPacket struct {
	Number     int // the group
	Appearance int
	Type       int // 1 is Ethernet
	Component  int
	Edge       int
	Dropped    bool
	Reason     int
	Original   int // length; 0 for that of the data
}

// PktmonEvent returns the event of a packet at a component.
func PktmonEvent(at time.Time, p PktmonPacket, data []byte) Event {
	e := Event{At: at, Provider: Pktmon, ID: 160, Keyword: 0x10, Thread: 7}
	if p.Dropped {
		e.ID = 170
	}
	if p.Original == 0 {
		p.Original = len(data)
	}
	e.Payload = slices.Concat(n64(uint64(p.Number)), N16(le, 1), N16(le, p.Appearance), N16(le, 1), N16(le, p.Type), N16(le, p.Component),
		N16(le, p.Edge), N16(le, 0), N32(le, p.Reason), N32(le, 0), N16(le, p.Original), N16(le, len(data)), data)
	return e
}
