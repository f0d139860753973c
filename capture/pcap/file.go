// Package pcap reads packet files, pcap and pcapng, packet by packet. After damage it goes on, and
// says what was wrong.
package pcap

import (
	"errors"
	"io"

	"negotrace/capture/block"
	"negotrace/httpstream"
	"negotrace/internal/plural"
)

// A Packet is one record of a packet file.
type Packet struct {
	Frame int             // its number in its file, from 1; set by who reads the file
	Data  []byte          // as captured; valid until the next packet of its file is asked for
	Time  httpstream.Time // zero where the file does not say
	Wire  int             // its length on the wire in bytes, at least len(Data)
	Link  LinkType
	// Others is how many records that are no packets came since the last packet. Wireshark numbers
	// them like packets.
	Others int
	// Interface is where it was captured; nil if the file does not say.
	Interface *Interface
	// Process is the process that an event with the packet names; 0 if none.
	Process uint32
	// Synthetic says that no file has it: it was made from what other packets hold.
	Synthetic bool
	// PlainCopy says of which other connection negotrace redact wrote the content here; nil for
	// a packet that a network had.
	PlainCopy *httpstream.PlainCopy
	// Block is the block of pcapng that it lies in, none in other files.
	Block Block
}

// A Block is a block of a pcapng file. Its bytes are valid as long as the data of a packet.
type Block struct {
	Kind  uint32
	Order block.ByteOrder
	Bytes []byte // of the whole block, padding included; nil for no block
}

// An Interface is where packets were captured, as a file describes it.
type Interface struct {
	Link   LinkType
	Name   string
	Digits uint8 // decimal digits of a second that its time stamps have, at most 9

	snapLen   uint32
	plainCopy *httpstream.PlainCopy // of each of its packets; nil for those of a network
	// A time stamp counts units of 10^-exp seconds, or of 2^-exp if binary.
	exp    uint8
	binary bool
	offset int64 // seconds to add to each time

	drops uint64 // packets that its packets say were lost before them, in this section
}

// A LinkType says what a packet begins with: a LINKTYPE_ value, as tcpdump.org registers
// them.
type LinkType uint16

// What is no registered link type.
const (
	LinkUnknown LinkType = 0xffff // the file does not say
	NoPacket    LinkType = 0xfffe // a record of something else, which Wireshark numbers like a packet
)

// A File is a packet file that is being read.
type File struct {
	Blocks *block.Reader
	// At reads the file at any place, and Size is its length in bytes. At is nil where there
	// are Blocks only, one after the other.
	At   io.ReaderAt
	Size int64
	// Damage notes that the file is cut or corrupt after the packet last read.
	Damage func(format string, args ...any)
	// KeyLog takes TLS secrets that the file has among its packets, in the format of a key
	// log. They are valid as long as the data of a packet.
	KeyLog func(secrets []byte)
	// Other takes the blocks of a pcapng file that hold no packet, in their order among the
	// packets; nil for nobody.
	Other func(Block)
	// Events takes how many events or records without a packet the file has, and what they are.
	Events func(what string, n int)
	// Lost takes how many packets the machine of the capture lost, if the file says so.
	Lost func(Losses)
	// Limited says what the file cannot show. kind is a slug of the checks' catalogue.
	Limited func(kind, format string, args ...any)
	// Err is set once Next has reported that there are no more packets, if there was none although
	// there should be some.
	Err error
}

// A Next reads the next packet of a file into k. It reports whether there was one.
type Next func(k *Packet) bool

// End notes why there are no more packets, unless that is the end of the file. It returns false,
// as a Next does then.
func (f *File) End(err error) bool {
	switch {
	case errors.Is(err, block.ErrInterrupted):
		f.Damage("reading was interrupted")
	case err == io.ErrUnexpectedEOF && f.Blocks.Err() == io.EOF:
		f.Damage("cut short: the file ends in the middle of a packet, %s into it", plural.Count(f.Blocks.Buffered(), "byte"))
	case err != io.EOF:
		f.Damage("reading failed: %v", err)
	}
	return false
}

// resyncWindow is how many bytes are searched at once for the next record. After damage, a longer
// block of pcapng is not found.
const resyncWindow = 256 << 10

// SkipDamage notes damage and goes on, by at least one byte, to the next place where begins
// reports that records begin. begins gets what is known of the file from each place on, at least
// least bytes, and whether that is all there is.
func (f *File) SkipDamage(damage string, least int, begins func(b []byte, ends bool) bool) error {
	at := f.Blocks.Pos()
	if err := f.Blocks.Skip(1); err != nil {
		return err
	}
	for {
		buf, err := f.Blocks.Peek(resyncWindow)
		skip, found := 0, false
		for len(buf)-skip >= least && !found {
			if found = begins(buf[skip:], err != nil); !found {
				skip++
			}
		}
		if !found && err != nil {
			skip = len(buf)
		}
		f.Blocks.Take(skip)
		if found || err != nil {
			f.Damage("%s; %s %s passed over", damage, plural.Count(f.Blocks.Pos()-at, "byte"), plural.Verb(f.Blocks.Pos()-at, "is", "are"))
		}
		switch {
		case found:
			return nil
		case err == io.ErrUnexpectedEOF:
			return io.EOF
		case err != nil:
			return err
		}
	}
}
