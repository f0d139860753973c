package unpack

const (
	// maxZstdWindow is the longest distance over which a zstd stream may refer back, and so
	// the memory that it takes to unpack it: what `zstd --long` needs without a number.
	maxZstdWindow = 128 << 20
	// maxXZDictionary is that distance for an xz stream: what `xz -9` takes.
	maxXZDictionary = 64 << 20
	// What unpacks to more than maxBombSize and more than maxBombRatio times its own length is a bomb.
	maxBombSize  = 64 << 20
	maxBombRatio = 250
)
