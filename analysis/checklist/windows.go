package checklist

import (
	"fmt"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// windowsQuestions returns those for IIS and Windows clients, in Microsoft's order.
func windowsQuestions() []question {
	return []question{
		usesKerberos, sameDomain, enabledAtServer, enabledAtClient, rightZone, offersNegotiate, oneMachine, getsTicket,
		usualPort, asksForName, poolHasKey, singleSPN, kernelMode, delegates, authenticatesOften, delegatesBetweenForests, featureKeys,
	}
}

func sameDomain(s *subject) Item {
	const q = "Are user and server in the same domain?"
	commands := []string{"nltest /dsgetdc: (on both)", "nltest /domain_trusts"}
	if leg, ap := s.APReq(); ap != nil && ap.Ticket.Service.Realm != "" {
		if i := strings.LastIndexByte(s.User, '@'); i >= 0 { // a name of the form user@domain may stand before it
			realm := s.User[i+1:]
			if strings.EqualFold(realm, ap.Ticket.Service.Realm) {
				return yes(q, "user and service are of "+ap.Ticket.Service.Realm, leg.RequestPos())
			}
			return no(q, fmt.Sprintf("the user is of %s, the service of %s", realm, ap.Ticket.Service.Realm), leg.RequestPos())
		}
	}
	challenged, challenge := s.NTLM(2)
	answered, answer := s.NTLM(3)
	if challenge != nil && answer != nil && challenge.Challenge.TargetInfo != nil && challenge.Challenge.TargetInfo.DomainName != nil {
		server, user := *challenge.Challenge.TargetInfo.DomainName, answer.Authenticate.Domain
		at := []httpstream.Pos{challenged.ResponsePos(), answered.RequestPos()}
		machine := challenge.Challenge.TargetInfo.ComputerName
		switch {
		case machine != nil && strings.EqualFold(server, *machine):
			return unknown(q, fmt.Sprintf("the server names itself %q as its domain: it is in none, or authenticates accounts of its own", server), commands...)
		case strings.EqualFold(server, user) && s.Outcome == analysis.Succeeded:
			return yes(q, "user and server name the domain "+server, at...)
		}
		return Item{Question: q, Answer: Unknown, Because: fmt.Sprintf("the user names %q, the server %q", user, server), At: at, Commands: commands}
	}
	return unknown(q, "", commands...)
}

func enabledAtServer(s *subject) Item {
	const q = "Is Windows authentication on at the server?"
	leg := s.ChallengeLeg()
	if leg == nil {
		return unknown(q, "the capture does not hold the challenge", `appcmd list config "<site>" -section:windowsAuthentication`)
	}
	if s.Offers("Negotiate") || s.Offers("NTLM") {
		return yes(q, "it asks for "+strings.Join(s.Offered, ", "), leg.ResponsePos())
	}
	return no(q, "it asks for nothing that Windows authentication offers", leg.ResponsePos())
}

func enabledAtClient(s *subject) Item {
	const q = "Is it on in the browser?"
	if leg := s.OpeningLeg(); leg != nil && tokens.IsTokenScheme(s.Scheme) {
		return yes(q, "the client sent "+s.Scheme, leg.RequestPos())
	}
	why := "the client never sent a token"
	if s.FromLog {
		why = "a log does not have what the client sent"
	}
	return unknown(q, why, "inetcpl.cpl: Advanced, Enable Integrated Windows Authentication",
		"edge://policy, chrome://policy: AuthServerAllowlist", "about:config: network.negotiate-auth.trusted-uris")
}

// fasterThanTyping is a time too short to type a password in.
const fasterThanTyping = time.Second

func rightZone(s *subject) Item {
	const q = "Is the site in a zone that logs on by itself?"
	leg, challenged, because := s.OpeningLeg(), s.ChallengeLeg(), ""
	switch {
	case s.Has(fact.ClientCurl, fact.ClientGit, fact.ClientGo, fact.ClientPython, fact.ClientJava, fact.ClientFirefox):
		return unknown(q, "this client has no zones")
	case leg != nil && challenged != nil && tokens.IsTokenScheme(s.Scheme):
		took := leg.RequestPos().Time.Sub(challenged.ResponsePos().Time)
		if took >= 0 && took < fasterThanTyping {
			because = fmt.Sprintf("the token came %d ms after the challenge: nobody typed a password then, but one typed before may have been used",
				took.Milliseconds())
		}
	}
	return unknown(q, because, "inetcpl.cpl: Security, Local intranet, Sites", `reg query "HKCU\Software\Policies\Microsoft\Windows\CurrentVersion\Internet Settings\ZoneMapKey"`)
}

func oneMachine(s *subject) Item {
	const q = "Are client and server two machines?"
	switch {
	case s.Browser():
		return unknown(q, "an export does not show it")
	case s.ClientAddr() == s.ServerAddr():
		return no(q, fmt.Sprintf("both are %v: the loopback check of Windows refuses NTLM for names that are not the machine's own", s.ClientAddr()), s.Start)
	}
	if s.Conn().ThroughProxy() {
		return unknown(q, fmt.Sprintf("the client speaks to a proxy, %v: the server's address is not in the capture", s.ServerAddr()))
	}
	return yes(q, fmt.Sprintf("%v and %v", s.ClientAddr(), s.ServerAddr()), s.Start)
}

func usualPort(s *subject) Item {
	const q = "Is the port the usual one?"
	port := s.port()
	if port == "" {
		return yes(q, "the URL names none")
	}
	because := "the URL names port " + port
	if strings.HasSuffix(s.spn, ":"+port) {
		return no(q, because+", and the client puts it into the name of the service: "+s.spn, s.Start)
	}
	if _, ap := s.APReq(); ap == nil && s.ticketExchange() == nil {
		return no(q, because, s.Start)
	}
	return no(q, because+"; the client leaves it out of the name of the service, as most do", s.Start)
}

func poolHasKey(s *subject) Item {
	const q = "Has the identity of the application pool the key of the SPN?"
	commands := []string{"setspn -Q " + placeholder(s.spn, "<SPN>"), `appcmd list apppool "<pool>" /text:processModel.userName`}
	if s.ticketOpened() {
		leg, _ := s.APReq()
		return yes(q, "the acceptor opened the ticket", leg.RequestPos(), s.Last().ResponsePos())
	}
	if errorLeg, e := s.KRBError(); e != nil && e.Code == tokens.KRBAPErrModified {
		return no(q, "the acceptor cannot open the ticket: "+e.Code.String(), errorLeg.ResponsePos())
	}
	return unknown(q, "", commands...)
}

func singleSPN(s *subject) Item {
	const q = "Is the SPN registered once?"
	command := "setspn -X -F"
	k := s.ticketExchange()
	if t := issuedTicket(k); t != nil {
		return yes(q, fmt.Sprintf("the KDC issued a ticket for %s; for an SPN of two accounts, one of Active Directory issues none", t.Service.String()), k.ReplyPos)
	}
	if k != nil {
		if e := k.Err(); e != nil && e.Code == tokens.KDCErrSPrincipalUnknown {
			return Item{Question: q, Answer: No, Because: fmt.Sprintf("the KDC knows no single account for %s: there is none, or there are two", k.Service()),
				At: distinct([]httpstream.Pos{k.ReplyPos}), Commands: []string{command, "setspn -Q " + placeholder(s.spn, "<SPN>")}}
		}
	}
	return unknown(q, "", command)
}

func kernelMode(*subject) Item {
	return unknown("Is kernel-mode authentication as the SPN needs it?", "with it (useKernelMode, without useAppPoolCredentials) the machine account opens tickets, whatever the pool's identity is",
		`appcmd list config "<site>" -section:windowsAuthentication`)
}

func delegates(s *subject) Item {
	const q = "Does the client delegate its credentials?"
	if f := s.found("delegation-unconstrained", "delegation-required"); f != nil {
		if f.Check == "delegation-unconstrained" {
			return yes(q, f.Message, f.Pos())
		}
		return no(q, f.Message, f.Pos())
	}
	return unknown(q, "klist shows the flag ok_as_delegate of the ticket",
		"Get-ADUser <account> -Properties TrustedForDelegation,msDS-AllowedToDelegateTo", "klist")
}

func authenticatesOften(s *subject) Item {
	const q = "Is a logon used for more than one request?"
	if f := s.found("auth-every-request", "ticket-for-every-request"); f != nil {
		return no(q, f.Message, f.Pos())
	}
	if s.FollowOnCount > 0 {
		return yes(q, fmt.Sprintf("%d later requests on the connection needed none", s.FollowOnCount), s.Last().ResponsePos())
	}
	return unknown(q, "no later request without credentials is known to be on the connection", `appcmd list config "<site>" -section:windowsAuthentication (authPersistNonNTLM)`)
}

func delegatesBetweenForests(s *subject) Item {
	const q = "Is delegation between forests allowed, if it is needed?"
	return unknown(q, "it is off since the updates of July 2019", "netdom trust <other forest> /domain:<this forest> /EnableTGTDelegation")
}

func featureKeys(s *subject) Item {
	const q = "Are the feature keys of the browser as the SPN needs them?"
	const keys = `reg query "HKLM\SOFTWARE\Microsoft\Internet Explorer\Main\FeatureControl\`
	switch {
	case s.Has(fact.ClientChromium):
		return unknown(q, "Chromium has policies in their place", "chrome://policy: EnableAuthNegotiatePort, DisableAuthNegotiateCnameLookup")
	case s.Has(fact.ClientCurl, fact.ClientGit, fact.ClientGo, fact.ClientPython, fact.ClientJava, fact.ClientFirefox, fact.ClientSafari, fact.ClientWebDAV):
		return unknown(q, "this client does not read them")
	}
	return unknown(q, "they put the port or the canonical name into the SPN", keys+`FEATURE_INCLUDE_PORT_IN_SPN_KB908209"`, keys+`FEATURE_USE_CNAME_FOR_SPN_KB911149"`)
}
