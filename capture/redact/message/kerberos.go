package message

import (
	"net/netip"

	"negotrace/capture/redact/standin"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// DNSOrKerberos rewrites a message of DNS or of Kerberos.
func DNSOrKerberos(v *standin.Values, src, dst netip.AddrPort, b []byte) {
	at := func(port uint16) bool { return src.Port() == port || dst.Port() == port }
	switch {
	case len(b) == 0:
	case at(httpstream.PortDNS):
		dns(v, b, false)
	case at(httpstream.PortKpasswd) && tokens.IsKpasswd(b):
		Kerberos(v, v.Mask.Kpasswd, b)
	default:
		Kerberos(v, v.Mask.KDC, b)
	}
}

// Kerberos masks a message in its place.
func Kerberos(v *standin.Values, masked func([]byte) ([]byte, int), b []byte) {
	v.Counts.Kerberos++
	m, unknown := masked(b)
	copy(b, m)
	v.Unknown("parts of Kerberos messages", unknown)
}
