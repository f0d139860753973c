package mask

// For tests of another package: readers of captures, which they need, import this one.
var (
	KnownScheme = knownScheme
	IsKnownText = isKnownText
)
