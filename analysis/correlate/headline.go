package correlate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// headline sums the report up in one line. logged is what logs of web servers show by
// themselves; it is empty if they show nothing, or if there is a capture.
func headline(r *analysis.Report, logged string) string {
	var parts []string
	for _, m := range []analysis.Mechanism{analysis.Kerberos, analysis.NTLM, analysis.Basic, analysis.Digest, analysis.Bearer, analysis.Other, analysis.None} {
		for _, o := range []analysis.Outcome{analysis.Succeeded, analysis.Failed, analysis.Abandoned, analysis.Unanswered, analysis.Unknown} {
			if n := r.Summary.Mechanisms[m][o]; n > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", n, phrase(m, o)))
			}
		}
	}
	filter := r.Summary.Filter
	switch {
	case logged != "" && filter == nil:
		parts = []string{logged}
		if len(r.Events) > 0 {
			parts = append(parts, logsAlone(r))
		}
	case len(parts) > 0:
	case filter.Nothing():
		return "nothing matches " + filter.Text
	case r.Summary.LogsAlone():
		parts = append(parts, logsAlone(r))
	case filter != nil:
		parts = append(parts, "no handshake")
	case r.Summary.Requests == 0:
		parts = append(parts, "no HTTP request could be read")
	default:
		parts = append(parts, "no authentication in the HTTP that could be read")
	}
	line := strings.Join(parts, ", ")
	if filter != nil {
		line = fmt.Sprintf("of what matches %s: %s", filter.Text, line)
	}
	if f := r.Spoken(); f != nil {
		if failed := counted(r.Summary.Responses, httpstream.StatusInternalServerError); failed != "" && f.By.Topic == analysis.Hygiene && allSucceeded(r.Summary.Mechanisms) {
			line += "; requests got errors (" + failed + ")"
		}
		return fmt.Sprintf("%s; %s: %s", line, r.Gravity(f), f.Message)
	}
	if len(r.Summary.Mechanisms) == 0 && filter == nil && leavesOut(r.Summary.Notes) {
		return line + ", and the file may leave it out: browsers log on by themselves"
	}
	if filter != nil || r.Summary.Requests == 0 || len(r.Summary.Responses) == 0 || !allSucceeded(r.Summary.Mechanisms) {
		return line // too little was seen to say that nothing went wrong
	}
	if refused := counted(r.Summary.Responses, httpstream.StatusBadRequest); refused != "" {
		return line + "; no logon failed that can be seen here, but requests got errors (" + refused + ")"
	}
	return line + "; nothing went wrong that can be seen here"
}

// counted lists the statuses of errors from least on, but for those that ask for credentials, each with its
// number; "" if there is none.
func counted(responses map[int]int, least int) string {
	var all []string
	for _, status := range slices.Sorted(maps.Keys(responses)) {
		if status >= least && status != httpstream.StatusUnauthorized && status != httpstream.StatusProxyAuthRequired {
			all = append(all, fmt.Sprintf("%d x%d", status, responses[status]))
		}
	}
	return strings.Join(all, ", ")
}

// logsAlone sums up logs where there is no capture.
func logsAlone(r *analysis.Report) string {
	switch {
	case r.Summary.Records == 0:
		return "nothing in what was given is about a logon or a ticket that failed, and there is no capture"
	case len(r.Events) == 0 && len(r.HostTexts) > 0:
		return "what commands printed, and no capture"
	case len(r.Events) == 0:
		return "logs without a capture, and nothing about logons, tickets or NTLM in them"
	}
	return "event logs without a capture: " + analysis.EventsCounted(r.Events)
}

// leavesOut reports whether the export of a browser may lack the messages of a logon.
func leavesOut(notes []httpstream.Limitation) bool {
	return slices.ContainsFunc(notes, func(l httpstream.Limitation) bool {
		switch l.Kind {
		case "har-legs-missing", "har-auth-stripped", "netlog-auth-stripped", "netlog-heads-missing":
			return true
		}
		return false
	})
}

// allSucceeded reports whether every handshake succeeded, or has an unknown outcome.
func allSucceeded(mechanisms map[analysis.Mechanism]map[analysis.Outcome]int) bool {
	for _, outcomes := range mechanisms {
		for o, n := range outcomes {
			if n > 0 && o != analysis.Succeeded && o != analysis.Unknown {
				return false
			}
		}
	}
	return true
}

func phrase(m analysis.Mechanism, o analysis.Outcome) string {
	if m == analysis.None && o == analysis.Failed {
		return "refused, by what mechanism is not recorded"
	}
	if m == analysis.None && o == analysis.Unknown {
		return "asked for credentials, and whether any were sent is not recorded"
	}
	if m == analysis.None {
		return "challenge unanswered"
	}
	names := map[analysis.Mechanism]string{
		analysis.Kerberos: "Kerberos", analysis.NTLM: "NTLM", analysis.Basic: "Basic",
		analysis.Digest: "Digest", analysis.Bearer: "Bearer", analysis.Other: "of unknown mechanism",
	}
	return fmt.Sprintf("%s %s", names[m], o)
}
