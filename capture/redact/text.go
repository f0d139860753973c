package redact

// Field returns what the name and the value of a header line become, of the same length.
func (r *Redactor) Field(name, value string) (newName, newValue string) {
	line := []byte(name + ":" + value)
	r.headerLine(line, &framing{})
	return string(line[:len(name)]), string(line[len(name)+1:])
}

// Words rewrites a text for people where it lies: words that are in every text about logons
// stay, names that are known become their pseudonyms, all else letters.
func (r *Redactor) Words(text []byte) { r.words(text) }

// Certificate rewrites a certificate in DER where it lies.
func (r *Redactor) Certificate(der []byte) {
	r.Counts.Certificates++
	before := bindings(der)
	r.der(der, 0)
	if len(r.bound) > maxBindings {
		return
	}
	for i, after := range bindings(der) {
		r.bound[before[i]] = after
	}
}
