package search

// literals looks for names that have other bytes than those of words, such as names with other
// characters than ASCII in UTF-16.
func (c *scan) literals(b []byte, from, until int) *Found {
	for i := from; i+4 <= len(b) && i < until; i++ {
		i = max(i, skip(b, i, until, 0)-4)
		if !c.literal.has(bigEndian(b[i:], 4)) {
			continue
		}
		e := c.begins(b[i:], func(e *entry) bool {
			end := i + int(e.size)
			isWord := (i == 0 || kinds[b[i-1]]&wordKind == 0) && (end == len(b) || kinds[b[end]]&wordKind == 0)
			return e.is&literal != 0 && e.size >= 4 && (e.is&byItself == 0 || isWord) && (e.is&wide != 0 || e.is&public == 0)
		})
		switch {
		case e == nil:
		case e.is&wide != 0:
			return c.found(e, "UTF-16", i)
		default:
			return c.found(e, "plain text", i)
		}
	}
	return nil
}
