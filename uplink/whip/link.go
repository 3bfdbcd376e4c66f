package whip

import "strings"

// ICEServer is a STUN or TURN server that the relay offers for the session (RFC 9725, 4.6). Username and Credential are
// a TURN server's.
type ICEServer struct{ URL, Username, Credential string }

// maxServers is how many are heeded; each is asked from each of the box's addresses.
const maxServers = 8

// iceServers reads the Links of a 201 whose relation is ice-server; others are not ours to know (RFC 9725, 4.9). A
// TURN server without name and password, which all of them want, is of no use.
func iceServers(links []string) (servers []ICEServer) {
	for _, text := range links {
		for text != "" && len(servers) < maxServers {
			var target string
			var parameters map[string]string
			target, parameters, text = cutLink(text)
			s := ICEServer{URL: target, Username: parameters["username"], Credential: parameters["credential"]}
			scheme, _, _ := strings.Cut(target, ":")
			switch strings.ToLower(scheme) {
			case "stun", "stuns":
				s.Username, s.Credential = "", ""
			case "turn", "turns":
				if s.Username == "" || s.Credential == "" {
					continue
				}
			default:
				continue
			}
			if hasWord(parameters["rel"], "ice-server") {
				servers = append(servers, s)
			}
		}
	}
	return servers
}

// cutLink takes the first link-value from a Link header field (RFC 8288, 3) and returns what is after it, which is ""
// where the text is not one.
func cutLink(text string) (target string, parameters map[string]string, rest string) {
	text = strings.TrimLeft(text, " \t,")
	target, text, ok := strings.Cut(strings.TrimPrefix(text, "<"), ">")
	if !ok {
		return "", nil, ""
	}
	parameters = make(map[string]string)
	for {
		text = strings.TrimLeft(text, " \t")
		if text == "" || text[0] != ';' {
			return target, parameters, text
		}
		var name, value string
		name, value, text = cutParameter(strings.TrimLeft(text[1:], " \t"))
		if _, twice := parameters[name]; !twice { // the first counts (RFC 8288, 3.3)
			parameters[name] = value
		}
	}
}

func cutParameter(text string) (name, value, rest string) {
	end := strings.IndexAny(text, "=;,")
	if end < 0 {
		end = len(text)
	}
	name, text = strings.ToLower(strings.TrimSpace(text[:end])), text[end:]
	if !strings.HasPrefix(text, "=") {
		return name, "", text
	}
	text = strings.TrimLeft(text[1:], " \t")
	if strings.HasPrefix(text, `"`) {
		value, text = cutQuoted(text[1:])
		return name, value, text
	}
	end = strings.IndexAny(text, ";,")
	if end < 0 {
		end = len(text)
	}
	return name, strings.TrimSpace(text[:end]), text[end:]
}

// cutQuoted reads a quoted-string (RFC 9110, 5.6.4) behind its first quote.
func cutQuoted(text string) (value, rest string) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '"':
			return b.String(), text[i+1:]
		case text[i] == '\\' && i+1 < len(text):
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String(), ""
}

func hasWord(list, word string) bool {
	for w := range strings.FieldsSeq(list) {
		if strings.EqualFold(w, word) {
			return true
		}
	}
	return false
}
