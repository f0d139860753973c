// Package analysis is the model of what a capture shows about authentication, from what a check sees to
// what a report says:
//
//   - a Leg is a request with its response, as one logon sees it; a Handshake is the legs of one logon,
//     with its outcome, the exchanges with KDCs (KDCExchange), the answers of name servers (Lookup) and
//     the events of logs (LoggedEvent) that belong to it;
//   - a Fact is a property of a handshake by which advice is chosen: a kind of server, of client, of key;
//   - a Check looks at the handshakes of a Pass and reports each Finding; it says of a refusal whether it
//     may be the cause (Candidate);
//   - a Report is all of it, with a Summary of what was read. A Sink takes results as they become final,
//     a Filter narrows them.
//
// The author of a check needs this package alone. What it declares is filled in by the package correlate
// beneath it; checks only read it.
package analysis
