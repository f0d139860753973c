package checks

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"

	"negotrace/analysis"
	"negotrace/tokens"
)

// noBinding is the MD5 of an empty channel binding structure: some clients send it to say that
// they have no binding.
const noBinding = "441018525208457705bf09a8ee3c1093"

// binding returns the MsvAvChannelBindings of a message 3, and whether it binds to anything.
func binding(n3 *tokens.NTLM) (value [16]byte, bound bool) {
	a := n3.Authenticate.Pairs
	if a == nil {
		return value, false
	}
	return valueOf(a.ChannelBindings)
}

// valueOf returns the value of a binding that was sent, and whether it binds to anything.
func valueOf(sent *[16]byte) (value [16]byte, bound bool) {
	if sent == nil {
		return value, false
	}
	return *sent, *sent != [16]byte{} && hex.EncodeToString(sent[:]) != noBinding
}

// bindsTo reports whether the value is the tls-server-end-point binding (RFC 5929 section 4.1) to
// the certificate, under any of the possible hashes: the certificate's own signature decides, and
// clients differ.
func bindsTo(value [16]byte, certificate []byte) bool {
	s1, s256 := sha1.Sum(certificate), sha256.Sum256(certificate)
	s384, s512 := sha512.Sum384(certificate), sha512.Sum512(certificate)
	for _, hash := range [][]byte{s256[:], s384[:], s512[:], s1[:]} {
		if channelBinding(hash) == value {
			return true
		}
	}
	return false
}

// channelBinding returns the MD5 of a gss_channel_bindings_struct with empty addresses and
// the hash as tls-server-end-point data (MS-NLMP 3.1.5.1.2, RFC 5929).
func channelBinding(hash []byte) [16]byte {
	data := append([]byte("tls-server-end-point:"), hash...)
	b := binary.LittleEndian.AppendUint32(make([]byte, 16), uint32(len(data)))
	return md5.Sum(append(b, data...))
}

// overTLS reports whether the handshake's own connection is TLS, and not only a tunnel
// around it.
func overTLS(h *analysis.Handshake) bool { return h.Conn().TLS != nil }
