package standin

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
)

// bindings returns the channel bindings to a certificate, under each of the hashes that may be
// meant: MD5 of a gss_channel_bindings_struct with empty addresses and tls-server-end-point
// data (MS-NLMP 3.1.5.1.2, RFC 5929 section 4.1).
func bindings(certificate []byte) (all [4][16]byte) {
	s1, s256 := sha1.Sum(certificate), sha256.Sum256(certificate)
	s384, s512 := sha512.Sum384(certificate), sha512.Sum512(certificate)
	for i, hash := range [][]byte{s1[:], s256[:], s384[:], s512[:]} {
		data := append([]byte("tls-server-end-point:"), hash...)
		all[i] = md5.Sum(append(binary.LittleEndian.AppendUint32(make([]byte, 16), uint32(len(data))), data...))
	}
	return all
}

// binding returns the replacement of the channel bindings of a client: those to the rewritten
// certificate, if the certificate was seen before, else noise.
func (v *Values) binding(hash [16]byte) [16]byte {
	if after, ok := v.bindings[hash]; ok {
		return after
	}
	return [16]byte(v.Names.Opaque(hash[:]))
}
