package report

import (
	"slices"

	"negotrace/analysis"
	"negotrace/analysis/fact"
)

// openAtKDC returns the handshake about which the messages of a KDC would answer what the report
// leaves open: why a client used no ticket, or what a ticket that was refused is. first goes before
// all others. closed are those that are settled. It is nil if nothing is left open, or the messages
// are in the capture.
func openAtKDC(r *analysis.Report, first *analysis.Handshake, closed map[int]bool) *analysis.Handshake {
	asks := func(h *analysis.Handshake) bool { return !closed[h.ID] && missesKDC(h) && !notTheQuestion(r, h) }
	if first != nil && asks(first) {
		return first
	}
	i := slices.IndexFunc(r.Handshakes, asks)
	if i < 0 {
		return nil
	}
	return r.Handshakes[i]
}

// notTheQuestion reports whether a challenge that nobody answered is not what the report is about: it leads with
// an error, and has none of this handshake. Nor is it where another program of the same client has a ticket.
func notTheQuestion(r *analysis.Report, h *analysis.Handshake) bool {
	if h.Outcome == analysis.Unanswered && slices.ContainsFunc(r.Handshakes, func(o *analysis.Handshake) bool {
		return o.Outcome == analysis.Succeeded && o.Mechanism == analysis.Kerberos && o.Host == h.Host && o.ClientAddr() == h.ClientAddr()
	}) {
		return true
	}
	lead := r.Lead()
	return lead != nil && lead.Severity == analysis.Error && h.Outcome == analysis.Unanswered &&
		!slices.ContainsFunc(r.Findings, func(f *analysis.Finding) bool {
			return f.Severity == analysis.Error && (f.Handshake == h.ID || slices.Contains(f.Handshakes, h.ID))
		})
}

// missesKDC reports whether the handshake used a ticket that the capture does not show being issued,
// and was not let in; or used none although Kerberos was to be had. Who sends NTLM or Basic by itself
// may not want a ticket.
func missesKDC(h *analysis.Handshake) bool {
	if !h.InPackets() || len(h.KDC) > 0 || h.ClientAddr() == h.ServerAddr() { // within a machine NTLM is usual
		return false
	}
	if _, ap := h.APReq(); ap != nil {
		return h.Outcome == analysis.Failed
	}
	return h.Scheme == "Negotiate" || h.OpeningLeg() == nil && h.Offers("Negotiate")
}

// settled returns the handshakes of which a finding proves why somebody was not let in, or why there
// was no ticket, so that no KDC is needed to know it.
func settled(r *analysis.Report) map[int]bool {
	closed := map[int]bool{}
	for _, f := range r.Findings {
		if !settles(f) {
			continue
		}
		closed[f.Handshake] = true
		for _, id := range f.Handshakes {
			closed[id] = true
		}
	}
	for _, h := range r.Handshakes {
		if len(h.Candidates) > 0 && !sentNTLM(h) { // no KDC knows why NTLM was refused
			closed[h.ID] = false
		}
	}
	return closed
}

// settles reports whether a finding proves a cause, or has one above it.
func settles(f *analysis.Finding) bool {
	switch {
	case f.By.NeedsKDC || f.Evidence != analysis.Proven || f.Severity == analysis.Info:
		return false
	case f.By.Topic == analysis.Detour:
		return f.Root != nil && (f.Root.By.Topic == analysis.Cause || len(f.Root.By.Follows) == 0) // not a mere sign of another cause
	case f.By.Topic == analysis.Refusal: // the client's own log says why
		return f.By.Evidence != analysis.Proven && f.Cause != ""
	}
	return f.By.Topic == analysis.Cause
}

// clientAddress names the machine at which to capture, "" where the report does not know it.
func clientAddress(h *analysis.Handshake) string {
	if h == nil || !h.ClientAddr().IsValid() {
		return ""
	}
	return " (" + h.ClientAddr().String() + ")"
}

// emptyCaches returns the commands that make a client ask for its tickets anew, for the systems on
// which it may run.
func emptyCaches(h *analysis.Handshake) []string {
	windows, unix := "klist purge & klist -li 0x3e7 purge & ipconfig /flushdns (Windows)", "kdestroy; kinit <user> (Linux, macOS)"
	switch {
	case h == nil:
	case h.Has(fact.OnWindows):
		return []string{windows}
	case h.Has(fact.OnUnix):
		return []string{unix}
	case h.Has(fact.OnMobile):
		return []string{"restart the device"}
	}
	return []string{windows, unix}
}
