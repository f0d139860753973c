package redact

import (
	"bytes"
	"strconv"

	"negotrace/capture/redact/message"
	"negotrace/capture/redact/packing"
	"negotrace/capture/redact/standin"
	"negotrace/tokens/der"
)

// maxPacked is the longest compressed body that is looked at: what a report reads.
const maxPacked = 64 << 10

// packedBody rewrites the compressed body of a page.
func (r *Redactor) packedBody(h *half) int {
	if int64(len(h.buf)) < h.left {
		h.need = int(h.left)
		return 0
	}
	n := int(h.left)
	r.packedPage(h.buf[:n], h.packing)
	h.left, h.packing = 0, ""
	h.bodyEnds()
	return n
}

// kdcProxy rewrites a message to or from a KDC proxy, which may be packed. One that does not fit into its length when
// it is packed again is cleared.
func (r *Redactor) kdcProxy(b []byte, coding string) {
	text, how, ok := packing.Unpacked(b, coding)
	if !ok || b[0] == der.Sequence {
		message.Kerberos(r.Values, r.Mask.KDCProxy, b)
		return
	}
	message.Kerberos(r.Values, r.Mask.KDCProxy, text)
	packed, ok := packing.Into(how, text, len(b))
	if !ok {
		clear(b)
		return
	}
	copy(b, packed)
}

// packedUntilClose waits for the end of a connection, and so of the compressed body of a page.
func (r *Redactor) packedUntilClose(h *half) int {
	if len(h.buf) <= maxPacked {
		return 0
	}
	h.packing, h.state = "", untilClose
	return r.parse(h)
}

// packedChunks rewrites a page that comes in chunks: a word may be in several.
func (r *Redactor) packedChunks(h *half) int {
	var content []byte
	var places, extensions [][]byte
	for at := 0; ; {
		line, _ := cutLine(h.buf[at:])
		end := at + bytes.IndexByte(h.buf[at:], '\n') + 1
		if h.need = -1; end == at {
			return 0
		}
		digits, extension, _ := bytes.Cut(line, []byte(";"))
		size, err := strconv.ParseUint(string(bytes.TrimSpace(digits)), 16, 31)
		if err != nil || len(content)+int(size) > maxPacked {
			return r.chunkByChunk(h)
		}
		extensions = append(extensions, extension)
		if size == 0 {
			r.packedPage(content, h.packing)
			for _, p := range places {
				content = content[copy(p, content):]
			}
			for _, e := range extensions {
				standin.Letters.Fill(e, 0)
			}
			h.packing, h.state = "", inTrailer
			return end
		}
		after := end + int(size)
		const lineEnd = 2
		next := bytes.IndexByte(h.buf[min(after, len(h.buf)):], '\n') + 1
		switch {
		case next > lineEnd, next == 0 && len(h.buf) >= after+lineEnd:
			return r.chunkByChunk(h)
		case next == 0:
			h.need = after + 1
			return 0
		}
		places = append(places, h.buf[end:after])
		content = append(content, h.buf[end:after]...)
		at = after + next
	}
}

// chunkByChunk rewrites chunks one by one: they are too long to be kept, or damaged.
func (r *Redactor) chunkByChunk(h *half) int {
	h.packing, h.state = "", atChunk
	return r.parse(h)
}

// packedPage rewrites the text of a compressed page.
func (r *Redactor) packedPage(b []byte, coding string) {
	r.Counts.BodyBytes += len(b)
	r.Packed(b, coding)
}
