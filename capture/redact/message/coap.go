package message

import (
	"slices"

	"negotrace/capture/redact/standin"
)

const portCoAP = 5683

// coapText are the options of CoAP that are text (RFC 7252 section 5.10), coapOthers all others that are
// registered for requests and answers.
var (
	coapText   = []int{3, 8, 11, 15, 20, 35, 39}
	coapOthers = []int{1, 4, 5, 6, 7, 9, 12, 14, 16, 17, 23, 27, 28, 60, 252, 258, 292}
)

// isCoAP reports whether b is a message of CoAP (RFC 7252 section 3): it has a version, a code, a token and
// options that are registered, to its end.
func isCoAP(b []byte) bool {
	const head, version, longestToken = 4, 1, 8
	if len(b) < head || b[0]>>6 != version || b[0]&0xf > longestToken || int(b[0]&0xf) > len(b)-head {
		return false
	}
	switch class := b[1] >> 5; {
	case class == 0 && b[1] > 7, class == 1, class == 3, class > 5:
		return false
	}
	return coapOptions(b[head+int(b[0]&0xf):], func(int, []byte) {})
}

// coapOptions calls option with each option, and with 0 for the content, and reports whether all are there and
// registered.
func coapOptions(b []byte, option func(number int, value []byte)) bool {
	const marker, more, evenMore = 0xff, 13, 14
	for number := 0; len(b) > 0; {
		if b[0] == marker {
			option(0, b[1:])
			return len(b) > 1
		}
		delta, size := int(b[0]>>4), int(b[0]&0xf)
		b = b[1:]
		for _, n := range []*int{&delta, &size} {
			switch {
			case *n == more && len(b) > 0:
				*n, b = more+int(b[0]), b[1:]
			case *n == evenMore && len(b) > 1:
				*n, b = more+256+int(be.Uint16(b)), b[2:]
			case *n >= more:
				return false
			}
		}
		number += delta
		if size > len(b) || !slices.Contains(coapText, number) && !slices.Contains(coapOthers, number) {
			return false
		}
		option(number, b[:size])
		b = b[size:]
	}
	return true
}

// coap rewrites a message. Of options the kinds and lengths stay.
func coap(v *standin.Values, b []byte) {
	const head = 4
	token := int(b[0] & 0xf)
	v.Identity(b[2:head])
	v.Identity(b[head : head+token])
	coapOptions(b[head+token:], func(number int, value []byte) {
		if slices.Contains(coapText, number) {
			standin.Letters.Fill(value, 0)
		} else {
			clear(value)
		}
	})
}
