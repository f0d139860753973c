package httpstream

import "time"

// The limits of connections and their segments.
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

	// maxBusy is how many of them may be held whole because they cannot rest: with what waits on each they are some
	// 60 MB.
	maxBusy = 24 << 10

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

	// maxAhead is how much of a side waits for what the capture shows later of the other one: as much as comes
	// until a capture of two interfaces has caught up. maxAllAhead bounds all of it together.
	maxAhead    = 512 << 10
	maxAllAhead = 8 << 20

	// openingWindow is how far what follows a SYN at once may be from it.
	openingWindow = 512 << 10

	// farWindow is how far from the number expected a segment may lie: further than any window
	// reaches, and than a capture loses at once. Of another connection on the same ports at most
	// maxForeign segments wait until it is certain that there is one.
	farWindow  = 64 << 20
	maxForeign = 16
)
