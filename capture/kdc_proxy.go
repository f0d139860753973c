package capture

import (
	"strings"

	"negotrace/capture/unpack"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// kdcProxy takes the content of a request to a KDC proxy, or of a response from it. The codings are those
// that its head names.
func (d *dispatcher) kdcProxy(c *httpstream.Conn, from httpstream.Side, at httpstream.Pos, codings string, b []byte) {
	message, ok := unpackedKDCProxy(b, codings)
	if !ok {
		d.counters.Undecodable(packedKDCProxy, at)
		return
	}
	if len(message) == maxKDCProxy && len(b) < maxKDCProxy {
		d.counters.Drop("packed message for a KDC proxy longer than 128 KiB", 1, at)
	}
	src, dst := directed(c, from)
	d.kerberos(at, src, dst, nil, message, tokens.Decoder.KDCProxy)
}

// unpackedKDCProxy returns a KDC-PROXY-MESSAGE without the codings in which it was sent (RFC 9110 section 8.4), at
// most maxKDCProxy bytes of it. It returns false if a coding is not known, or nothing can be read.
func unpackedKDCProxy(b []byte, codings string) (message []byte, ok bool) {
	const sequence = 0x30 // the tag that a message begins with
	for range maxCodings {
		if b[0] == sequence && !strings.Contains(codings, "br") { // which may begin like that
			return b, true
		}
		how := unpack.CodingOf(b, codings)
		if how == unpack.NoCoding {
			return b, codings == "" || strings.EqualFold(codings, "identity")
		}
		b, _ = how.Unpack(b, maxKDCProxy) // it may be cut: what there is counts
		if len(b) == 0 {
			return nil, false
		}
		codings = strings.TrimSpace(codings[:max(strings.LastIndexByte(codings, ','), 0)])
	}
	return nil, false
}

const (
	// maxKDCProxy is how many bytes of a packed message are read: as many as of one that is not.
	maxKDCProxy = 128 << 10
	// maxCodings is how many codings one message may have, one inside of the other.
	maxCodings = 3
	// packedKDCProxy is what is counted of a message that cannot be unpacked.
	packedKDCProxy = "message for a KDC proxy, or from it, in a Content-Encoding that cannot be read"
)
