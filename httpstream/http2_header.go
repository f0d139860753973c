package httpstream

import "golang.org/x/net/http2/hpack"

// A fieldBlock is the field block of HEADERS or PUSH_PROMISE and the CONTINUATION
// frames behind, RFC 9113 section 4.3.
type fieldBlock struct {
	open     bool
	whole    bool // END_HEADERS was seen
	cut      bool // the capture lacks the rest
	last     bool // END_STREAM
	tooLong  bool
	begun    Pos
	stream   uint32
	promised uint32 // of a PUSH_PROMISE
	b        []byte
}

// begin takes the payload of a HEADERS or PUSH_PROMISE frame.
func (k *fieldBlock) begin(at Pos, f http2Frame, b []byte) {
	*k = fieldBlock{open: true, begun: at, stream: f.stream, b: k.b[:0]}
	k.whole = f.has(flagEndHeaders)
	pad := 0
	if f.has(flagPadded) && len(b) > 0 {
		pad = int(b[0])
		b = b[1:]
	}
	skip := 0
	if f.kind == framePushPromise {
		skip = 4
		if len(b) >= 4 {
			k.promised = (uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])) &^ (1 << 31)
		}
	} else {
		k.last = f.has(flagEndStream)
		if f.has(flagPriority) {
			skip = 5
		}
	}
	end := f.length - pad // in b, of which the rest may be missing
	if f.has(flagPadded) {
		end--
	}
	if skip <= min(end, len(b)) {
		k.b = append(k.b, b[skip:min(end, len(b))]...)
	}
}

// add takes the payload of a CONTINUATION frame.
func (k *fieldBlock) add(sh *shared, b []byte) {
	if len(k.b)+len(b) > maxFieldBlock {
		if !k.tooLong {
			sh.drop(blockDropped)
		}
		k.tooLong = true
		b = b[:maxFieldBlock-len(k.b)]
	}
	k.b = append(k.b, b...)
}

// A fieldDecoder decodes the field blocks of one direction (HPACK, RFC 7541). After a
// loss it continues with an empty dynamic table: references to entries made since are
// decoded, references to older ones are left out and counted.
type fieldDecoder struct {
	table      *hpack.Decoder
	incomplete bool // entries of the dynamic table are not known
	size       int  // of the dynamic table, as its encoder has set it
	entries    int  // that were added to it since it was empty, and their bytes as they came
	added      int
	held       int // what it counts as held
}

// holdTable counts what a block may have added to a dynamic table as held.
func (r *http2Reader) holdTable(d *fieldDecoder, block []byte) {
	for len(block) > 0 {
		n, _ := representation(block)
		if n == 0 {
			break
		}
		switch {
		case block[0]&0xc0 == 0x40:
			d.entries++
			d.added += n
		case block[0]&0xe0 == 0x20:
			size, _ := hpackInt(block, 5)
			d.size = min(size, maxTable)
		}
		block = block[n:]
	}
	const least = 32 // what an entry counts, RFC 7541 section 4.1
	was := d.held
	d.held = min(d.entries, d.size/least)*heldEntry + min(2*d.added, d.size)
	r.hold(d.held - was)
}

// A fieldList is a decoded field block.
type fieldList struct {
	fields  []hpack.HeaderField
	size    int  // RFC 7541 section 4.1, summed up
	unknown int  // fields that refer to what is not known
	over    int  // fields over the limit
	cut     bool // the capture lacks the rest
}

// unknownName stands in the table for an entry whose name is not known. No field has
// such a name.
const unknownName = "\x00"

// reset begins with the empty table that both ends begin with.
func (d *fieldDecoder) reset() {
	d.table = hpack.NewDecoder(4096, nil) // RFC 9113 section 6.5.2
	d.size, d.entries, d.added = 4096, 0, 0
	d.table.SetAllowedMaxDynamicTableSize(maxTable)
	d.table.SetMaxStringLength(maxFieldList)
	d.incomplete = false
}

// loseTable empties the dynamic table, because a block is missing.
func (d *fieldDecoder) loseTable() {
	d.reset()
	d.incomplete = true
	// The table may be larger by now than it was at first, and the encoder says so
	// only once; too large does no harm, for the encoder knows what it evicted.
	d.table.SetMaxDynamicTableSize(maxTable)
	d.size = maxTable
}

// resize sets the size of the dynamic table as the beginning of a block says (RFC 7541 section
// 4.2), and returns the rest of the block. Of a table that may be larger than those of browsers
// the oldest entries are not kept.
func (d *fieldDecoder) resize(b []byte) []byte {
	for len(b) > 0 && b[0]&0xe0 == 0x20 {
		size, n := hpackInt(b, 5)
		if n == 0 {
			break
		}
		d.incomplete = d.incomplete || size > maxTable
		d.table.SetMaxDynamicTableSize(uint32(min(size, maxTable)))
		b = b[n:]
	}
	return b
}

// decode decodes a whole block.
func (d *fieldDecoder) decode(b []byte) (list fieldList) {
	b = d.resize(b)
	d.table.SetEmitFunc(func(f hpack.HeaderField) {
		switch {
		case f.Name == unknownName:
			list.unknown++
			return
		case len(list.fields) == maxFields || list.size > maxFieldList:
			list.over++
			return
		}
		list.fields = append(list.fields, f)
		list.size += int(f.Size())
	})
	if !d.incomplete {
		_, err := d.table.Write(b)
		if err == nil {
			err = d.table.Close()
		}
		if err == nil {
			return list
		}
		// What was decoded up to here stands.
		list.unknown++
		d.loseTable()
		return list
	}
	for len(b) > 0 {
		n, literal := representation(b)
		if n == 0 {
			list.unknown++
			d.loseTable()
			break
		}
		if _, err := d.table.Write(b[:n]); err != nil {
			if literal > 0 && b[0]&0xc0 == 0x40 {
				// It makes an entry, whose place has to be kept.
				d.table.Write(append([]byte{0x40, 1, unknownName[0]}, b[literal:n]...))
			} else {
				list.unknown++
			}
		}
		b = b[n:]
	}
	d.table.Close()
	return list
}

// representation returns the length of the first field representation of b (RFC 7541
// section 6), 0 if it is not whole, and where in it the value begins if its name is
// a reference and its value a literal.
func representation(b []byte) (n, value int) {
	prefix := 4
	switch {
	case b[0]&0x80 != 0:
		_, n = hpackInt(b, 7)
		return n, 0
	case b[0]&0x40 != 0:
		prefix = 6
	case b[0]&0x20 != 0:
		_, n = hpackInt(b, 5)
		return n, 0
	}
	index, n := hpackInt(b, prefix)
	if n == 0 {
		return 0, 0
	}
	if index == 0 {
		if n = hpackString(b, n); n == 0 {
			return 0, 0
		}
		return hpackString(b, n), 0
	}
	return hpackString(b, n), n
}

// hpackInt decodes an integer of RFC 7541 section 5.1 and returns how long it is, 0 if
// it is not whole or far too large.
func hpackInt(b []byte, prefix int) (v, n int) {
	top := 1<<prefix - 1
	v = int(b[0]) & top
	if v < top {
		return v, 1
	}
	for n = 1; n < len(b) && n < 5; n++ {
		v += int(b[n]&0x7f) << (7 * (n - 1))
		if b[n]&0x80 == 0 {
			return v, n + 1
		}
	}
	return 0, 0
}

// hpackString returns where the string that begins at b[i] ends, 0 if not in b.
func hpackString(b []byte, i int) int {
	if i == 0 || i >= len(b) {
		return 0
	}
	size, n := hpackInt(b[i:], 7)
	if n == 0 || i+n+size > len(b) {
		return 0
	}
	return i + n + size
}
