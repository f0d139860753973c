package report

import "negotrace/analysis"

// An sgr is the parameter of an SGR sequence (ECMA-48 section 8.3.117); empty for
// none.
type sgr string

const (
	plain  sgr = ""
	bold   sgr = "1"
	red    sgr = "31"
	green  sgr = "32"
	yellow sgr = "33"
	cyan   sgr = "36"
)

// apply returns s in this colour, if colour is wanted.
func (p sgr) apply(s string, color bool) string {
	if !color || p == plain || s == "" {
		return s
	}
	return "\x1b[" + string(p) + "m" + s + "\x1b[0m"
}

func severityColor(s analysis.Severity) sgr {
	switch s {
	case analysis.Error:
		return red
	case analysis.Warning:
		return yellow
	}
	return cyan
}

func outcomeColor(o analysis.Outcome) sgr {
	switch o {
	case analysis.Succeeded:
		return green
	case analysis.Failed:
		return red
	}
	return yellow
}
