package httpstream

import "time"

// The limits of messages, and of what shows a protocol.
const (
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

	// maxSniffedPlain and maxHeldParts bound what is kept of what was in TLS until it is known to
	// be HTTP.
	maxSniffedPlain = 64 << 10
	maxHeldParts    = 256

	// maxFrame is the longest HTTP/2 frame that is kept, except DATA: four times what
	// a peer may send unasked (RFC 9113 section 4.2).
	maxFrame     = 64 << 10
	frameDropped = "HTTP/2 frames over 64 KiB"

	// maxFramesBefore is how many frames may be before that which shows that a connection speaks HTTP/2, if that
	// one is not whole yet: all of them are looked at again with each segment.
	maxFramesBefore = 16

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
)
