package etw

import (
	"fmt"
	"io"
)

// What is where in the header of a buffer (WMI_BUFFER_HEADER).
const (
	bufferHeaderLen   = 72
	bufferSizeAt      = 0
	bufferProcessorAt = 40
	bufferUsedAt      = 48
	bufferFlagsAt     = 52

	bufferCompressed = 0x40
)

// The length of a buffer: Windows makes them up to 16 MiB long.
const (
	minBufferSize = 1 << 10
	maxBufferSize = 16 << 20
)

// IsETL reports whether a file that begins with head is an event trace: its first buffer
// has a header that says how long it is and how much of it is used, and then the event that
// describes the trace.
func IsETL(head []byte) bool {
	if len(head) < bufferHeaderLen+8 {
		return false
	}
	size, used := le.Uint32(head), le.Uint32(head[bufferUsedAt:])
	if size < minBufferSize || size > maxBufferSize || size%minBufferSize != 0 || used != 0 && used < bufferHeaderLen {
		return false
	}
	first := head[bufferHeaderLen:]
	return (first[2] == 0x01 || first[2] == 0x02) && first[3] == 0xc0 && le.Uint16(first[6:]) == 0
}

// usedPart returns the events in a buffer, of which b is what the file holds. They are nil for
// a buffer in which nothing was written.
func usedPart(b []byte, size int) (events []byte, err error) {
	if len(b) < bufferHeaderLen || isBlank(b[:bufferHeaderLen]) {
		return nil, nil
	}
	if n := le.Uint32(b[bufferSizeAt:]); int64(n) != int64(size) {
		return nil, fmt.Errorf("a buffer of %d bytes among others of %d", n, size)
	}
	if le.Uint16(b[bufferFlagsAt:])&bufferCompressed != 0 {
		return nil, errCompressed
	}
	used := int(min(le.Uint32(b[bufferUsedAt:]), uint32(size)))
	if used < bufferHeaderLen {
		return nil, fmt.Errorf("a buffer of which %d bytes are used", used)
	}
	return b[bufferHeaderLen:min(used, len(b))], nil
}

// beginsAt returns the earliest time of the events in b, the beginning of a buffer: threads
// that are interrupted write their events after later ones. ok is false if none has a time.
func beginsAt(b []byte, size int) (at int64, ok bool) {
	events, _ := usedPart(b, size)
	r := eventReader{b: events, part: true}
	for e := new(event); r.next(e); {
		if r.time && (!ok || e.at < at) {
			at, ok = e.at, true
		}
	}
	return at, ok
}

// readFull reads up to len(b) bytes of a file from a place on, and fewer only at its end.
func readFull(r io.ReaderAt, b []byte, at int64) ([]byte, error) {
	n, err := r.ReadAt(b, at)
	if err == io.EOF {
		err = nil
	}
	return b[:n], err
}
