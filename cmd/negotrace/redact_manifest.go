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

// A manifest says how often each kind of thing was replaced in a redacted capture. It has no
// original names.
type manifest struct {
	Out      string         `json:"out"`      // without its directory
	Captures int            `json:"captures"` // of one event, with the same pseudonyms in all
	Parts    []manifestPart `json:"parts"`
	Proven   string         `json:"proven"` // what is proven of the result, and what is not
}

// A manifestPart counts what one thing was done to.
type manifestPart struct {
	Title  string          `json:"title"`
	Counts []manifestCount `json:"counts"`
}

type manifestCount struct {
	Count int    `json:"count"`
	Of    string `json:"of"`
}

// add counts n of something, if there are any.
func (p *manifestPart) add(n int, of string) {
	if n > 0 {
		p.Counts = append(p.Counts, manifestCount{n, of})
	}
}

// addEach counts what has names of its own, in their order.
func (p *manifestPart) addEach(counts map[string]int) {
	for _, of := range slices.Sorted(maps.Keys(counts)) {
		p.add(counts[of], of)
	}
}

// manifestOf returns the manifest of a redaction. found are the findings that differ.
func manifestOf(out string, done *capture.Redaction, names *pseudonym.Names, found []string) *manifest {
	m := &manifest{Out: out, Captures: len(done.Written), Proven: proven(done, names, found)}
	for _, p := range []manifestPart{replaced(names), rewritten(done), madeOf(done), filled(done), notUnderstood(done), leftOut(done)} {
		if len(p.Counts) > 0 {
			m.Parts = append(m.Parts, p)
		}
	}
	return m
}

// String returns the manifest as text.
func (m *manifest) String() string {
	var b strings.Builder
	is := "is a redacted capture"
	if m.Captures > 1 {
		is = fmt.Sprintf("holds %d redacted captures of one event, with the same pseudonyms in all", m.Captures)
	}
	fmt.Fprintf(&b, "%s %s, made by negotrace.\n", m.Out, is)
	for _, p := range m.Parts {
		fmt.Fprintf(&b, "\n%s:\n", p.Title)
		for _, c := range p.Counts {
			fmt.Fprintf(&b, "%12d  %s\n", c.Count, c.Of)
		}
	}
	fmt.Fprintf(&b, "\n%s", m.Proven)
	return b.String()
}

func replaced(names *pseudonym.Names) manifestPart {
	p := manifestPart{Title: "Replaced by others of the same length"}
	p.add(names.WordCount(), "names: labels of hosts and domains, users, parts of paths")
	p.add(len(names.Addresses()), "IP addresses")
	p.add(names.MACs(), "MAC addresses")
	p.add(names.Opaques(), "values: tokens' responses and ciphers, nonces, cookies, session ids")
	p.add(names.Full, "names and values over a limit, which have one pseudonym for each length")
	p.add(names.Published(), "of the names are also words of protocols and programs (User-Agent, Server), and stay there: look at them")
	return p
}

func rewritten(done *capture.Redaction) manifestPart {
	p := manifestPart{Title: "Rewritten"}
	p.add(done.Packets, "packets")
	p.add(done.Exports.Entries, "entries of a HAR")
	p.add(done.Exports.Events, "events of a NetLog")
	p.add(done.Exports.Sessions, "sessions of a SAZ archive")
	p.add(done.Exports.Texts, "texts in them")
	p.add(done.Requests, "heads of requests")
	p.add(done.Responses, "heads of responses")
	p.add(done.HeaderLines, "header lines")
	p.add(done.Tokens, "challenges and credentials")
	p.add(done.Kerberos, "messages to and from KDCs")
	p.add(done.DNS, "DNS messages")
	p.add(done.Hellos, "TLS hellos")
	p.add(done.Certificates, "certificates")
	return p
}

func madeOf(done *capture.Redaction) manifestPart {
	p := manifestPart{Title: "Made of what could be read in TLS and HTTP/2, between the other packets"}
	p.add(done.Plain.Connections, "connections to port 80, which hold the same in plain")
	p.add(done.Plain.Packets, "packets of them")
	p.add(done.Plain.NotMade, "connections or packets for which there was no room, or no addresses, are not made")
	return p
}

func filled(done *capture.Redaction) manifestPart {
	p := manifestPart{Title: "Filled with noise or letters, in bytes"}
	p.add(done.BodyBytes, "bodies of HTTP")
	p.add(done.EncryptedBytes, "content of TLS")
	return p
}

func notUnderstood(done *capture.Redaction) manifestPart {
	p := manifestPart{Title: "Not understood and so made zeros or noise, in bytes"}
	p.addEach(done.NotUnderstood)
	return p
}

func leftOut(done *capture.Redaction) manifestPart {
	p := manifestPart{Title: "Left out"}
	p.add(done.Blocks, "blocks of pcapng with names, comments, statistics or unknown content")
	p.add(done.Secrets, "blocks with TLS secrets")
	p.addEach(done.Exports.LeftOut)
	p.add(len(done.PassedOver), "files of a directory or an archive that are not captures, or not read")
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
