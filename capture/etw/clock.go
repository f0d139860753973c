package etw

import (
	"math"
	"math/bits"

	"negotrace/httpstream"
)

// Clock types of a trace (ReservedFlags of TRACE_LOGFILE_HEADER).
const (
	clockSystemTime = 2
	clockCycles     = 3 // all others are the performance counter
)

const (
	ticksPerSecond = 10_000_000  // of a FILETIME
	unixSeconds    = 11644473600 // from 1601 to 1970
	maxSpeed       = 1_000_000   // of a processor, in MHz
)

// A clock converts the timestamps of events into times.
type clock struct {
	isFiletime bool   // the timestamps are FILETIMEs
	frequency  uint64 // of other timestamps, in Hz; 0 if it is not known
	first      int64  // timestamp of the first event
	start      uint64 // the FILETIME of it
}

// A logfileHeader is the first event of a trace, which describes it (TRACE_LOGFILE_HEADER).
type logfileHeader struct {
	clock
	clockKind               uint32
	eventsLost, buffersLost uint32
	isOpen                  bool // the trace was not stopped
}

// logfileHeaderLen is its length where pointers have 8 bytes; 8 less where they have 4.
const logfileHeaderLen = 280

// readLogfileHeader reads the payload of the first event, whose timestamp is first.
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
	h.frequency = le.Uint64(b[256+shift:])
	switch h.clockKind = le.Uint32(b[272+shift:]); h.clockKind {
	case clockSystemTime:
		h.isFiletime = true
	case clockCycles:
		if speed := uint64(le.Uint32(b[52:])); speed > 0 && speed < maxSpeed {
			h.frequency = speed * 1_000_000
		}
	}
	return h
}

// known reports whether timestamps can be converted.
func (c *clock) known() bool { return c.isFiletime || c.frequency > 0 && c.start > 0 }

// time converts the timestamp of an event, to 100 nanoseconds as Windows does. The result is zero
// if that cannot be done.
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
	if hi >= c.frequency {
		return httpstream.Time{}
	}
	ticks, _ := bits.Div64(hi, lo, c.frequency)
	if ticks > math.MaxInt64 {
		return httpstream.Time{}
	}
	if negative {
		return filetime(c.start - ticks)
	}
	return filetime(c.start + ticks)
}

// filetime converts a FILETIME. The result is zero if t is out of range.
func filetime(t uint64) httpstream.Time {
	if t == 0 || t > math.MaxInt64 {
		return httpstream.Time{}
	}
	return httpstream.UnixTime(int64(t/ticksPerSecond)-unixSeconds, int64(t%ticksPerSecond)*100)
}
