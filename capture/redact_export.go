package capture

import (
	"bytes"
	"fmt"
	"io"

	"negotrace/capture/export"
)

// maxArchive is the longest archive that is rewritten: it is held in memory, as it is where it
// is read.
const maxArchive = 256 << 20

// rewrite redacts a browser export.
func (c *redacter) rewrite(in *input, to io.Writer) error {
	switch in.format.name {
	case formatHAR:
		return c.exports.HAR(in.blocks, to)
	case formatNetLog:
		return c.exports.NetLog(in.blocks, to)
	}
	whole, err := io.ReadAll(io.LimitReader(in.blocks, maxArchive+1))
	switch {
	case err != nil:
		return err
	case len(whole) > maxArchive:
		return fmt.Errorf("SAZ archive is larger than %d MiB: save fewer sessions", maxArchive>>20)
	}
	return c.exports.SAZ(bytes.NewReader(whole), int64(len(whole)), to)
}

// IsSAZ reports whether a file that begins so is an archive of sessions, whose members have to
// be unpacked to look for something in them.
func IsSAZ(head []byte) bool { return export.IsSAZ(head) }
