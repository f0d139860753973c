package pseudonym

const (
	// maxWords bounds what is known of names: some 50 bytes each, and maxWordBytes what they and
	// their pseudonyms take.
	maxWords     = 1 << 20
	maxWordBytes = 48 << 20
	// maxOpaque bounds what is known of opaque values: some 50 bytes each, and 100 when they are
	// looked for in what was written.
	maxOpaque = 1 << 20
	// maxShortValues bounds the bytes of short ones of them that are looked for, of 9 to 16 each: some 60
	// more for each when they are.
	maxShortValues = 12 << 20
	// maxIdentities bounds the numbers of protocols that are remembered: some 60 bytes each.
	maxIdentities = 1 << 16
	// maxAddresses bounds what is known of addresses, IP and MAC each.
	maxAddresses = 1 << 20
	// maxNumbers bounds what is known of the numbers that addresses are of: some 40 bytes each.
	maxNumbers = 1 << 21
	// maxPublic bounds the words that are known to stay elsewhere.
	maxPublic = 1 << 16
	// maxWord is the longest word that is a name: anything longer is opaque.
	maxWord = 255
)
