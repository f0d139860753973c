package message

import "negotrace/capture/redact/standin"

// Ports of RADIUS.
const (
	portRADIUS           = 1812
	portRADIUSAccounting = 1813
)

// radiusLayout is the layout of a message (RFC 2865 section 3): code, number, length, authenticator, attributes.
var radiusLayout = tlvLayout{"====" + "################", 1, 1}

// isRADIUS reports whether b is a message of RADIUS: it has its length.
func isRADIUS(b []byte) bool {
	return len(b) >= len(radiusLayout.head) && int(be.Uint16(b[2:])) == len(b)
}

// radius rewrites a message. Of attributes the kinds and lengths stay.
func radius(v *standin.Values, b []byte) { tlv(v, b, radiusLayout, nil) }
