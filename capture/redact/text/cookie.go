package text

import "strings"

// cookies returns a line of cookies with their values replaced (RFC 6265 section 4.2).
func (t *Texts) cookies(line string) string {
	pairs := strings.Split(line, ";")
	for i, pair := range pairs {
		pairs[i] = t.cookie(pair)
	}
	return strings.Join(pairs, ";")
}

// cookie returns a cookie with its value replaced, and its name too, unless a product gives it.
func (t *Texts) cookie(pair string) string {
	name, value, ok := strings.Cut(pair, "=")
	if !ok {
		return t.Names.OpaqueText(pair)
	}
	blank := len(name) - len(strings.TrimLeft(name, " "))
	if key := name[blank:]; !isProductCookie(key) {
		prefix := 0
		for _, p := range []string{"__Host-", "__Secure-"} {
			if strings.HasPrefix(key, p) {
				prefix = len(p)
			}
		}
		name = name[:blank+prefix] + t.Names.PartOfURL(key[prefix:])
	}
	return name + "=" + t.Names.OpaqueText(value)
}

// isProductCookie reports whether a cookie has the name that a product gives it.
func isProductCookie(name string) bool {
	const all = " asp.net_sessionid jsessionid phpsessid .aspxauth .aspnetcore.session .aspnetcore.cookies fedauth rtfa msisauth msisauthenticated " +
		"mod_auth_openidc_session session sessionid sid connect.sid laravel_session xsrf-token csrftoken arraffinity arraffinitysamesite awsalb awselb awsalbcors awsalbtg awsalbtgcors " +
		"routeid serverid applicationgatewayaffinity applicationgatewayaffinitycors " +
		"cadata canary cadatakey x-owa-canary gssapi_session mod_auth_gssapi_session gss_session "
	return strings.Contains(all, " "+strings.ToLower(name)+" ")
}

// setCookie returns a line that sets a cookie: its attributes stay, and names in them are
// replaced.
func (t *Texts) setCookie(line string) string {
	parts := strings.Split(line, ";")
	parts[0] = t.cookie(parts[0])
	for i, attribute := range parts[1:] {
		key, value, ok := strings.Cut(attribute, "=")
		if !ok {
			key = attribute
		}
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "domain":
			value = t.Names.Host(value)
		case "path":
			value = t.Names.URL(value)
		case "expires", "max-age", "samesite", "secure", "httponly", "partitioned", "priority", "version":
			value = t.StandardText(value)
		default:
			key, value = t.knownOrNoise(key), t.Names.OpaqueText(value)
		}
		if parts[i+1] = key; ok {
			parts[i+1] += "=" + value
		}
	}
	return strings.Join(parts, ";")
}
