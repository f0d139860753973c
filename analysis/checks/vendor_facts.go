package checks

// A vendorFact is a default, a limit or a date that a vendor has set and may change. All of them
// are in this file, each with its source, as of November 2026; the limits of servers for headers are in
// package analysis.
type vendorFact struct {
	says   string
	source string
}

var (
	vendorAESDefault = vendorFact{
		says:   "Domain controllers are being switched to AES-only defaults for accounts without msDS-SupportedEncryptionTypes (CVE-2026-20833): audit from January 2026, default from April 2026, without way back announced for July 2026; events KDCSVC 201 to 209 name the accounts.",
		source: "Microsoft KB5073381 and techcommunity.microsoft.com discussion 4511702",
	}
	vendorNTLMv1Removed = vendorFact{
		says:   "Windows 11 24H2 and Windows Server 2025 no longer have NTLMv1; BlockNtlmv1SSO is announced to be enforced in October 2026 (events 4024, 4025).",
		source: "Microsoft KB5066470",
	}
	vendorSkew = vendorFact{
		says:   "The usual limit of Kerberos for the difference between clocks is five minutes.",
		source: "Microsoft, Kerberos protocol registry entries and KDC configuration keys (SkewTime)",
	}
	vendorSPNCache = vendorFact{
		says:   "Windows clients remember for 15 minutes that a service principal name was not found.",
		source: "Microsoft, Kerberos protocol registry entries and KDC configuration keys (SpnCacheTimeout)",
	}
	vendorTokenSize = vendorFact{
		says:   "MaxTokenSize is 48000 bytes since Windows 8 and Server 2012, 12000 before.",
		source: "Microsoft KB327825",
	}
)
