package httpstream

import "time"

// These limits bound everything that an Assembler holds, so that memory depends neither on the
// length of a capture nor on the good will of its maker. What a limit drops is counted in
// Counters.Dropped under its name.
const (
	// maxFlows is how many connections are followed at once. One at rest costs about 140 bytes,
	// so that they come to 36 MB, and what it holds until more comes. The connections given up first
	// are those closed already, then those that never got past a SYN or a single segment (a
	// scan or a flood must not push out work), then the one silent for longest. There is no
	// limit on idleness: an NTLM connection stays authenticated however long it idles.
	maxFlows    = 256 << 10
	flowDropped = "connections followed at once"

	// maxAwake is how many of them are held whole although they may be idle, see restIdle: more than
	// are in use at once in most captures.
	maxAwake = 8 << 10
	// fewAwake is the same where manyAtRest others rest: more wait in a flood than are in use.
	fewAwake   = 1 << 10
	manyAtRest = 32 << 10

	// maxEmbryonic is how many of them may not be past their SYN, or their only segment: more than
	// any host has under way that is not scanning, or flooded.
	maxEmbryonic     = 32 << 10
	embryonicDropped = "unanswered connections followed at once"

	// maxTranslating is how many connections that began last are looked at for the copy of a new one
	// that is on the other side of a router: more than begin while a packet goes through it.
	// maxTranslations is how many sides there are: those of a container, its host, and routers.
	maxTranslating  = 64
	maxTranslations = 4

	// linger is for how long a closed connection is remembered, so that its last ACKs
	// and retransmissions do not look like a new one: TIME-WAIT as it is in practice.
	// Of more than maxClosed the oldest are forgotten before: none of theirs is
	// under way any more when so many have ended since.
	linger    = 60 * time.Second
	maxClosed = 32 << 10

	// maxResetting is how many connections with a RST are kept, for as long as linger,
	// because the RST may not have been taken.
	maxResetting = 4096

	// comparedBytes is how much of a segment is compared with a copy that comes later: a
	// request line, or the beginning of a TLS record; fewBytes, if the copy is shorter.
	comparedBytes = 64
	fewBytes      = 16

	// cheapSum is how long a segment is whose checksum costs next to nothing.
	cheapSum = 512

	// maxHops is by how much the TTL of segments of one side may differ by the route that
	// they take. A decoy that must not reach a server some hops away has one far lower than
	// the usual 64 or 128.
	maxHops = 8

	// synRetry is how long a sender at least waits before it sends a SYN again (a second, RFC 6298
	// section 2): what comes sooner is a copy.
	synRetry = 500 * time.Millisecond

	// reuseDistance is how far data must be from where a closed connection ended to be
	// that of another one, rather than a retransmission.
	reuseDistance = 16 << 20

	// maxQueued and maxPieces bound what waits in one direction for a missing
	// segment: as much as common receive windows let a sender have under way.
	// Bytes of a body whose end is known are not kept and do not count.
	maxQueued    = 256 << 10
	maxPieces    = 512
	queueDropped = "segments waiting for a lost one"

	// maxHeld bounds what waits on all connections together, segments, unfinished heads and
	// requests without a response. What it takes to keep something counts, too: a segment
	// that waits (heldSegment), a piece of one in a queue (heldPiece), an exchange besides
	// its lines (heldExchange), a tunnel inside of a connection (heldTunnel), a segment
	// that waits for its answer (heldArrival), the readers of HTTP/2 (heldHTTP2) and of TLS that is
	// not closed (heldTLS), each of these three with its connection, which cannot rest, an entry of
	// the tables of HTTP/2 (heldEntry), and a connection that cannot rest since something is in its
	// queue (heldQueue).
	maxHeld     = 32 << 20
	heldDropped = "bytes held for unfinished messages"

	heldSegment  = 256
	heldPiece    = 128
	heldExchange = 512
	heldTunnel   = 7 << 8
	heldArrival  = 96
	heldHTTP2    = 3 << 9
	heldTLS      = 3 << 9
	heldEntry    = 192
	heldQueue    = 512

	// holeAge and holeBytes are how much capture time, or later data, must pass after
	// the peer acknowledged bytes that the capture does not show until they are taken
	// for lost. Until then they may be late: a capture that merges the queues of a
	// network card is out of order by some milliseconds.
	holeAge   = time.Second
	holeBytes = 64 << 10

	// resetWindow is how far above what was seen the sequence number of a RST may lie
	// for it to be believed (RFC 5961 section 3.2).
	resetWindow  = 256 << 10
	staleDropped = "segments outside the window"

	// maxOpening and maxOpeningBytes are how many segments of a beginning that is not in order are
	// held, openingAge for how long: one direction may be some hundred milliseconds late. minOpening
	// is enough where both sides are in order, oneWayOpening where one side is not there.
	// maxAllOpenings bounds the bytes of all of them together, maxOpenings their number: more
	// than begin in that time in any capture that is not of a flood.
	// minOpeningBytes is how much room there is for bytes that are copied.
	maxOpening      = 128
	maxOpeningBytes = 256 << 10
	minOpeningBytes = 1 << 10
	openingAge      = 300 * time.Millisecond
	minOpening      = 8
	oneWayOpening   = 24
	maxAllOpenings  = 8 << 20
	maxOpenings     = 4 << 10

	// openingWindow is how far what follows a SYN at once may be from it.
	openingWindow = 512 << 10

	// farWindow is how far from the number expected a segment may lie: further than any window
	// reaches, and than a capture loses at once. Of another connection on the same ports at most
	// maxForeign segments wait until it is certain that there is one.
	farWindow  = 64 << 20
	maxForeign = 16

	// maxHead is the longest head of a message. HTTP.sys allows no field of more than 64 KiB, but
	// clients send what servers refuse: a Kerberos token of 64 KiB (the largest MaxTokenSize of
	// Windows) fills 86 KiB in base64.
	maxHead     = 128 << 10
	headDropped = "head longer than 128 KiB"

	// maxChunkLine is the longest line with the size of a chunk, extensions included.
	maxChunkLine = 4 << 10
	lineDropped  = "chunk size line longer than 4 KiB"

	// maxErrorBody is how much of the body of an error is kept, and maxPageBody of a page that
	// answers credentials: style and script may stand before the form on it.
	maxErrorBody = 4 << 10
	maxPageBody  = 16 << 10

	// maxPending is how many requests of one connection may wait for an answer, far
	// above what pipelining clients send.
	maxPending     = 512
	pendingDropped = "requests waiting for a response"

	// maxTunnels is how many tunnels inside of one another are followed.
	maxTunnels     = 8
	tunnelsDropped = "tunnels inside of more than 8 others"

	// maxInterim is how many 1xx statuses of one exchange are kept.
	maxInterim     = 16
	interimDropped = "1xx responses of one request"

	// maxEarlyReplies is how many replies of a KDC are held for the requests that the capture shows later: a
	// client seldom sends more than one on a connection.
	maxEarlyReplies = 16

	// maxRecord is the longest Kerberos message over TCP that is kept. Tickets of
	// 64 KiB (the largest MaxTokenSize of Windows) and their frame fit.
	maxRecord     = 128 << 10
	recordDropped = "Kerberos message longer than 128 KiB"

	// maxStatusLine is how much may come before it is certain that a status line begins.
	maxStatusLine = 64

	// maxReason is how much of the phrase of a status line is kept.
	maxReason = 200

	// maxMethod is how long a method may be: the longest that is registered has 17 letters.
	maxMethod = 64

	// maxEvident is how long a request line is that is looked for where a capture begins.
	maxEvident = 4 << 10

	// maxSniffed is how much is held of what a server says before its client: the
	// SETTINGS of HTTP/2 may overtake the preface.
	maxSniffed = 1 << 10

	// maxBanner is how much both sides may say before HTTP, in another protocol or none, and
	// maxGreeting how much of a line of it is kept.
	maxBanner   = 4 << 10
	maxGreeting = 256

	// cachedLines is how many lines of heads are cached, a power of two, and maxCachedLine
	// how long they may be: 0.4 MB. Lines that come again and again are shorter.
	cachedLines   = 2048
	maxCachedLine = 160

	// firstCachedLines is how many there are until so many were missed: a short capture has few.
	firstCachedLines = 64

	// cachedBlocks is how many header blocks are cached, a power of two, and maxBlockLine
	// how long their lines may be: 0.5 MB at most. They are distinguished by their first blockPrefix bytes.
	cachedBlocks = 256
	maxBlockLine = 1 << 10
	blockPrefix  = 64

	// maxRecord12 is the longest record, without its header, RFC 5246 section 6.2.3; in
	// TLS 1.3 it is less. maxPage is the same with the header.
	maxRecord12 = 16384 + 2048
	maxPage     = recordHeaderLen + maxRecord12

	// minPage is how long the shortest buffers for records are, and maxFreePages how
	// many of each length wait to be used again: 1.6 MB.
	minPage      = 512
	maxFreePages = 32

	// maxMessage is the longest handshake message that is read. A certificate
	// chain of ten certificates with long lists of names fits.
	maxMessage     = 128 << 10
	messageDropped = "TLS handshake messages over 128 KiB"

	// maxTranscript is how much of a handshake is kept for an RSA key, of each side.
	maxTranscript     = 2 * maxMessage
	transcriptDropped = "TLS handshakes over 256 KiB"

	// maxWaiting is how much of a TLS connection waits for its secrets, and
	// maxAllWaiting how much of all of them: tools that write secrets into the capture
	// do so some packets late. Most connections never get any.
	maxWaiting    = 32 << 10
	maxAllWaiting = 4 << 20

	// maxAheadOfHello is how much of one side waits for the hello of the other one, which the capture shows
	// later: what is sent until a capture of two interfaces has caught up.
	maxAheadOfHello = 512 << 10

	// maxHoleSearch is how much is searched for a record behind a hole: the rest of one
	// record and the whole of the next, twice.
	maxHoleSearch = 4 * maxPage
	holeDropped   = "TLS streams that could not be taken up again after a loss"

	// maxTrials is how many sequence numbers are tried for a record behind a hole,
	// 16 MB of full records; maxFailures is the same for a record that does
	// not decrypt where nothing is known to be lost, and for how many such records in
	// a row a connection is followed.
	// maxTrialBytes bounds all trials together: some seconds of work, and enough for
	// ten thousand holes.
	maxTrials     = 1024
	maxFailures   = 16
	maxTrialBytes = 2 << 30

	// maxEarlyRecords is how many records of rejected early data are passed over.
	maxEarlyRecords = 64

	maxCertificates    = 4096
	certificateDropped = "server certificates over 4096"
	maxSessions        = 64 << 10
	sessionDropped     = "TLS sessions over 65536"

	// maxClosedHosts is how many hosts are counted one by one whose TLS could not be opened.
	maxClosedHosts = 4096

	// maxObstacles is how many obstacles to opening TLS are counted one by one, by host, version,
	// cipher suite and reason.
	maxObstacles = 256

	// maxUnreadPorts is how many ports are counted one by one whose connections are not read.
	maxUnreadPorts = 64

	// maxReasons is how many reasons are counted one by one why packets could not be decoded.
	maxReasons = 64

	// maxSniffedPlain and maxHeldParts bound what is kept of what was in TLS until it is known to
	// be HTTP.
	maxSniffedPlain = 64 << 10
	maxHeldParts    = 256

	// maxFrame is the longest HTTP/2 frame that is kept, except DATA: four times what
	// a peer may send unasked (RFC 9113 section 4.2).
	maxFrame     = 64 << 10
	frameDropped = "HTTP/2 frames over 64 KiB"

	// maxFieldBlock is how much is read of a field block, compressed; maxFieldList and maxFields
	// bound what it may unpack to, a single field included.
	maxFieldBlock = 128 << 10
	blockDropped  = "HTTP/2 field blocks over 128 KiB"
	maxFieldList  = 256 << 10
	maxFields     = 1000

	// maxTable is the largest dynamic table of HPACK; browsers ask for as much.
	maxTable = 64 << 10

	// maxStreams is how many streams of a connection are followed at once (servers
	// allow some hundred), maxFieldLists the sum of their header lists.
	maxStreams    = 1024
	maxFieldLists = 4 << 20
	streamDropped = "HTTP/2 streams open at once"

	// maxResets is how many streams wait for their response although the client reset them: more than a
	// page that somebody leaves has under way at once. resetAge is how long: a response may be behind
	// others that are sent slowly.
	maxResets = 64
	resetAge  = 10 * time.Second

	// maxNotes is how many notes one exchange has; the last one says that there are more.
	maxNotes = 16

	// maxSecrets and maxKeyLogLine bound a key log: four secrets open one TLS 1.3
	// connection, one a TLS 1.2 connection. So many take about 60 MB.
	maxSecrets    = 1 << 19
	maxKeyLogLine = 4096

	// maxMissed is of how many connections without secrets it is known which they are: it takes
	// 4 MB to say how many secrets came too late.
	maxMissed = 1 << 16

	// maxNoKeyLog is how many bytes are read of what may be no key log: more than any comment
	// in front of one.
	maxNoKeyLog = 1 << 20

	// maxRSAKeys is how many RSA keys can be given, maxRSABits how long they may be.
	maxRSAKeys = 64
	maxRSABits = 16384
)
