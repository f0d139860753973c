package search

// wideNames looks for names with other characters than ASCII in UTF-16.
func (c *scan) wideNames(b []byte, from, until int) *Found {
	for i := from; i+4 <= len(b) && i < until; i++ {
		i = max(i, skip(b, i, until, 0)-4)
		if !c.wide.has(bigEndian(b[i:], 4)) {
			continue
		}
		e := c.begins(b[i:], func(e *entry) bool {
			end := i + int(e.size)
			isWord := (i == 0 || kinds[b[i-1]]&wordKind == 0) && (end == len(b) || kinds[b[end]]&wordKind == 0)
			return e.is&wide != 0 && (e.is&byItself == 0 || isWord)
		})
		if e != nil {
			return c.found(e, "UTF-16", i)
		}
	}
	return nil
}
