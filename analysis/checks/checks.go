// Package checks is the catalogue: one check a file, named after its slug.
//
// A check reads what analysis has grouped and reports what it finds; it decodes
// nothing, prints nothing and changes nothing. Facts that several checks share about
// servers and clients are in servers.go, who is meant in parties.go.
package checks

import "negotrace/analysis"

// All is the catalogue, sorted by name.
var All = []*analysis.Check{
	anonymousFirstRoundtrip,
	captureOrHARLimitations,
	cleartextAuthExposure,
	clientIgnoredChallenge,
	clientTokenGenerationFailed,
	clockSkew,
	crossRealmReferral,
	delegationS4U,
	delegationUnconstrained,
	doubleHopAnonymous,
	etypeNosupp,
	ipAddressURL,
	kdcBenignError,
	kdcClientCredentialError,
	kdcMustUseUser2User,
	kdcUnreachable,
	kerberosAuthenticated,
	keytabKeyMismatch,
	krbAPReqRejected,
	negotiateNotOffered,
	ntlmAuthenticated,
	ntlmConnectionNotPersistent,
	ntlmFallbackOverNegotiate,
	ntlmHandshakeSplitAcrossConnections,
	ntlmLogonRejected,
	ntlmv1Response,
	providerOrderNTLMFirst,
	proxyAuth407,
	serverSelectedNTLM,
	spnCNAMECanonicalised,
	spnDuplicate,
	spnHostMismatch,
	spnNotFound,
	spnShortName,
	spnWithPort,
	spnWrongAccountAPErrModified,
	weakEtypeTicket,
}
