package correlate

import (
	"bytes"
	"hash/maphash"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// pages remembers what pages say that came lately: a server answers with the same few again
// and again, and to read one costs more than all else about its exchange.
type pages struct {
	seed  maphash.Seed
	slots []knownPage // by the sum of the body
}

// A knownPage is remembered when it comes for the second time: most bodies never come again.
type knownPage struct {
	pageHead
	sum  uint64 // of the body that came last
	body []byte // nil while none is remembered
	page analysis.Page
}

// A pageHead is what of a response counts for its page besides the body.
type pageHead struct {
	status  int
	reason  string
	whole   bool // the body is all there
	refuses bool // see analysis.ReadPage
}

// read reads the page of a response, as analysis.ReadPage does.
func (p *pages) read(r *httpstream.Response, refuses bool) analysis.Page {
	if p.slots == nil {
		p.seed, p.slots = maphash.MakeSeed(), make([]knownPage, maxPages)
	}
	head := pageHead{r.Status, r.Reason, int64(len(r.Body)) >= r.BodyLen, refuses}
	sum := maphash.Bytes(p.seed, r.Body)
	slot := &p.slots[sum%maxPages]
	if slot.body != nil && slot.pageHead == head && bytes.Equal(slot.body, r.Body) {
		return slot.page
	}
	page := analysis.ReadPage(r, refuses)
	if slot.sum == sum {
		*slot = knownPage{head, sum, append([]byte{}, r.Body...), page}
	}
	slot.sum = sum
	return page
}
