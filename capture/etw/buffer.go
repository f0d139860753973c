package etw

import (
	"fmt"
	"io"
)

// The length of a buffer header and the offsets of its fields (WMI_BUFFER_HEADER).
const (
	bufferHeaderLen   = 72
	bufferSizeAt      = 0
	bufferProcessorAt = 40
	bufferUsedAt      = 48
	bufferFlagsAt     = 52

	bufferCompressed = 0x40
)

// The length of a buffer: Windows allows up to 16 MiB.
const (
	minBufferSize = 1 << 10
	maxBufferSize = 16 << 20
)

// IsETL reports whether a file that begins with head is an event trace: its first buffer
// begins with a valid header, and then the event that describes the trace.
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

// usedBytes returns the events in b, which is a buffer or its beginning. They are nil for a
// buffer in which nothing was written.
func usedBytes(b []byte, size int) (events []byte, err error) {
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

// earliestTime returns the earliest time of the events in b, the beginning of a buffer. It need not
// be the first: a thread that is interrupted writes its event after later ones. ok is false if
// none has a time.
func earliestTime(b []byte, size int) (at int64, ok bool) {
	events, _ := usedBytes(b, size)
	r := eventReader{b: events, truncated: true}
	for e := new(event); r.next(e); {
		if r.hasTime && (!ok || e.at < at) {
			at, ok = e.at, true
		}
	}
	return at, ok
}

// readFull reads len(b) bytes of a file at an offset, and fewer only at the end of the file.
func readFull(r io.ReaderAt, b []byte, at int64) ([]byte, error) {
	n, err := r.ReadAt(b, at)
	if err == io.EOF {
		err = nil
	}
	return b[:n], err
}
