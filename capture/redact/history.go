package redact

import "negotrace/capture/redact/standin"

// A historyRange is a range of bytes of a direction that was rewritten.
type historyRange struct {
	at, n int64
	kind  standin.Filler // if there are no bytes
	bytes []byte
}

// remember keeps what was rewritten, for segments that come again.
func (h *half) remember(x historyRange) {
	if x.n == 0 {
		return
	}
	if last := len(h.history) - 1; last >= 0 && x.bytes == nil && h.history[last].bytes == nil && h.history[last].kind == x.kind &&
		h.history[last].at+h.history[last].n == x.at {
		h.history[last].n += x.n
		return
	}
	h.history = append(h.history, x)
	old := 0
	for old < len(h.history)-1 && (h.history[old].at+h.history[old].n < x.at-maxHistory || len(h.history)-old > maxHistoryRanges) {
		old++
	}
	if old > maxHistoryRanges/8 || old > 0 && h.history[0].n > maxHistory {
		h.history = h.history[:copy(h.history, h.history[old:])]
	}
}

// rewriteRetransmission rewrites bytes as they were rewritten the first time.
func (r *Redactor) rewriteRetransmission(h *half, at int64, b []byte) {
	for i := len(h.history) - 1; i >= 0 && len(b) > 0; i-- {
		x := &h.history[i]
		end := at + int64(len(b))
		if x.at+x.n < end { // what follows it is not remembered
			from := max(x.at+x.n, at)
			r.Unknown("segments that came again too late", int(end-from))
			clear(b[from-at:])
			b = b[:from-at]
		}
		if end = at + int64(len(b)); x.at >= end || len(b) == 0 {
			continue
		}
		from := max(x.at, at)
		part := b[from-at:]
		if x.bytes != nil {
			copy(part, x.bytes[from-x.at:])
		} else {
			x.kind.Fill(part, from)
		}
		b = b[:from-at]
	}
	r.Unknown("segments that came again too late", len(b))
	clear(b)
}

// trimHistory drops the history of connections, the oldest first.
func (r *Redactor) trimHistory() {
	for _, c := range r.oldest {
		for i := range c.sides {
			for h := &c.sides[i]; h != nil; h = h.early {
				for _, x := range h.history {
					if x.bytes != nil {
						r.historyBytes -= len(x.bytes) + rangeCost
					}
				}
				h.history = nil
			}
		}
		if r.historyBytes < maxTotalHistory/2 {
			return
		}
	}
	r.historyBytes = 0 // the rest was dropped with its connections, or for newer segments
}
