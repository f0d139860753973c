package exports

import "strings"

// lines returns the rule for the lines of a head: a list of them, one text with all of them, or an
// object with the values by their names, as old versions of Chromium wrote it.
func lines(r *rewriter) error {
	c, err := r.in.Peek()
	switch {
	case err != nil:
		return err
	case c == '[':
		return lineList(r)
	case c == '{':
		return headerObject(r)
	}
	return lineText(r)
}

var (
	lineList = array(scalar((*rewriter).line))
	lineText = scalar(func(r *rewriter, s string) string {
		all := strings.SplitAfter(s, "\n")
		for i, l := range all {
			all[i] = r.line(l)
		}
		return strings.Join(all, "")
	})
)

// headerObject takes values by their names. Several of one name have zeros between them.
func headerObject(r *rewriter) error {
	r.out.open('{')
	err := r.in.Object(func(name string) error {
		newName, _ := r.field(name, "")
		r.out.name(newName)
		return scalar(func(r *rewriter, s string) string {
			values := strings.Split(s, "\x00")
			for i, v := range values {
				_, values[i] = r.field(name, v)
			}
			return strings.Join(values, "\x00")
		})(r)
	})
	if err == nil {
		r.out.close('}')
	}
	return err
}
