package unpack

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// A Coding is how the body of a message is packed (RFC 9110 section 8.4.1).
type Coding uint8

// The codings. Some servers mean by deflate the bytes without the frame of RFC 1950.
const (
	NoCoding    Coding = iota // it is not packed, or by nothing that is known
	GzipBody                  // RFC 1952
	ZlibBody                  // RFC 1950
	DeflateBody               // RFC 1951
	BrotliBody                // RFC 7932
	ZstdBody                  // RFC 9659
	UnreadBody                // by what browsers ask for and nobody here reads
)

// CodingOf returns how a body is packed, by its first bytes and by the Content-Encoding that the head of
// the message names. Exports unpack what they record, and keep the header line.
func CodingOf(body []byte, named string) Coding {
	switch named = LastCoding(named); {
	case bytes.HasPrefix(body, []byte{0x1f, 0x8b}):
		return GzipBody
	case len(body) > 2 && body[0] == 0x78 && (int(body[0])<<8|int(body[1]))%31 == 0: // RFC 1950 section 2.2
		return ZlibBody
	case bytes.HasPrefix(body, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return ZstdBody
	case len(body) == 0 || beginsAsText(body):
		return NoCoding
	case named == "deflate":
		return DeflateBody
	case named == "br":
		return BrotliBody
	case unreadCodings[named]:
		return UnreadBody
	}
	return NoCoding
}

// LastCoding returns the coding that was applied last of those that Content-Encoding names, in lower case.
func LastCoding(named string) string {
	return strings.ToLower(strings.TrimSpace(named[strings.LastIndexByte(named, ',')+1:]))
}

// unreadCodings are the content codings that browsers ask for and that are not read here.
var unreadCodings = map[string]bool{"zstd": true, "dcb": true, "dcz": true, "compress": true}

// maxBodyWindow is the longest distance over which a body packed with zstd may refer back, in bytes: what
// browsers take (RFC 9659 section 3).
const maxBodyWindow = 8 << 20

// Unpack returns the beginning of a packed body, at most so many bytes of text. The error is of a body
// that is damaged or cut; what could be read of it is returned as well.
func (c Coding) Unpack(body []byte, most int64) (text []byte, err error) {
	from := bytes.NewReader(body)
	var r io.Reader
	switch c {
	case GzipBody:
		r, err = gzip.NewReader(from)
	case ZlibBody:
		r, err = zlib.NewReader(from)
	case DeflateBody:
		r = flate.NewReader(from)
	case BrotliBody:
		r = brotli.NewReader(from)
	case ZstdBody:
		var z *zstd.Decoder
		if z, err = zstd.NewReader(from, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxBodyWindow)); err == nil {
			defer z.Close()
			r = z
		}
	default:
		return nil, errNotRead
	}
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, most))
}

// beginsAsText reports whether a body begins as text does, and not as a packed one.
func beginsAsText(body []byte) bool {
	head := body[:min(len(body), 32)]
	for len(head) > 0 {
		c, n := utf8.DecodeRune(head)
		if c == utf8.RuneError && len(head) >= utf8.UTFMax || c < ' ' && !strings.ContainsRune("\t\r\n\f", c) {
			return false
		}
		head = head[n:]
	}
	return true
}
