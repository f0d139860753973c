package httpstream

// The limits of TLS, and of what opens it.
const (
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
