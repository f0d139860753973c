package capture

// These limits bound what opening and ordering sources holds, so that memory depends neither on
// the size of a file nor on the good will of its maker. What a limit drops is counted in the
// Counters, noted as damage, or an error. The packages below have limits of their own.
const (
	// maxAhead is how many bytes are read ahead to find the end of a file of a ring: the last
	// second of files of usual sizes.
	maxAhead = 8 << 20
	// probeLen is how many bytes of a browser export are searched for its first time: a NetLog
	// begins with constants, some 60 KB of them.
	probeLen = 512 << 10
	// maxNotes is how many places of damage are listed.
	maxNotes = 100
	// maxOpening is how many frames belong to the beginning of a connection at most: SYNs and
	// hellos that were sent again, or that are longer than one segment.
	maxOpening = 32
	// maxBeforeHello is how many segments of one direction may come before a TLS hello: those of a
	// logon to a proxy.
	maxBeforeHello = 64
	// maxRemembered is how many deleted files of a ring are remembered: a file may come back
	// packed. maxListed is how many of them a report lists.
	maxRemembered = 4096
	maxListed     = 1000
	// maxHead is how many bytes of a file are compared to find out whether it was overwritten:
	// those before its first packet, and that packet.
	maxHead = 4 << 10
	// maxDNSRecords is how many records of one answer of a name server are read: more than there are
	// addresses of a host, or domain controllers near a client.
	maxDNSRecords = 256
	// maxSOCKSTokens is how many tokens of logons to SOCKS proxies are described: those of some logons.
	// How many connections had such a logon is counted.
	maxSOCKSTokens = 16
	// maxPathParts is how many parts of two paths are compared; paths that differ only further in
	// front are rare.
	maxPathParts = 32
	// knownBy is how many bytes show whether a growing file has packets: the byte order of a
	// pcapng file ends there.
	knownBy = 12
	// maxKeyLogNews is how much of a growing key log is read at once.
	maxKeyLogNews = 4 << 20
)

// Archives.
const (
	// maxArchiveFiles is how many files an archive or a directory may have that are read as one
	// timeline.
	maxArchiveFiles = 10_000
	// maxDirectories is how deeply directories are searched.
	maxDirectories = 8
	// maxTarHeld is the total size of the files of a tar archive, which are held in memory, and
	// maxZipHeld that of a zip archive that is not on disk, or that is redacted.
	maxTarHeld = 256 << 20
	maxZipHeld = 256 << 20
)
