package checks

import (
	"fmt"
	"time"

	"negotrace/analysis"
	"negotrace/tokens"
)

var clockSkew = &analysis.Check{
	Name:     "clock-skew",
	Title:    "the clocks are too far apart for Kerberos",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "Kerberos compares the client's time with its own and refuses when they differ too much: one of the machines has the wrong time. " + factSkew.says,
	Proof:    "KRB-ERROR 37, KRB_AP_ERR_SKEW, from the KDC or inside the server's answer. The server's time in the error and the client's, where the error repeats it, say by how much.",
	Not:      "The clock of the machine that took the capture: only the endpoints' own times are compared. NTLM does not mind five minutes. Windows clients retry with the server's time and recover.",
	Causes:   []string{"Time synchronisation does not work on the client, the server or the domain controller.", "A virtual machine was resumed or takes its time from its host."},
	Fix: []string{
		"w32tm /query /status on each machine, w32tm /resync /rediscover on the one that is wrong; chronyc tracking on Linux.",
		"Check that the domain controllers follow one source, and that the hypervisor does not set guests' clocks.",
	},
	Sources: []string{
		"RFC 4120 sections 3.2.3 and 7.5.9",
		"MS-KILE 2.2.2",
		factSkew.source,
	},
	Run: runClockSkew,
}

func runClockSkew(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		l, e := h.KRBError()
		if e == nil || e.Code != tokens.KRBAPErrSkew {
			continue
		}
		f := p.Found(h, l.ResponsePos(), "%s refused the ticket of %s for its time: %s%s", serverName(h), clientName(h), tokens.KRBAPErrSkew, clockDifference(e, l.ResponsePos().Time.UTC()))
		f.Frames = []int{l.RequestPos().Frame}
		if laterAttempt(p, h, succeededByKerberos) != nil {
			f.Severity = analysis.Info
		}
	}
	for _, k := range p.KDC {
		e := k.Err()
		if refusalOf(p, k) != clockRefusal {
			continue
		}
		h := p.HandshakeOf(k)
		f := p.Found(h, k.Pos(), "the KDC %v refused the request of %v for its time: %s%s", k.KDC.Addr(), k.Client.Addr(), tokens.KRBAPErrSkew, clockDifference(e, k.ReplyPos.Time.UTC()))
		if recovered(p, k) {
			f.Severity = analysis.Info
		}
	}
}

func succeededByKerberos(h *analysis.Handshake) bool {
	return h.Mechanism == analysis.Kerberos && h.Outcome == analysis.Succeeded
}

// clockDifference says how far two clocks are apart, if the error shows it: the server's time
// against the client's where it is repeated, else against the capture's.
func clockDifference(e *tokens.KRBError, captured time.Time) string {
	switch {
	case e.STime.IsZero():
		return ""
	case !e.CTime.IsZero():
		return fmt.Sprintf(" (its clock is %s the client's)", offset(e.STime.Sub(e.CTime)))
	case !captured.IsZero():
		return fmt.Sprintf(" (its clock is %s the capture's; the error does not repeat the client's)", offset(e.STime.Sub(captured)))
	}
	return ""
}

func offset(d time.Duration) string {
	switch d = d.Round(time.Second); {
	case d > 0:
		return d.String() + " ahead of"
	case d < 0:
		return (-d).String() + " behind"
	}
	return "equal to"
}
