// Package eventlog reads Windows event logs (.evtx), and what tools write of them in XML and
// JSON: of the events in them those about logons, tickets and NTLM. IIS writes its traces of
// failed requests in the same form.
package eventlog

import (
	"errors"
	"fmt"
	"io"
	"math"

	"negotrace/httpstream"
)

// What is where in a file: a header, and chunks of 64 KiB.
const (
	fileMagic   = "ElfFile\x00"
	fileHeader  = 4096
	chunkMagic  = "ElfChnk\x00"
	chunkSize   = 64 << 10
	chunkHeader = 512
	freeSpaceAt = 48 // where the records of a chunk end

	recordMagic  = 0x00002a2a
	recordHeader = 24
	recordTail   = 4 // the length again
)

// Counts say what was in a log.
type Counts struct {
	Records   int // events
	Others    int // events about something else
	Malformed int // records that could not be read, or not to their end
	// FirstMalformed is the offset of the first of these in the file, or in the text.
	FirstMalformed int64
	Chunks         int // of which BadChunks have no header where one should be
	BadChunks      int
	Ambiguous      int // events of a CSV or a list whose day and month may be the other way round
	// Wordless are events of the security log of whose values nothing could be read: their messages
	// are all that there is of them, and not in English.
	Wordless int
}

// known gives an event to take if it is of a kind that is read.
func (c *Counts) known(e *Event, take func(*Event)) {
	if !e.classify() {
		c.Others++
		return
	}
	if e.Provider == fromSecurity && len(e.fields) == 0 {
		c.Wordless++
	}
	e.fields = nil
	take(e)
}

func (c *Counts) malformed(at int64) {
	if c.Malformed++; c.Malformed == 1 {
		c.FirstMalformed = at
	}
}

// IsEVTX reports whether a file that begins with head is an event log.
func IsEVTX(head []byte) bool {
	return len(head) >= len(fileMagic) && string(head[:len(fileMagic)]) == fileMagic
}

// ReadEVTX reads a log and gives the events that are known to take, which may keep them, in the
// order of the file. What of an event could be read is given even if the rest could not. The
// error is of reading, or of a file that is cut before its first chunk ends.
//
// The header of a log that was copied while Windows wrote it is old, and so are its
// checksums: neither is believed.
func ReadEVTX(r io.Reader, take func(*Event)) (Counts, error) {
	var c Counts
	head := make([]byte, fileHeader)
	if n, err := io.ReadFull(r, head); err != nil {
		return c, cut(err, "event log is cut short in its header, after %d bytes", n)
	}
	chunk := make([]byte, chunkSize)
	for at := int64(fileHeader); ; at += chunkSize {
		n, err := io.ReadFull(r, chunk)
		if err == io.EOF {
			return c, nil
		}
		if err != nil && err != io.ErrUnexpectedEOF {
			return c, err
		}
		clear(chunk[n:])
		c.chunk(chunk, at, take)
		if err == io.ErrUnexpectedEOF {
			return c, fmt.Errorf("event log is cut short in a chunk, after %d of its %d bytes", n, chunkSize)
		}
	}
}

func cut(err error, format string, n int) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf(format, n)
	}
	return err
}

// chunk reads the records of a chunk, which lies at an offset in the file.
func (c *Counts) chunk(chunk []byte, offset int64, take func(*Event)) {
	if string(chunk[:len(chunkMagic)]) != chunkMagic {
		for _, b := range chunk { // a log is made longer before it is filled
			if b != 0 {
				c.BadChunks++
				return
			}
		}
		return
	}
	c.Chunks++
	end := int(min(le.Uint32(chunk[freeSpaceAt:]), chunkSize))
	tokens := maxTokensOfChunk
	for at := chunkHeader; at+recordHeader+recordTail <= end; {
		if le.Uint32(chunk[at:]) != recordMagic {
			c.malformed(offset + int64(at))
			return
		}
		size := int(le.Uint32(chunk[at+4:]))
		if size < recordHeader+recordTail || size > end-at {
			c.malformed(offset + int64(at))
			return
		}
		c.Records++
		e, used, err := readRecord(chunk, at, size, min(tokens, maxTokens))
		tokens -= used
		if err != nil {
			c.malformed(offset + int64(at))
		}
		switch {
		case e.classify():
			e.fields = nil
			take(e)
		case err == nil:
			c.Others++
		}
		at += size
	}
}

var errMalformed = errors.New("malformed binary XML")

// readRecord reads the record at a place of a chunk, with at most so many tokens, and returns
// how many it took.
func readRecord(chunk []byte, at, size, tokens int) (e *Event, used int, err error) {
	e = newEvent()
	e.Pos.Time = filetime(le.Uint64(chunk[at+16:]))
	w := walker{chunk: chunk, event: e, tokens: tokens}
	w.content(at+recordHeader, at+size-recordTail, nil, false)
	if w.bad {
		err = errMalformed
	}
	if e.Pos.Frame == 0 { // where a log was exported, the number before the event is of the export
		e.Pos.Frame = int(min(le.Uint64(chunk[at+8:]), math.MaxInt))
	}
	return e, tokens - max(w.tokens, 0), err
}

// filetime returns the moment of a FILETIME, none if it is no time of ours.
func filetime(t uint64) httpstream.Time {
	const unixSeconds, ticks = 11644473600, 10_000_000
	if t == 0 || t > 1<<63-1 {
		return httpstream.Time{}
	}
	return httpstream.UnixTime(int64(t/ticks)-unixSeconds, int64(t%ticks)*100)
}
