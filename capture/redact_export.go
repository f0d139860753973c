package capture

import (
	"bytes"
	"fmt"
	"io"

	"negotrace/capture/block"
	"negotrace/capture/export"
	"negotrace/capture/redact"
	"negotrace/capture/redact/exports"
	"negotrace/capture/redact/pseudonym"
)

// maxArchive is the longest archive that is rewritten: it is held in memory, as it is where it
// is read.
const maxArchive = 256 << 20

// export rewrites the only source, if it is a browser export or an archive of sessions, and
// reports whether it is.
func (c *redacter) export(sources []Source, names *pseudonym.Names) (done bool, err error) {
	asked := sources
	sources, err = c.expand(asked)
	switch {
	case err == nil && len(asked) == 1 && len(sources) > 1:
		return true, fmt.Errorf("%q holds %d captures: redact takes one at a time, so unpack it", asked[0].Name, len(sources))
	case err != nil || len(sources) != 1 || sources[0].Live:
		return false, nil // what reads packets says what is wrong
	}
	in, err := c.open(&sources[0], block.Sequential)
	if err != nil || in.format.transactions == nil {
		if in != nil {
			in.close()
		}
		return false, nil
	}
	defer in.close()
	messages := redact.New(names, nil)
	x := &exports.Redactor{Names: names, Field: messages.Field, Words: messages.Words, Certificate: messages.Certificate}
	switch in.format.name {
	case formatHAR:
		err = x.HAR(in.blocks, c.out)
	case formatNetLog:
		err = x.NetLog(in.blocks, c.out)
	case formatSAZ:
		var whole []byte
		whole, err = io.ReadAll(io.LimitReader(in.blocks, maxArchive+1))
		switch {
		case err != nil:
		case len(whole) > maxArchive:
			err = fmt.Errorf("SAZ archive is larger than %d MiB: save fewer sessions", maxArchive>>20)
		default:
			err = x.SAZ(bytes.NewReader(whole), int64(len(whole)), c.out)
		}
	default:
		return true, fmt.Errorf("%q is a %s: redact writes packets, HAR, NetLog and SAZ. A text that short can be made safe by hand: replace names, and cut tokens behind their first 20 characters", sources[0].Name, in.kind())
	}
	if err != nil {
		err = fmt.Errorf("%q: %w", sources[0].Name, err)
	}
	c.result.Exports = x.Counts
	c.result.Counts = messages.Counts
	return true, err
}

// IsSAZ reports whether a file that begins so is an archive of sessions, whose members have to
// be unpacked to look for something in them.
func IsSAZ(head []byte) bool { return export.IsSAZ(head) }
