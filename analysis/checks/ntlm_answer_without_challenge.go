package checks

import "negotrace/analysis"

var ntlmAnswerWithoutChallenge = &analysis.Check{
	Name:     "ntlm-answer-without-challenge",
	Title:    "an NTLM answer came on a connection without a challenge",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means: "Message 3 of NTLM answers the challenge in message 2, which the server keeps with the connection. On a connection without a challenge there is nothing to compare it with: it shows no password, " +
		"and anybody can write any name into it. A server refuses it, or takes no notice of it.",
	Proof: "Message 3 on a connection that the capture holds whole, from its beginning, and that carried no message 2; and no other connection to that server of which bytes are missing.",
	Not:   "A connection that began before the capture, or of which bytes are lost. A challenge that the same capture shows on another connection (ntlm-handshake-split-across-connections).",
	Causes: []analysis.Advice{
		{Text: "A balancer or proxy distributes requests, and the challenge went over another connection, out of sight of this capture."},
		{Text: "The client, or its pool, opened a new connection in the middle of the logon."},
		{Text: "A script or tool sends a header that was made for another logon, or by hand."},
	},
	Fix: []analysis.Advice{
		{Text: "Capture on both sides of whatever lies between client and server: where is the challenge?"},
		{Text: "Pin one server connection to each client connection, or use Kerberos, which needs no pinning."},
		{Text: "Do not take the name in this message for a user who was there."},
	},
	Sources: []string{"MS-NLMP 3.1.5.1.2 and 3.2.5.1.2", "MS-NTHT 3.1"},
	Follows: []string{"ntlm-handshake-split-across-connections"},
	Run:     runNTLMAnswerWithoutChallenge,
}

func runNTLMAnswerWithoutChallenge(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		l3, n3 := h.NTLM(3)
		_, n2 := h.NTLM(2)
		if n3 == nil || n2 != nil || h.Split || h.Outcome == analysis.Succeeded || !p.SawAll(h) || incompleteTo(p, h) || !complete(n3.Authenticate) {
			continue
		}
		took := "which it refused"
		if h.Outcome != analysis.Failed {
			took = "and nothing shows that it took notice of it"
		}
		f := p.Found(h, l3.RequestPos(), "%s got an NTLM answer in the name of %s on a connection that carried no challenge, %s", serverName(h), clientName(h), took)
		if h.Outcome != analysis.Failed || p.LetInAfter(h) != nil {
			f.Severity = analysis.Warning
		}
		f.AddProof(l3.ResponsePos())
	}
}
