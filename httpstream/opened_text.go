package httpstream

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// Beginnings of what an Opened is written as. People read it, too: it is a comment on a packet.
const (
	openedTLS   = "negotrace redact opened TLS: "
	openedHTTP2 = "negotrace redact wrote HTTP/2 anew: "
	openedSays  = "the same client and server sent this"

	openedPorts       = "from port "
	openedTunnels     = "in tunnels: "
	openedStream      = "in stream "
	openedALPN        = "by ALPN "
	openedCertificate = "with the certificate "
	openedAlert       = "ended by alert "
	openedInPart      = "and not all of it could be opened"
)

// maxOpenedCertificate is the longest certificate that is written: a comment has no room for a
// longer one.
const maxOpenedCertificate = 32 << 10

// String returns what ParseOpened reads.
func (o *Opened) String() string {
	parts := []string{openedSays, fmt.Sprintf("%s%d to port %d", openedPorts, o.ClientPort, o.ServerPort)}
	if o.Tunnels > 0 {
		parts = append(parts, openedTunnels+strconv.Itoa(o.Tunnels))
	}
	if o.H2Stream > 0 {
		parts = append(parts, fmt.Sprintf("%s%d", openedStream, o.H2Stream))
	}
	if o.ALPN != "" {
		parts = append(parts, openedALPN+o.ALPN)
	}
	if o.Alert.Code != 0 {
		parts = append(parts, fmt.Sprintf("%s%d of the %s", openedAlert, o.Alert.Code, o.Alert.From))
	}
	if o.InPart {
		parts = append(parts, openedInPart)
	}
	if n := len(o.Certificate); n > 0 && n <= maxOpenedCertificate {
		parts = append(parts, openedCertificate+base64.StdEncoding.EncodeToString(o.Certificate))
	}
	begins := openedHTTP2
	if o.TLS {
		begins = openedTLS
	}
	return begins + strings.Join(parts, ", ")
}

// ParseOpened reads the text of an Opened. It reports whether a text is one.
func ParseOpened(text string) (o *Opened, ok bool) {
	o = &Opened{}
	rest, isTLS := strings.CutPrefix(text, openedTLS)
	if o.TLS = isTLS; !isTLS {
		if rest, ok = strings.CutPrefix(text, openedHTTP2); !ok {
			return nil, false
		}
	}
	for part := range strings.SplitSeq(rest, ", ") {
		switch what, value := openedPart(part); what {
		case openedPorts:
			client, server, _ := strings.Cut(value, " to port ")
			o.ClientPort, o.ServerPort = uint16(openedNumber(client, 16)), uint16(openedNumber(server, 16))
		case openedTunnels:
			o.Tunnels = int(openedNumber(value, 8))
		case openedStream:
			o.H2Stream = uint32(openedNumber(value, 31))
		case openedALPN:
			o.ALPN = value
		case openedInPart:
			o.InPart = true
		case openedAlert:
			code, from, _ := strings.Cut(value, " of the ")
			if o.Alert.Code = uint8(openedNumber(code, 8)); from == Server.String() {
				o.Alert.From = Server
			}
		case openedCertificate:
			if der, err := base64.StdEncoding.DecodeString(value); err == nil && len(der) <= maxOpenedCertificate {
				o.Certificate = der
			}
		}
	}
	return o, true
}

// openedPart returns what a part says, by its beginning, and the rest of it.
func openedPart(part string) (what, value string) {
	for _, what := range []string{openedPorts, openedTunnels, openedStream, openedALPN, openedCertificate, openedAlert, openedInPart} {
		if value, ok := strings.CutPrefix(part, what); ok {
			return what, value
		}
	}
	return "", ""
}

// openedNumber reads a number of so many bits; 0 where there is none.
func openedNumber(text string, bits int) uint64 {
	n, err := strconv.ParseUint(text, 10, bits)
	if err != nil {
		return 0
	}
	return n
}
