package httpstream

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"

	"golang.org/x/crypto/cryptobyte"
)

// The extensions whose lists differ between TLS libraries and their settings.
const (
	extSupportedGroups     = 10
	extSignatureAlgorithms = 13
)

// varying are extensions that one program sends at one time and not at another: they depend
// on the host's name, on the protocols it would speak, on an earlier session, or on the
// length of the message.
var varying = []uint16{
	extServerName, extALPN, extSessionTicket, extPreSharedKey, extEarlyData,
	21,           // padding, RFC 7685
	44,           // cookie, RFC 8446 section 4.2.2
	17513, 17613, // application settings, which Chromium sends with h2 only
}

// A clientHelloSum collects what is the same in every ClientHello of a program: versions,
// cipher suites, extensions, groups and signature algorithms. Values that are there only to
// be ignored (GREASE, RFC 8701) are left out, and extensions are sorted, as Chromium
// shuffles them. ALPN is left out: a client that falls back from HTTP/2 offers another one.
type clientHelloSum struct {
	suites, extensions, versions, groups, algorithms []uint16
}

// extension adds an extension of the ClientHello.
func (c *clientHelloSum) extension(kind uint16, body cryptobyte.String) {
	if IsGREASE(kind) || slices.Contains(varying, kind) {
		return
	}
	c.extensions = append(c.extensions, kind)
	var list cryptobyte.String
	switch kind {
	case extSupportedVersions:
		if body.ReadUint8LengthPrefixed(&list) {
			c.versions = numbers(list)
		}
	case extSupportedGroups:
		if body.ReadUint16LengthPrefixed(&list) {
			c.groups = numbers(list)
		}
	case extSignatureAlgorithms:
		if body.ReadUint16LengthPrefixed(&list) {
			c.algorithms = numbers(list)
		}
	}
}

// text returns a sum of its own over what was collected, as hex digits. It is neither JA3 nor JA4.
func (c *clientHelloSum) text(legacy uint16) string {
	slices.Sort(c.extensions)
	var b []byte
	b = binary.BigEndian.AppendUint16(b, legacy)
	for _, list := range [][]uint16{c.suites, c.extensions, c.versions, c.groups, c.algorithms} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(list)))
		for _, v := range list {
			b = binary.BigEndian.AppendUint16(b, v)
		}
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:6])
}

// numbers reads a list of 16-bit values and leaves out those that are there to be ignored.
func numbers(list cryptobyte.String) []uint16 {
	out := make([]uint16, 0, len(list)/2)
	var v uint16
	for list.ReadUint16(&v) {
		if !IsGREASE(v) {
			out = append(out, v)
		}
	}
	return out
}

// IsGREASE reports whether a number in a hello means nothing: clients send it so that servers
// learn to ignore what they do not know (RFC 8701).
func IsGREASE(v uint16) bool { return v&0x0f0f == 0x0a0a && v>>8 == v&0xff }
