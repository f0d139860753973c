package etw

import (
	"math"
	"math/bits"

	"negotrace/httpstream"
)

// What stamps the events of a trace (ReservedFlags of TRACE_LOGFILE_HEADER).
const (
	clockSystemTime = 2
	clockCycles     = 3 // else it is the performance counter
)

const (
	ticksPerSecond = 10_000_000  // of a FILETIME
	unixSeconds    = 11644473600 // from 1601 to 1970
	maxSpeed       = 1_000_000   // of a processor, in MHz
)

// A clock turns the times of events into moments.
type clock struct {
	isFiletime bool   // the times are FILETIMEs
	ticks      uint64 // else how many of their units are a second; 0 if that is not known
	first      int64  // time of the first event
	start      uint64 // the FILETIME of it
}

// A logfileHeader is what the first event of a trace says of it (TRACE_LOGFILE_HEADER).
type logfileHeader struct {
	clock
	kind                    uint32 // of clock
	eventsLost, buffersLost uint32
	isOpen                  bool // the trace was not ended as it should
}

// logfileHeaderLen is its length where pointers have 8 bytes; 8 less where they have 4.
const logfileHeaderLen = 280

// readLogfileHeader reads the payload of the first event, whose own time is first.
func readLogfileHeader(first int64, b []byte) (h logfileHeader) {
	if len(b) < 48 {
		return h
	}
	shift := 0
	if le.Uint32(b[44:]) == 4 {
		shift = -8
	}
	if len(b) < logfileHeaderLen+shift {
		return h
	}
	h.eventsLost, h.buffersLost = le.Uint32(b[48:]), le.Uint32(b[276+shift:])
	h.isOpen = le.Uint64(b[16:]) == 0 // when it ended
	h.first, h.start = first, le.Uint64(b[264+shift:])
	h.ticks = le.Uint64(b[256+shift:])
	switch h.kind = le.Uint32(b[272+shift:]); h.kind {
	case clockSystemTime:
		h.isFiletime = true
	case clockCycles:
		if speed := uint64(le.Uint32(b[52:])); speed > 0 && speed < maxSpeed {
			h.ticks = speed * 1_000_000
		}
	}
	return h
}

// known reports whether the times of events mean moments.
func (c *clock) known() bool { return c.isFiletime || c.ticks > 0 && c.start > 0 }

// time returns the moment of an event, to 100 nanoseconds as Windows gives it; none if it is
// not known.
func (c *clock) time(at int64) httpstream.Time {
	switch {
	case c.isFiletime:
		return filetime(uint64(at))
	case !c.known():
		return httpstream.Time{}
	}
	since, negative := uint64(at-c.first), at < c.first
	if negative {
		since = -since
	}
	hi, lo := bits.Mul64(since, ticksPerSecond)
	if hi >= c.ticks {
		return httpstream.Time{}
	}
	ticks, _ := bits.Div64(hi, lo, c.ticks)
	if ticks > math.MaxInt64 {
		return httpstream.Time{}
	}
	if negative {
		return filetime(c.start - ticks)
	}
	return filetime(c.start + ticks)
}

// filetime returns the moment of a FILETIME, none if it is no time of ours.
func filetime(t uint64) httpstream.Time {
	if t == 0 || t > math.MaxInt64 {
		return httpstream.Time{}
	}
	return httpstream.UnixTime(int64(t/ticksPerSecond)-unixSeconds, int64(t%ticksPerSecond)*100)
}
