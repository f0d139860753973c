package eventlog

const (
	// maxListLine is the longest line of a list. A message has many lines.
	maxListLine = 64 << 10
	// maxDepth is how deep elements and templates may be nested. Events have up to ten levels.
	maxDepth = 32
	// maxTokens is how many tokens of the binary XML of one record are read: templates may
	// refer to each other in a circle. Large events have some hundred tokens, and those of a
	// chunk some ten thousand in all. A text counts as one more token per textPerToken bytes.
	maxTokens        = 20_000
	maxTokensOfChunk = 200_000
	textPerToken     = 64
	// maxFields is how many values of one record are kept.
	maxFields = 256
	// maxText is how many bytes of one value are kept.
	maxText = 4 << 10
	// maxSubstitutions is how many values a template may have.
	maxSubstitutions = 1024
	// maxWaiting is how many events of a CSV wait for a date that shows whether the day or the
	// month comes first.
	maxWaiting = 20_000
	// maxEventText is how many bytes one element or object may have in XML and JSON. Events
	// have up to 64 KiB.
	maxEventText = 1 << 20
)
