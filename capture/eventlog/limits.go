package eventlog

const (
	// maxListLine is how long a line of a list may be: a message is many lines.
	maxListLine = 64 << 10
	// maxDepth is how many elements and templates may lie in each other. Events have up to
	// ten.
	maxDepth = 32
	// maxTokens is how much of the binary XML of one record is looked at: a template may
	// name another one, and that the first again. Large events have some hundred tokens.
	// Those of a chunk have some ten thousand in all, of which few bring more than costlyText
	// bytes of text, which counts as more tokens.
	maxTokens        = 20_000
	maxTokensOfChunk = 200_000
	costlyText       = 64
	// maxFields is how many values of one record are kept.
	maxFields = 256
	// maxText is how much of one value is kept, in bytes.
	maxText = 4 << 10
	// maxSubstitutions is how many values a template may be filled in with.
	maxSubstitutions = 1024
	// maxWaiting is how many events of a CSV wait for a date that says whether the day or the
	// month comes first.
	maxWaiting = 20_000
	// maxEventText is how long one element or one object may be in XML and JSON. Events have
	// up to 64 KiB.
	maxEventText = 1 << 20
)
