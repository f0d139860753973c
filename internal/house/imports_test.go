package house

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport is the import table: for each package those of ours that it may import.
var mayImport = map[string][]string{
	"tokens":                   {"tokens/der"},
	"tokens/der":               nil,
	"tokens/mask":              {"tokens", "tokens/der"}, // tokens that may be shown to others
	"tokens/paste":             {"internal/lazyregexp"},
	"httpstream":               {"internal/utf8text", "internal/plural"},
	"capture":                  {"capture/block", "capture/decode", "capture/etw", "capture/eventlog", "capture/export", "capture/hosttext", "capture/pcap", "capture/plain", "capture/redact", "capture/redact/exports", "capture/redact/pseudonym", "capture/redact/standin", "capture/serverlog", "capture/transcript", "capture/unpack", "capture/wrapped", "httpstream", "internal/handoff", "tokens", "internal/lazyregexp", "internal/utf8text", "internal/plural"},
	"capture/block":            {"internal/handoff"},
	"capture/unpack":           {"capture/block"},
	"capture/wrapped":          {"capture/block", "internal/lazyregexp", "internal/utf8text"},
	"capture/pcap":             {"capture/block", "httpstream", "internal/plural"},
	"capture/etw":              {"capture/block", "capture/pcap", "httpstream", "internal/plural"},
	"capture/eventlog":         {"httpstream", "tokens", "internal/lazyregexp", "internal/utf8text", "internal/plural"},
	"capture/decode":           {"capture/pcap", "httpstream", "internal/plural"},
	"capture/export":           {"httpstream", "tokens", "internal/utf8text", "internal/plural", "internal/lazyregexp"},
	"capture/hosttext":         {"capture/wrapped", "httpstream", "tokens", "internal/lazyregexp", "internal/utf8text"},
	"capture/serverlog":        {"capture/wrapped", "httpstream", "tokens", "internal/publictext"},
	"capture/plain":            {"capture/decode", "capture/pcap", "httpstream"}, // what TLS and HTTP/2 hide, as packets
	"capture/redact/exports":   {"capture/export", "capture/redact/text", "internal/lazyregexp"},
	"capture/redact":           {"capture/decode", "capture/pcap", "capture/redact/message", "capture/redact/packing", "capture/redact/pseudonym", "capture/redact/standin", "capture/redact/text", "capture/redact/tls", "capture/unpack", "httpstream", "tokens", "tokens/der"},
	"capture/redact/message":   {"capture/decode", "capture/redact/standin", "capture/redact/tls", "httpstream", "tokens", "tokens/der"}, // of protocols beside HTTP
	"capture/redact/packing":   {"capture/unpack"},
	"capture/redact/standin":   {"capture/redact/pseudonym", "tokens/der", "tokens/mask"}, // what takes the place of a value
	"capture/redact/text":      {"capture/redact/packing", "capture/redact/pseudonym", "capture/redact/standin", "capture/unpack", "tokens/mask"},
	"capture/redact/tls":       {"capture/redact/standin", "httpstream"}, // messages of its handshake
	"capture/redact/pseudonym": {"capture/redact/search", "tokens/mask"}, // names of the same length, for all that is redacted
	"capture/redact/search":    nil,                                      // what must not be in it
	"capture/transcript":       {"capture/export", "capture/wrapped", "httpstream", "tokens", "internal/lazyregexp", "internal/publictext", "internal/utf8text"},
	"analysis":                 {"analysis/fact", "analysis/servertext", "capture/eventlog", "capture/hosttext", "capture/serverlog", "httpstream", "tokens", "internal/plural"},
	"analysis/fact":            nil,
	"analysis/servertext":      {"analysis/fact", "capture/unpack", "httpstream", "tokens", "internal/lazyregexp", "internal/publictext"},
	"analysis/logs":            {"analysis", "capture/eventlog", "capture/hosttext", "capture/serverlog", "httpstream", "internal/components", "internal/plural", "tokens"},
	"analysis/correlate":       {"analysis", "analysis/logs", "analysis/servertext", "capture/eventlog", "capture/hosttext", "capture/serverlog", "httpstream", "internal/components", "internal/handoff", "tokens"},
	"analysis/checks":          {"analysis", "analysis/fact", "analysis/knownerror", "analysis/servertext", "capture/eventlog", "httpstream", "tokens", "internal/plural"},
	"analysis/knownerror":      {"analysis", "internal/lazyregexp", "tokens"},
	"analysis/checklist":       {"analysis", "analysis/fact", "httpstream", "tokens"},
	"analysis/inventory":       {"analysis", "analysis/fact", "httpstream", "tokens"},
	"analysis/report":          {"analysis", "analysis/checklist", "analysis/fact", "analysis/inventory", "capture/hosttext", "httpstream", "tokens", "internal/plural"}, // where things are, and what tokens hold
	"internal/diagnosis":       {"analysis", "analysis/checks", "analysis/correlate", "capture", "httpstream"},
	"internal/redactproof":     {"analysis", "analysis/report", "capture", "capture/export", "capture/redact/pseudonym", "capture/redact/search", "httpstream", "internal/diagnosis", "internal/lazyregexp"},
	"cmd/negotrace":            {"analysis", "analysis/checks", "analysis/correlate", "analysis/inventory", "analysis/knownerror", "analysis/report", "capture", "capture/redact/pseudonym", "internal/diagnosis", "internal/redactproof", "httpstream", "tokens", "tokens/paste", "internal/plural", "internal/lazyregexp", "internal/utf8text"},
	"internal/fleet":           {"analysis", "analysis/correlate", "analysis/inventory", "analysis/report", "capture", "internal/diagnosis", "internal/handoff", "httpstream", "tokens", "internal/plural"},
	"cmd/negotrace-fleet":      {"analysis", "analysis/report", "capture", "internal/fleet", "httpstream", "tokens"}, // a module of its own
	"internal/capturetest":     nil,
	"internal/bench":           {"internal/capturetest", "internal/peak"},
	"internal/components":      nil,
	"internal/handoff":         nil,
	"internal/house":           nil,
	"internal/lazyregexp":      nil,
	"internal/man":             nil,
	"internal/packettest":      nil,
	"internal/peak":            nil,
	"internal/plural":          nil,
	"internal/publictext":      {"internal/lazyregexp"},
	"internal/schema":          {"analysis", "httpstream", "analysis/report", "analysis/inventory"},
	"internal/testcost":        nil,
	"internal/utf8text":        nil,
}

// owners are the packages that alone may import a heavy module.
var owners = map[string][]string{
	"github.com/google/gopacket":        {"capture/decode", "internal/capturetest"},
	"github.com/jcmturner/gokrb5":       {"tokens"},
	"github.com/olekukonko/tablewriter": {"analysis/report"},
	"github.com/ulikunitz/xz":           {"capture/unpack"},
	"golang.org/x/net/http2":            {"httpstream", "internal/capturetest"},
	"github.com/spf13/cobra":            {"cmd/negotrace"},
	"crypto/tls":                        {"internal/capturetest"},
	"net/http":                          nil, // for names of statuses it would bring a client and a server
	"github.com/apache/beam":            {"cmd/negotrace-fleet"},
}

// TestImports holds the one direction of the data. Tests may import what they like.
func TestImports(t *testing.T) {
	used := map[string][]string{}
	for _, s := range sources(t) {
		if s.test || strings.HasPrefix(s.dir, "testdata/") {
			continue
		}
		allowed, known := mayImport[s.dir]
		if !known {
			t.Errorf("%s: package %s is not in the import table", s.path, s.dir)
		}
		for _, spec := range s.syntax.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if ours, ok := strings.CutPrefix(path, "negotrace/"); ok && !slices.Contains(allowed, ours) {
				t.Errorf("%s must not import %s", s.path, ours)
			} else if ok {
				used[s.dir] = append(used[s.dir], ours)
			}
			for module, packages := range owners {
				if (path == module || strings.HasPrefix(path, module+"/")) && !slices.Contains(packages, s.dir) {
					t.Errorf("%s must not import %s: only %v does", s.path, path, packages)
				}
			}
			if path == "C" || path == "unsafe" {
				t.Errorf("%s imports %s", s.path, path)
			}
		}
	}
	for dir, allowed := range mayImport {
		for _, ours := range allowed {
			if !slices.Contains(used[dir], ours) {
				t.Errorf("%s may import %s, and does not: take it out of the table", dir, ours)
			}
		}
	}
}
