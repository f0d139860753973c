package httpstream

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// Phrases in which a PlainCopy is written. People read them, too: they are a comment on a packet.
const (
	copyOfTLS   = "negotrace redact opened TLS: "
	copyOfHTTP2 = "negotrace redact wrote HTTP/2 anew: "
	copySays    = "the same client and server sent this"

	copyPorts       = "from port "
	copyTunnels     = "in tunnels: "
	copyStream      = "in stream "
	copyALPN        = "by ALPN "
	copyCertificate = "with the certificate "
	copyAlert       = "ended by alert "
	copyInPart      = "and not all of it could be opened"
)

// maxCopiedCertificate is the longest certificate that is written: a comment has no room for a
// longer one.
const maxCopiedCertificate = 32 << 10

// String returns what ParsePlainCopy reads.
func (o *PlainCopy) String() string {
	parts := []string{copySays, fmt.Sprintf("%s%d to port %d", copyPorts, o.ClientPort, o.ServerPort)}
	if o.Tunnels > 0 {
		parts = append(parts, copyTunnels+strconv.Itoa(o.Tunnels))
	}
	if o.H2Stream > 0 {
		parts = append(parts, fmt.Sprintf("%s%d", copyStream, o.H2Stream))
	}
	if o.ALPN != "" {
		parts = append(parts, copyALPN+o.ALPN)
	}
	if o.Alert.Code != 0 {
		parts = append(parts, fmt.Sprintf("%s%d of the %s", copyAlert, o.Alert.Code, o.Alert.From))
	}
	if o.InPart {
		parts = append(parts, copyInPart)
	}
	if n := len(o.Certificate); n > 0 && n <= maxCopiedCertificate {
		parts = append(parts, copyCertificate+base64.StdEncoding.EncodeToString(o.Certificate))
	}
	begins := copyOfHTTP2
	if o.TLS {
		begins = copyOfTLS
	}
	return begins + strings.Join(parts, ", ")
}

// ParsePlainCopy reads what String returns. It reports whether text is that.
func ParsePlainCopy(text string) (o *PlainCopy, ok bool) {
	o = &PlainCopy{}
	rest, isTLS := strings.CutPrefix(text, copyOfTLS)
	if o.TLS = isTLS; !isTLS {
		if rest, ok = strings.CutPrefix(text, copyOfHTTP2); !ok {
			return nil, false
		}
	}
	for part := range strings.SplitSeq(rest, ", ") {
		switch what, value := plainCopyPart(part); what {
		case copyPorts:
			client, server, _ := strings.Cut(value, " to port ")
			o.ClientPort, o.ServerPort = uint16(plainCopyNumber(client, 16)), uint16(plainCopyNumber(server, 16))
		case copyTunnels:
			o.Tunnels = int(plainCopyNumber(value, 8))
		case copyStream:
			o.H2Stream = uint32(plainCopyNumber(value, 31))
		case copyALPN:
			o.ALPN = value
		case copyInPart:
			o.InPart = true
		case copyAlert:
			code, from, _ := strings.Cut(value, " of the ")
			if o.Alert.Code = uint8(plainCopyNumber(code, 8)); from == Server.String() {
				o.Alert.From = Server
			}
		case copyCertificate:
			if der, err := base64.StdEncoding.DecodeString(value); err == nil && len(der) <= maxCopiedCertificate {
				o.Certificate = der
			}
		}
	}
	return o, true
}

// plainCopyPart returns the phrase that a part begins with, and the rest of the part.
func plainCopyPart(part string) (what, value string) {
	for _, what := range []string{copyPorts, copyTunnels, copyStream, copyALPN, copyCertificate, copyAlert, copyInPart} {
		if value, ok := strings.CutPrefix(part, what); ok {
			return what, value
		}
	}
	return "", ""
}

// plainCopyNumber reads a number of at most this many bits; 0 if text is none.
func plainCopyNumber(text string, bits int) uint64 {
	n, err := strconv.ParseUint(text, 10, bits)
	if err != nil {
		return 0
	}
	return n
}
