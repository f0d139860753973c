// Package packing packs a text into a given number of bytes, in the codings of HTTP: what replaces a packed body has its
// length.
package packing

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/adler32"
	"hash/crc32"
	"io"
	"strings"

	"github.com/andybalholm/brotli"

	"negotrace/capture/unpack"
)

var be = binary.BigEndian

// MaxText is how much text is taken from a body: what a report reads.
const MaxText = 64 << 10

// Unpacked returns the text of a body, as far as it can be read, and how it is packed. It returns false for
// a body without any, or that cannot be packed again.
func Unpacked(b []byte, coding string) (text []byte, how unpack.Coding, ok bool) {
	switch how = unpack.CodingOf(b, coding); how {
	case unpack.GzipBody, unpack.ZlibBody, unpack.DeflateBody, unpack.BrotliBody, unpack.ZstdBody:
		text, _ := how.Unpack(b, MaxText) // a report reads what there is of it, too
		return text, how, len(text) > 0
	}
	return nil, how, false
}

// Into returns text packed into size bytes; false if there is no room.
func Into(how unpack.Coding, text []byte, size int) (b []byte, ok bool) {
	switch how {
	case unpack.GzipBody:
		return gzipInto(text, size)
	case unpack.ZlibBody:
		const head, tail = 2, 4
		b, ok = deflateInto(text, size-head-tail)
		return be.AppendUint32(append([]byte{0x78, 0x9c}, b...), adler32.Checksum(text)), ok
	case unpack.DeflateBody:
		return deflateInto(text, size)
	case unpack.ZstdBody:
		return zstdInto(text, size)
	}
	return brotliInto(text, size)
}

// Beginning packs as much of a text into size bytes as there is room for, or nearly.
func Beginning(how unpack.Coding, text []byte, size int) (b []byte, ok bool) {
	for !ok && len(text) > 0 {
		b, ok = Into(how, text, size)
		text = text[:len(text)*3/4]
	}
	return b, ok
}

// gzipInto returns text in gzip, of so many bytes. Few missing bytes are a comment in front of it.
func gzipInto(text []byte, size int) (b []byte, ok bool) {
	const head, tail, hasComment = 10, 8, 0x10
	b = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff}
	packed := deflated(text)
	switch more := size - head - tail - len(packed); {
	case more < 0 || len(packed) == 0:
		return nil, false
	case more > fewMissing:
		packed = deflateWithBlocks(text, size-head-tail)
	case more > 0:
		b[3] = hasComment
		b = append(b, strings.Repeat("x", more-1)+"\x00"...)
	}
	b = binary.LittleEndian.AppendUint32(append(b, packed...), crc32.ChecksumIEEE(text))
	return binary.LittleEndian.AppendUint32(b, uint32(len(text))), true
}

// Blank returns a short text packed without being compressed; nothing for a coding that is not known.
func Blank(coding, text string) string {
	n := len(text)
	stored := "\x01" + string([]byte{byte(n), 0, ^byte(n), 0xff}) + text // the last block
	switch coding {
	case "gzip", "x-gzip":
		sums := binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(text)))
		return "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff" + stored + string(binary.LittleEndian.AppendUint32(sums, uint32(n)))
	case "deflate":
		return "\x78\x9c" + stored + string(be.AppendUint32(nil, adler32.Checksum([]byte(text))))
	case "br": // a meta-block that is not compressed, of n bytes, and an empty one (RFC 7932 section 9.2)
		return string([]byte{0x0b | byte(n-1)<<7, byte(n-1) >> 1, 0x80}) + text + "\x03"
	}
	return ""
}

// fewMissing is how many bytes may be in front of a text: a reader may take only the beginning of a
// body.
const fewMissing = 256

// flushed returns text in deflate, with a stored block without content at the end, which has no last
// block.
func flushed(text []byte) []byte {
	var out bytes.Buffer
	w, _ := flate.NewWriter(&out, flate.BestCompression) // the level is one
	w.Write(text)                                        // a bytes.Buffer returns no error
	w.Flush()
	return out.Bytes()
}

// deflated returns text in deflate, in a single block, which is shorter than what package flate makes;
// nothing if it needs more than one.
func deflated(text []byte) []byte {
	b := flushed(text)
	b = b[:len(b)-len("\x00\x00\xff\xff")]
	b[0] |= 1 // the last block
	for _, less := range []int{1, 0} {
		if inflatesTo(b[:len(b)-less], text) {
			return b[:len(b)-less]
		}
	}
	return nil
}

// inflatesTo reports whether b is text in deflate.
func inflatesTo(b, text []byte) bool {
	rest := bytes.NewReader(b)
	got, err := io.ReadAll(io.LimitReader(flate.NewReader(rest), int64(len(text))+1))
	return err == nil && rest.Len() == 0 && bytes.Equal(got, text)
}

// deflateInto returns text in deflate, of so many bytes. Few missing bytes are blocks without content in
// front of it (RFC 1951 section 3.2): stored ones have five bytes, those in fixed codes ten bits.
func deflateInto(text []byte, size int) (b []byte, ok bool) {
	packed := deflated(text)
	more := size - len(packed)
	if len(packed) == 0 || more < 0 {
		return nil, false
	}
	if more > fewMissing {
		return deflateWithBlocks(text, size), true
	}
	const mostFixed = 4
	for fixed := range mostFixed {
		behind := behindFixed(packed, fixed)
		for _, less := range []int{0, 1} {
			b := behind[:len(behind)-less]
			if missing := size - len(b); missing >= 0 && missing%len(stored) == 0 && inflatesTo(b, text) {
				return append([]byte(emptyBlocks(missing)), b...), true
			}
		}
	}
	blocks := emptyBlocks(more)
	return append([]byte(blocks), packed...), len(blocks) == more
}

// stored is a stored block without content, and behindEmpty the same behind one in fixed codes.
const stored, behindEmpty = "\x00\x00\x00\xff\xff", "\x02\x00\x00\x00\xff\xff"

// emptyBlocks returns blocks without content, of so many bytes if that is possible.
func emptyBlocks(size int) string {
	blocks, rest := size/len(stored), size%len(stored)
	return strings.Repeat(behindEmpty, min(rest, blocks)) + strings.Repeat(stored, max(blocks-rest, 0))
}

// behindFixed returns deflate behind so many blocks without content in fixed codes: of each the bits
// are 0, 1, and eight times 0.
func behindFixed(packed []byte, count int) []byte {
	const bits = 10
	b := make([]byte, len(packed)+(bits*count+7)/8)
	for i := range count {
		at := bits*i + 1
		b[at/8] |= 1 << (at % 8)
	}
	at, shift := bits*count/8, bits*count%8
	for _, c := range packed {
		b[at] |= c << shift
		if at++; shift > 0 {
			b[at] |= c >> (8 - shift)
		}
	}
	return b
}

// deflateWithBlocks returns text in deflate, of so many bytes, which are far more than it needs: blocks
// without content follow it.
func deflateWithBlocks(text []byte, size int) []byte {
	const last = "\x03\x00"
	b := flushed(text)
	return append(b, emptyBlocks(size-len(b)-len(last))+last...)
}

// brotliInto returns text in brotli, of so many bytes. At its end are meta-blocks without content, of a
// byte each (RFC 7932 section 9.2). Its window is as large as the longest text (section 9.1): for a larger
// one the writer makes tables of 32 MB.
func brotliInto(text []byte, size int) (b []byte, ok bool) {
	const good, best, window, empty, last = 9, brotli.BestCompression, 16, 0x06, 0x03
	for _, level := range []int{good, best} {
		var out bytes.Buffer
		w := brotli.NewWriterOptions(&out, brotli.WriterOptions{Quality: level, LGWin: window})
		w.Write(text) // a bytes.Buffer returns no error
		w.Flush()
		if more := size - out.Len() - 1; more >= 0 {
			return append(append(out.Bytes(), bytes.Repeat([]byte{empty}, more)...), last), true
		}
	}
	return nil, false
}
