package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"negotrace/capture"
	"negotrace/capture/redact/pseudonym"
	"negotrace/internal/plural"
)

// manifestOf returns the text of the manifest: how often each kind of thing was replaced. It
// has no original names.
func manifestOf(out string, done *capture.Redaction, names *pseudonym.Names, found []string) string {
	var b strings.Builder
	line := func(n int, what string) {
		if n > 0 {
			fmt.Fprintf(&b, "%12d  %s\n", n, what)
		}
	}
	is := "is a redacted capture"
	if len(done.Written) > 1 {
		is = fmt.Sprintf("holds %d redacted captures of one event, with the same pseudonyms in all", len(done.Written))
	}
	fmt.Fprintf(&b, "%s %s, made by negotrace.\n\nReplaced by others of the same length:\n", out, is)
	line(names.WordCount(), "names: labels of hosts and domains, users, parts of paths")
	line(len(names.Addresses()), "IP addresses")
	line(names.MACs(), "MAC addresses")
	line(names.Opaques(), "values: tokens' responses and ciphers, nonces, cookies, session ids")
	line(names.Full, "names and values over a limit, which have one pseudonym for each length")
	line(names.Published(), "of the names are also words of protocols and programs (User-Agent, Server), and stay there: look at them")
	b.WriteString("\nRewritten:\n")
	rewritten(done, line)
	if done.Plain.Connections+done.Plain.NotMade > 0 {
		b.WriteString("\nMade of what could be read in TLS and HTTP/2, between the other packets:\n")
	}
	line(done.Plain.Connections, "connections to port 80, which hold the same in plain")
	line(done.Plain.Packets, "packets of them")
	line(done.Plain.NotMade, "connections or packets for which there was no room, or no addresses, are not made")
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
	if len(done.PassedOver) > 0 {
		line(len(done.PassedOver), "files of a directory or an archive that are not captures, or not read")
	}
	b.WriteString(proven(done, names, found))
	return b.String()
}

// proven returns the paragraph about what was proven.
func proven(done *capture.Redaction, names *pseudonym.Names, found []string) string {
	var b strings.Builder
	b.WriteString("\nProven: it was analysed again, and says what the original says, with names\nreplaced. In it is no replaced name of 3 letters or more")
	if names.Published() > 0 {
		b.WriteString(",\nbut for those that stay as words of protocols and programs")
	}
	b.WriteString("; no replaced\nvalue of 16 bytes or more, or of 8 random letters and digits")
	if len(names.Addresses())+names.MACs() > 0 {
		b.WriteString("; and no replaced address,\nas text, in a header or in a field of DNS, Kerberos, certificates, DHCP, SOCKS or PROXY")
	}
	b.WriteString(".\nLooked for were all as they were, in hexadecimal, base64, UTF-16 and percent-encoding,\nin lower and upper case.\n")
	if names.Full > 0 {
		b.WriteString("Names, values and addresses over the limit were not looked for.\n")
	}
	if names.Unsearched > 0 {
		fmt.Fprintf(&b, "In %s short values or addresses over a limit were replaced, and not looked for.\n", plural.Count(names.Unsearched, "place"))
	}
	if n := names.Clashes(); n > 0 {
		fmt.Fprintf(&b, "%s %s also %s of others: so many are in use that none were free.\nWhether one of these is left somewhere cannot be seen.\n", plural.Count(n, "address"), plural.Verb(n, "is", "are"), plural.Verb(n, "a pseudonym", "pseudonyms"))
	}
	if done.Plain.Connections > 0 {
		b.WriteString("It says what the original says when it is opened with the keys, too, but for the\nnumbers of frames and streams")
		if len(found) > 0 {
			b.WriteString(", and for these findings, since packets are missing in it:\n  " + strings.Join(found, "\n  ") + "\n")
		} else {
			b.WriteString(".\n")
		}
	}
	return b.String()
}

// rewritten writes the lines about what was rewritten.
func rewritten(done *capture.Redaction, line func(n int, what string)) {
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
}
