package redact

const (
	// maxHeld is how many bytes of packets are held back while their content is incomplete. Beyond
	// it the first one waits no longer.
	maxHeld = 32 << 20
	// packetCost is the memory that a held packet takes besides its data.
	packetCost = 512
	// maxFlows is how many connections are followed at once: some hundred bytes each.
	maxFlows = 128 << 10
	// maxHead is the longest head of a message, of HTTP or TLS, that is rewritten.
	maxHead = 256 << 10
	// maxWaiting is how many bytes wait in one direction for a segment that is missing.
	maxWaiting = 1 << 20
	// maxHistory is how many rewritten bytes of a direction are remembered for segments that come
	// again, and maxHistoryRanges is in how many ranges.
	maxHistory       = 256 << 10
	maxHistoryRanges = 256
	// maxTotalHistory is how many such bytes are remembered for all connections, and rangeCost is
	// what a range takes besides its bytes.
	maxTotalHistory = 24 << 20
	rangeCost       = 128
	// maxPieces is how many segments of one direction may wait.
	maxPieces = 4096
	// maxHandshakeRecords is how many records one run of TLS handshake messages may span.
	maxHandshakeRecords = 4096
	// maxRequests is how many requests of a connection may wait for an answer.
	maxRequests = 512
	// maxStreams is how many streams of a connection of HTTP/2 are followed.
	maxStreams = 4096
	// maxKerberosMessage is the longest message of Kerberos over TCP, or to a KDC proxy.
	maxKerberosMessage = 128 << 10
)
