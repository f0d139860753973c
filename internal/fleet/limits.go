package fleet

import "time"

const (
	// bucket is the length of the time buckets by which records of a client are grouped. Most
	// handshakes take less than a second, so few lie in two.
	bucket = 10 * time.Minute
	// maxBuckets is in how many of them one record is looked for, a day: on a connection that
	// carries on longer than that, the first and last day are searched.
	maxBuckets = 144
	// lookupLifetime is how long the answer of a name server is used.
	lookupLifetime = time.Hour
	// maxLookupsSeen is how many different answers a set is asked to remember, of about 200
	// bytes each, to give each out once in a while; more are given out again.
	maxLookupsSeen = 20_000
	// maxMerged is how many different findings of a set are merged before they are given out.
	maxMerged = 10_000
	// maxRequests is how many requests with one token are compared with each other. A browser sends
	// a token once, or once for each of a few redirects, and each goes past a few capture points.
	maxRequests = 256
	// maxShared is the same of requests for one path with the same credentials: of an account
	// that looks at a page every second for a day, each from a connection of its own.
	maxShared = 100_000
	// maxSkipped is how many of them are skipped to find a match.
	maxSkipped = 32
	// maxClientRecords is how many records of one client in ten minutes are joined, of about 500
	// bytes each. One address for many clients, as a NAT has it, comes to tens of thousands.
	maxClientRecords = 200_000
	// maxListed is how many findings, groups and captures the overview lists; the tables have
	// all.
	maxListed = 200
	// maxHosts is how many hosts a finding lists; it counts all.
	maxHosts = 20
)
