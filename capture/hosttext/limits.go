package hosttext

const (
	// maxLine is how many bytes of one line are read. Lines of commands have up to 200 characters;
	// an SPN and the name of an account some hundred.
	maxLine = 4 << 10
	// maxEntries is how many facts of one text are kept. A large domain has some hundred
	// thousand SPNs, of which setspn -X prints the duplicates. The cache of a DNS resolver has
	// some thousand records.
	maxEntries = 50_000
	// maxValues is how many addresses, suffixes and accounts of one fact are kept.
	maxValues = 256
	// maxErrorText is how much of the text of an error is kept. KDCs and libraries write a line.
	maxErrorText = 512
)
