package correlate

import (
	"bytes"
	"hash/maphash"

	"negotrace/analysis/servertext"
	"negotrace/httpstream"
)

// pages caches what pages say. A server sends the same few again and again, and reading one
// costs more than all else about its exchange.
type pages struct {
	seed  maphash.Seed
	slots []knownPage // by the sum of the body
}

// A knownPage is a slot of the cache. A page is cached when it comes for the second time: most
// bodies never come again.
type knownPage struct {
	pageHead
	sum  uint64 // of the body that came last
	body []byte // nil while none is remembered
	page servertext.Page
}

// A pageHead is what, besides the body, decides what is read of a page.
type pageHead struct {
	status  int
	reason  string
	whole   bool // the body is all there
	refuses bool // see servertext.ReadPage
}

// read reads the page of a response, as servertext.ReadPage does.
func (p *pages) read(r *httpstream.Response, refuses bool) servertext.Page {
	if p.slots == nil {
		p.seed, p.slots = maphash.MakeSeed(), make([]knownPage, maxPages)
	}
	head := pageHead{r.Status, r.Reason, int64(len(r.Body)) >= r.BodyLen, refuses}
	sum := maphash.Bytes(p.seed, r.Body)
	slot := &p.slots[sum%maxPages]
	if slot.body != nil && slot.pageHead == head && bytes.Equal(slot.body, r.Body) {
		return slot.page
	}
	page := servertext.ReadPage(r, refuses)
	if slot.sum == sum {
		*slot = knownPage{head, sum, append([]byte{}, r.Body...), page}
	}
	slot.sum = sum
	return page
}
