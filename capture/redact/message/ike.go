package message

import "negotrace/capture/redact/standin"

// portIKE is the port of the key exchange of IPsec.
const portIKE = 500

// ikeLayout is the layout of the head of a message (RFC 7296 section 3.1): two identities, what follows, version, kind,
// flags, number, length.
const ikeLayout = "########" + "########" + "." + "===" + "====" + "===="

// isIKE reports whether b is a message of IKE: it has its length.
func isIKE(b []byte) bool {
	return len(b) >= len(ikeLayout) && int(be.Uint32(b[len(ikeLayout)-4:])) == len(b)
}

// ike rewrites a message as one in which nothing follows the head.
func ike(v *standin.Values, b []byte) { fields(v, b, ikeLayout) }
