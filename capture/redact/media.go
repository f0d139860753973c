package redact

import "strings"

// A bodyFill is what replaces a body.
type bodyFill struct {
	compressed bool   // the body is compressed: zeros follow the beginning
	packing    string // the content coding of a compressed page that is looked at
	binary     bool   // it is not text, and becomes zeros
	spaced     bool   // spaces follow the beginning
	blankImage string // what the beginning becomes
}

// fillOf returns what replaces the body of a message, of which the length may be known. Of a page
// the words stay that say what went wrong.
func fillOf(f *framing, length int64, isPage bool) bodyFill {
	fill := bodyFill{compressed: f.compressed, binary: isBinary(f.media) && !f.compressed}
	if isPage && f.compressed {
		fill.packing = f.coding
	}
	switch {
	case f.compressed:
		fill.blankImage = packedDocument(f, length)
	case fill.binary:
		fill.blankImage = blankImage(f.media, length)
	case !isPage:
		fill.blankImage = emptyDocument(f.media, length)
		fill.spaced = fill.blankImage != ""
	}
	return fill
}

// filler returns what follows the beginning.
func (b *bodyFill) filler() filler {
	switch {
	case b.compressed || b.binary:
		return zeros
	case b.spaced:
		return spaces
	}
	return letters
}

// blankImage returns the smallest image of a media type. It replaces the beginning of a body, so
// that programs that know the type do not report a damaged image. It is empty for all other types,
// and for a PNG of unknown length.
func blankImage(media string, length int64) string {
	switch media, _, _ := strings.Cut(media, ";"); strings.TrimSpace(media) {
	case "image/gif": // a screen of no size, and the end
		return "GIF89a\x00\x00\x00\x00\x00\x00\x00;"
	case "image/png": // IHDR of one grey point, and the rest as IDAT
		const head = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00\x3a\x7e\x9b\x55"
		if rest := length - int64(len(head)) - 12; rest >= 0 {
			return head + string(be.AppendUint32(nil, uint32(rest))) + "IDAT"
		}
	case "image/jpeg", "image/jpg", "image/pjpeg": // the beginning, APP0 of JFIF, and the end
		return "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
	}
	return ""
}

// isBinary reports whether bodies of a media type are binary. Letters would make them malformed;
// zeros are numbers in CBOR (RFC 8949) and empty messages in gRPC.
func isBinary(media string) bool {
	for _, prefix := range []string{"image/", "application/cbor", "application/grpc"} {
		if strings.HasPrefix(media, prefix) {
			return true
		}
	}
	return false
}

// packedDocument returns the smallest text that is packed like a body, and fits into its length. Zeros may follow it.
func packedDocument(f *framing, length int64) string {
	text := emptyDocument(f.media, -1)
	if text == "" {
		text = "x"
	}
	if packed := blankPacked(f.coding, text); length < 0 || length >= int64(len(packed)) {
		return packed
	}
	return ""
}

// emptyDocument returns the smallest text of a media type that is JSON or XML (RFC 6839, RFC 7303) and
// fits into a body of that length: an object without members, or an element without content.
// Spaces may follow it. It is empty for other types.
func emptyDocument(media string, length int64) string {
	const object, xml = "{}", "<x/>"
	media, _, _ = strings.Cut(media, ";")
	media = strings.TrimSpace(media)
	is := func(kind string) bool {
		return media == "application/"+kind || media == "text/"+kind || strings.HasPrefix(media, "application/") && strings.HasSuffix(media, "+"+kind)
	}
	fits := func(text string) bool { return length < 0 || length >= int64(len(text)) }
	switch {
	case is("json") && fits(object):
		return object
	case is("xml") && fits(xml):
		return xml
	}
	return ""
}

// blankImageBody writes the beginning of a body that becomes a blank one.
func (r *Redactor) blankImageBody(h *half) int {
	n := min(len(h.buf), len(h.blankImage))
	if h.left >= 0 {
		n = int(min(int64(n), h.left))
		h.left -= int64(n)
	}
	copy(h.buf[:n], h.blankImage)
	h.blankImage = h.blankImage[n:]
	r.Counts.BodyBytes += n
	switch {
	case h.left == 0:
		h.bodyEnds()
	case h.blankImage == "" && h.left < 0:
		h.state = untilClose
	case h.blankImage == "":
		h.state = inBody
	}
	return n
}
