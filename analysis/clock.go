package analysis

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"negotrace/httpstream"
)

// A Clock is what a message shows of the clock of one machine.
type Clock struct {
	Machine netip.Addr `json:"machine"` // whose address the message came from
	// Ahead is how far the machine's clock is ahead of the one that stamped the packets,
	// in nanoseconds; negative if it is behind.
	Ahead  time.Duration  `json:"ahead_ns"`
	Source ClockSource    `json:"source"`
	Pos    httpstream.Pos `json:"first"` // the first message that shows it
	Last   httpstream.Pos `json:"last"`  // the last one
}

// A ClockSource is the field in which a machine writes its time.
type ClockSource string

// The sources, the most precise last.
const (
	HTTPDate          ClockSource = "Date"                           // RFC 9110 section 6.6.1; in seconds
	TicketStartTime   ClockSource = "starttime"                      // of a ticket just issued, opened with a keytab
	KRBErrorCTime     ClockSource = "ctime"                          // of a KRB-ERROR, the client's own (RFC 4120 section 5.9.1)
	KRBErrorSTime     ClockSource = "stime"                          // of a KRB-ERROR
	AuthenticatorTime ClockSource = "ctime of the authenticator"     // opened with a keytab
	NTLMClientTime    ClockSource = "TimeStamp of the NTLMv2 answer" // MS-NLMP 2.2.2.7
	NTLMTimestamp     ClockSource = "MsvAvTimestamp"                 // of a challenge
)

// Precision orders sources: a later one says the time more exactly.
func (s ClockSource) Precision() int {
	switch s {
	case HTTPDate:
		return 0
	case TicketStartTime:
		return 1
	}
	return 2
}

// Numbers about clocks.
const (
	// MaxClockSkew is how far two clocks may be apart for Kerberos, unless it is
	// configured otherwise (MS-KILE 2.2.2, krb5.conf clockskew).
	MaxClockSkew = 5 * time.Minute
	// clockTolerance is how far apart two readings of one clock may be: fields of whole
	// seconds, and the time that a message takes.
	clockTolerance = 3 * time.Second
)

// ParseDate reads a time of a header line in the form that HTTP has for it, or in one of the two
// obsolete ones (RFC 9110 section 5.6.7).
func ParseDate(text string) (t time.Time, err error) {
	for _, layout := range []string{"Mon, 02 Jan 2006 15:04:05 GMT", time.RFC850, time.ANSIC} {
		if t, err = time.Parse(layout, text); err == nil {
			break
		}
	}
	return t, err
}

// Clocks are what the capture shows of the machines' clocks, in the order of their first
// messages. A clock that was set meanwhile is there again.
type Clocks []*Clock

// Of returns the clock of a machine at a time: the last one that was read up to then, else
// the first; nil if none was read.
func (c Clocks) Of(machine netip.Addr, at httpstream.Time) *Clock {
	var found *Clock
	for _, k := range c {
		if k.Machine == machine && (found == nil || !k.Pos.Time.After(at)) {
			found = k
		}
	}
	return found
}

// CountAgreeing counts the clocks, other than a's and b's, that are as far ahead as this: those
// of other machines, and the one that stamped the packets.
func (c Clocks) CountAgreeing(ahead time.Duration, a, b netip.Addr, at httpstream.Time) int {
	shown := map[netip.Addr]time.Duration{}
	for _, k := range c {
		if _, known := shown[k.Machine]; k.Machine != a && k.Machine != b && (!known || !k.Pos.Time.After(at)) {
			shown[k.Machine] = k.Ahead
		}
	}
	n := 0
	if ahead.Abs() < MaxClockSkew/2 {
		n++
	}
	for _, other := range shown {
		if (other - ahead).Abs() < MaxClockSkew/2 {
			n++
		}
	}
	return n
}

// ClocksDiffer reports whether a and b, each how far a clock is ahead, are too far apart to be two
// readings of one clock.
func ClocksDiffer(a, b time.Duration) bool { return (a - b).Abs() > clockTolerance }

// ClockOffset says in words how far a clock is ahead of another: "20 min behind the client's",
// "3 whole hours ahead of the capture's". It says whole hours because they come from a wrong time
// zone or from the host of a virtual machine.
func ClockOffset(ahead time.Duration, other string) string {
	if hours := WholeHours(ahead); hours == 1 || hours == -1 {
		return direction(ahead, "1 whole hour", other)
	} else if hours != 0 {
		return direction(ahead, fmt.Sprintf("%d whole hours", max(hours, -hours)), other)
	}
	ahead = ahead.Round(time.Second)
	return direction(ahead, DurationText(ahead.Abs()), other)
}

// DurationText writes d in whole seconds, from three days on in whole days: "2 h 20 min", "19 min
// 59 s", "40 days".
func DurationText(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= 3*day {
		return fmt.Sprintf("%d days", d.Round(day)/day)
	}
	d = d.Round(time.Second)
	var parts []string
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}} {
		if n := d / unit.size; n != 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, unit.name))
		}
		d %= unit.size
	}
	if len(parts) == 0 {
		return "0 s"
	}
	return strings.Join(parts, " ")
}

func direction(ahead time.Duration, size, other string) string {
	switch {
	case ahead > 0:
		return size + " ahead of " + other
	case ahead < 0:
		return size + " behind " + other
	}
	return "equal to " + other
}

// WholeHours returns the hours between two clocks if they are whole ones, else 0.
func WholeHours(ahead time.Duration) int {
	hours := ahead.Round(time.Hour)
	if (ahead - hours).Abs() > clockTolerance {
		return 0
	}
	return int(hours / time.Hour)
}
