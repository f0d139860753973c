package pcap

import "negotrace/httpstream"

// Packets in which negotrace redact wrote what it could read in others are on an interface of
// their own, and its name identifies them. The first packet of each connection has a comment
// that says which other connection the content comes from. Both survive when programs merge and
// cut pcapng files. Packets from a network never have such an interface.

// Names of these interfaces.
const (
	openedTLS   = "opened TLS"
	openedHTTP2 = "HTTP/2 anew"
)

// Descriptions of them, for people.
const (
	openedTLSIs   = "negotrace redact wrote these packets: what they hold was in TLS"
	openedHTTP2Is = "negotrace redact wrote these packets: what they hold was in HTTP/2 with compressed header fields"
)

// plainCopyOn returns what the name of an interface says of each of its packets, nil if they come
// from a network.
func plainCopyOn(name string) *httpstream.PlainCopy {
	switch name {
	case openedTLS:
		return &httpstream.PlainCopy{TLS: true}
	case openedHTTP2:
		return &httpstream.PlainCopy{}
	}
	return nil
}

// PlainCopyInterface returns the interface for packets of a plain copy.
func PlainCopyInterface(o *httpstream.PlainCopy, link LinkType, digits uint8) *Interface {
	i := &Interface{Link: link, Digits: digits, Name: openedHTTP2}
	if o.TLS {
		i.Name = openedTLS
	}
	i.plainCopy = plainCopyOn(i.Name)
	return i
}

// about returns what an interface is for, where it is one of ours.
func (i *traced) about() string {
	switch {
	case i.file != "":
		return i.file
	case i.name == openedTLS:
		return openedTLSIs
	case i.name == openedHTTP2:
		return openedHTTP2Is
	}
	return ""
}

// plainCopyIn returns what a comment says of a packet on the interface i of plain copies, else what
// the interface says.
func (n *ngFile) plainCopyIn(i *Interface, options []byte) *httpstream.PlainCopy {
	for len(options) >= 4 {
		code, size := n.order.Uint16(options), int(n.order.Uint16(options[2:]))
		if code == ngOptEnd || len(options) < 4+size {
			break
		}
		if code == ngOptComment {
			if o, ok := httpstream.ParsePlainCopy(string(options[4 : 4+size])); ok && o.TLS == i.plainCopy.TLS {
				return o
			}
		}
		options = options[min(4+(size+3)&^3, len(options)):]
	}
	return i.plainCopy
}
