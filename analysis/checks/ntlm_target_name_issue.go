package checks

import (
	"strings"

	"negotrace/analysis"
	"negotrace/tokens"
)

var ntlmTargetNameIssue = &analysis.Check{
	Name:     "ntlm-target-name-issue",
	Title:    "the NTLM answer does not name this service",
	Severity: analysis.Warning,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "The client writes into its answer which service it means to talk to. Here that is missing, is no service name, or names another host; Extended Protection's check of the service name then fails.",
	Proof:    "MsvAvTargetName of an NTLMv2 message 3: absent or empty although other client pairs are there, not of the form HTTP/<host>, or for a host that is neither the URL's nor connected with it by DNS; or MsvAvFlags says that the name came from an untrusted source (0x4).",
	Not:      "An alias of the host; Firefox uses the URL's host as it is.",
	Causes: []analysis.Advice{
		{Text: "A stack that is not Windows: gss-ntlmssp sends the bare host name, others HOST/<host>."},
		{Text: "The answer was meant for another server: a relay."},
	},
	Fix: []analysis.Advice{
		{Text: "Update the client's library; until then Extended Protection with NoServiceNameCheck, or the name in its list of SPNs."},
	},
	Sources: []string{"MS-NLMP 2.2.2.1", "Microsoft, Extended Protection, learn.microsoft.com/iis"},
	Run:     runNTLMTargetNameIssue,
}

func runNTLMTargetNameIssue(p *analysis.Pass) {
	for _, a := range p.NTLMAnswers() {
		h, l, n3 := a.Handshake, a.Leg, a.Message
		if n3.Authenticate.Kind != tokens.ResponseNTLMv2 || n3.Authenticate.Pairs == nil {
			continue
		}
		if issue, severity := targetIssue(p, h, n3.Authenticate.Pairs); issue != "" {
			p.Found(h, l.RequestPos(), "the answer of %s to %s %s", clientName(h), serverName(h), issue).Severity = severity
		}
	}
}

// targetIssue says what is wrong with the target name, "" if nothing is. Some libraries leave the
// name out, or name only the host; another host is a fault.
func targetIssue(p *analysis.Pass, h *analysis.Handshake, pairs *tokens.NTLMAVPairs) (string, analysis.Severity) {
	if pairs.Flags != nil && *pairs.Flags&tokens.AVUntrustedTarget != 0 {
		return "says that its target name comes from an untrusted source", analysis.Warning
	}
	if pairs.TargetName == nil || *pairs.TargetName == "" {
		return "names no target", analysis.Info
	}
	service, host, ok := strings.Cut(*pairs.TargetName, "/")
	switch {
	case !ok:
		return "names " + *pairs.TargetName + " as its target, which is no service name", analysis.Info
	case !strings.EqualFold(service, "HTTP"):
		return "names the target " + *pairs.TargetName + ", which is no web service", analysis.Warning
	case h.Host != "" && !analysis.IsIPAddress(h.Host) && !p.DNS.SameHost(h, host):
		return "names the target " + *pairs.TargetName, analysis.Warning
	}
	return "", ""
}
