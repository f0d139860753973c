package main

import (
	"fmt"
	"strings"

	"negotrace/analysis/report"
	"negotrace/capture"
	"negotrace/capture/redact/pseudonym"
	"negotrace/internal/plural"
)

// manifestOf returns the manifest of a redaction. found are the findings that differ.
func manifestOf(out string, done *capture.Redaction, names *pseudonym.Names, found []string) *report.Manifest {
	m := &report.Manifest{Out: out, Captures: len(done.Written), Parts: []report.ManifestPart{}, Proven: proven(done, names, found)}
	for _, p := range []report.ManifestPart{replaced(names), rewritten(done), madeOf(done), filled(done), notUnderstood(done), leftOut(done)} {
		if len(p.Counts) > 0 {
			m.Parts = append(m.Parts, p)
		}
	}
	return m
}

func replaced(names *pseudonym.Names) report.ManifestPart {
	p := report.ManifestPart{Title: "Replaced by others of the same length"}
	p.Add(names.WordCount(), "names: labels of hosts and domains, users, parts of paths")
	p.Add(len(names.Addresses()), "IP addresses")
	p.Add(names.MACs(), "MAC addresses")
	p.Add(names.Opaques(), "values: tokens' responses and ciphers, nonces, cookies, session ids")
	p.Add(names.Full, "names and values over a limit, which have one pseudonym for each length")
	p.Add(names.Published(), "of the names are also words of protocols and programs (User-Agent, Server), and stay there: look at them")
	return p
}

func rewritten(done *capture.Redaction) report.ManifestPart {
	p := report.ManifestPart{Title: "Rewritten"}
	p.Add(done.Packets, "packets")
	p.Add(done.Exports.Entries, "entries of a HAR")
	p.Add(done.Exports.Events, "events of a NetLog")
	p.Add(done.Exports.Sessions, "sessions of a SAZ archive")
	p.Add(done.Exports.Texts, "texts in them")
	p.Add(done.Requests, "heads of requests")
	p.Add(done.Responses, "heads of responses")
	p.Add(done.HeaderLines, "header lines")
	p.Add(done.Tokens, "challenges and credentials")
	p.Add(done.Kerberos, "messages to and from KDCs")
	p.Add(done.DNS, "DNS messages")
	p.Add(done.Hellos, "TLS hellos")
	p.Add(done.Certificates, "certificates")
	return p
}

func madeOf(done *capture.Redaction) report.ManifestPart {
	p := report.ManifestPart{Title: "Made of what could be read in TLS and HTTP/2, between the other packets"}
	p.Add(done.Plain.Connections, "connections to port 80, which hold the same in plain")
	p.Add(done.Plain.Packets, "packets of them")
	p.Add(done.Plain.NotMade, "connections or packets for which there was no room, or no addresses, are not made")
	return p
}

func filled(done *capture.Redaction) report.ManifestPart {
	p := report.ManifestPart{Title: "Filled with noise or letters, in bytes"}
	p.Add(done.BodyBytes, "bodies of HTTP")
	p.Add(done.EncryptedBytes, "content of TLS")
	return p
}

func notUnderstood(done *capture.Redaction) report.ManifestPart {
	p := report.ManifestPart{Title: "Not understood and so made zeros or noise, in bytes"}
	p.AddEach(done.NotUnderstood)
	return p
}

func leftOut(done *capture.Redaction) report.ManifestPart {
	p := report.ManifestPart{Title: "Left out"}
	p.Add(done.Blocks, "blocks of pcapng with names, comments, statistics or unknown content")
	p.Add(done.Secrets, "blocks with TLS secrets")
	p.AddEach(done.Exports.LeftOut)
	p.Add(len(done.PassedOver), "files of a directory or an archive that are not captures, or not read")
	return p
}

// proven returns the paragraph about what was proven.
func proven(done *capture.Redaction, names *pseudonym.Names, found []string) string {
	var b strings.Builder
	b.WriteString("Proven: it was analysed again, and says what the original says, with names\nreplaced. In it is no replaced name of 3 letters or more")
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
