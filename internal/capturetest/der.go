package capturetest

import (
	"encoding/binary"
	"strconv"
	"strings"
	"time"
)

// der encodes one DER element of the given identifier octet.
func der(tag byte, parts ...[]byte) []byte {
	var content []byte
	for _, p := range parts {
		content = append(content, p...)
	}
	out := []byte{tag}
	switch n := len(content); {
	case n < 0x80:
		out = append(out, byte(n))
	case n < 0x100:
		out = append(out, 0x81, byte(n))
	case n < 0x10000:
		out = append(out, 0x82, byte(n>>8), byte(n))
	default:
		out = append(out, 0x83, byte(n>>16), byte(n>>8), byte(n))
	}
	return append(out, content...)
}

func sequence(parts ...[]byte) []byte { return der(0x30, parts...) }

// field returns the context tag [n], explicit; nothing if there is nothing in it.
func field(n byte, part []byte) []byte {
	if part == nil {
		return nil
	}
	return der(0xa0|n, part)
}

// application returns the application tag [n], constructed.
func application(n byte, parts ...[]byte) []byte { return der(0x60|n, parts...) }

func integer(v int64) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(v))
	for len(b) > 1 && (b[0] == 0 && b[1] < 0x80 || b[0] == 0xff && b[1] >= 0x80) {
		b = b[1:]
	}
	return der(0x02, b)
}

func enumerated(v byte) []byte        { return der(0x0a, []byte{v}) }
func octets(b []byte) []byte          { return der(0x04, b) }
func general(s string) []byte         { return der(0x1b, []byte(s)) }
func kerberosTime(t time.Time) []byte { return der(0x18, []byte(t.UTC().Format("20060102150405Z"))) }

// bits returns a BIT STRING of 32 bits, as KerberosFlags are.
func bits(v uint32) []byte {
	return der(0x03, []byte{0}, binary.BigEndian.AppendUint32(nil, v))
}

// oid encodes an object identifier in dotted form.
func oid(dotted string) []byte {
	var arcs []uint64
	for _, s := range strings.Split(dotted, ".") {
		n, _ := strconv.ParseUint(s, 10, 63)
		arcs = append(arcs, n)
	}
	content := []byte{byte(arcs[0]*40 + arcs[1])}
	for _, n := range arcs[2:] {
		var septets []byte
		for more := byte(0); n > 0 || septets == nil; n, more = n>>7, 0x80 {
			septets = append([]byte{byte(n)&0x7f | more}, septets...)
		}
		content = append(content, septets...)
	}
	return der(0x06, content)
}

// gss wraps a token in the header of RFC 2743 section 3.1.
func gss(mech string, token ...[]byte) []byte {
	return application(0, append([][]byte{oid(mech)}, token...)...)
}
