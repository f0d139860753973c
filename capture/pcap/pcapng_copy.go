package pcap

import (
	"slices"

	"negotrace/capture/block"
)

// The lengths of what precedes the options of a block.
const (
	ngSectionFixed = 24
	ngPacketFixed  = 28
	ngVersionAt    = 12 // of a section, in its header
	ngLengthAt     = 16 // likewise
)

// CopyPacket copies the block of a packet, with comments before its own options. A Simple Packet
// Block, which has no options, becomes an enhanced one, whose time is 0.
func (w *Writer) CopyPacket(k *Packet, comments []string) error {
	b := k.Block.Bytes
	w.need(k.Block.Order) // after a damaged header there is no section of that order yet
	room := block.MaxRecord - len(b) - 8*(len(comments)+3)
	for i, c := range comments {
		if room -= len(c); room < 0 || k.Link == NoPacket {
			w.NotCommented += len(comments) - i
			comments = comments[:i]
			break
		}
	}
	switch {
	case len(comments) == 0:
		w.copy(b)
	case k.Block.Kind == ngSimple:
		w.begin(ngEnhanced)
		w.numbers(0, 0, 0, uint32(len(k.Data)), uint32(k.Wire))
		w.bytes(k.Data)
		w.options(comments, nil)
		w.end()
	default:
		rest := k.Block.options(len(k.Data))
		w.begin(k.Block.Kind)
		w.b = append(w.b, b[ngBlockHeader:len(b)-4-len(rest)]...)
		w.options(comments, rest)
		w.end()
	}
	return w.written()
}

// CopyBlock copies a block that holds no packet. The header of the first section gets the
// comments of the Writer.
func (w *Writer) CopyBlock(b Block) error {
	if b.Kind != ngSection {
		w.need(b.Order)
		w.copy(b.Bytes)
		return w.written()
	}
	if !w.begun && b.isUnknownSection() { // behind a damaged one; a file that begins with it is read by nobody
		w.section(b.Order)
	}
	first := !w.begun
	w.order, w.begun = b.Order, true
	if len(w.Comments) == 0 || len(b.Bytes) < ngSectionFixed+4 {
		w.copy(b.Bytes)
		return w.written()
	}
	w.begin(ngSection)
	w.b = append(w.b, b.Bytes[ngBlockHeader:ngLengthAt]...)
	w.numbers(1<<32-1, 1<<32-1)
	if rest := b.Bytes[ngSectionFixed : len(b.Bytes)-4]; first {
		w.options(w.Comments, rest)
	} else {
		w.b = append(w.b, rest...)
	}
	w.end()
	return w.written()
}

// AddBlock adds a block without a packet to a merged file, if it means there what it meant in its
// own file: names and secrets. It reports whether it was added.
func (w *Writer) AddBlock(b Block) (added bool, err error) {
	if !slices.Contains([]uint32{ngNames, ngDecryption}, b.Kind) {
		return false, w.err
	}
	w.need(b.Order)
	w.copy(b.Bytes)
	return true, w.written()
}

// Structural reports whether a block describes the structure of the file: a section, an interface.
func (b Block) Structural() bool { return b.Kind == ngSection || b.Kind == ngInterface }

// isUnknownSection reports whether a section is of another version than the one that is read.
func (b Block) isUnknownSection() bool {
	return len(b.Bytes) >= ngSectionFixed+4 && b.Order.Uint16(b.Bytes[ngVersionAt:]) != 1
}

// Secret reports whether a block holds keys.
func (b Block) Secret() bool { return b.Kind == ngDecryption }

// options returns the options of the block of a packet of which so many bytes were captured.
func (b Block) options(captured int) []byte {
	if b.Kind != ngEnhanced && b.Kind != ngPacket {
		return nil
	}
	if at := ngPacketFixed + (captured+3)&^3; at <= len(b.Bytes)-4 {
		return b.Bytes[at : len(b.Bytes)-4]
	}
	return nil
}
