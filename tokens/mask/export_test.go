package mask

// For tests of another package: readers of captures, which they need, import this one.
var (
	Registered  = registered
	IsKnownText = isKnownText
)
