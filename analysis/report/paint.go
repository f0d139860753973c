package report

import "negotrace/analysis"

// A paint is the parameter of an SGR sequence (ECMA-48 section 8.3.117); empty for
// none.
type paint string

const (
	plain  paint = ""
	bold   paint = "1"
	red    paint = "31"
	green  paint = "32"
	yellow paint = "33"
	cyan   paint = "36"
)

// on returns s in this colour, if colour is wanted.
func (p paint) on(s string, color bool) string {
	if !color || p == plain || s == "" {
		return s
	}
	return "\x1b[" + string(p) + "m" + s + "\x1b[0m"
}

func severityPaint(s analysis.Severity) paint {
	switch s {
	case analysis.Error:
		return red
	case analysis.Warning:
		return yellow
	}
	return cyan
}

func outcomePaint(o analysis.Outcome) paint {
	switch o {
	case analysis.Succeeded:
		return green
	case analysis.Failed:
		return red
	}
	return yellow
}
