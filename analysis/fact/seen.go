package fact

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
	ErrorLogGiven  Fact = "seen:error-log"     // an error log that refuses credentials, of the same case
	AsksInPage     Fact = "seen:logon-page"    // the answer asks to log on in a page
	TokenAsParam   Fact = "seen:token-param"   // the server writes its token as a parameter

	ServesExchange  Fact = "seen:exchange"         // the request is for one of Exchange's applications
	OffersNegotiate Fact = "seen:offers-negotiate" // the host names the scheme Negotiate in one of its challenges
	OffersNTLM      Fact = "seen:offers-ntlm"      // the host names the scheme NTLM in one of its challenges
	NoNegotiate     Fact = "seen:no-negotiate"     // the host names schemes in its challenges, and never Negotiate
	OffersBasic     Fact = "seen:offers-basic"     // the host names the scheme Basic in one of its challenges
	ComputerAccount Fact = "seen:computer-account" // the user is a computer
	PortInName      Fact = "seen:port-in-name"     // the service that a KDC was asked for has a port in its name
	ShortName       Fact = "seen:short-name"       // its name has no domain
	WSManName       Fact = "seen:wsman"            // the service that a KDC was asked for is WSMAN, and not HTTP
	EntraSSO        Fact = "seen:entra-sso"        // it is the service of Entra's seamless single sign-on
	SchemeUnknown   Fact = "seen:scheme-unknown"   // the program says that it knows none of the schemes
	BegunBefore     Fact = "seen:begun-before"     // a connection, or its TLS handshake, began before the capture
	LostBytes       Fact = "seen:lost-bytes"       // bytes of TCP streams are missing in the capture
	CutPackets      Fact = "seen:cut-packets"      // packets are shorter in the capture than on the wire
	KeysMissing     Fact = "seen:keys-missing"     // a TLS connection is closed because no key opens it
	OtherDomain     Fact = "seen:other-domain"     // the host is, by its name, not in the domain of the KDC's realm
)
