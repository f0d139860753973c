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

// An event is what a provider logged once.
type event struct {
	provider guid
	id       uint16
	keyword  uint64
	thread   uint32
	process  uint32
	at       int64 // in the units of the trace's clock
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

// read reads an event of a file, whose header begins in b and whose payload ends with it.
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

// A form of header is one of the kinds in which events lie in a file.
type form struct {
	sizeAt int  // where its length is, a uint16
	least  int  // its length without a payload
	timeAt int  // where its time is; 0 for nowhere
	kernel bool // an event of the system itself, with its group at 7
}

// forms are the headers by their type (wmi header types of the Windows kernel).
var forms = [...]form{
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

// message is the form of what software traces with WPP (TRACE_MESSAGE).
var message = form{0, 8, 0, false}

// Markers in the fourth byte of a header.
const (
	markHeader  = 0x80
	markMessage = 0x10
)

// Providers that have no GUID of their own.
var (
	fromKernel = guid{0: 'K'}
	fromWPP    = guid{0: 'W'}
	fromNobody = guid{}
)

// An eventReader reads the events in the used part of a buffer.
type eventReader struct {
	b    []byte // what is left
	part bool   // of the buffer: it ends in the middle of an event
	err  error  // why the rest cannot be read
	time bool   // the event has a time
}

// next reads the next event and reports whether there is one.
func (r *eventReader) next(e *event) bool {
	if len(r.b) < 8 || isBlank(r.b) { // filled up to its end
		return false
	}
	f, ok := formOf(r.b)
	if !ok {
		return r.fail("an event of the unknown form %#02x %#02x", r.b[2], r.b[3])
	}
	size := int(le.Uint16(r.b[f.sizeAt:]))
	if size < f.least {
		return r.fail("an event of %d bytes", size)
	}
	if size > len(r.b) && r.part {
		return false
	}
	if size > len(r.b) {
		return r.fail("an event of %d bytes, of which %d are there", size, len(r.b))
	}
	raw := r.b[:size:size]
	r.b = r.b[min((size+7)&^7, len(r.b)):]
	r.time = f.timeAt > 0
	switch {
	case f.least == eventHeaderLen:
		if !e.read(raw) {
			e.provider, e.id, e.data = fromNobody, 0, nil
		}
		return true
	case f == message:
		*e = event{provider: fromWPP}
	case f.kernel && raw[7] == 0: // of the trace itself
		*e = event{provider: ofTrace}
	case f.kernel:
		*e = event{provider: fromKernel}
	case f.least == classicHeaderLen && raw[2] != 0x0b && raw[2] != 0x15:
		*e = event{provider: guid(raw[24:40])}
	default:
		*e = event{}
	}
	if r.time {
		e.at = int64(le.Uint64(raw[f.timeAt:]))
	}
	return true
}

func (r *eventReader) fail(format string, args ...any) bool {
	r.err = fmt.Errorf(format, args...)
	return false
}

// formOf returns the form of the header that begins in b, of which 8 bytes must be there.
func formOf(b []byte) (form, bool) {
	switch kind := int(b[2]); {
	case b[3]&markHeader == 0:
		return form{}, false
	case b[3]&markMessage != 0:
		return message, true
	case kind < len(forms) && forms[kind].least > 0:
		return forms[kind], true
	}
	return form{}, false
}

// isBlank reports whether nothing was written.
func isBlank(b []byte) bool {
	for _, c := range b[1:min(len(b), 64)] {
		if c != b[0] {
			return false
		}
	}
	return b[0] == 0 || b[0] == 0xff
}
