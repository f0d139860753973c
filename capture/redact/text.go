package redact

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
