package httpstream

// A reader takes what one connection carries, in order. Each protocol is one: HTTP/1,
// HTTP/2, TLS (which has another reader inside), Kerberos records, and the sniffer
// that decides among them.
type reader interface {
	// data takes the next bytes that from sent. b and at are valid during the call only.
	data(from Side, at *Pos, b []byte)
	// gap skips the next n bytes that from sent: they are not in the capture.
	gap(from Side, at *Pos, n int64)
	// end is called once for each side: it will send nothing more, or the capture ends.
	end(from Side, at *Pos)
	// skippable returns how many of the next bytes of from the reader does not need, such
	// as the rest of a body whose length is known. They may come as a gap that is no loss.
	skippable(from Side) int64
}

// discard is the reader of what nobody needs.
type discard struct{}

func (discard) data(Side, *Pos, []byte) {}
func (discard) gap(Side, *Pos, int64)   {}
func (discard) end(Side, *Pos)          {}
func (discard) skippable(Side) int64    { return 1 << 62 }
