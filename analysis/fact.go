package analysis

import (
	"strconv"
	"strings"
)

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
	ClientWinINET  Fact = "client:wininet" // Internet Explorer, Office
	ClientWebDAV   Fact = "client:webdav"  // the service of Windows behind mapped drives (WebClient)
	ClientSafari   Fact = "client:safari"
	ClientCurl     Fact = "client:curl"
	ClientJava     Fact = "client:java"
	ClientDotNet   Fact = "client:dotnet" // .NET, PowerShell
	ClientPython   Fact = "client:python"
	ClientGit      Fact = "client:git"     // git, which uses libcurl
	ClientService  Fact = "client:service" // services of Windows: updates, certificates, PAC files
	ClientGo       Fact = "client:go"
	ClientWinRM    Fact = "client:winrm"
	ClientWinHTTP  Fact = "client:winhttp"
	ClientOther    Fact = "client:other" // it names itself, and is none of these
)

// The facts about the client's system, from its User-Agent header.
const (
	OnWindows Fact = "system:windows"
	OnUnix    Fact = "system:unix"   // Linux, macOS and the like: no zones, no group policy
	OnMobile  Fact = "system:mobile" // Android, iOS: nor a command line
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
	ByDigest   Fact = "mechanism:digest"

	SchemeNTLM Fact = "scheme:NTLM" // the credentials are under it, and not under Negotiate

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
	Intercepted    Fact = "seen:intercepted"   // a proxy answered a request that was addressed to a server
	NotOffered     Fact = "seen:not-offered"   // the scheme of the credentials is not among those offered
	ServerClosed   Fact = "seen:server-closed" // the server ended the connection in place of an answer
	ClientClosed   Fact = "seen:client-closed" // the client ended the connection instead of going on
	HasBody        Fact = "seen:body"          // the request has a body
	LogGiven       Fact = "seen:log"           // the browser's own log of it
	OffersSchemes  Fact = "seen:offers"        // the host names schemes in one of its challenges
	TakesNTLM      Fact = "seen:takes-ntlm"    // the host sent somebody an NTLM challenge under the same scheme
	ForItself      Fact = "seen:s4u2self"      // a service asked for a ticket to itself in a user's name
	ServerLogGiven Fact = "seen:server-log"    // the server's own log of it
	AsksInPage     Fact = "seen:logon-page"    // the answer asks to log on in a page
	TokenAsParam   Fact = "seen:token-param"   // the server writes its token as a parameter

	ServesExchange  Fact = "seen:exchange"         // the request is for one of Exchange's applications
	OffersNegotiate Fact = "seen:offers-negotiate" // the host names the scheme Negotiate in one of its challenges
	OffersNTLM      Fact = "seen:offers-ntlm"      // the host names the scheme NTLM in one of its challenges
	ComputerAccount Fact = "seen:computer-account" // the user is a computer
	PortInName      Fact = "seen:port-in-name"     // the service that a KDC was asked for has a port in its name
	ShortName       Fact = "seen:short-name"       // its name has no domain
	WSManName       Fact = "seen:wsman"            // the service that a KDC was asked for is WSMAN, and not HTTP
	EntraSSO        Fact = "seen:entra-sso"        // it is the service of Entra's seamless single sign-on
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

// PageFact returns the fact that the page of an error names the sub-status: "page:403.7".
func PageFact(subStatus string) Fact { return Fact("page:" + subStatus) }

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
