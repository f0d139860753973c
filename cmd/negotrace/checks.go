package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"negotrace/analysis"
	"negotrace/analysis/checks"
	"negotrace/analysis/knownerror"
	"negotrace/analysis/report"
	"negotrace/internal/lazyregexp"
	"negotrace/internal/utf8text"
)

// checks returns the command that lists the catalogue.
func (t *tool) checks() *cobra.Command {
	return resultCommand(t, "checks", "List the checks", func(f report.Format) report.Writer[[]*analysis.Check] { return f.Checks }, checks.All)
}

const aboutExplain = `explain says what a check means, what proves it, what looks like it, and what to
do. It also explains errors, by name or number: of Kerberos
(KDC_ERR_S_PRINCIPAL_UNKNOWN, 7), of Windows (STATUS_LOGON_FAILURE, 0x80090322,
2148074254), of IIS (401.1), of browsers, GSS-API, WinRM and Entra ID.

In any other text, such as the trace of an exception or a log, it finds the
errors by their names, by numbers that only they have, and by the sentences of
libraries: MIT Kerberos, Heimdal, Java, Windows, .NET. "-" reads standard input.`

const examplesExplain = `  negotrace explain spn-not-found
  negotrace explain 0x80090322
  negotrace explain 'Server not found in Kerberos database'
  negotrace explain - < catalina.out`

// explain returns the command that explains one check or error.
func (t *tool) explain() *cobra.Command {
	return &cobra.Command{
		Use:         "explain [flags] CHECK|ERROR|TEXT|-",
		Short:       "Explain a check, or the errors in a text",
		Long:        aboutExplain,
		Example:     examplesExplain,
		Annotations: formatsThat(func(f report.Format) bool { return f.Check != nil }),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("explain takes the name of a check, or a text with errors; negotrace checks lists the checks")
			}
			return nil
		},
		DisableFlagsInUseLine: true,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return append(slugs(checks.All()), knownerror.Names()...), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			format, err := t.formatFor(c)
			if err != nil {
				return err
			}
			text, err := t.textOf(args)
			if err != nil {
				return err
			}
			text, _ = io.ReadAll(utf8text.NewReader(bytes.NewReader(text))) // PowerShell redirects as UTF-16
			found := knownerror.LookUp(string(text))
			if len(found) == 0 && len(args) == 1 {
				if check, _ := lookUp(checks.All(), args[0]); check != nil {
					return writeResult(t, format.Check, check, t.options())
				}
			}
			if len(found) == 0 {
				found = knownerror.In(string(text))
			}
			if len(found) > 0 {
				return writeResult(t, format.Errors, found, t.options())
			}
			if bytes.ContainsAny(bytes.TrimSpace(text), " \n") || args[0] == standardInput {
				return errors.New("no error that is known here is in the text")
			}
			_, err = lookUp(checks.All(), args[0])
			return cmp.Or(namesFile(args), err)
		},
	}
}

// negative is a number such as SSPI's errors are in .NET and Python.
var negative = lazyregexp.New(`^-\d{5,10}$`)

// numbersAsText returns the arguments with a space before each negative number behind explain, which
// is no flag then.
func numbersAsText(args []string) []string {
	at := slices.Index(args, "explain")
	if at < 0 {
		return args
	}
	args = slices.Clone(args)
	for i := at + 1; i < len(args); i++ {
		if negative().MatchString(args[i]) {
			args[i] = " " + args[i]
		}
	}
	return args
}

// slugs returns the names of the checks.
func slugs(all []*analysis.Check) []string {
	var names []string
	for _, c := range all {
		names = append(names, c.Name)
	}
	return names
}

// lookUp finds the check with a name, or with a variant of that name.
func lookUp(all []*analysis.Check, name string) (*analysis.Check, error) {
	i := slices.IndexFunc(all, func(c *analysis.Check) bool {
		return c.Name == name || slices.Contains(c.Variants, name)
	})
	if i >= 0 {
		return all[i], nil
	}
	near := nearest(slugs(all), name)
	if len(near) == 0 {
		return nil, fmt.Errorf("no check or error is called %q; negotrace checks lists the checks", name)
	}
	return nil, fmt.Errorf("no check or error is called %q; did you mean %s?", name, strings.Join(near, " or "))
}

// nearest returns the names most like name: those that contain it, otherwise those within few
// edits.
func nearest(all []string, name string) []string {
	const most = 3
	near := slices.Clone(all)
	containing := slices.DeleteFunc(slices.Clone(all), func(s string) bool { return !strings.Contains(s, strings.ToLower(name)) })
	if name != "" && len(containing) > 0 {
		return containing[:min(most, len(containing))]
	}
	near = slices.DeleteFunc(near, func(s string) bool { return editDistance(s, name) > max(2, len(s)/3) })
	slices.SortStableFunc(near, func(a, b string) int { return cmp.Compare(editDistance(a, name), editDistance(b, name)) })
	return near[:min(most, len(near))]
}

// editDistance returns the Levenshtein distance.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
