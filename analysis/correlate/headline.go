package correlate

import (
	"fmt"
	"strings"

	"negotrace/analysis"
)

// headline says in one line how it went.
func headline(r *analysis.Report) string {
	var parts []string
	for _, m := range []analysis.Mechanism{analysis.Kerberos, analysis.NTLM, analysis.Basic, analysis.Digest, analysis.Bearer, analysis.Other, analysis.None} {
		for _, o := range []analysis.Outcome{analysis.Succeeded, analysis.Failed, analysis.Abandoned, analysis.Unanswered, analysis.Unknown} {
			if n := r.Summary.Mechanisms[m][o]; n > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", n, phrase(m, o)))
			}
		}
	}
	if len(parts) == 0 {
		if r.Summary.Requests == 0 {
			parts = append(parts, "no HTTP request could be read")
		} else {
			parts = append(parts, "no authentication in the HTTP that could be read")
		}
	}
	line := strings.Join(parts, ", ")
	for _, f := range r.Findings {
		if f.Severity != analysis.Info && f.Under == "" {
			return fmt.Sprintf("%s; %s: %s", line, f.Severity, f.Message)
		}
	}
	if r.Summary.Requests == 0 && len(r.Summary.Responses) == 0 {
		return line // so nothing can be said about it
	}
	return line + "; nothing went wrong that can be seen here"
}

func phrase(m analysis.Mechanism, o analysis.Outcome) string {
	if m == analysis.None {
		return "challenge unanswered"
	}
	names := map[analysis.Mechanism]string{
		analysis.Kerberos: "Kerberos", analysis.NTLM: "NTLM", analysis.Basic: "Basic",
		analysis.Digest: "Digest", analysis.Bearer: "Bearer", analysis.Other: "other",
	}
	return fmt.Sprintf("%s %s", names[m], o)
}
