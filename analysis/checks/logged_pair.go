package checks

import (
	"fmt"
	"slices"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// saidInErrorLog has the error log beside a log of requests say why a row of it was refused.
func saidInErrorLog(p *analysis.Pass, h *analysis.Handshake, f *analysis.Finding) {
	if x := faultOf(p, h); x != nil {
		f.Cause = fmt.Sprintf("The error log says of credentials of the same client at that time: %s (%s).", quoted(gssReason(x.Line.Text)), x.Line.Pos)
		f.Also = append(f.Also, x.Line.Pos)
	}
}

// faultOf returns the only refusal in error logs of the client of a row at its time; nil if there is none, or if
// there are several, or if it may as well be of a row of another time.
func faultOf(p *analysis.Pass, h *analysis.Handshake) (found *analysis.LoggedFault) {
	for _, x := range p.LoggedFaults {
		if x.Line == nil || !mayBeOf(x, h) {
			continue
		}
		if found != nil {
			return nil
		}
		found = x
	}
	if found != nil && slices.ContainsFunc(p.LoggedHandshakes, func(o *analysis.Handshake) bool {
		return mayBeOf(found, o) && o.Start.Time.Sub(h.Start.Time).Abs() > betweenLines && o.LastRepeat.Sub(h.LastRepeat).Abs() > betweenLines
	}) {
		return nil
	}
	return found
}

// mayBeOf reports whether a line of an error log may be about requests of a row of a log of requests: of the same
// client, at the same moment, with nothing that differs.
func mayBeOf(x *analysis.LoggedFault, h *analysis.Handshake) bool {
	e, q := x.Line, h.Last().Logged
	if !h.ClientAddr().IsValid() || e.Client.Addr() != h.ClientAddr() || !atOnce(h.Start.Time, e.Pos.Time) && !atOnce(h.LastRepeat, x.Last.Time) {
		return false
	}
	if h.Repeats > 0 || x.Count > 1 {
		return true // each stands for several requests
	}
	differ := func(a, b string) bool { return a != "" && b != "" && a != b }
	return !differ(e.Method, q.Method) && !differ(e.Path, q.Path) && (e.Client.Port() == 0 || q.Client.Port() == 0 || e.Client.Port() == q.Client.Port())
}

// betweenLines is how much time may be between the lines of one request in two logs.
const betweenLines = 2 * time.Second

// atOnce reports whether a line of a log of requests and one of an error log, which has local time and no zone, may
// be of one moment.
func atOnce(row, line httpstream.Time) bool {
	const (
		zoneStep = 15 * time.Minute
		farthest = 14 * time.Hour // from UTC
	)
	d := line.Sub(row)
	return d.Abs() <= farthest+betweenLines && (d-d.Round(zoneStep)).Abs() <= betweenLines
}
