// Package eventlog reads Windows event logs (.evtx), and their exports as XML, JSON, CSV and text.
// It keeps the events about logons, tickets and NTLM. It also reads the traces of failed requests
// of IIS, which have the same form.
package eventlog

import (
	"errors"
	"fmt"
	"io"
	"math"

	"negotrace/httpstream"
	"negotrace/internal/plural"
)

// The layout of a file: a header, and chunks of 64 KiB.
const (
	fileMagic   = "ElfFile\x00"
	fileHeader  = 4096
	chunkMagic  = "ElfChnk\x00"
	chunkSize   = 64 << 10
	chunkHeader = 512
	freeSpaceAt = 48 // offset of the field with the end of the records

	recordMagic  = 0x00002a2a
	recordHeader = 24
	recordTail   = 4 // the length again
)

// Counts are the numbers of records in a log.
type Counts struct {
	Records   int // events
	Others    int // events about something else
	Malformed int // records that could not be read, or not to their end
	// FirstMalformed is the offset of the first malformed record in the file or text.
	FirstMalformed int64
	BadChunks      int // chunks without a header
	Ambiguous      int // events of a CSV or a list whose day and month may be swapped
	// NotInEnglish counts events of the security log without values: there is only their message, and
	// it is not in English.
	NotInEnglish int
}

// emitIfRead gives an event to take if it is of a kind in Event.
func (c *Counts) emitIfRead(e *Event, take func(*Event)) {
	if !e.classify() {
		c.Others++
		return
	}
	if e.Provider == providerSecurity && len(e.fields) == 0 {
		if c.NotInEnglish++; e.Logon == nil {
			return // whether it is of a success, only its status says
		}
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

// ReadEVTX reads a log and gives the events of the kinds in Event to take, which may keep them, in
// the order of the file. A malformed event is given with the values before the damage. The error
// is of reading, or of a file that is cut in its header or in a chunk.
//
// The header and checksums are not used: in a log that was copied while Windows wrote it
// they are out of date.
func ReadEVTX(r io.Reader, take func(*Event)) (Counts, error) {
	var c Counts
	head := make([]byte, fileHeader)
	if n, err := io.ReadFull(r, head); err != nil {
		return c, truncatedError(err, n)
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

// truncatedError returns an error with the number of bytes read if the file ends too early, and
// other errors as they are.
func truncatedError(err error, n int) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("event log is cut short in its header, after %s", plural.Count(n, "byte"))
	}
	return err
}

// chunk reads the records of a chunk at an offset in the file.
func (c *Counts) chunk(chunk []byte, offset int64, take func(*Event)) {
	if string(chunk[:len(chunkMagic)]) != chunkMagic {
		for _, b := range chunk { // Windows reserves space before it writes a chunk
			if b != 0 {
				c.BadChunks++
				return
			}
		}
		return
	}
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

// readRecord reads the record at offset at of a chunk, with at most that many tokens, and returns
// how many it used.
func readRecord(chunk []byte, at, size, tokens int) (e *Event, used int, err error) {
	e = newEvent()
	e.Pos.Time = filetime(le.Uint64(chunk[at+16:]))
	w := recordReader{chunk: chunk, event: e, tokensLeft: tokens}
	w.content(at+recordHeader, at+size-recordTail, nil, false)
	if w.malformed {
		err = errMalformed
	}
	if e.Pos.Frame == 0 { // where a log was exported, the number before the event is of the export
		e.Pos.Frame = int(min(le.Uint64(chunk[at+8:]), math.MaxInt))
	}
	return e, tokens - max(w.tokensLeft, 0), err
}

// filetime converts a FILETIME. The result is zero if t is out of range.
func filetime(t uint64) httpstream.Time {
	const unixSeconds, ticks = 11644473600, 10_000_000
	if t == 0 || t > 1<<63-1 {
		return httpstream.Time{}
	}
	return httpstream.UnixTime(int64(t/ticks)-unixSeconds, int64(t%ticks)*100)
}
