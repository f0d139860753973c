package transcript

import (
	"encoding/hex"
	"strconv"
	"strings"

	"negotrace/internal/lazyregexp"
)

// curl --trace and --trace-ascii print each part of a message as a block: a title, and
// lines with offsets.
var (
	blockStart = lazyregexp.New(`^(=> Send|<= Recv) (SSL data|header|data)\b`)
	blockLine  = lazyregexp.New(`^([0-9a-f]{4,8}): (.*)$`)
	blockHex   = lazyregexp.New(`^((?:[0-9a-f]{2} ){1,16}) *`)
)

// A block is one of these blocks while it is read.
type block struct {
	kind   kind
	open   bool
	hex    bool // its lines have bytes in hex before their text
	text   strings.Builder
	offset int // of the next byte
}

// begin begins a block after its title: way is its direction, and part what it is.
func (r *reader) begin(way, part string) {
	r.program = curl
	r.block = block{open: true, kind: other}
	switch {
	case part != "header":
	case way == "=> Send":
		r.block.kind = requestLine
	default:
		r.block.kind = responseLine
	}
}

// takesBlock adds a line to the open block, and reports whether it belongs there.
func (r *reader) takesBlock(text string) bool {
	b := &r.block
	m := blockLine().FindStringSubmatch(text)
	if !b.open || m == nil {
		return false
	}
	offset, err := strconv.ParseInt(m[1], 16, 32)
	if err != nil || b.text.Len() > maxBlock {
		return true
	}
	if offset == 0 {
		b.hex = blockHex().MatchString(m[2] + " ")
	}
	if b.hex {
		raw, err := hex.DecodeString(strings.ReplaceAll(blockHex().FindString(m[2]+" "), " ", ""))
		if err == nil {
			b.text.Write(raw)
		}
		return true
	}
	// A line of text ends where it would be too wide, or at a line end of the message. That line
	// end has two bytes, which the next offset counts.
	if int(offset) > b.offset {
		b.text.WriteString("\n")
	}
	b.text.WriteString(m[2])
	b.offset = int(offset) + len(m[2])
	return true
}

// flush ends the open block and returns its lines.
func (r *reader) flush() []line {
	b := &r.block
	if !b.open {
		return nil
	}
	b.open = false
	if b.kind == other {
		return nil
	}
	var lines []line
	for l := range strings.SplitSeq(strings.TrimSuffix(b.text.String(), "\n"), "\n") {
		lines = append(lines, line{kind: b.kind, text: strings.TrimSpace(l)})
	}
	return lines
}
