package analysis

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"negotrace/tokens"
)

// An Advice is a cause or a remedy that a check knows, and the cases that it is meant for.
type Advice struct {
	Text string
	// If are facts that the case must have: of each kind that is named here one. Of a kind
	// of which nothing is known, such as the server's where it does not name itself, any
	// may be true; but what was seen, who refused and with which code must be known.
	If []Fact
	// Unless are facts that refute the advice.
	Unless []Fact
}

// MarshalText returns the text alone, as an Advice is written in JSON.
func (a Advice) MarshalText() ([]byte, error) { return []byte(a.Text), nil }

// UnmarshalText sets the text.
func (a *Advice) UnmarshalText(text []byte) error {
	a.Text = string(text)
	return nil
}

// A Fact is something that the capture shows about the case of a finding: a kind, a colon
// and a value.
type Fact string

// The facts about a server, from its Server header and from the request's path and port.
const (
	ServerIIS     Fact = "server:iis"
	ServerKestrel Fact = "server:kestrel"
	ServerApache  Fact = "server:apache"
	ServerNginx   Fact = "server:nginx"
	ServerTomcat  Fact = "server:tomcat"
	ServerJetty   Fact = "server:jetty"
	ServerSquid   Fact = "server:squid"
	ServerWinRM   Fact = "server:winrm"
	ServerADFS    Fact = "server:adfs"
	ServerOther   Fact = "server:other" // it names itself, and is none of these
)

// The facts about a client, from its User-Agent header.
const (
	ClientChromium Fact = "client:chromium" // Chrome, Edge
	ClientFirefox  Fact = "client:firefox"
	ClientWinINET  Fact = "client:wininet" // Internet Explorer, Office, WebDAV
	ClientSafari   Fact = "client:safari"
	ClientCurl     Fact = "client:curl"
	ClientJava     Fact = "client:java"
	ClientDotNet   Fact = "client:dotnet" // .NET, PowerShell
	ClientPython   Fact = "client:python"
	ClientGo       Fact = "client:go"
	ClientWinRM    Fact = "client:winrm"
	ClientWinHTTP  Fact = "client:winhttp"
	ClientOther    Fact = "client:other" // it names itself, and is none of these
)

// The facts about the client's system, from its User-Agent header.
const (
	OnWindows Fact = "system:windows"
	OnUnix    Fact = "system:unix" // Linux, macOS and the like: no zones, no group policy
)

// Browsers lists the clients that have zones or lists of trusted hosts.
func Browsers() []Fact { return []Fact{ClientChromium, ClientFirefox, ClientWinINET, ClientSafari} }

// KeytabServers lists the servers whose acceptor works with a keytab.
func KeytabServers() []Fact {
	return []Fact{ServerApache, ServerNginx, ServerTomcat, ServerJetty, ServerSquid, ServerOther}
}

// Facts about who was asked, how, and who refused.
const (
	AtServer Fact = "target:server"
	AtProxy  Fact = "target:proxy"

	ByKerberos Fact = "mechanism:kerberos"
	ByNTLM     Fact = "mechanism:ntlm"
	ByBasic    Fact = "mechanism:basic"

	OverHTTP  Fact = "url:http"
	OverHTTPS Fact = "url:https"

	FromKDC    Fact = "from:kdc" // the finding is about a message of a KDC
	FromTarget Fact = "from:target"

	AskedForTGT    Fact = "request:as" // of a KDC
	AskedForTicket Fact = "request:tgs"
)

// KDCOther is the fact that a KDC says something in words, which those of Windows do not.
const KDCOther Fact = "kdc:other"

// Facts that the capture shows or does not.
const (
	TicketIssued   Fact = "seen:ticket"        // a KDC issued a ticket for the service
	OneMachine     Fact = "seen:one-machine"   // client and server are one machine
	HostIsAlias    Fact = "seen:alias"         // a name server says that the URL's host is an alias
	NoDomain       Fact = "seen:no-domain"     // the user was named without a domain or realm
	AddressInURL   Fact = "seen:address"       // the URL, or the name for which a ticket was asked, has an address
	OneEType       Fact = "seen:one-etype"     // the client offered the KDC one encryption type
	SealedBodies   Fact = "seen:sealed-bodies" // the bodies are encrypted by the mechanism
	AnsweredOthers Fact = "seen:answered"      // the same program answered a challenge of the host
	HasTGT         Fact = "seen:tgt"           // the client has a ticket-granting ticket
	AskedKDC       Fact = "seen:asked-kdc"     // the client turned to a KDC after the challenge
	Restarted      Fact = "seen:begun-anew"    // the client sent its first message again instead of the answer
	NotOffered     Fact = "seen:not-offered"   // the scheme of the credentials is not among those offered
	ServerClosed   Fact = "seen:server-closed" // the server ended the connection in place of an answer
	ClientClosed   Fact = "seen:client-closed" // the client ended the connection instead of going on
	HasBody        Fact = "seen:body"          // the request has a body
	LogGiven       Fact = "seen:log"           // the browser's own log of it
	OffersSchemes  Fact = "seen:offers"        // the host names schemes in one of its challenges
	TakesNTLM      Fact = "seen:takes-ntlm"    // the host sent somebody an NTLM challenge
	ForItself      Fact = "seen:s4u2self"      // a service asked for a ticket to itself in a user's name
	ServerLogGiven Fact = "seen:server-log"    // the server's own log of it
	AsksInPage     Fact = "seen:logon-page"    // the answer asks to log on in a page
	TokenAsParam   Fact = "seen:token-param"   // the server writes its token as a parameter

	OffersNegotiate Fact = "seen:offers-negotiate" // the host names the scheme Negotiate in one of its challenges
	OffersNTLM      Fact = "seen:offers-ntlm"      // the host names the scheme NTLM in one of its challenges
	ComputerAccount Fact = "seen:computer-account" // the user is a computer
	PortInName      Fact = "seen:port-in-name"     // the service that a KDC was asked for has a port in its name
	ShortName       Fact = "seen:short-name"       // its name has no domain
	WSManName       Fact = "seen:wsman"            // the service that a KDC was asked for is WSMAN, and not HTTP
	OtherDomain     Fact = "seen:other-domain"     // the host is, by its name, not in the domain of the KDC's realm
)

// CodeFact returns the fact that an error has the code, in the KDC's or the acceptor's words:
// "code:KRB_AP_ERR_MODIFIED (41)".
func CodeFact(code interface{ String() string }) Fact { return Fact("code:" + code.String()) }

// NTStatusFact returns the fact that a KDC adds the NTSTATUS to its error:
// "ntstatus:STATUS_ACCOUNT_DISABLED".
func NTStatusFact(name string) Fact { return Fact("ntstatus:" + name) }

// EventFact returns the fact that the finding is about an event of Windows with the number: "event:11".
func EventFact(id int) Fact { return Fact("event:" + strconv.Itoa(id)) }

// LoggedFact returns the fact that the server's log has a status of Windows for the last request:
// "logged:SEC_E_TIME_SKEW".
func LoggedFact(name string) Fact { return Fact("logged:" + name) }

// SubStatusFact returns the fact that the server's log has the status and sub-status for the last
// request: "sub-status:401.3".
func SubStatusFact(status string) Fact { return Fact("sub-status:" + status) }

// VariantFact returns the fact that the finding is that variant of its check: "variant:duplicate".
func VariantFact(name string) Fact { return Fact("variant:" + name) }

// StatusFact returns the fact that the last response has the status: "status:502".
func StatusFact(status HTTPCode) Fact { return Fact("status:" + strconv.Itoa(int(status))) }

func (f Fact) kind() string {
	kind, _, _ := strings.Cut(string(f), ":")
	return kind
}

// mustBeKnown reports whether an advice that asks for the fact needs it to be known. WinRM
// and AD FS are known by the path of the request, whatever header the server leaves out.
func (f Fact) mustBeKnown() bool {
	switch f.kind() {
	case "seen", "from", "code", "ntstatus", "says", "page", "status", "request", "logged", "sub-status", "event", "variant", "kdc":
		return true
	}
	return f == ServerWinRM || f == ServerADFS
}

// fits reports whether the advice is meant for a case with the facts, and how well: the
// kinds of its condition that are known to hold, or less than nothing if some are not
// known.
func (a Advice) fits(facts []Fact) (bool, int) {
	for _, f := range a.Unless {
		if slices.Contains(facts, f) {
			return false, 0
		}
	}
	specific, unknown := 0, 0
	for i, f := range a.If {
		kind := f.kind()
		ofKind := func(o Fact) bool { return o.kind() == kind }
		if slices.ContainsFunc(a.If[:i], ofKind) {
			continue // looked at already
		}
		held, open := false, false
		for _, o := range a.If[i:] {
			if ofKind(o) {
				held = held || slices.Contains(facts, o)
				open = open || !o.mustBeKnown()
			}
		}
		switch {
		case held:
			specific++
		case !open || slices.ContainsFunc(facts, ofKind):
			return false, 0
		default:
			unknown++
		}
	}
	if unknown > 0 {
		return true, -unknown
	}
	return true, specific
}

// conditional reports whether any of the advice is for some cases only.
func conditional(all []Advice) bool {
	return slices.ContainsFunc(all, func(a Advice) bool { return len(a.If)+len(a.Unless) > 0 })
}

// maxAdvice is how many causes and how many remedies a finding carries.
const maxAdvice = 3

// choose returns the texts of the advice that is meant for a case with the facts, the
// most specific first, otherwise in the order given.
func choose(all []Advice, facts []Fact) []string {
	type choice struct {
		text     string
		specific int
	}
	var chosen []choice
	for _, a := range all {
		if ok, specific := a.fits(facts); ok {
			chosen = append(chosen, choice{a.Text, specific})
		}
	}
	slices.SortStableFunc(chosen, func(x, y choice) int { return cmp.Compare(y.specific, x.specific) })
	var texts []string
	for _, c := range chosen[:min(maxAdvice, len(chosen))] {
		texts = append(texts, c.text)
	}
	return texts
}

// Advise gives a finding of the Pass its causes and remedies.
func (p *Pass) Advise(f *Finding) {
	var facts []Fact
	if conditional(f.By.Causes) || conditional(f.By.Fix) {
		facts = append(append(p.facts(f.about, f.aboutKDC), codeFacts(f.named)...), VariantFact(f.Variant))
		if f.event != 0 {
			facts = append(facts, EventFact(f.event))
		}
	}
	f.Causes, f.Fix = choose(f.By.Causes, facts), fill(choose(f.By.Fix, facts), f.about, f.aboutKDC)
}

// Remedies returns what the check says to do, chosen by what the capture shows of h.
func (p *Pass) Remedies(c *Check, h *Handshake) []string {
	return fill(choose(c.Fix, p.facts(h, nil)), h, nil)
}

// codeFacts returns the errors that a log names.
func codeFacts(codes []Code) (facts []Fact) {
	for _, c := range codes {
		switch c.Family {
		case KerberosError:
			facts = append(facts, CodeFact(tokens.ErrorCode(c.Value)))
		case NTStatus:
			facts = append(facts, NTStatusFact(c.Name))
		}
	}
	return facts
}
