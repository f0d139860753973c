// Package analysis is the model of what a capture shows about authentication: the
// handshakes, the exchanges with KDCs, the answers of name servers, and the checks that
// look at them and report findings.
//
// The author of a check needs this package alone. What it declares is filled in by the
// package correlate beneath it; checks only read it.
package analysis
