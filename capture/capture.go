// Package capture reads captures: packet files (pcap, pcapng) and browser exports
// (HAR, NetLog, SAZ), told apart by their content. It decodes links, IP and UDP, hands
// TCP to httpstream, and tells a Sink what came out.
package capture

import (
	"io"
	"net/netip"

	"golang.org/x/net/dns/dnsmessage"

	"negotrace/httpstream"
	"negotrace/tokens"
)

// A Source is one input.
type Source struct {
	Name string // for messages and Pos.File; "-" for standard input
	Open func() (io.ReadCloser, error)
}

// A Sink takes what a capture holds, in the order of the capture.
type Sink struct {
	Exchange func(*httpstream.Exchange)
	Conn     func(*httpstream.Conn)
	Kerberos func(at httpstream.Pos, src, dst netip.AddrPort, m *tokens.Kerberos)
	DNS      func(at httpstream.Pos, src, dst netip.AddrPort, m *dnsmessage.Message)
}

// Options are what a reader needs besides the files.
type Options struct {
	Secrets  *httpstream.Secrets     // TLS secrets; nil for none
	Decoder  tokens.Decoder          // for messages to and from KDCs
	Progress func(read, total int64) // told now and then; nil for none
}

// Read reads the sources as one timeline. The error is of files that could not be
// read at all; damage inside a file is in the Tally.
func Read(sources []Source, sink Sink, opts Options) (*httpstream.Tally, error) {
	r := run{sink: sink, opts: opts, tally: &httpstream.Tally{}}
	return r.tally, nil
}
