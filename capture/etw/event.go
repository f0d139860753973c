package etw

import (
	"encoding/binary"
	"fmt"
)

var le = binary.LittleEndian

// A guid names a provider of events, in the byte order of the file.
type guid [16]byte

func (g guid) String() string {
	return fmt.Sprintf("{%08x-%04x-%04x-%x-%x}", le.Uint32(g[:]), le.Uint16(g[4:]), le.Uint16(g[6:]), g[8:10], g[10:])
}

// An event is one event of a provider.
type event struct {
	provider guid
	id       uint16
	keyword  uint64
	thread   uint32
	process  uint32
	at       int64 // timestamp, see clock
	data     []byte
}

// Lengths of headers, and flags in them (evntcons.h).
const (
	eventHeaderLen    = 80     // EVENT_HEADER
	classicHeaderLen  = 48     // EVENT_TRACE_HEADER
	extendedHeaderLen = 8      // EVENT_HEADER_EXTENDED_DATA_ITEM, as files have it
	flagExtended      = 0x0001 // extended data items follow the header
	extendedMore      = 0x0001 // another item follows
)

// readHeader reads an EVENT_HEADER, which b must hold.
func (e *event) readHeader(b []byte) {
	*e = event{
		provider: guid(b[24:40]),
		id:       le.Uint16(b[40:]),
		keyword:  le.Uint64(b[48:]),
		thread:   le.Uint32(b[8:]),
		process:  le.Uint32(b[12:]),
		at:       int64(le.Uint64(b[16:])),
	}
}

// read reads an event with an EVENT_HEADER. It reports whether the header is valid.
func (e *event) read(b []byte) bool {
	e.readHeader(b)
	data := b[eventHeaderLen:]
	for more := le.Uint16(b[4:])&flagExtended != 0; more; {
		if len(data) < extendedHeaderLen {
			return false
		}
		size := (extendedHeaderLen + int(le.Uint16(data[6:])) + 7) &^ 7
		if size > len(data) {
			return false
		}
		more = le.Uint16(data[4:])&extendedMore != 0
		data = data[size:]
	}
	e.data = data
	return true
}

// A headerForm is the layout of one kind of event header.
type headerForm struct {
	sizeAt int  // offset of the length of the event, a uint16
	least  int  // length of the event without a payload
	timeAt int  // offset of the timestamp; 0 for none
	kernel bool // an event of the kernel, with its group at offset 7
}

// headerForms are the headers by their type (WMI header types of the Windows kernel).
var headerForms = [...]headerForm{
	0x01: {4, 32, 16, true}, // system, 32 bits
	0x02: {4, 32, 16, true},
	0x03: {4, 24, 16, true}, // compact
	0x04: {4, 24, 16, true},
	0x0a: {0, classicHeaderLen, 16, false}, // 32 bits
	0x0b: {0, classicHeaderLen, 16, false}, // instance
	0x0d: {0, 8, 0, false},                 // error
	0x10: {4, 16, 8, true},                 // performance
	0x11: {4, 16, 8, true},
	0x12: {0, eventHeaderLen, 16, false}, // 32 bits
	0x13: {0, eventHeaderLen, 16, false},
	0x14: {0, classicHeaderLen, 16, false},
	0x15: {0, classicHeaderLen, 16, false},
}

// wppForm is the header of WPP software tracing (TRACE_MESSAGE).
var wppForm = headerForm{0, 8, 0, false}

// Markers in the fourth byte of a header.
const (
	markHeader  = 0x80
	markMessage = 0x10
)

// Made-up GUIDs for providers of events without one.
var (
	kernelProvider  = guid{0: 'K'}
	wppProvider     = guid{0: 'W'}
	unknownProvider = guid{}
)

// An eventReader reads the events in the used part of a buffer.
type eventReader struct {
	b         []byte // the rest of the buffer
	truncated bool   // b may end in the middle of an event
	err       error  // why the rest cannot be read
	hasTime   bool   // the last event had a timestamp
}

// next reads the next event and reports whether there is one.
func (r *eventReader) next(e *event) bool {
	if len(r.b) < 8 || isBlank(r.b) { // the rest is filler
		return false
	}
	f, ok := headerFormOf(r.b)
	if !ok {
		return r.fail("an event of the unknown form %#02x %#02x", r.b[2], r.b[3])
	}
	size := int(le.Uint16(r.b[f.sizeAt:]))
	if size < f.least {
		return r.fail("an event of %d bytes", size)
	}
	if size > len(r.b) && r.truncated {
		return false
	}
	if size > len(r.b) {
		return r.fail("an event of %d bytes, of which %d are there", size, len(r.b))
	}
	raw := r.b[:size:size]
	r.b = r.b[min((size+7)&^7, len(r.b)):]
	r.hasTime = f.timeAt > 0
	switch {
	case f.least == eventHeaderLen:
		if !e.read(raw) {
			e.provider, e.id, e.data = unknownProvider, 0, nil
		}
		return true
	case f == wppForm:
		*e = event{provider: wppProvider}
	case f.kernel && raw[7] == 0: // of the trace itself
		*e = event{provider: traceProvider}
	case f.kernel:
		*e = event{provider: kernelProvider}
	case f.least == classicHeaderLen && raw[2] != 0x0b && raw[2] != 0x15:
		*e = event{provider: guid(raw[24:40])}
	default:
		*e = event{}
	}
	if r.hasTime {
		e.at = int64(le.Uint64(raw[f.timeAt:]))
	}
	return true
}

func (r *eventReader) fail(format string, args ...any) bool {
	r.err = fmt.Errorf(format, args...)
	return false
}

// headerFormOf returns the form of the header in b, which must have 8 bytes.
func headerFormOf(b []byte) (headerForm, bool) {
	switch kind := int(b[2]); {
	case b[3]&markHeader == 0:
		return headerForm{}, false
	case b[3]&markMessage != 0:
		return wppForm, true
	case kind < len(headerForms) && headerForms[kind].least > 0:
		return headerForms[kind], true
	}
	return headerForm{}, false
}

// isBlank reports whether b begins with filler: bytes that are all 0 or all 0xff.
func isBlank(b []byte) bool {
	for _, c := range b[1:min(len(b), 64)] {
		if c != b[0] {
			return false
		}
	}
	return b[0] == 0 || b[0] == 0xff
}
