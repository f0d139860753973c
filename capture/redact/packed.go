package redact

import (
	"bytes"
	"strconv"

	"negotrace/capture/unpack"
)

// maxPacked is the longest compressed body that is looked at, and maxUnpacked is how much text is
// taken from it: both are what a report reads.
const (
	maxPacked   = 64 << 10
	maxUnpacked = 64 << 10
)

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
				letters.fill(e, 0)
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

// packedPage rewrites the text of a page in b, which is compressed, and may be cut or damaged. What there is
// no room for is left out at its end. If nothing of it can be read, b becomes zeros.
func (r *Redactor) packedPage(b []byte, coding string) {
	r.Counts.BodyBytes += len(b)
	if text, ok := r.cache.pages[string(b)]; ok {
		copy(b, text)
		return
	}
	before := string(b)
	text, how, ok := unpacked(b, coding)
	switch {
	case how == unpack.NoCoding: // a reader takes it for text
		head := b[:min(len(b), maxPageText)]
		r.words(head)
		letters.fill(b[len(head):], 0)
		return
	case ok:
		head := text[:min(len(text), maxPageText)]
		r.words(head)
		letters.fill(text[len(head):], 0)
		text, ok = packBeginning(how, text, len(b))
	}
	if !ok {
		r.unknown("compressed pages that cannot be read, or have no room for what they become", len(b))
		clear(b)
		return
	}
	copy(b, text)
	if len(b) > maxPageText {
		return
	}
	if len(r.cache.pages) >= maxCachedPages {
		clear(r.cache.pages)
	}
	r.cache.pages[before] = string(b)
}

// packBeginning packs as much of a text into size bytes as there is room for, or nearly.
func packBeginning(how unpack.Coding, text []byte, size int) (b []byte, ok bool) {
	for !ok && len(text) > 0 {
		b, ok = packInto(how, text, size)
		text = text[:len(text)*3/4]
	}
	return b, ok
}
