package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"negotrace/analysis"
	"negotrace/internal/plural"
)

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// Limits of GitHub: it refuses more results, and omits further locations of a result. It shows the
// worst 5,000 results. All frames are among the properties of a result.
const (
	maxSARIFResults   = 25_000
	maxSARIFLocations = 100
)

// writeSARIF writes the findings of a report as results of a static analysis: checks are
// rules, files are artifacts, and the number of a frame stands for that of a line.
func writeSARIF(w io.Writer, r *analysis.Report, opts Options) error {
	return asJSON(w, sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{sarifRunOf(r)}}, opts)
}

func sarifRunOf(r *analysis.Report) sarifRun {
	run := sarifRun{
		Tool:        sarifTool{sarifDriver{Name: "negotrace", Version: r.Tool.Version, Rules: sarifRules(r.Checks)}},
		Invocations: []sarifInvocation{sarifInvocationOf(r)},
		Artifacts:   []sarifArtifact{},
		Results:     []sarifResult{},
		Properties:  sarifRunBag{Verdict: r.Headline, Filter: r.Summary.Filter},
	}
	files := map[string]int{} // where they are among the artifacts
	for i, in := range r.Inputs {
		files[in.Name] = i
		run.Artifacts = append(run.Artifacts, sarifArtifact{
			Location: sarifArtifactLocation{fileURI(in.Name), i}, Length: in.Bytes, Hashes: sarifHashes{in.SHA256.String()},
		})
	}
	if len(run.Artifacts) == 0 { // nobody said which file it was
		run.Artifacts = append(run.Artifacts, sarifArtifact{Location: sarifArtifactLocation{URI: "capture"}, Length: -1})
	}
	rules := map[string]int{}
	for i, c := range r.Checks {
		rules[c.Name] = i
	}
	if n := len(r.Findings) - maxSARIFResults; n > 0 {
		run.Invocations[0].ToolExecutionNotifications = append(run.Invocations[0].ToolExecutionNotifications,
			sarifNotification{"warning", sarifText{fmt.Sprintf("%s left out, the least severe: --format ndjson has all", plural.Count(n, "finding"))}})
	}
	for _, f := range first(r.Findings, maxSARIFResults) {
		at := run.Artifacts[files[f.File.String()]].Location
		run.Results = append(run.Results, sarifResultOf(f, rules, at))
	}
	return run
}

func sarifRules(checks []*analysis.Check) []sarifRule {
	rules := []sarifRule{}
	for _, c := range checks {
		rules = append(rules, sarifRule{
			ID: c.Name, ShortDescription: sarifText{reflow(c.Title)}, FullDescription: sarifText{reflow(c.Means)},
			Help:                 sarifText{strings.Join(append(adviceLines(c.Fix), "All of it: negotrace explain "+c.Name), "\n")},
			DefaultConfiguration: sarifLevel{sarifLevelOf(c.Severity)},
			Properties:           sarifRuleBag{[]string{string(c.Topic)}},
		})
	}
	return rules
}

// sarifInvocationOf says how the program ended, and what it could not see.
func sarifInvocationOf(r *analysis.Report) sarifInvocation {
	const notAnalysed = 2
	i := sarifInvocation{ExecutionSuccessful: r.Exit.Status != notAnalysed, ExitCode: r.Exit.Status, ExitCodeDescription: r.Exit.Reason}
	for _, text := range notSeen(r.Summary) {
		i.ToolExecutionNotifications = append(i.ToolExecutionNotifications, sarifNotification{"note", sarifText{text}})
	}
	return i
}

func sarifResultOf(f *analysis.Finding, rules map[string]int, at sarifArtifactLocation) sarifResult {
	rule, known := rules[f.Check]
	if !known {
		rule = -1
	}
	frame := func(n int) sarifLocation {
		return sarifLocation{sarifPhysicalLocation{at, sarifRegion{max(n, 1)}}} // there is no line 0
	}
	res := sarifResult{
		RuleID: f.Check, RuleIndex: rule, Level: sarifLevelOf(f.Severity), Message: sarifText{f.Message},
		Locations:           []sarifLocation{frame(f.Frame)},
		PartialFingerprints: sarifFingerprints{fingerprint(f)},
		OccurrenceCount:     max(f.Count, 1),
		Properties:          f,
	}
	for _, n := range first(f.Frames, maxSARIFLocations) {
		if n != f.Frame {
			res.RelatedLocations = append(res.RelatedLocations, frame(n))
		}
	}
	return res
}

func sarifLevelOf(s analysis.Severity) string {
	if s == analysis.Error || s == analysis.Warning {
		return string(s)
	}
	return "note"
}

// fingerprint returns the same for the same finding in another capture: it uses the message,
// which has no frames, times and ports.
func fingerprint(f *analysis.Finding) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{f.Check, f.Variant, f.Message}, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// fileURI returns the name of a file as a URI, relative if the name is.
func fileURI(name string) string {
	path := filepath.ToSlash(name)
	switch {
	case filepath.VolumeName(name) != "":
		return (&url.URL{Scheme: "file", Path: "/" + path}).String()
	case strings.HasPrefix(path, "/"):
		return (&url.URL{Scheme: "file", Path: path}).String()
	}
	return (&url.URL{Path: path}).String()
}
