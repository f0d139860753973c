package export

// These limits bound what reading an export holds, so that memory depends neither on the size of a
// file nor on the good will of its maker. What a limit drops is counted in the Counters, noted as
// damage, or an error.

// JSON. Browser exports embed response bodies as strings, so one string may be as long
// as the file.
const (
	maxJSONString  = 128 << 10 // no header line is longer: http.sys stops at 64 KiB
	maxJSONDepth   = 64        // a HAR needs 8, a NetLog 10
	maxJSONValue   = 4 << 20   // a value that is taken as a whole
	maxJSONLiteral = 64        // a number
)

// Browser exports.
const (
	// How much is held to put exchanges in order: browsers write entries in the order in which
	// they began or ended, and a few hundred run at a time.
	maxHeldExchanges = 4096
	maxHeldBytes     = 16 << 20
	// maxExportConns is how many connections that may go on are kept.
	maxExportConns   = 32 << 10
	challengeDropped = "challenged requests whose next leg is looked for in a browser export"
	// Of one message.
	maxHeaderLines     = 1000
	headerLinesDropped = "header lines over 1000 of a message"
	longLinesDropped   = "ends of header lines over 128 KiB of a browser export" // maxJSONString
	maxBody            = 16 << 10                                                // of httpstream.Response.Body
	maxInterim         = 16                                                      // a server sends one or two
	interimDropped     = "1xx responses of one request"
	maxPages           = 1024 // whose URLs are known, and maxPageURL of one
	maxPageURL         = 2048
	// maxAuthEvents is of one exchange; a usual one has ten.
	maxAuthEvents     = 200
	authEventsDropped = "authentication events over 200 of an exchange"
	// What of a NetLog may be open at once.
	maxNetLogSources     = 64 << 10 // sources of one type
	netlogSourcesDropped = "requests, jobs, sessions or sockets of a NetLog, more than 65536 open at once"
	maxNetLogStreams     = 1024 // HTTP/2 streams of one session that are looked back at
	netlogStreamsDropped = "HTTP/2 streams of a NetLog, more than 1024 of a session open at once"
	maxNetLogCerts       = 1024
	// maxNetLogHeld is how many bytes of events are held that come before the constants.
	maxNetLogHeld          = 64 << 20
	netlogHeldDropped      = "events of a NetLog over 64 MiB in front of its constants"
	maxControllers         = 8 // of one request: one for the server, one for each proxy
	controllersDropped     = "authentication controllers over 8 of a request"
	maxTunnelsOfSocket     = 4 // one inside the other
	tunnelsOfSocketDropped = "tunnels over 4 of a socket"
	// maxRawHead is how much of a message is read that a file has as it was sent.
	maxRawHead   = 256 << 10
	maxBurpValue = maxRawHead / 3 * 4 // of an element of Burp Suite: a message in base64
	maxBurpTag   = 4 << 10
	// A SAZ archive is a zip file, which is read from its end: it is held in memory.
	maxSAZ         = 256 << 20
	maxSAZFiles    = 300_000 // three of each session
	tunnelsDropped = "tunnels of a SAZ archive over 32768"
	maxSAZMeta     = 64 << 10
)
