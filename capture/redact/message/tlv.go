package message

import "negotrace/capture/redact/standin"

// A tlvLayout is the layout of a message that is a head, and types with lengths and values behind it. Lengths count
// all three.
type tlvLayout struct {
	head string
	size int // of a type, and of a length, in bytes
	pad  int // the multiple of bytes after which the next one begins
}

// tlv rewrites a message. value rewrites the values; nil clears them.
func tlv(v *standin.Values, b []byte, layout tlvLayout, value func(kind int, b []byte)) {
	rest := b[min(len(layout.head), len(b)):]
	fields(v, b[:len(b)-len(rest)], layout.head)
	number := func(b []byte) (n int) {
		for _, c := range b[:layout.size] {
			n = n<<8 | int(c)
		}
		return n
	}
	for head := 2 * layout.size; len(rest) >= head; {
		n := number(rest[layout.size:])
		if n < head || n > len(rest) {
			break
		}
		if value != nil {
			value(number(rest), rest[head:n])
		} else {
			clear(rest[head:n])
		}
		next := min((n+layout.pad-1)/layout.pad*layout.pad, len(rest))
		clear(rest[n:next])
		rest = rest[next:]
	}
	clear(rest)
}
