package text

import (
	"negotrace/capture/redact/packing"
	"negotrace/capture/redact/standin"
	"negotrace/capture/unpack"
)

// Packed rewrites the text of a page in b, which is compressed, and may be cut or damaged. What there is
// no room for is left out at its end. If nothing of it can be read, b becomes zeros.
func (t *Texts) Packed(b []byte, coding string) {
	if text, ok := t.cache.pages[string(b)]; ok {
		copy(b, text)
		return
	}
	before := string(b)
	text, how, ok := packing.Unpacked(b, coding)
	switch {
	case how == unpack.NoCoding: // a reader takes it for text
		head := b[:min(len(b), MaxPage)]
		t.Words(head)
		standin.Letters.Fill(b[len(head):], 0)
		return
	case ok:
		head := text[:min(len(text), MaxPage)]
		t.Words(head)
		standin.Letters.Fill(text[len(head):], 0)
		text, ok = packing.Beginning(how, text, len(b))
	}
	if !ok {
		t.Unknown("compressed pages that cannot be read, or have no room for what they become", len(b))
		clear(b)
		return
	}
	copy(b, text)
	if len(b) > MaxPage {
		return
	}
	if len(t.cache.pages) >= maxCachedPages {
		clear(t.cache.pages)
	}
	t.cache.pages[before] = string(b)
}
