package pcap

import "negotrace/httpstream"

// Packets that negotrace redact wrote of what it could read in others are on an interface of
// their own, by whose name they are known. The first packet of each connection has a comment,
// which says of which other connection it holds the content. Both stay where programs merge
// and cut pcapng files. Only a file can say so: what comes from a network has no such interface.

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

// openedOn returns what is said of each packet of an interface of that name, nil for those of
// a network.
func openedOn(name string) *httpstream.Opened {
	switch name {
	case openedTLS:
		return &httpstream.Opened{TLS: true}
	case openedHTTP2:
		return &httpstream.Opened{}
	}
	return nil
}

// OpenedInterface returns the interface of packets that were written so.
func OpenedInterface(o *httpstream.Opened, link LinkType, digits uint8) *Interface {
	i := &Interface{Link: link, Digits: digits, Name: openedHTTP2}
	if o.TLS {
		i.Name = openedTLS
	}
	i.opened = openedOn(i.Name)
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

// openedBy returns what is said of a packet of an interface for such packets, in a comment.
func (n *ngFile) openedBy(i *Interface, options []byte) *httpstream.Opened {
	for len(options) >= 4 {
		code, size := n.order.Uint16(options), int(n.order.Uint16(options[2:]))
		if code == ngOptEnd || len(options) < 4+size {
			break
		}
		if code == ngOptComment {
			if o, ok := httpstream.ParseOpened(string(options[4 : 4+size])); ok && o.TLS == i.opened.TLS {
				return o
			}
		}
		options = options[min(4+(size+3)&^3, len(options)):]
	}
	return i.opened
}
