package transcript

// Limits of what is held in memory while a transcript is read. What a limit leaves out is counted.
const (
	maxLine            = 256 << 10 // servers refuse heads of more than 64 KiB, and hex has three characters a byte
	maxHeaderLines     = 1000      // of one message
	headerLinesDropped = "header lines over 1000 of a message"
	maxBlock           = 256 << 10 // of a dump of one message
	maxConns           = 10_000    // that are open at once, in a log of a proxy
	connsDropped       = "connections of a transcript over 10000"
	maxRemarks         = 20   // of one request
	maxRemark          = 1000 // bytes of one: libraries say less
)
