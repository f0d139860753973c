package export

import (
	"archive/zip"
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"negotrace/httpstream"
)

// sazChunk is how much of an archive is read at once.
const sazChunk = 1 << 20

// IsSAZ reports whether a file that begins with head is a Session Archive Zip of Fiddler,
// by the name of its first member.
func IsSAZ(head []byte) bool {
	const fixed = 30 // length of a local file header before the name
	if len(head) < fixed || !bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return false
	}
	name := head[fixed:min(len(head), fixed+int(head[26])+int(head[27])<<8)]
	for _, first := range []string{"raw/", `raw\`, "_index.htm", "[Content_Types].xml"} {
		if bytes.HasPrefix(name, []byte(first)) {
			return true
		}
	}
	return false
}

// IsSAZMember reports whether a file of that name in a zip archive is part of a session of
// Fiddler, also if the archive was packed again in a folder.
func IsSAZMember(name string) bool {
	_, _, ok := SAZMember(name)
	return ok
}

// SAZMember splits the name of a member: raw/12_c.txt, of the kind c.txt, is the request of
// session 12. ok is false for a member that is part of no session.
func SAZMember(name string) (number int, kind string, ok bool) {
	name = strings.ReplaceAll(strings.ToLower(name), `\`, "/")
	i := strings.LastIndex("/"+name, "/raw/")
	if i < 0 {
		return 0, "", false
	}
	digits, kind, found := strings.Cut(name[i+len("raw/"):], "_")
	number, err := strconv.Atoi(digits)
	return number, kind, found && err == nil && number > 0 && slices.Contains([]string{"c.txt", "s.txt", "m.xml"}, kind)
}

// A sazReader reads a Fiddler archive: for session N the members raw/N_c.txt (request),
// raw/N_s.txt (response) and raw/N_m.xml (times, addresses, ports). Pos.Frame is N, the
// number that Fiddler shows.
type sazReader struct {
	out      *Out
	conns    *connections
	buffer   reorderBuffer
	messages rawReader
	budget   int64 // bytes that may still be unpacked
	opened   int   // sessions inside of TLS
	tunnels  map[string]*sazTunnel
}

// A sazTunnel is a CONNECT that was let through.
type sazTunnel struct {
	exchange *httpstream.Exchange
	used     bool // its inside is in the archive as well
}

// A sazSession is the members of one session, nil for those that are not there.
type sazSession struct {
	number                  int
	request, response, meta *zip.File
}

// ReadSAZ reads a Fiddler archive of up to 256 MiB.
func ReadSAZ(r io.Reader, out *Out) error {
	archive, err := readChunks(r)
	if err != nil {
		return err
	}
	if archive.count("PK\x01\x02") > maxSAZFiles {
		return errors.New("SAZ archive has more members than Fiddler keeps sessions; save fewer of them")
	}
	z, err := zip.NewReader(archive, archive.size)
	if err != nil {
		return fmt.Errorf("SAZ archive is cut short or damaged: %w; save it again in Fiddler (File > Save > All Sessions)", err)
	}
	sessions, err := sazSessions(z)
	if err != nil {
		return err
	}
	s := &sazReader{
		out:      out,
		conns:    newConnections(out),
		messages: rawReader{out: out, from: bufio.NewReaderSize(nil, maxJSONString)},
		budget:   16<<20 + 50*archive.size,
		tunnels:  map[string]*sazTunnel{},
	}
	s.buffer = reorderBuffer{out: out, before: s.conns.assign, after: s.conns.placed}
	for i := range sessions {
		s.session(&sessions[i])
	}
	s.buffer.flush()
	s.conns.end()
	s.limitations()
	return nil
}

// sazSessions lists the sessions of an archive by their numbers.
func sazSessions(z *zip.Reader) ([]sazSession, error) {
	byNumber := map[int]*sazSession{}
	for _, f := range z.File {
		number, kind, ok := SAZMember(f.Name)
		if !ok {
			continue
		}
		if f.Flags&1 != 0 {
			return nil, errors.New("SAZ archive is protected by a password: open it in Fiddler and save it again without one")
		}
		s := byNumber[number]
		if s == nil {
			s = &sazSession{number: number}
			byNumber[number] = s
		}
		switch kind {
		case "c.txt":
			s.request = f
		case "s.txt":
			s.response = f
		case "m.xml":
			s.meta = f
		}
	}
	var sessions []sazSession
	requests := 0
	for _, s := range byNumber {
		sessions = append(sessions, *s)
		if s.request != nil {
			requests++
		}
	}
	if requests == 0 {
		return nil, errors.New("zip archive without sessions of Fiddler (raw/1_c.txt ...) is no SAZ; unpack it and name the files in it")
	}
	slices.SortFunc(sessions, func(a, b sazSession) int { return cmp.Compare(a.number, b.number) })
	return sessions, nil
}

// limitations says what Fiddler did not or could not show.
func (s *sazReader) limitations() {
	if s.opened > 0 {
		s.out.Limited("tls-intercepted", "%s", interceptedText("Fiddler"))
	}
	for _, t := range s.tunnels {
		if !t.used {
			target := t.exchange.Request.Target
			host := target[strings.LastIndexByte(target, '@')+1:] // without user and password
			s.out.Counters.NotOpened(httpstream.TLSObstacle{Host: host})
		}
	}
}

// chunks are the contents of a file in pieces of sazChunk bytes.
type chunks struct {
	pieces [][]byte
	size   int64
}

func readChunks(r io.Reader) (*chunks, error) {
	c := &chunks{}
	for {
		piece, err := io.ReadAll(io.LimitReader(r, sazChunk))
		c.pieces = append(c.pieces, piece)
		c.size += int64(len(piece))
		switch {
		case err != nil:
			return nil, err
		case len(piece) < sazChunk:
			return c, nil
		case c.size > maxSAZ:
			return nil, fmt.Errorf("SAZ archive is larger than %d MiB: in Fiddler select the sessions that matter and save those (File > Save > Selected Sessions)", maxSAZ>>20)
		}
	}
}

// count counts a signature, except where it lies across two pieces.
func (c *chunks) count(signature string) int {
	n := 0
	for _, p := range c.pieces {
		n += bytes.Count(p, []byte(signature))
	}
	return n
}

func (c *chunks) ReadAt(p []byte, off int64) (int, error) {
	n := 0
	for n < len(p) && off >= 0 && off < c.size {
		k := copy(p[n:], c.pieces[off/sazChunk][off%sazChunk:])
		n += k
		off += int64(k)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
