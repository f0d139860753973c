package capture

import "negotrace/httpstream"

// A run is one call of Read: where its results go, and what it counts.
type run struct {
	sink  Sink
	opts  Options
	tally *httpstream.Tally
}
