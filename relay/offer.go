package relay

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/pion/sdp/v3"
)

// offer is a client's SDP, checked and made ready for pion.
type offer struct {
	sdp   string
	ufrag string
	kinds [kinds]bool // which media are in it, in a codec of ours
}

// role is what a client offers to do.
type role int

const (
	publishing role = iota
	watching
)

var errNoMedia = errors.New("the offer has neither H.264 video nor Opus audio")

// parseOffer checks an offer (RFC 9725, 4.4; RFC 8829) as far as a clear answer needs it; the rest is pion's to refuse.
// Candidates are taken out: nothing is sent to an address that did not speak to us first.
func parseOffer(body []byte, as role) (offer, error) {
	var (
		d sdp.SessionDescription
		o offer
	)
	if err := d.Unmarshal(body); err != nil {
		return o, fmt.Errorf("the body is not SDP: %w", err)
	}
	if _, lite := d.Attribute(sdp.AttrKeyICELite); lite {
		return o, errors.New("the offer is ICE-lite; this relay waits for checks, which a full agent sends")
	}
	if len(d.MediaDescriptions) > 4 {
		return o, fmt.Errorf("the offer has %d media sections; one of video and one of audio are taken", len(d.MediaDescriptions))
	}
	for _, m := range d.MediaDescriptions {
		if err := o.add(&d, m, as); err != nil {
			return o, err
		}
		m.Attributes = withoutCandidates(m.Attributes)
	}
	if o.kinds == [kinds]bool{} {
		return o, errNoMedia
	}
	d.Attributes = withoutCandidates(d.Attributes)
	b, err := d.Marshal()
	o.sdp = string(b)
	return o, err
}

func (o *offer) add(d *sdp.SessionDescription, m *sdp.MediaDescription, as role) error {
	kind, codec := video, "h264/90000"
	switch m.MediaName.Media {
	case "video":
	case "audio":
		kind, codec = audio, "opus/48000/2"
	default:
		return nil // refused by the answer, as a data channel
	}
	if !hasCodec(m, codec) {
		return nil
	}
	for _, key := range []string{"ice-ufrag", "ice-pwd", "fingerprint"} {
		if attribute(d, m, key) == "" {
			return fmt.Errorf("the offer's %s has no a=%s", m.MediaName.Media, key)
		}
	}
	o.ufrag = attribute(d, m, "ice-ufrag")
	if as == publishing && (flag(m, sdp.AttrKeyRecvOnly) || flag(m, sdp.AttrKeyInactive)) {
		return fmt.Errorf("the offer's %s is not sendonly", m.MediaName.Media)
	}
	if as == watching && (flag(m, sdp.AttrKeySendOnly) || flag(m, sdp.AttrKeyInactive)) {
		return fmt.Errorf("the offer's %s is not recvonly", m.MediaName.Media)
	}
	if o.kinds[kind] {
		return fmt.Errorf("the offer has more than one %s section", m.MediaName.Media)
	}
	o.kinds[kind] = true
	return nil
}

func hasCodec(m *sdp.MediaDescription, codec string) bool {
	return slices.ContainsFunc(m.Attributes, func(a sdp.Attribute) bool {
		_, name, _ := strings.Cut(a.Value, " ")
		return a.Key == "rtpmap" && strings.EqualFold(strings.TrimSpace(name), codec)
	})
}

func flag(m *sdp.MediaDescription, key string) bool {
	_, ok := m.Attribute(key)
	return ok
}

// attribute looks in the section, then in the session.
func attribute(d *sdp.SessionDescription, m *sdp.MediaDescription, key string) string {
	if v, ok := m.Attribute(key); ok {
		return v
	}
	v, _ := d.Attribute(key)
	return v
}

func withoutCandidates(in []sdp.Attribute) []sdp.Attribute {
	return slices.DeleteFunc(in, func(a sdp.Attribute) bool {
		return a.Key == sdp.AttrKeyCandidate || a.Key == sdp.AttrKeyEndOfCandidates
	})
}

// announce adds the public addresses to an answer's candidates. Pion need not know of them: what arrives there comes
// in on the same sockets. Priorities (RFC 8445, 5.1.2.1) are below those of the machine's own addresses.
func announce(answer string, addresses []netip.Addr, port int) string {
	if len(addresses) == 0 {
		return answer
	}
	var own strings.Builder
	for i, a := range addresses {
		priority := 100<<24 | (60000-i)<<8 | 255
		fmt.Fprintf(&own, "a=candidate:public%dudp 1 udp %d %s %d typ host\r\n", i, priority, a.Unmap(), port)
		fmt.Fprintf(&own, "a=candidate:public%dtcp 1 tcp %d %s %d typ host tcptype passive\r\n",
			i, priority-1<<20, a.Unmap(), port)
	}
	const end = "a=end-of-candidates\r\n"
	return strings.ReplaceAll(answer, end, own.String()+end)
}
