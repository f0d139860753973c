package redact

import (
	"bytes"
	"strings"

	"negotrace/capture/redact/packing"
	"negotrace/capture/redact/standin"
	"negotrace/capture/unpack"
	"negotrace/tokens/der"
)

// A bodyFill is what replaces a body.
type bodyFill struct {
	compressed bool   // the body is compressed: zeros follow the beginning
	packing    string // the content coding of a compressed page that is looked at
	binary     bool   // it is not text, and becomes zeros
	spaced     bool   // spaces follow the beginning
	blank      string // what the beginning becomes
	isUnseen   bool   // that depends on how it begins, see sees
	media      string // of one that is not seen yet
	coding     string // of its content
	length     int64  // of it, -1 if it is not known
	multipart  multipart
	isSealed   bool // it is a token of GSS-API behind its length, and what that encrypts
}

// fillOf returns what replaces the body of a message, of which the length may be known. Of a page
// the words stay that say what went wrong. All else has to be seen.
func fillOf(f *framing, length int64, isPage bool) bodyFill {
	fill := bodyFill{compressed: f.compressed, binary: isBinary(f.media) && !f.compressed, media: f.media, coding: f.coding, length: length}
	if isPage && f.compressed {
		fill.packing = f.coding
	}
	fill.isUnseen = f.compressed || fill.binary || !isPage
	if !f.compressed && !isPage {
		fill.multipart.boundary = f.boundary
	}
	return fill
}

// sees sets what a body becomes that begins like this. left is how many bytes of it come at least, -1 if
// that is not known. Programs that know the kind of a body by its beginning, such as Wireshark, still do.
func (b *bodyFill) sees(beginning []byte, left int64) {
	b.isUnseen = false
	length := b.length
	if length < 0 {
		length = left
	}
	image := blankImage(beginning, length)
	switch {
	case b.compressed:
		b.blank = packedDocument(b, beginning)
	case image != "":
		b.blank, b.binary = image, true
	case b.binary && beginning[0] == der.Sequence:
		b.blank = string([]byte{der.Sequence, 0})
	case b.binary:
	default:
		b.blank = documentLike(beginning, b.media, b.length)
		b.spaced = b.blank != "" && b.blank != declaredXML
	}
}

// seen returns how much of a body has to be seen, if there is as much.
func (b *bodyFill) seen() int {
	const plain, sealed, packed = 8, 20, 256 // behind tables of codes
	switch {
	case b.compressed:
		return packed
	case b.isSealed:
		return sealed
	}
	return plain
}

// isJSON reports whether a text may be an object or a list.
func isJSON(text []byte) bool {
	text = bytes.TrimLeft(text, " \t\r\n")
	return len(text) == 0 || text[0] == '{' || text[0] == '['
}

// filler returns what follows the beginning.
func (b *bodyFill) filler() standin.Filler {
	switch {
	case b.isSealed:
		return standin.Noise
	case b.compressed || b.binary:
		return standin.Zeros
	case b.spaced:
		return standin.Spaces
	}
	return standin.Letters
}

// blankImage returns the smallest image or film of the kind that a body begins as. It replaces that
// beginning, so that programs that know the kind do not report a damaged one. It is empty for all other
// bodies, and for a PNG of unknown length.
func blankImage(b []byte, length int64) string {
	begins := func(text string) bool { return bytes.HasPrefix(b, []byte(text)) }
	switch {
	case begins("GIF87a"), begins("GIF89a"): // a screen of no size, and the end
		return "GIF89a\x00\x00\x00\x00\x00\x00\x00;"
	case begins("\x89PNG\r\n\x1a\n"): // IHDR of one grey point, and the rest as IDAT
		const head = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00\x3a\x7e\x9b\x55"
		if rest := length - int64(len(head)) - 12; rest >= 0 {
			return head + string(be.AppendUint32(nil, uint32(rest))) + "IDAT"
		}
	case begins("\xff\xd8\xff\xe0"), begins("\xff\xd8\xff\xe1"): // the beginning, APP0 of JFIF, and the end
		return "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
	case len(b) >= 8 && string(b[4:8]) == "ftyp": // that, and a box up to the end (ISO 14496-12 section 4.2)
		return "\x00\x00\x00\x10ftypisom\x00\x00\x00\x00"
	}
	return ""
}

// isBinary reports whether bodies of a media type are binary. Letters would make them malformed;
// zeros are numbers in CBOR (RFC 8949), empty messages in gRPC, and what may follow an element of DER.
func isBinary(media string) bool {
	for _, prefix := range []string{"image/", "video/", "application/cbor", "application/grpc", "application/ocsp-", "application/pkix-", "application/pkcs7-",
		"application/x-pkcs7-", "application/timestamp-", "application/ipp", "application/dns-message"} {
		if strings.HasPrefix(media, prefix) {
			return true
		}
	}
	return false
}

// packedDocument returns the smallest text that is packed like a body that begins like this, and fits into its
// length. Zeros may follow it.
func packedDocument(b *bodyFill, beginning []byte) string {
	if packing.Blank(b.coding, "") == "" {
		return ""
	}
	const enough = 40 // for Wireshark to see that it is declared to be XML
	head, _ := unpack.CodingOf(beginning, b.coding).Unpack(beginning, int64(len(declaredXML)))
	text := documentLike(head, b.media, -1)
	switch text {
	case "":
		text = "x"
	case declaredXML:
		text += strings.Repeat("x", enough-len(text))
	}
	if packed := packing.Blank(b.coding, text); b.length < 0 || b.length >= int64(len(packed)) {
		return packed
	}
	return ""
}

// documentLike returns what emptyDocument does for a text that begins like this: one that is declared to be XML
// stays it whatever its type is, and one that is not JSON does not become it.
func documentLike(beginning []byte, media string, length int64) string {
	switch text := emptyDocument(media, -1); {
	case text != emptyXML && bytes.HasPrefix(beginning, []byte(declaredXML[:len("<?xml ")])):
		return declaredXML
	case text == emptyJSON && !isJSON(beginning):
		return ""
	}
	return emptyDocument(media, length)
}

// The smallest texts of JSON and of XML, and the beginning of one that is declared to be XML.
const emptyJSON, emptyXML, declaredXML = "{}", "<x/>", "<?xml ?>"

// emptyDocument returns the smallest text of a media type that is JSON or XML (RFC 6839, RFC 7303) and
// fits into a body of that length: an object without members, or an element without content.
// Spaces may follow it. It is empty for other types.
func emptyDocument(media string, length int64) string {
	media, _, _ = strings.Cut(media, ";")
	media = strings.TrimSpace(media)
	is := func(kind string) bool {
		return media == "application/"+kind || media == "text/"+kind || strings.HasPrefix(media, "application/") && strings.HasSuffix(media, "+"+kind)
	}
	fits := func(text string) bool { return length < 0 || length >= int64(len(text)) }
	switch {
	case (is("json") || media == "application/json-rpc") && fits(emptyJSON):
		return emptyJSON
	case is("xml") && fits(emptyXML):
		return emptyXML
	}
	return ""
}

// blankBody writes the beginning of a body that becomes a blank one.
func (r *Redactor) blankBody(h *half) int {
	if h.isUnseen {
		if n := h.seen(); len(h.buf) < n && (h.left < 0 || h.left > int64(len(h.buf))) {
			h.need = n
			return 0
		}
		h.sees(h.buf, h.left)
	}
	if h.blank == "" {
		h.blankEnds()
		return r.parse(h)
	}
	n := min(len(h.buf), len(h.blank))
	if h.left >= 0 {
		n = int(min(int64(n), h.left))
		h.left -= int64(n)
	}
	copy(h.buf[:n], h.blank)
	h.blank = h.blank[n:]
	r.Counts.BodyBytes += n
	switch {
	case h.left == 0:
		h.bodyEnds()
	case h.blank == "":
		h.blankEnds()
	}
	return n
}

// blankEnds has the rest of a body come next.
func (h *half) blankEnds() {
	h.blank, h.isUnseen, h.state = "", false, inBody
	if h.left < 0 {
		h.state = untilClose
	}
}
