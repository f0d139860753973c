package redact

import (
	"bytes"
	"strconv"
	"strings"

	"negotrace/capture/redact/standin"
	"negotrace/capture/redact/text"
)

// chunk reads the size of a chunk (RFC 9112 section 7.1). Extensions become letters.
func (r *Redactor) chunk(h *half) int {
	line, _ := cutLine(h.buf)
	end := bytes.IndexByte(h.buf, '\n') + 1
	if h.need = -1; end == 0 {
		if len(h.buf) > text.MaxPage {
			h.setResync()
			return r.parse(h)
		}
		return 0
	}
	digits, extension, _ := bytes.Cut(line, []byte(";"))
	size, err := strconv.ParseInt(string(bytes.TrimSpace(digits)), 16, 63)
	if err != nil {
		h.setResync()
		return r.parse(h)
	}
	standin.Letters.Fill(extension, 0)
	h.left = size
	if size == 0 {
		h.state = inTrailer
	} else {
		h.content()
	}
	return end
}

// chunkEnd passes over the line break behind the data of a chunk.
func (r *Redactor) chunkEnd(h *half) int {
	end := bytes.IndexByte(h.buf, '\n') + 1
	switch {
	case end == 0 && len(h.buf) < 2:
		return 0
	case end == 0 || end > 2:
		h.setResync()
		return r.parse(h)
	}
	h.state = atChunk
	return end
}

// trailer rewrites the lines behind the last chunk.
func (r *Redactor) trailer(h *half) int {
	end := bytes.IndexByte(h.buf, '\n') + 1
	if end == 0 {
		return 0
	}
	line, _ := cutLine(h.buf[:end])
	r.Line(line)
	if len(line) == 0 {
		h.state, h.chunked = inHead, false
	}
	return end
}

// maxRow is how much of a page waits for what follows.
const maxRow = 48

// pageBody rewrites the beginning of a page: the words stay that say what went wrong.
func (r *Redactor) pageBody(h *half) int {
	n := min(h.pageLeft, len(h.buf))
	if h.left >= 0 {
		n = int(min(int64(n), h.left))
	}
	if n == len(h.buf) && h.pageLeft > n && h.left != int64(n) { // a word or a row of numbers may go on
		n = bytes.LastIndexAny(h.buf[:max(n-maxRow, 0)], " <\n") + 1
		if n == 0 {
			return 0
		}
	}
	b := h.buf[:n]
	r.Page(b)
	r.Counts.BodyBytes += n
	h.pageLeft -= n
	if h.left >= 0 {
		h.left -= int64(n)
	}
	switch {
	case h.left == 0:
		h.bodyEnds()
	case h.pageLeft == 0 && h.left < 0:
		h.state = untilClose
	case h.pageLeft == 0:
		h.state = inBody
	}
	return n
}

// kdcBody rewrites a message to or from a KDC proxy.
func (r *Redactor) kdcBody(h *half) int {
	if int64(len(h.buf)) < h.left {
		h.need = int(h.left)
		return 0
	}
	n := int(h.left)
	r.kdcProxy(h.buf[:n], h.coding)
	h.left = 0
	h.bodyEnds()
	return n
}

// isPage reports whether the body of an answer is a page that may say what went wrong.
func isPage(status int, q pendingRequest, f *framing) bool {
	return status >= 400 || status < 300 && q.hasCredentials && (f.media == "" || strings.HasPrefix(f.media, "text/html") || strings.HasPrefix(f.media, "application/xhtml"))
}

// body sets how the body of a message is read. A length of -1 means that it ends with the
// connection.
func (h *half) body(f *framing, length int64, isKDC, isPage bool) {
	h.pageLeft, h.kdc, h.bodyFill = 0, isKDC, fillOf(f, length, isPage)
	if isPage && !h.compressed && !h.binary {
		h.pageLeft = text.MaxPage
	}
	switch {
	case f.chunked:
		if h.state, h.chunked = atChunk, true; h.packing != "" || h.pageLeft > 0 {
			h.state = atPackedChunks
		}
	case length < 0:
		h.state, h.left = untilClose, -1
		switch {
		case h.packing != "":
			h.state = packedUntilClose
		case h.pageLeft > 0:
			h.state = inPage
		case h.multipart.boundary != "":
			h.state = inParts
		case h.blank != "" || h.isUnseen:
			h.state = inBlank
		}
	case length > 0:
		h.left = length
		h.content()
	}
}

// content sets how the next bytes of a body are read; left is their number.
func (h *half) content() {
	switch {
	case h.kdc && h.left <= maxKerberosMessage:
		h.state = inKDC
	case h.packing != "" && h.left <= maxPacked:
		h.state = inPacked
	case h.pageLeft > 0:
		h.state = inPage
	case h.multipart.boundary != "":
		h.state = inParts
	case h.blank != "" || h.isUnseen:
		h.state = inBlank
	default:
		h.state = inBody
	}
}

// bodyEnds sets what comes after a body, or after a chunk of it.
func (h *half) bodyEnds() {
	switch {
	case h.frames:
		h.state = atFrame
		if h.fromServer {
			h.current.pageLeft = h.pageLeft
		}
		h.streamBody.bodyFill = h.bodyFill
	case h.chunked:
		h.state = afterChunk
	default:
		h.state = inHead
	}
}
