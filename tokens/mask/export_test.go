package mask

// For tests of another package: readers of captures, which they need, import this one.
var KnownScheme = knownScheme

func IsKnownText(s string) bool { return isKnownText(element{body: []byte(s)}) }
