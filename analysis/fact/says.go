package fact

// Facts about what a sentence of a server says went wrong. A sentence that names none of it,
// such as "Failure unspecified at GSS-API level", leaves the cause open.
const (
	SaysClock   Fact = "says:clock"
	SaysKey     Fact = "says:key"      // the acceptor's key does not open the ticket
	SaysNoKey   Fact = "says:no-key"   // the acceptor has no key of that name, type or version
	SaysReplay  Fact = "says:replay"   // the token came before
	SaysExpired Fact = "says:expired"  // the ticket is too old, or not valid yet
	SaysName    Fact = "says:name"     // the ticket is for another name
	SaysToken   Fact = "says:token"    // the token cannot be read, or is of a mechanism that is not taken
	SaysBinding Fact = "says:binding"  // the channel binding does not fit
	SaysConfig  Fact = "says:config"   // the credentials are of a kind that is turned off there
	SaysRule    Fact = "says:rule"     // an access rule refuses
	SaysPlain   Fact = "says:plain"    // the message is not encrypted, and has to be
	SaysTLSPort Fact = "says:tls-port" // the port is one for TLS
	SaysRight   Fact = "says:right"    // the user has no right to what the request does
	SaysEType   Fact = "says:etype"    // the acceptor allows no such encryption type
	SaysUser    Fact = "says:user"     // a KDC refuses the user or the password that the acceptor had checked
	SaysNoCred  Fact = "says:no-cred"  // the acceptor has no credentials of its own
)
