package pcap

import "negotrace/capture/block"

// begin begins a block, and end ends it: its length stands at both ends.
func (w *Writer) begin(kind uint32) {
	w.start = len(w.b)
	w.numbers(kind, 0)
}

func (w *Writer) end() {
	w.pad()
	length := uint32(len(w.b) - w.start + 4)
	w.order.AppendUint32(w.b[:w.start+4], length)
	w.numbers(length)
}

// numbers adds numbers of 32 bits to the block.
func (w *Writer) numbers(all ...uint32) {
	for _, n := range all {
		w.b = w.order.AppendUint32(w.b, n)
	}
}

// low16 returns a number of 16 bits with 16 bits of 0 behind it, as one of 32 bits.
func (w *Writer) low16(n uint16) uint32 {
	if w.order == block.BigEndian {
		return uint32(n) << 16
	}
	return uint32(n)
}

// putOffset writes the option for times that are counted from ancientSeconds before 1970.
func (w *Writer) putOffset(b []byte) {
	const offset = 1<<64 - ancientSeconds
	low, high := uint32(offset&(1<<32-1)), uint32(offset>>32)
	if w.order == block.BigEndian {
		low, high = high, low
	}
	w.order.AppendUint32(w.order.AppendUint32(b[:0], low), high)
}

// bytes adds bytes to the block, up to a multiple of 4.
func (w *Writer) bytes(b []byte) {
	w.b = append(w.b, b...)
	w.pad()
}

func (w *Writer) pad() {
	for (len(w.b)-w.start)%4 != 0 {
		w.b = append(w.b, 0)
	}
}

// options adds options to a packet's block: comments, and in rest those that it had.
func (w *Writer) options(comments []string, rest []byte) {
	for _, c := range comments {
		w.option(ngOptComment, c)
	}
	switch {
	case len(rest) >= 4:
		w.b = append(w.b, rest...)
	case len(comments) > 0:
		w.option(ngOptEnd, "")
	}
}

// copy adds a whole block.
func (w *Writer) copy(b []byte) {
	w.start = len(w.b)
	w.b = append(w.b, b...)
}

// written writes the finished blocks, once they are long enough, and returns the first error.
func (w *Writer) written() error {
	if len(w.b) >= writeLen {
		w.flush()
	}
	return w.err
}

func (w *Writer) flush() {
	if w.err == nil {
		_, w.err = w.to.Write(w.b)
	}
	w.b = w.b[:0]
}
