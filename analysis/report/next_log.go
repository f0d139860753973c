package report

import (
	"negotrace/analysis"
	"negotrace/analysis/fact"
)

// serverLog says which log of the server to give beside the capture, where the server refused without
// a reason that shows and none of its logs is given; ok is false otherwise.
func serverLog(h *analysis.Handshake) (next nextCapture, ok bool) {
	if h == nil || h.Outcome != analysis.Failed || len(h.Candidates) == 0 || h.Last().Said() != "" || len(h.Events) > 0 {
		return nextCapture{}, false
	}
	if q := h.Last().Logged; q.FromIIS() {
		return nextCapture{"The log of IIS says that the logon was refused; the Security log of the same minutes says more. Give that, too.", []string{
			"wevtutil epl Security security.evtx (on the server)", "negotrace FILE LOG security.evtx",
		}}, true
	} else if q != nil && q.Upstream == "" {
		return nextCapture{}, false
	}
	switch {
	case h.Has(fact.ServerIIS):
		next.Commands = []string{`wevtutil epl Security security.evtx (on the server)`, `negotrace FILE security.evtx %SystemDrive%\inetpub\logs\LogFiles\W3SVC1\u_ex<date>.log`}
	case h.Has(fact.ServerWinRM, fact.ServerADFS):
		next.Commands = []string{`wevtutil epl Security security.evtx (on the server)`, "negotrace FILE security.evtx"}
	case h.Has(fact.ServerApache):
		next.Commands = []string{"negotrace FILE error_log"}
	case h.Has(fact.ServerNginx):
		next.Commands = []string{"error_log FILE debug; (nginx), then negotrace FILE error.log"}
	default:
		return nextCapture{}, false
	}
	next.Why = "The server gives no reason that the capture shows: its own log of the same minutes says more. Give that beside the capture."
	return next, true
}
