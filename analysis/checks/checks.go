// Package checks is the catalogue: one check a file.
package checks

import "negotrace/analysis"

// All is the catalogue, sorted by name.
var All = []*analysis.Check{}
