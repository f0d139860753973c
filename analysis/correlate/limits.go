package correlate

// All limits of what a Trace keeps are here, so that a report of a million handshakes is no
// larger than one of some thousands. What a limit drops is counted in the Counters.

// The window: what was kept and is not yet final.
const (
	// segmentSize is how many items make a segment full; connections count connShare for
	// one, but for those inside of a tunnel, with which the exchange is kept that opened it. Checks are
	// about what lies seconds apart, or on one connection: that is far less.
	segmentSize    = 1024
	connShare      = 4
	windowSegments = 5

	// batchSize is how many items are handed over at once, since to wake a goroutine
	// costs more than to analyse several of them, and batchBytes how long their heads and bodies
	// may be before fewer are. batchesInFlight is how many times that many may wait: as many
	// as arrive during a judgement, so that reading goes on meanwhile. With the last item of
	// each they are 10 MB.
	batchSize       = 128
	batchBytes      = 1 << 20
	batchesInFlight = 8

	// Samples for checks to compare with; no statement is lost with the rest.
	maxFollowOns = 32       // follow-on requests kept per authenticated connection
	maxUnrelated = 2_000    // requests kept that have nothing to do with authentication by themselves
	maxValue     = 512      // the longest header value that is kept: what checks read is short
	maxLines     = 256      // header lines of one message with authentication, and as many more that checks read
	maxTarget    = 4 << 10  // the longest target of a request that is kept: paths have some hundred bytes
	maxHost      = 512      // the same of a host, and of a method: a name has up to 253
	maxPages     = 64       // different pages that are remembered, each of up to 16 KiB
	maxRelayed   = 1024     // requests with credentials that one that was sent on is compared with
	maxSightings = 32 << 10 // exchanges of several files that are compared, each of 1 KB
	maxEndpoints = 64 << 10 // connections of several files that are compared
	maxOffsets   = 64       // of the clocks of two files that are looked at
	maxNotHeld   = 16 << 10 // requests that are not kept and compared with lines of logs, each of some 400 bytes
	minRelayed   = 200      // the shortest credentials: an NTLM message 1 is everybody's
)

// cachedChallenges is how many sets of challenges are cached: some for each server that is
// asked much. With lines of 64 KiB they are some MB.
const cachedChallenges = 16

// What is known of all the capture.
const (
	maxLookups          = 20_000   // answers of name servers
	maxLookupBytes      = 16 << 20 // what they take
	maxKDC              = 16       // exchanges with KDCs of one handshake that others have, too
	maxAnswered         = 64       // addresses, or hosts, of one answer
	maxAliases          = 16       // from a name to its address: resolvers follow no more
	maxServers          = 4_096    // whose answer times are known
	maxTimes            = 64       // answer times known of a server
	maxClients          = 65_536   // whose principals are known
	maxConnStates       = 16_384   // open connections of which something was kept, each of half a KB
	maxProtectionSpaces = 65_536   // parts of sites that asked for credentials
	maxPipelined        = 16       // requests of a client to a KDC that wait for replies at the same time
	maxClocks           = 512      // clocks that messages showed: each refusal for the time is held against all
)

// The report.
const (
	maxHandshakes = 2_000 // listed of each mechanism and outcome, each of 2 to 5 KB
	maxFindings   = 2_000 // of each check that say different things
)

// maxContrasted is how many handshakes of each of two captures are compared: every one is
// held against every other.
const maxContrasted = 1000
