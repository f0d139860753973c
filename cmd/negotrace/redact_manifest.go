package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"negotrace/capture"
	"negotrace/capture/redact/pseudonym"
)

// manifestOf says what was replaced how often. It names nothing that was replaced.
func manifestOf(out string, done *capture.Redaction, names *pseudonym.Names) string {
	var b strings.Builder
	line := func(n int, what string) {
		if n > 0 {
			fmt.Fprintf(&b, "%12d  %s\n", n, what)
		}
	}
	fmt.Fprintf(&b, "%s is a redacted capture, made by negotrace.\n\nReplaced by others of the same length:\n", out)
	line(len(names.Words()), "names: labels of hosts and domains, users, parts of paths")
	line(len(names.Addresses()), "IP addresses")
	line(names.MACs(), "MAC addresses")
	line(names.Opaques(), "values: tokens' responses and ciphers, nonces, cookies, session ids")
	line(names.Full, "names and values over a limit, which have one pseudonym for each length")
	line(names.Published(), "of the names are also words of protocols and programs (User-Agent, Server), and stay there: look at them")
	b.WriteString("\nRewritten:\n")
	line(done.Packets, "packets")
	line(done.Exports.Entries, "entries of a HAR")
	line(done.Exports.Events, "events of a NetLog")
	line(done.Exports.Sessions, "sessions of a SAZ archive")
	line(done.Exports.Texts, "texts in them")
	line(done.Requests, "heads of requests")
	line(done.Responses, "heads of responses")
	line(done.HeaderLines, "header lines")
	line(done.Tokens, "challenges and credentials")
	line(done.Kerberos, "messages to and from KDCs")
	line(done.DNS, "DNS messages")
	line(done.Hellos, "TLS hellos")
	line(done.Certificates, "certificates")
	if done.BodyBytes+done.EncryptedBytes > 0 {
		b.WriteString("\nFilled with noise or letters, in bytes:\n")
	}
	line(done.BodyBytes, "bodies of HTTP")
	line(done.EncryptedBytes, "content of TLS")
	if len(done.NotUnderstood) > 0 {
		b.WriteString("\nNot understood and so made zeros or noise, in bytes:\n")
		for _, what := range slices.Sorted(maps.Keys(done.NotUnderstood)) {
			line(done.NotUnderstood[what], what)
		}
	}
	if done.Blocks+done.Secrets+len(done.Exports.LeftOut) > 0 {
		b.WriteString("\nLeft out:\n")
		line(done.Blocks, "blocks of pcapng with names, comments, statistics or unknown content")
		line(done.Secrets, "blocks with TLS secrets")
		for _, what := range slices.Sorted(maps.Keys(done.Exports.LeftOut)) {
			line(done.Exports.LeftOut[what], what)
		}
	}
	b.WriteString("\nProven: it was analysed again, and says what the original says, with names\nreplaced. No replaced name of 4 letters or more is in it")
	if names.Published() > 0 {
		b.WriteString(",\nbut for those that stay as words of protocols and programs")
	}
	b.WriteString(".\n")
	return b.String()
}
