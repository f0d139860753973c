package httpstream

// What reading TLS and HTTP/2 may hold; see limits.go.
const (
	// recordLimit12 is the longest record, header aside, RFC 5246 section 6.2.3; in
	// TLS 1.3 it is less. pageLimit is the same with the header.
	recordLimit12 = 16384 + 2048
	pageLimit     = recordHeaderLen + recordLimit12

	// messageLimit is the longest handshake message that is read. A certificate
	// chain of ten certificates with long lists of names fits.
	messageLimit   = 128 << 10
	messageDropped = "TLS handshake messages over 128 KiB"

	// waitingLimit is how much of a connection waits for its secrets: tools that
	// write them into the capture do so some packets late.
	waitingLimit = 64 << 10

	// holeLimit is how much is searched for a record behind a hole: the rest of one
	// record and the whole of the next, twice.
	holeLimit   = 4 * pageLimit
	holeDropped = "TLS streams that could not be taken up again after a loss"

	// trialLimit is how many sequence numbers are tried for a record behind a hole,
	// 16 MB of full records; spoiltLimit is the same for a record that does
	// not decrypt where nothing is known to be lost, and for how many such records in
	// a row a connection is followed.
	trialLimit  = 1024
	spoiltLimit = 16

	// earlyLimit is how many records of rejected early data are passed over.
	earlyLimit = 64

	certificateLimit   = 4096
	certificateDropped = "server certificates over 4096"
	sessionLimit       = 64 << 10
	sessionDropped     = "TLS sessions over 65536"
	hostLimit          = 4096

	// frameLimit is the longest HTTP/2 frame that is kept, DATA aside: four times what
	// a peer may send unasked (RFC 9113 section 4.2).
	frameLimit   = 64 << 10
	frameDropped = "HTTP/2 frames over 64 KiB"

	// blockLimit is the longest field block, compressed; listLimit and fieldLimit
	// bound what it may unpack to.
	blockLimit   = 128 << 10
	blockDropped = "HTTP/2 field blocks over 128 KiB"
	listLimit    = 256 << 10
	fieldLimit   = 1000

	// tableLimit is the largest dynamic table of HPACK; browsers ask for as much.
	tableLimit = 64 << 10

	// streamLimit is how many streams of a connection are followed at once (servers
	// allow some hundred), listsLimit the sum of their header lists.
	streamLimit   = 1024
	listsLimit    = 4 << 20
	streamDropped = "HTTP/2 streams open at once"

	// noteLimit is how many notes one exchange has.
	noteLimit = 16
)
