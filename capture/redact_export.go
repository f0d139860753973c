package capture

import (
	"bytes"
	"fmt"
	"io"

	"negotrace/capture/export"
)

// maxArchive is the longest archive that is rewritten: it is held in memory.
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

// IsSAZ reports whether a file that begins with head is a SAZ archive: its members must be
// unpacked before they can be searched.
func IsSAZ(head []byte) bool { return export.IsSAZ(head) }
