package serverlog

const (
	// maxLine is how long a line may be. Those of servers have a URL, a cookie and a
	// referrer in them, of 16 KiB each at most.
	maxLine = 64 << 10
	// maxColumns is how many columns a log may have: IIS knows some 30, and custom ones.
	maxColumns = 256
	// maxText is how much of one field is kept.
	maxText = 2 << 10
)
