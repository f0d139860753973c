package httpstream

import (
	"maps"
	"net/netip"
	"time"
)

// Counters say what a run read and what it could not read. The report prints both: what could not
// be seen is a part of the answer. Goroutines that run at the same time have one each; Add adds
// them up.
type Counters struct {
	Packets int `json:"packets"` // packets, or entries of a browser export
	// Records counts the records of logs: lines with content, events.
	Records int   `json:"log_records,omitempty"`
	Bytes   int64 `json:"bytes"` // bytes of packets as captured
	// Frames is the number of the last packet: Wireshark also numbers other records in captures.
	Frames int `json:"-"`
	// Undecoded counts packets no decoder knew, by reason or protocol.
	Undecoded map[string]int `json:"undecoded,omitempty"`
	// UnreadUDP counts datagrams that were not read, by protocol and port. UnreadTCP counts
	// connections of protocols that are not read, by port.
	UnreadUDP map[string]int `json:"unread_udp,omitempty"`
	UnreadTCP map[string]int `json:"unread_tcp,omitempty"`
	// HTTP3Clients are the clients to which something came from a port of HTTP/3.
	HTTP3Clients map[netip.Addr]bool `json:"-"`
	// UnreadEvents counts events and records without a packet in a trace of Windows, by the
	// component that logged them.
	UnreadEvents map[string]int `json:"unread_events,omitempty"`
	// Cut counts packets that the capture does not hold to their end (snap length).
	Cut int `json:"cut_packets,omitempty"`
	// Damage says where the file itself was cut short or corrupt.
	Damage []Note `json:"damage,omitempty"`

	Connections int   `json:"connections"`                      // over TCP, or as an export or a transcript has them
	MidStream   int   `json:"mid_stream_connections,omitempty"` // their beginning is not in the capture
	Gaps        int   `json:"gaps,omitempty"`                   // holes in TCP streams
	LostBytes   int64 `json:"lost_bytes,omitempty"`             // in these holes
	// UnreadBytes counts bytes on HTTP connections that came in place of a message.
	UnreadBytes int64 `json:"unread_bytes,omitempty"`
	// BytesAfterEnd counts bytes that a side sent with a RST, or after it had ended the connection.
	BytesAfterEnd int64 `json:"bytes_after_end,omitempty"`
	// Conflicts counts overlapping segments whose bytes differ; the first ones seen were kept.
	Conflicts int `json:"conflicting_segments,omitempty"`
	// ConflictingFragments counts IP fragments that overlap others with different bytes; the
	// first ones seen were kept.
	ConflictingFragments int `json:"conflicting_fragments,omitempty"`
	// Decoys counts segments that were not read because their checksum is wrong, their TTL is far
	// below that of their side, their timestamp is older than that of the message before, or their
	// ACK is missing or of what was never sent, and another segment with the same sequence numbers
	// is sound; and those where a connection begins whose numbers are far from those of all others.
	// WrongSums counts such segments that were read because there is no other one: with a wrong
	// checksum although others of the side have right ones, or at the end of the capture.
	Decoys    int `json:"decoy_segments,omitempty"`
	WrongSums int `json:"wrong_checksums,omitempty"`
	// TLSNotOpened counts TLS connections that could not be opened, by SNI (or server
	// address where there is none).
	TLSNotOpened map[string]int `json:"tls_closed,omitempty"`
	// OpenedByRedact counts connections that negotrace redact wrote in plain text, from what it
	// could read in TLS or HTTP/2.
	OpenedByRedact int `json:"opened_by_redact,omitempty"`
	// TLSObstacles says why TLS connections could not be opened, except for want of a key log.
	TLSObstacles []TLSObstacle `json:"tls_obstacles,omitempty"`

	// TLSFailed says why TLS connections failed: in the handshake, or (opened) by an alert after it.
	TLSFailed []TLSObstacle `json:"tls_failed,omitempty"`

	Requests  int         `json:"requests"`  // over HTTP
	Responses map[int]int `json:"responses"` // by status, interim ones not counted
	// Dropped counts what was dropped because of a limit, by limit.
	Dropped map[string]int `json:"dropped,omitempty"`
	// Places are where each kind of what was not read is first.
	Places Places `json:"first_places,omitzero"`
	// Inputs are the files that were read, in the order in which they were given.
	Inputs []Input `json:"-"` // the report has them beside the summary
	// Notes says what the format cannot show or leaves out: missing legs, sanitised headers.
	Notes []Limitation `json:"limitations,omitempty"`
}

// An Input is one file that was read, or one of an archive.
type Input struct {
	File   File   `json:"-"`      // as places name it
	Name   string `json:"name"`   // as it was given; "-" for standard input
	Format string `json:"format"` // "pcapng", "pcapng in gzip", "HAR"
	// Bytes is the size of the file as it is, also if it is compressed.
	Bytes   int64 `json:"bytes"`
	Packets int   `json:"packets"` // packets, entries or events of a browser export, or lines or records of a log
	// First and Last are the times of its first and last packets or records; none for an export.
	First Time `json:"first,omitzero"`
	Last  Time `json:"last,omitzero"`
	// SHA256 is the hash of all its bytes, in pairs of hexadecimal digits with colons between, as
	// `openssl dgst -sha256 -c` prints it. It is absent if it was not asked for, and if the file
	// could not be read to its end or was still growing.
	SHA256 Digest `json:"sha256,omitzero"`
	// Requests counts the requests of this file, if several files were read. Joined is how many of
	// them are also in another file (with), and counted there; for a log, how many of its records
	// are about requests of the capture.
	Requests int `json:"requests,omitempty"`
	Joined   int `json:"joined,omitempty"`
	// Ambiguous is how many requests may be one of several in that file, and are counted
	// separately; for a log, how many requests with authentication may belong to more than one of
	// its records. Unlogged counts those that have no record although the log covers their time.
	// Unseen counts refusals and logons, of clients and times of the capture, that only the log
	// has. With is the file with which most requests were joined.
	Ambiguous int  `json:"ambiguous,omitempty"`
	Unlogged  int  `json:"unlogged,omitempty"`
	Unseen    int  `json:"unseen,omitempty"`
	With      File `json:"with,omitzero"`
	// Opened is how many TLS connections it shows decrypted that packets show encrypted.
	Opened int `json:"opened,omitempty"`
	// Ahead is how far its clock is ahead of the clock of the other file (with), in nanoseconds.
	Ahead time.Duration `json:"clock_ahead_ns,omitempty"`
}

// Holds reports whether exchanges of another file were joined with those of i.
func (i Input) Holds(other Input) bool { return other.Joined > 0 && other.With == i.File }

// A Limitation is something this input cannot show, with what to do about it.
type Limitation struct {
	Kind string `json:"kind"` // a short name that stays the same: har-auth-stripped
	Text string `json:"text"` // one sentence
	// File is the file that it is about, if there are several.
	File File `json:"file,omitzero"`
	// Recording says that it is about how the file was recorded, and not about what is in it.
	Recording bool `json:"-"`
}

// String says it, and of which file.
func (l Limitation) String() string {
	if l.File.IsZero() {
		return l.Text
	}
	return l.File.Label() + ": " + l.Text
}

// Request counts a request on a connection.
func (c *Counters) Request(conn *Conn, at Pos) {
	c.Requests++
	if conn.FirstRequest.Frame == 0 {
		conn.FirstRequest = at
	}
}

// Response counts a response that is not interim.
func (c *Counters) Response(status int) {
	if c.Responses == nil {
		c.Responses = make(map[int]int)
	}
	c.Responses[status]++
}

// Drop counts n things that were given up for a limit of ours, the first of them at a place; the zero
// Pos where there is none.
func (c *Counters) Drop(limit string, n int, at Pos) {
	if n > 0 {
		count(&c.Dropped, limit, n)
		placeFirst(&c.Places.Dropped, limit, at)
	}
}

// GivenUp returns how many connections were given up for a limit. Those that go on then look as if they began before
// the capture.
func (c *Counters) GivenUp() int { return c.Dropped[flowDropped] + c.Dropped[embryonicDropped] }

// Undecodable counts a packet, or an entry of a browser export, that could not be
// decoded. Noise has as many reasons as there are numbers: those over the limit are
// counted together.
func (c *Counters) Undecodable(reason string, at Pos) {
	if _, known := c.Undecoded[reason]; !known && len(c.Undecoded) >= maxReasons {
		reason = "other"
	}
	count(&c.Undecoded, reason, 1)
	placeFirst(&c.Places.Undecoded, reason, at)
}

// UnreadDatagrams counts n datagrams that nobody looked into, the first of them at a place.
func (c *Counters) UnreadDatagrams(what string, n int, first Pos) {
	if n > 0 {
		count(&c.UnreadUDP, what, n)
		placeFirst(&c.Places.UnreadUDP, what, first)
	}
}

// UnreadEvent counts n events that hold no packet.
func (c *Counters) UnreadEvent(what string, n int) { count(&c.UnreadEvents, what, n) }

// lose counts bytes that are not in the capture, at the packet behind them.
func (c *Counters) lose(n int, at *Pos) {
	c.LostBytes += int64(n)
	c.Places.LostBytes.orEarlier(*at)
}

func count(in *map[string]int, what string, n int) {
	if *in == nil {
		*in = make(map[string]int)
	}
	(*in)[what] += n
}

// Add adds to c what another stage of the same run has counted.
func (c *Counters) Add(more *Counters) {
	c.Packets += more.Packets
	c.Records += more.Records
	c.Frames += more.Frames
	c.Bytes += more.Bytes
	addCounts(&c.Undecoded, more.Undecoded)
	addCounts(&c.UnreadUDP, more.UnreadUDP)
	addCounts(&c.UnreadTCP, more.UnreadTCP)
	if c.HTTP3Clients == nil {
		c.HTTP3Clients = more.HTTP3Clients
	}
	maps.Copy(c.HTTP3Clients, more.HTTP3Clients)
	addCounts(&c.UnreadEvents, more.UnreadEvents)
	c.Cut += more.Cut
	c.Damage = append(c.Damage, more.Damage...)
	c.Connections += more.Connections
	c.MidStream += more.MidStream
	c.OpenedByRedact += more.OpenedByRedact
	c.Gaps += more.Gaps
	c.LostBytes += more.LostBytes
	c.UnreadBytes += more.UnreadBytes
	c.BytesAfterEnd += more.BytesAfterEnd
	c.Conflicts += more.Conflicts
	c.ConflictingFragments += more.ConflictingFragments
	c.Decoys += more.Decoys
	c.WrongSums += more.WrongSums
	addCounts(&c.TLSNotOpened, more.TLSNotOpened)
	for _, o := range more.TLSObstacles {
		c.obstructed(o)
	}
	for _, o := range more.TLSFailed {
		addObstacle(&c.TLSFailed, o)
	}
	c.Requests += more.Requests
	addCounts(&c.Responses, more.Responses)
	addCounts(&c.Dropped, more.Dropped)
	c.Places.include(&more.Places)
	c.Inputs = append(c.Inputs, more.Inputs...)
	c.Notes = append(c.Notes, more.Notes...)
}

func addCounts[K comparable](to *map[K]int, from map[K]int) {
	if *to == nil && len(from) > 0 {
		*to = make(map[K]int, len(from))
	}
	for k, n := range from {
		(*to)[k] += n
	}
}
