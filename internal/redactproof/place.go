package redactproof

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"negotrace/capture/export"
	"negotrace/httpstream"
)

// placeOf says in which packet, entry or event byte at of a written file is: " in frame 12". It is empty
// where that cannot be seen.
func placeOf(r io.Reader, at int64) string {
	b := bufio.NewReader(r)
	head, _ := b.Peek(512) // a file may be shorter
	unit, n := httpstream.Frames, 0
	switch {
	case strings.HasPrefix(string(head), "\n\r\r\n"):
		n = pcapngFrame(b, at)
	case export.IsHAR(head):
		unit, n = httpstream.Entries, element(b, "entries", at)
	case export.IsNetLog(head):
		unit, n = httpstream.Events, element(b, "events", at)
	default:
		n = pcapFrame(b, at)
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" in %s %d", unit, n)
}

// pcapFrame returns the number of the record of a pcap file of ours with the byte at.
func pcapFrame(r *bufio.Reader, at int64) (frame int) {
	const fileHead, head, length = 24, 16, 8
	for end := int64(fileHead); at >= end; frame++ {
		if _, err := r.Discard(int(end)); err != nil {
			return 0
		}
		b, err := r.Peek(head)
		if err != nil {
			return 0
		}
		at, end = at-end, head+int64(binary.LittleEndian.Uint32(b[length:]))
	}
	return frame
}

// pcapngFrame returns the number of the block of a pcapng file with the byte at, among those that count
// as frames.
func pcapngFrame(r *bufio.Reader, at int64) (frame int) {
	const head, section, simple, enhanced, custom, magic = 12, 0x0a0d0d0a, 3, 6, 0xbad, 0x1a2b3c4d
	order := binary.ByteOrder(binary.LittleEndian)
	for {
		b, err := r.Peek(head)
		if err != nil {
			return 0
		}
		kind := order.Uint32(b)
		if kind == section { // which reads the same in both orders
			if order = binary.LittleEndian; order.Uint32(b[8:]) != magic {
				order = binary.BigEndian
			}
		}
		size := int64(order.Uint32(b[4:]))
		isFrame := kind == simple || kind == enhanced || kind == custom
		switch {
		case isFrame && at < size:
			return frame + 1
		case at < size, size < head:
			return 0
		case isFrame:
			frame++
		}
		if _, err := r.Discard(int(size)); err != nil {
			return 0
		}
		at -= size
	}
}

// element returns the number of the element of a list with the byte at, of the list of a member of that
// name in a file in JSON.
func element(r io.Reader, list string, at int64) (n int) {
	d := json.NewDecoder(r)
	depth, inside, name := 0, 0, ""
	for d.InputOffset() <= at {
		t, err := d.Token()
		if err != nil {
			return 0
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			if depth++; inside == 0 && t == json.Delim('[') && name == list {
				inside = depth
			} else if inside > 0 && depth == inside+1 {
				n++
			}
		case json.Delim('}'), json.Delim(']'):
			if depth == inside {
				inside, n = 0, 0
			}
			depth--
		}
		name, _ = t.(string)
	}
	return n
}
