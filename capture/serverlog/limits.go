package serverlog

const (
	// maxLine is the longest line. Lines of servers hold a URL, a cookie and a referrer of at
	// most 16 KiB each.
	maxLine = 64 << 10
	// maxColumns is the largest number of columns. IIS has about 30, and custom ones.
	maxColumns = 256
	// maxText is how many bytes of one field are kept.
	maxText = 2 << 10
	// maxContainers is of how many containers the columns are known. One file has those of a service.
	maxContainers = 1000
	// maxDebugged is how many connections of nginx are kept apart by their numbers. A log of level debug grows
	// by about 20 KiB with each.
	maxDebugged = 10_000
)
