package hosttext

const (
	// maxLine is how much of one line is looked at. Lines of commands have up to 200 letters; an
	// SPN and the name of an account some hundred.
	maxLine = 4 << 10
	// maxEntries is how many facts of one text are kept. A large domain has some hundred
	// thousand SPNs, of which setspn -X prints those that are there twice; the cache of a name
	// resolver has some thousand records.
	maxEntries = 50_000
	// maxValues is how many addresses, suffixes and accounts of one fact are kept.
	maxValues = 256
)
