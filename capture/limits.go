package capture

// What opening and ordering sources holds is bounded here, so that memory depends neither
// on the size of a file nor on the good will of its maker. What is lost by a limit is
// counted in the Counters, noted as damage, or an error. The packages below have limits of
// their own.
const (
	// maxAhead is how many bytes are read ahead to find the end of a file of a ring: of the
	// everyday sizes of such files the last second.
	maxAhead = 8 << 20
	// probeLen is how much of a browser export is looked at for the time at which it begins:
	// a NetLog has its constants in front, of some 60 KB.
	probeLen = 512 << 10
	// maxNotes is how many places of damage are listed: more than anybody reads.
	maxNotes = 100
	// maxOpening is how many frames the beginning of a connection has at most: SYNs and hellos
	// that were sent again, or that are longer than one segment.
	maxOpening = 32
	// maxBeforeHello is how many segments are looked at in one direction before that of a
	// TLS hello: those of a logon to a proxy.
	maxBeforeHello = 64
	// maxRemembered is how many files of a ring are remembered, though they are deleted: a
	// file may come back packed. maxListed is how many of them a report lists.
	maxRemembered = 4096
	maxListed     = 1000
	// maxHead is how much of a file is compared to know whether it was begun anew: what stands
	// before its first packet, and that.
	maxHead = 4 << 10
	// knownBy is how many bytes show whether a file that grows is one of packets: those before
	// the byte order of a pcapng file end there.
	knownBy = 12
	// maxKeyLogNews is how much of a growing key log is read at once.
	maxKeyLogNews = 4 << 20
)

// Archives.
const (
	// maxArchiveFiles is how many files an archive or a directory may have that are read as one
	// timeline.
	maxArchiveFiles = 10_000
	// maxDirectories is how deep a directory is looked through.
	maxDirectories = 8
	// maxTarHeld is how much the files of a tar archive may have in all, which are held in
	// memory, and maxZipHeld a zip archive that is not on disk.
	maxTarHeld = 256 << 20
	maxZipHeld = 256 << 20
)
