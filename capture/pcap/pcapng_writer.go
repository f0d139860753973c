package pcap

import (
	"fmt"
	"io"
	"strings"

	"negotrace/capture/block"
	"negotrace/httpstream"
)

// Options of blocks that are written (draft-ietf-opsawg-pcapng, sections 3.5 and 4.1).
const (
	ngOptComment     = 1
	ngOptApplication = 4
	maxOption        = 1<<16 - 1
)

// writeLen is how much is written at once.
const writeLen = 256 << 10

// A Writer writes a pcapng file. It makes blocks for packets of any format, and copies blocks
// of pcapng as they are. Its first error ends it.
type Writer struct {
	// Application and Comments go into the header of the first section. A comment in a copied file
	// changes the lengths of its sections, which are then left open.
	Application string
	Comments    []string
	// NotCommented counts comments for which a block has no room.
	NotCommented int

	to    io.Writer
	b     []byte // not written yet
	start int    // of the block in b that is being made
	begun bool   // there is a section
	err   error

	order block.ByteOrder // of the section
	known map[traced]uint32
	last  lastTraced
	full  bool // the section takes no more packets
}

// A traced is an interface of a section that was made.
type traced struct {
	link    LinkType
	digits  uint8
	ancient bool   // its times are before 1970
	name    string // of the interface
	file    string // that its packets come from
}

// A lastTraced is the interface of the last packet.
type lastTraced struct {
	of      *Interface
	file    httpstream.File
	ancient bool
	id      uint32
}

// NewWriter returns a Writer of a file.
func NewWriter(to io.Writer) *Writer { return &Writer{to: to} }

// Packet writes a packet and comments on it. file is the name of its file in the description of
// its interface, none for no name.
func (w *Writer) Packet(k *Packet, file httpstream.File, comments []string) error {
	for range k.Others {
		w.placeholder()
	}
	if k.Block.Bytes != nil {
		w.need(k.Block.Order) // that of its options
	}
	switch {
	case k.Link == NoPacket:
		w.copy(k.Block.Bytes)
	case k.Time.IsZero() && len(comments) == 0:
		w.timeless(k)
	default:
		w.enhanced(k, file, comments)
	}
	return w.written()
}

// enhanced makes an Enhanced Packet Block.
func (w *Writer) enhanced(k *Packet, file httpstream.File, comments []string) {
	iface := k.Interface
	if iface == nil {
		iface = &Interface{Link: k.Link, Digits: 9}
	}
	nanos, ancient := uint64(0), false
	if !k.Time.IsZero() {
		since := k.Time.Sub(httpstream.UnixTime(0, 0))
		if nanos, ancient = uint64(since), since < 0; ancient {
			nanos += ancientSeconds * 1e9
		}
	}
	id := w.iface(iface, file, ancient)
	units := nanos / pow10[9-iface.Digits]
	w.begin(ngEnhanced)
	w.numbers(id, uint32(units>>32), uint32(units), uint32(len(k.Data)), uint32(k.Wire))
	w.bytes(k.Data)
	if k.Process != 0 {
		comments = append(comments[:len(comments):len(comments)], fmt.Sprintf("process id %d", k.Process))
	}
	if k.PlainCopy != nil && k.PlainCopy.ServerPort != 0 && k.Block.Bytes == nil {
		comments = append(comments[:len(comments):len(comments)], k.PlainCopy.String())
	}
	w.options(comments, k.Block.options(len(k.Data)))
	w.end()
}

// ancientSeconds is how long before 1970 the times of some interfaces begin: all times of a Time
// are later.
const ancientSeconds = 9_300_000_000

// timeless writes a packet without a time, which is what a Simple Packet Block is for. It is
// always of the first interface of its section, and as long as that allows.
func (w *Writer) timeless(k *Packet) {
	w.section(w.order)
	snapLen := 0
	if k.Wire > len(k.Data) {
		snapLen = len(k.Data)
	}
	w.begin(ngInterface)
	w.numbers(w.low16(uint16(k.Link)), uint32(snapLen))
	w.end()
	w.begin(ngSimple)
	w.numbers(uint32(k.Wire))
	w.bytes(k.Data)
	w.end()
	w.full = true
}

// placeholder writes a record that Wireshark numbers and other programs ignore: a Custom Block of
// nobody.
func (w *Writer) placeholder() {
	w.need(w.order)
	w.begin(ngCustom)
	w.numbers(0)
	w.end()
}

// iface returns the number of an interface in the section, which is described if it was not.
func (w *Writer) iface(i *Interface, file httpstream.File, ancient bool) uint32 {
	w.need(w.order)
	if last := &w.last; last.of == i && last.file == file && last.ancient == ancient {
		return last.id
	}
	key := traced{i.Link, i.Digits, ancient, i.Name, ""}
	if !file.IsZero() {
		key.file = file.Label()
	}
	id, ok := w.known[key]
	if !ok {
		if len(w.known) == maxInterfaces {
			w.section(w.order)
		}
		id = uint32(len(w.known))
		w.known[key] = id
		w.describe(&key)
	}
	w.last = lastTraced{i, file, ancient, id}
	return id
}

// describe writes an Interface Description Block.
func (w *Writer) describe(i *traced) {
	w.begin(ngInterface)
	w.numbers(w.low16(uint16(i.link)), 0)
	if i.name != "" {
		w.option(ngOptName, i.name)
	}
	if about := i.about(); about != "" {
		w.option(ngOptDescription, about)
	}
	w.option(ngOptTSResol, string([]byte{i.digits}))
	if i.ancient {
		var offset [8]byte
		w.putOffset(offset[:])
		w.option(ngOptTSOffset, string(offset[:]))
	}
	w.option(ngOptEnd, "")
	w.end()
}

// need begins a section, unless there is one with that byte order that takes more packets.
func (w *Writer) need(order block.ByteOrder) {
	if !w.begun || w.full || w.order != order {
		w.section(order)
	}
}

// section begins a section.
func (w *Writer) section(order block.ByteOrder) {
	w.order = order
	w.begin(ngSection)
	w.numbers(ngByteOrder)
	w.b = order.AppendUint16(order.AppendUint16(w.b, 1), 0)
	w.numbers(1<<32-1, 1<<32-1) // of any length
	if !w.begun {
		for _, c := range w.Comments {
			w.option(ngOptComment, c)
		}
	}
	if w.Application != "" {
		w.option(ngOptApplication, w.Application)
		w.option(ngOptEnd, "")
	}
	w.end()
	w.begun, w.full = true, false
	w.known, w.last = map[traced]uint32{}, lastTraced{}
}

// Close writes what is left, and the header of a section if there was none.
func (w *Writer) Close() error {
	if !w.begun {
		w.section(w.order)
	}
	w.flush()
	return w.err
}

// option makes an option, cut to the longest that is allowed.
func (w *Writer) option(code uint16, value string) {
	if len(value) > maxOption {
		value = strings.ToValidUTF8(value[:maxOption], "")
	}
	w.b = w.order.AppendUint16(w.order.AppendUint16(w.b, code), uint16(len(value)))
	w.b = append(w.b, value...)
	w.pad()
}
