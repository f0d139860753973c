package checks

import (
	"slices"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/httpstream"
)

var ntlmAnswerWithoutChallenge = &analysis.Check{
	Name:     "ntlm-answer-without-challenge",
	Variants: []string{"challenge-used-up"},
	Title:    "an NTLM answer came on a connection without a challenge",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means: "Message 3 of NTLM answers the challenge in message 2, which the server keeps with the connection. On a connection without a challenge there is nothing to compare it with: it shows no password, " +
		"and anybody can write any name into it. A server refuses it, or takes no notice of it.",
	Proof: "Message 3 on a connection that the capture holds whole, from its beginning, and that carried no message 2, or none that was not answered already; and no other connection to that server of which bytes are missing.",
	Not:   "A connection that began before the capture, or of which bytes are lost. A challenge that the same capture shows on another connection (ntlm-handshake-split-across-connections).",
	Causes: []analysis.Advice{
		{Text: "A proxy or pool sends the requests of several clients over one connection: what one of them answers is no longer open for the other.", If: []fact.Fact{fact.Variant("challenge-used-up")}},
		{Text: "A balancer or proxy distributes requests, and the challenge went over another connection, out of sight of this capture.", Unless: []fact.Fact{fact.Variant("challenge-used-up")}},
		{Text: "The client, or its pool, opened a new connection in the middle of the logon."},
		{Text: "A script or tool sends a header that was made for another logon, or by hand."},
	},
	Fix: []analysis.Advice{
		{Text: "Capture on both sides of whatever lies between client and server: where is the challenge?", Unless: []fact.Fact{fact.Variant("challenge-used-up")}},
		{Text: "Pin one server connection to each client connection, or use Kerberos, which needs no pinning."},
		{Text: "Do not take the name in this message for a user who was there."},
	},
	Sources: []string{"MS-NLMP 3.1.5.1.2 and 3.2.5.1.2", "MS-NTHT 3.1"},
	Follows: []string{"connection-identity-mixing", "ntlm-handshake-split-across-connections"},
	Run:     runNTLMAnswerWithoutChallenge,
}

func runNTLMAnswerWithoutChallenge(p *analysis.Pass) {
	for _, a := range p.NTLMAnswers() {
		h, l3 := a.Handshake, a.Leg
		if a.Challenge != nil || h.Split || h.Outcome == analysis.Succeeded || !p.SawAll(h) || incompleteTo(p, h) || !complete(a.Message.Authenticate) {
			continue
		}
		took := "which it refused"
		if h.Outcome != analysis.Failed {
			took = "and nothing shows that it took notice of it"
		}
		carried, at, used := challengesBefore(p, h)
		f := p.Found(h, l3.RequestPos(), "%s got an NTLM answer in the name of %s on a connection that carried no challenge%s, %s%s", serverName(h), clientName(h), forIt(carried), took, carried)
		if used {
			f.Variant = "challenge-used-up"
		}
		f.AddProof(at...)
		if h.Outcome != analysis.Failed || p.LetInAfter(h) != nil {
			f.Severity = analysis.Warning
		}
		f.AddProof(l3.ResponsePos())
	}
}

// challengesBefore says what became of the challenges that the connection of h carried before, and where
// they are; "" if it carried none. used reports whether each of them had an answer.
func challengesBefore(p *analysis.Pass, h *analysis.Handshake) (says string, at []httpstream.Pos, used bool) {
	var open, answered []*analysis.Handshake
	for _, o := range p.Context {
		_, n2 := o.NTLM(2)
		if _, n3 := o.NTLM(3); n2 == nil || o.ID >= h.ID || o.Conn() != h.Conn() || o.Target != h.Target {
			continue
		} else if n3 == nil {
			open = append(open, o)
		} else {
			answered = append(answered, o)
		}
	}
	for _, o := range slices.Concat(open, answered) {
		l2, _ := o.NTLM(2)
		at = append(at, l2.ResponsePos())
	}
	switch {
	case len(answered) > 0:
		last := answered[len(answered)-1]
		l3, _ := last.NTLM(3)
		return ": the last one had been answered by " + clientName(last), append(at, l3.RequestPos()), true
	case len(open) > 0:
		return ": the one that it carried was for a logon that was begun before", at, false
	}
	return "", nil, false
}

// forIt limits what is said to the answer, where the connection carried other challenges.
func forIt(carried string) string {
	if carried == "" {
		return ""
	}
	return " for it"
}
