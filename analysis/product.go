package analysis

import "strings"

// products are the products by which a User-Agent header names its program, the most
// specific first: browsers name each other for compatibility.
var products = [...]string{"Firefox/", "Edg/", "OPR/", "HeadlessChrome/", "Chrome/", "Version/", "Trident/", "Office/", "curl/", "git-lfs/", "git/", "Go-http-client/", "Java/", "python-requests/"}

// Product returns the product that names the client's program in its User-Agent header, with
// its version: "Firefox/92.0". It is the whole header where none is known, and empty where
// there is no header.
func (h *Handshake) Product() string {
	words := strings.Fields(h.Program)
	for _, product := range products {
		for _, w := range words {
			if !strings.HasPrefix(w, product) {
				continue
			}
			w = strings.TrimSuffix(w, ";")
			if version, ok := strings.CutPrefix(w, "Version/"); ok && strings.Contains(h.Program, " Safari/") {
				return "Safari/" + version
			}
			return w
		}
	}
	return h.Program
}
