package checks

import (
	"fmt"
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
// there are several.
func faultOf(p *analysis.Pass, h *analysis.Handshake) (found *analysis.LoggedFault) {
	for _, x := range p.LoggedFaults {
		if x.Line == nil || !h.ClientAddr().IsValid() || x.Line.Client.Addr() != h.ClientAddr() || !atOnce(h.Start.Time, x.Line.Pos.Time) && !atOnce(h.LastRepeat, x.Last.Time) {
			continue
		}
		if found != nil {
			return nil
		}
		found = x
	}
	return found
}

// atOnce reports whether a line of a log of requests and one of an error log, which has local time and no zone, may
// be of one moment.
func atOnce(row, line httpstream.Time) bool {
	const (
		slack    = 2 * time.Second // between the lines of one request
		zoneStep = 15 * time.Minute
		farthest = 14 * time.Hour // from UTC
	)
	d := line.Sub(row)
	return d.Abs() <= farthest+slack && (d-d.Round(zoneStep)).Abs() <= slack
}
