package fleet

import "time"

const (
	// bucket is the length of the time buckets that group records of a client. Most handshakes
	// take less than a second, so few lie in two.
	bucket = 10 * time.Minute
	// maxBuckets is in how many of them one record may be, a day. For a connection that lasts
	// longer, only the first and the last day are searched.
	maxBuckets = 144
	// lookupLifetime is how long an answer of a name server is used.
	lookupLifetime = time.Hour
	// maxLookupsSeen is how many different answers are remembered in a set, with about 200 bytes
	// each, to emit each only once in a time bucket. If there are more, answers are emitted again.
	maxLookupsSeen = 20_000
	// maxMerged is how many different findings of a set are merged before they are emitted.
	maxMerged = 10_000
	// maxRequests is how many requests with one token are compared with each other. A browser sends
	// a token once, or once for each of a few redirects, and each goes past a few capture points.
	maxRequests = 256
	// maxShared is the same for requests for one path with the same credentials: an account that
	// opens a page every second for a day, each time on a new connection.
	maxShared = 100_000
	// maxSkipped is how many of them are skipped to find a match.
	maxSkipped = 32
	// maxClientRecords is how many records of one client in ten minutes are joined, with about 500
	// bytes each. One address for many clients, as a NAT has it, reaches tens of thousands.
	maxClientRecords = 200_000
	// maxListed is how many findings, groups and captures the overview lists. The tables have all
	// of them.
	maxListed = 200
	// maxHosts is how many hosts a finding lists. It counts all of them.
	maxHosts = 20
)
