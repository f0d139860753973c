// Package capture reads captures: packet files (pcap, pcapng, Windows' event traces and captures
// of Network Monitor), browser exports (HAR, NetLog, SAZ), and logs of servers. It opens sources,
// detects their format by the content, puts several of them in order, and passes what is in
// packets through httpstream to a Sink.
//
// Several sources are one timeline, in the order of their times. Each numbers its own packets, as
// Wireshark does. Packet files that follow each other (a ring of rotated files) read like the one
// capture they were cut from; those that overlap in time are different capture points, whose
// connections are kept apart. Exchanges of browser exports come in between.
package capture

import (
	"context"
	"net/netip"

	"golang.org/x/net/dns/dnsmessage"

	"negotrace/capture/eventlog"
	"negotrace/capture/hosttext"
	"negotrace/capture/serverlog"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// A Sink takes what a capture holds, in the order of the capture. Its functions are called
// from the goroutine that called Read. A nil function is not called.
type Sink struct {
	// Files is called first, where several files are read, with those that are of a known
	// format, in the order in which they were given.
	Files    func([]httpstream.File)
	Exchange func(*httpstream.Exchange) (kept bool) // see httpstream.Sink
	Rest     bool                                   // see httpstream.Sink
	Conn     func(*httpstream.Conn)
	// Kerberos takes a message to or from a KDC; to is where a proxy passes it on to, nil if there
	// is none.
	Kerberos func(at httpstream.Pos, src, dst netip.AddrPort, to *httpstream.Destination, m *tokens.Kerberos)
	DNS      func(at httpstream.Pos, src, dst netip.AddrPort, m *dnsmessage.Message)
	// CaptureTime is called about once per second of the capture, with the time that it has
	// reached, before what comes then: also while no packet is of interest to the Sink.
	CaptureTime func(httpstream.Time)
	// CaughtUp is called by Follow when everything that is there has been passed on, and once
	// more, with idle, when nothing has come for some seconds.
	CaughtUp func(idle bool)

	// Logs is called before the records of logs. These come before all else but Files, since later
	// events are looked up in them. first is the time of the first packet or exchange, as far as
	// it is known; none if there are only logs.
	Logs          func(first httpstream.Time)
	LoggedRequest func(*serverlog.Request)
	LoggedError   func(*serverlog.AuthError)
	FailedRequest func(*eventlog.FailedRequest)
	Event         func(*eventlog.Event)
	HostText      func(*hosttext.Entry)
}

// Options are what a reader needs besides the files.
type Options struct {
	Secrets *httpstream.Secrets // TLS secrets; nil for none
	Decoder tokens.Decoder      // for messages to and from KDCs
	// KeyLogs are names of key logs that grow while packets are captured, see Follow. They need
	// not be there yet.
	KeyLogs []string
	// IgnoreCaptureSecrets leaves out the TLS secrets that a capture holds.
	IgnoreCaptureSecrets bool
	// Begin is called once, with the time of the first packet or, where there are no
	// packets, of the first exchange, before anything of it goes to the Sink. A function
	// that is nil is not called.
	Begin func(first httpstream.Time)
	// Hash asks for the hashes of the inputs; those of an archive are of its files. They are
	// computed in parallel with the reading, and for packets take longer than it.
	Hash bool
	// Waiting is called by Follow, at most once, if it has to wait before it has read a packet: why
	// says what is missing, or which file cannot be read so far.
	Waiting func(why error)
	// HeaderAddress, if it is not nil, is called with each address in a header of a packet, of links, ARP,
	// IP, ICMP and Neighbor Discovery: 4 or 16 bytes of IP, or 6 of MAC, valid during the call, and where
	// that packet is. It is called from one goroutine, which is not the one that called Read.
	HeaderAddress func(b []byte, at httpstream.Pos)
	// Progress is called now and then with the number of bytes read and their total, as they lie
	// in the files. The total is 0 if a size is unknown. It is called from one goroutine at a
	// time, which is not always the one that called Read.
	Progress func(read, total int64)
}

// Read reads the sources as one timeline. The error is of sources that could not be
// read at all, the others are read nevertheless; damage inside a source is in the
// Counters.
//
// When ctx is done, Read goes on with what comes within the next second, since a
// program that writes into our standard input is often ended by the same signal and
// has packets to flush; then it reports what it has.
func Read(ctx context.Context, sources []Source, sink Sink, opts Options) (*httpstream.Counters, error) {
	r := newRun(ctx, sink, opts)
	defer r.end()
	err := r.read(sources)
	r.judgeSecrets()
	return r.counters, err
}
