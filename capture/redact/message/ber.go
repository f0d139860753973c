package message

import (
	"negotrace/capture/redact/standin"
	"negotrace/tokens/der"
)

// isBER reports whether b is elements, with elements in those that are constructed. The last one may be cut.
func isBER(b []byte, depth int, isCut bool) bool {
	for len(b) > 0 {
		h, err := der.ReadHead(b)
		end := h.Size + h.Length
		switch {
		case depth > standin.MaxDER:
			return false
		case err != nil:
			return isCut && len(b) < der.MaxSize
		case end > len(b):
			return isCut && (h.Tag&der.Constructed == 0 || isBER(b[h.Size:], depth+1, true))
		case h.Tag&der.Constructed != 0 && !isBER(b[h.Size:end], depth+1, false):
			return false
		}
		b = b[end:]
	}
	return true
}

// berElements rewrites elements, the last of which may be cut. Their tags and lengths stay; value rewrites values.
func berElements(b []byte, depth int, value func(tag byte, b []byte, depth int)) {
	for len(b) > 0 {
		h, err := der.ReadHead(b)
		if err != nil || depth > standin.MaxDER {
			break
		}
		end := min(h.Size+h.Length, len(b))
		if inner := b[h.Size:end]; h.Tag&der.Constructed != 0 {
			berElements(inner, depth+1, value)
		} else {
			value(h.Tag, inner, depth)
		}
		b = b[end:]
	}
	clear(b)
}
