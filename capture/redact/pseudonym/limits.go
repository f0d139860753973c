package pseudonym

const (
	// maxWords bounds what is known of names: some 150 bytes each.
	maxWords = 1 << 20
	// maxOpaque bounds what is known of opaque values: some 50 bytes each.
	maxOpaque = 1 << 20
	// maxAddresses bounds what is known of addresses, IP and MAC each.
	maxAddresses = 1 << 20
	// maxPublic bounds the words that are known to stay elsewhere.
	maxPublic = 1 << 16
	// maxSearched is how many names are looked for in what was written: some 4 KB each.
	maxSearched = 1 << 16
	// searchLen is how much of it is looked at at once.
	searchLen = 1 << 20
	// maxWord is the longest word that is a name: anything longer is opaque.
	maxWord = 255
)
