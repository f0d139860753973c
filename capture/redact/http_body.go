package redact

import (
	"bytes"
	"strconv"
	"strings"
)

// chunk reads the size of a chunk (RFC 9112 section 7.1). Extensions become letters.
func (r *Redactor) chunk(h *half) int {
	line, _ := cutLine(h.buf)
	end := bytes.IndexByte(h.buf, '\n') + 1
	if h.need = -1; end == 0 {
		if len(h.buf) > maxPageText {
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
	letters.fill(extension, 0)
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
	r.headerLine(line, &framing{})
	if len(line) == 0 {
		h.state, h.chunked = inHead, false
	}
	return end
}

// pageBody rewrites the beginning of a page: the words stay that say what went wrong.
func (r *Redactor) pageBody(h *half) int {
	n := min(h.pageLeft, len(h.buf))
	if h.left >= 0 {
		n = int(min(int64(n), h.left))
	}
	if n == len(h.buf) && h.pageLeft > n && h.left != int64(n) { // the last word may go on
		for n > 0 && isLetter(h.buf[n-1]) {
			n--
		}
		if n == 0 {
			return 0
		}
	}
	b := h.buf[:n]
	r.page(b)
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
	r.kerberos(r.mask.KDCProxy, h.buf[:n])
	h.left = 0
	h.bodyEnds()
	return n
}

// words rewrites a text for people: words that are in every text about logons stay, names
// that are known become their pseudonyms, and all other letters and digits are replaced.
func (r *Redactor) words(b []byte) {
	for at := 0; at < len(b); {
		end := at
		for end < len(b) && isLetter(b[end]) {
			end++
		}
		if end == at {
			if c := b[at]; '0' <= c && c <= '9' {
				end = r.rewriteNumber(b, at)
			} else {
				end = at + max(punctuation(b[at:]), 1)
				if c >= 0x80 && end == at+1 {
					b[at] = 'x'
				}
			}
			at = end
			continue
		}
		word := string(b[at:end])
		switch {
		case isVocabulary(word):
			r.publish(word)
		case r.names.Has(word):
			put(b[at:end], r.names.Word(word))
		default:
			letters.fill(b[at:end], 0)
		}
		at = end
	}
}

// rewriteNumber rewrites a number and returns where it ends: a status stays, and so does a code that
// a library gives for an error.
func (r *Redactor) rewriteNumber(b []byte, at int) int {
	end := at
	for end < len(b) && ('0' <= b[end] && b[end] <= '9' || b[end] == '.') {
		end++
	}
	if text := string(bytes.TrimRight(b[at:end], ".")); strings.Count(text, ".") == 3 && r.names.IsAddress(text) {
		put(b[at:at+len(text)], r.names.Text(text))
		return at + len(text)
	}
	end = at
	for end < len(b) && ('0' <= b[end] && b[end] <= '9' || isLetter(b[end])) {
		end++
	}
	word := b[at:end]
	isCode := len(word) == 10 && bytes.HasPrefix(bytes.ToLower(word), []byte("0x8")) || bytes.HasPrefix(bytes.ToLower(word), []byte("0xc0"))
	if len(word) <= 3 || isCode {
		return end
	}
	for i, c := range word {
		if '0' <= c && c <= '9' {
			word[i] = '0'
		} else {
			word[i] = 'x'
		}
	}
	return end
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// punctuation returns how long the sign is that is no letter and that a text begins with: a
// dash, a quotation mark, the sign of a copyright, in UTF-8; 0 for all else.
func punctuation(b []byte) int {
	switch {
	case len(b) >= 2 && b[0] == 0xc2 && b[1] >= 0xa0 && b[1] <= 0xbf && b[1] != 0xaa && b[1] != 0xba && b[1] != 0xb5:
		return 2
	case len(b) >= 3 && b[0] == 0xe2 && (b[1] == 0x80 || b[1] == 0x81) && b[2] >= 0x80 && b[2] <= 0xbf:
		return 3
	}
	return 0
}
