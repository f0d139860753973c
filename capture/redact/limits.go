package redact

const (
	// maxHeld is how much is held of packets whose content is not complete. Then what the
	// first one waits for is given up.
	maxHeld = 32 << 20
	// packetCost is what a packet that is held takes besides its data.
	packetCost = 512
	// maxFlows is how many connections are followed at once: some hundred bytes each.
	maxFlows = 128 << 10
	// maxHead is the longest head of a message, of HTTP or TLS, that is rewritten.
	maxHead = 256 << 10
	// maxWaiting is how many bytes wait in one direction for a segment that is missing.
	maxWaiting = 1 << 20
	// maxHistory is how far back a segment that comes again is known, and maxHistoryRanges of how
	// many pieces.
	maxHistory       = 256 << 10
	maxHistoryRanges = 256
	// maxTotalHistory bounds what is known of all connections for that.
	maxTotalHistory = 64 << 20
	// maxPieces is how many segments of one direction wait for something.
	maxPieces = 4096
	// maxHandshakeRecords is over how many records messages of the TLS handshake may go on.
	maxHandshakeRecords = 64
	// maxRequests is how many requests of a connection may wait for an answer.
	maxRequests = 512
	// maxStreams is how many streams of a connection of HTTP/2 are followed.
	maxStreams = 4096
	// maxPageText is how much of a page is looked at for words that say what went wrong.
	maxPageText = 4 << 10
	// maxCachedLines and maxCachedPages are of how many lines, texts and pages it is known what
	// they become, and maxCachedLine how long such a line is: some 2 MB.
	maxCachedLines = 4096
	maxCachedLine  = 256
	maxCachedPages = 256
	// maxKerberosMessage is the longest message of Kerberos over TCP, or to a KDC proxy.
	maxKerberosMessage = 128 << 10
	// maxKinds is how many kinds of content that was not understood are counted by name.
	maxKinds = 64
	// maxDER is how deep elements of a certificate may lie in one another.
	maxDER = 24
	// maxBindings is how many channel bindings are remembered: four of each certificate.
	maxBindings = 16 << 10
)
