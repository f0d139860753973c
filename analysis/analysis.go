// Package analysis is the model of what a capture shows about authentication, from what a check sees to
// what a report says:
//
//   - a Leg is a request with its response, as one logon sees it; a Handshake is the legs of one logon,
//     with its outcome, the exchanges with KDCs (KDCExchange), the answers of name servers (Lookup) and
//     the events of logs (LoggedEvent) that belong to it;
//   - a Check looks at the handshakes of a Pass and reports each Finding; it says of a refusal whether it
//     may be the cause (Candidate);
//   - a Report is all of it, with a Summary of what was read. A Sink takes results as they become final,
//     a Filter narrows them.
//
// Packages beneath it name what a case can show (fact), by which advice is chosen, and read what servers
// say in words (servertext). The author of a check needs no others. What is declared here is filled in by
// correlate; checks only read it.
package analysis
