package httpstream

import (
	"bytes"
	"encoding/binary"
	"strings"

	"golang.org/x/net/http2/hpack"
)

// An h2Speaker makes the frames of one side.
type h2Speaker struct {
	from  Side
	block bytes.Buffer
	table *hpack.Encoder
}

func newSpeakers() (client, server *h2Speaker) {
	client, server = &h2Speaker{from: Client}, &h2Speaker{from: Server}
	for _, s := range []*h2Speaker{client, server} {
		s.table = hpack.NewEncoder(&s.block)
	}
	return client, server
}

func (s *h2Speaker) frame(kind http2Kind, flags uint8, stream uint32, payload []byte) flight {
	n := len(payload)
	b := []byte{byte(n >> 16), byte(n >> 8), byte(n), byte(kind), flags}
	return flight{s.from, append(binary.BigEndian.AppendUint32(b, stream), payload...)}
}

// fields encodes a field block of "name: value" lines.
func (s *h2Speaker) fields(lines ...string) []byte {
	s.block.Reset()
	for _, line := range lines {
		name, value, _ := strings.Cut(line[1:], ":") // the colon of a pseudo-header field stays
		s.table.WriteField(hpack.HeaderField{Name: line[:1] + name, Value: strings.TrimSpace(value)})
	}
	return bytes.Clone(s.block.Bytes())
}

func (s *h2Speaker) headers(stream uint32, flags uint8, lines ...string) flight {
	return s.frame(frameHeaders, flags|flagEndHeaders, stream, s.fields(lines...))
}

func code(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }
