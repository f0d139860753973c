package capture

import (
	"bytes"
	"fmt"
	"io"

	"negotrace/capture/block"
	"negotrace/capture/redact/exports"
)

// exportEnding returns how the names of redacted browser exports of a format end, empty if these are
// not redacted.
func exportEnding(format string) string {
	switch format {
	case formatHAR:
		return ".har"
	case formatNetLog:
		return ".json"
	case formatSAZ:
		return ".saz"
	}
	return ""
}

// redactExport redacts the browser export of that number.
func (c *redacter) redactExport(sources []Source, n int) error {
	in, err := c.open(&sources[n], block.Sequential)
	if err != nil {
		return err
	}
	defer in.close()
	to, err := c.how.Create(n, exportEnding(in.format.name))
	if err != nil {
		return err
	}
	if c.exports == nil {
		c.exports = &exports.Redactor{Texts: c.redactor.Texts}
	}
	if err := c.rewrite(in, to); err != nil {
		return fmt.Errorf("%q: %w", sources[n].Name, err)
	}
	c.result.Written = append(c.result.Written, n)
	return nil
}

// rewrite writes an export as it is redacted. An archive is held in memory.
func (c *redacter) rewrite(in *input, to io.Writer) error {
	switch in.format.name {
	case formatHAR:
		return c.exports.HAR(in.blocks, to)
	case formatNetLog:
		return c.exports.NetLog(in.blocks, to)
	}
	whole, err := io.ReadAll(io.LimitReader(in.blocks, maxZipHeld+1))
	switch {
	case err != nil:
		return err
	case len(whole) > maxZipHeld:
		return fmt.Errorf("SAZ archive is larger than %d MiB: save fewer sessions", maxZipHeld>>20)
	}
	return c.exports.SAZ(bytes.NewReader(whole), int64(len(whole)), to)
}
