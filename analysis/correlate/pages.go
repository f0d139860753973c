package correlate

import (
	"negotrace/analysis"
	"negotrace/httpstream"
)

// pages remembers what the last different pages say: a server answers with the same few
// again and again, and to read one costs more than all else about its exchange.
type pages struct {
	known map[pageHead]map[string]analysis.Page // by body
	count int
}

// A pageHead is what of a response counts for its page besides the body.
type pageHead struct {
	status int
	reason string
	whole  bool // the body is all there
}

// read reads the page of a response.
func (p *pages) read(r *httpstream.Response) analysis.Page {
	head := pageHead{r.Status, r.Reason, int64(len(r.Body)) >= r.BodyLen}
	if page, ok := p.known[head][string(r.Body)]; ok {
		return page
	}
	page := analysis.ReadPage(r)
	if p.count == maxPages || p.known == nil {
		p.known, p.count = map[pageHead]map[string]analysis.Page{}, 0
	}
	if p.known[head] == nil {
		p.known[head] = map[string]analysis.Page{}
	}
	p.known[head][string(r.Body)] = page
	p.count++
	return page
}
