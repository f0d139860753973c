package checks

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

var clockSkew = &analysis.Check{
	Name:     "clock-skew",
	Title:    "the clocks are too far apart for Kerberos",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	NeedsKDC: true,
	Label:    "a clock",
	Means:    "Kerberos compares the client's time with its own and refuses when they differ too much: one of the machines has the wrong time. " + vendorSkew.says,
	Proof: "KRB-ERROR 37, KRB_AP_ERR_SKEW, from the KDC or inside the server's answer; or 32 or 33 from a machine whose clock is more than five minutes from the others. " +
		"The times that the machines write into their own messages say by how much: stime and ctime of a KRB-ERROR, MsvAvTimestamp, Date. " +
		"Whose clock is wrong is only said where a third one agrees with one of the two.",
	Not: "A difference to the time of the frame alone: that is the clock of the machine that took the capture. MIT KDCs put the nonce of the request into ctime: it is no time then. " +
		"NTLM does not mind five minutes. Windows clients retry with the server's time and recover.",
	Causes: []analysis.Advice{
		{Text: "Time synchronisation does not work on the client, the server or the domain controller."},
		{Text: "A virtual machine was resumed or takes its time from its host."},
		{Text: "A difference of whole hours: the time zone is wrong, and the clock was set to fit it."},
	},
	Fix: []analysis.Advice{
		{Text: "w32tm /query /status on each machine, w32tm /resync /rediscover on the one that is wrong; chronyc tracking on Linux."},
		{Text: "Check that the domain controllers follow one source, and that the hypervisor does not set guests' clocks."},
	},
	Sources: []string{
		"RFC 4120 sections 3.2.3, 5.9.1 and 7.5.9",
		"MS-KILE 2.2.2",
		"MS-NLMP 2.2.2.1",
		vendorSkew.source,
	},
	Reads:    machineMarks,
	Run:      runClockSkew,
	Explains: explainClock,
}

func runClockSkew(p *analysis.Pass) {
	named := map[netip.Addr]bool{}
	for _, h := range p.Handshakes {
		if l, e := h.KRBError(); e != nil && p.RefusesForTime(e, h.ServerAddr(), l.ResponsePos()) {
			refusedForTime(p, h, l, e)
			named[h.ServerAddr()], named[h.ClientAddr()] = true, true
		}
	}
	for _, k := range p.KDC {
		if e := k.Err(); p.Refusal(k) == analysis.RefusedForTime {
			refusedByKDC(p, k, e)
			named[k.KDC.Addr()], named[k.Client.Addr()] = true, true
		}
	}
	if p.Counters.Packets > 0 { // the capture has ended
		noteClocks(p, named)
	}
}

func refusedForTime(p *analysis.Pass, h *analysis.Handshake, l *analysis.Leg, e *tokens.KRBError) {
	at := l.ResponsePos()
	f := p.Found(h, at, "%s refused the ticket of %s for its time: %s%s", serverName(h), clientName(h), e.Code, clocksApart(p, h.ServerAddr(), h.ClientAddr(), at))
	f.AddProof(l.RequestPos())
	if !h.Browser() {
		f.Cause = wrongClock(p, "the "+string(h.Target), h.ServerAddr(), h.ClientAddr(), at)
		if k := issuingExchange(h); k != nil && e.Code == tokens.KRBAPErrSkew && at.Time.Sub(k.ReplyPos.Time) < analysis.MaxClockSkew && strings.HasPrefix(f.Cause, noThirdClock) {
			f.Cause = fmt.Sprintf("The clock of the %s is wrong: the KDC %v took the client's time and issued the ticket in %s, so these two agree.", h.Target, k.KDC.Addr(), k.ReplyPos)
			f.AddProof(k.ReplyPos)
		}
	}
	if o := p.LetInAfter(h); o != nil && succeededByKerberos(o) {
		f.Severity = analysis.Warning
	}
}

func refusedByKDC(p *analysis.Pass, k *analysis.KDCExchange, e *tokens.KRBError) {
	f := foundRefused(p, k, "%s refused the request of %v for its time: %s%s", k.KDCName(), k.Client.Addr(), e.Code, clocksApart(p, k.KDC.Addr(), k.Client.Addr(), k.ReplyPos))
	f.Cause = wrongClock(p, "the KDC", k.KDC.Addr(), k.Client.Addr(), k.ReplyPos)
	if p.GotTicketAfter(k) {
		f.Severity = analysis.Warning
	}
}

// clocksApart says how far the refusing clock is from the client's, or from the capture's if the
// client's is not known.
func clocksApart(p *analysis.Pass, verifier, client netip.Addr, at httpstream.Pos) string {
	v, c := p.Clocks.Of(verifier, at.Time), p.Clocks.Of(client, at.Time)
	switch {
	case v == nil:
		return ""
	case c != nil:
		return fmt.Sprintf(" (its clock is %s)", analysis.ClockOffset(v.Ahead-c.Ahead, "the client's"))
	}
	return fmt.Sprintf(" (its clock is %s; the client's time is not shown)", analysis.ClockOffset(v.Ahead, "the capture's"))
}

// wrongClock says which of two clocks is wrong, by what third clocks show.
func wrongClock(p *analysis.Pass, name string, verifier, client netip.Addr, at httpstream.Pos) string {
	v, c := p.Clocks.Of(verifier, at.Time), p.Clocks.Of(client, at.Time)
	if v == nil {
		return ""
	}
	whole := ""
	if c == nil && analysis.WholeHours(v.Ahead) != 0 || c != nil && analysis.WholeHours(v.Ahead-c.Ahead) != 0 {
		whole = " Whole hours: a wrong time zone, or a virtual machine that took its host's time."
	}
	forVerifier, forClient := p.Clocks.CountAgreeing(v.Ahead, verifier, client, at.Time), 0
	others := p.Clocks.CountAgreeing(0, verifier, client, at.Time) // the capture's and those that agree with it
	if c != nil {
		forClient = p.Clocks.CountAgreeing(c.Ahead, verifier, client, at.Time)
	}
	switch {
	case forVerifier > 0 && forClient == 0:
		return fmt.Sprintf("The client's clock (%v) is wrong: that of %s agrees with %s.%s", client, name, clocksOf(v.Ahead, forVerifier), whole)
	case forClient > 0 && forVerifier == 0:
		return fmt.Sprintf("The clock of %s is wrong: the client's agrees with %s.%s", name, clocksOf(c.Ahead, forClient), whole)
	case c == nil && forVerifier == 0 && others > 1:
		return fmt.Sprintf("The clock of %s is wrong: it differs from %s, which agree.%s", name, clocksOf(0, others), whole)
	}
	return noThirdClock + ": compare both with the domain's time." + whole
}

const noThirdClock = "No third clock shows which of the two is wrong"

// clocksOf names the clocks that agree; the capture's is one of them if it shows about the same
// time.
func clocksOf(ahead time.Duration, n int) string {
	capture := ahead.Abs() < analysis.MaxClockSkew/2
	switch {
	case capture && n == 1:
		return "the capture's"
	case capture && n == 2:
		return "the capture's and one other machine's"
	case capture:
		return fmt.Sprintf("the capture's and %d other machines'", n-1)
	case n == 1:
		return "that of another machine"
	}
	return fmt.Sprintf("those of %d other machines", n)
}

// noteClocks reports the clocks that are far from the capture's, except those that are named
// already.
func noteClocks(p *analysis.Pass, named map[netip.Addr]bool) {
	machines := map[netip.Addr]bool{}
	same := true
	for _, k := range p.Clocks {
		machines[k.Machine] = true
		same = same && (k.Ahead-p.Clocks[0].Ahead).Abs() < analysis.MaxClockSkew/2
	}
	if len(machines) > 1 && same && len(named) == 0 {
		if k := p.Clocks[0]; k.Ahead.Abs() > analysis.MaxClockSkew {
			f := p.Found(nil, k.Pos, "the clocks of all %d machines that show theirs are %s: the time of its packets is wrong", len(machines), analysis.ClockOffset(k.Ahead, "the capture's"))
			f.Severity, f.Evidence = analysis.Info, analysis.Inferred
		}
		return
	}
	for _, k := range p.Clocks {
		if k.Ahead.Abs() <= analysis.MaxClockSkew || named[k.Machine] {
			continue
		}
		f := p.Found(nil, k.Pos, "the clock of %v is %s (%s)", k.Machine, analysis.ClockOffset(k.Ahead, "the capture's"), k.Source)
		f.Severity = analysis.Info
	}
}

func succeededByKerberos(h *analysis.Handshake) bool {
	return h.Mechanism == analysis.Kerberos && h.Outcome == analysis.Succeeded
}
