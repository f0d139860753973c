package logs

// All limits of what is kept of logs are here. What a limit drops is counted in the Counters.

// maxClients is how many clients of requests that were seen are remembered, and how many connections
// with their users.
const maxClients = 65_536

// maxLogged is how many lines of one log are kept, each of some 400 bytes; twice as many while
// it is read.
const maxLogged = 64 << 10

// maxTraces is how many traces of single requests are kept, each of some 500 bytes: IIS keeps 50
// of a site.
const maxTraces = 16 << 10

// maxErrors is how many lines about authentication of one error log are kept, each of up to 2 KB:
// each is held against all requests of the window.
const maxErrors = 4 << 10

// maxNamed is how many requests without credentials for which a log names a user are looked at,
// each of some 300 bytes.
const maxNamed = 16 << 10

// Logons that logs of web servers show by themselves, each of some lines.
const (
	maxPendingLogons = 8 << 10 // clients at a time whose logons are not over, each with up to 12 lines of some 400 bytes
	maxLoggedRows    = 2_000   // that are listed of those that were refused, that were let in, and others
)

// Event logs: a security log of a domain controller has some million events a day.
const (
	maxEvents      = 100_000  // kept, each of some 500 bytes; twice as many while they are read
	maxRecords     = 200_000  // by which copies of events are known, each of some 80 bytes
	maxEventRows   = 2_000    // that say different things
	maxComputers   = 1_024    // that logged them
	maxEventVotes  = 1 << 18  // pairs of an event and a handshake that are looked at for a clock
	maxEventTests  = 10 << 20 // events of one computer that are held against handshakes for a clock: some seconds
	maxHostFacts   = 20_000   // of texts about hosts, each of some 200 bytes
	maxEventsOfOne = 16       // events of one handshake, or of one exchange with a KDC
)
