package uplink

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pion/sdp/v3"
)

var errNoNetwork = errors.New("no network: this box has no address to send from")

// offered is an offer as it went out.
type offered struct {
	sdp  string
	side iceSide         // with the candidates that it names
	all  <-chan struct{} // closed when the others are there
}

// makeOffer sets and returns the offer with the box's own candidates.
func (s *session) makeOffer(ctx context.Context) (o offered, err error) {
	offer, err := s.pc.CreateOffer(nil)
	if err != nil {
		return o, fmt.Errorf("making an offer: %w", err)
	}
	if o.all, err = s.gatherAll(offer); err != nil {
		return o, fmt.Errorf("making an offer: %w", err)
	}
	if _, err = s.gathered(ctx, o.all); err != nil {
		return o, err
	}
	if o.sdp, err = shape(s.pc.LocalDescription().SDP); err != nil {
		return o, err
	}
	o.side = readICE(o.sdp)
	return o, nil
}

// shape adds to pion's offer what RFC 9725 and JSEP ask for: rtcp-mux-only in each section (4.4.1; RFC 8858), and the
// options of ICE: candidates may come later (RFC 8840, 4.1.1), and ice2 (RFC 8839, 5.6). The rest is right as it comes:
// sendonly, actpass, one msid, our codecs alone.
func shape(offer string) (string, error) {
	var d sdp.SessionDescription
	if err := d.UnmarshalString(offer); err != nil {
		return "", fmt.Errorf("shaping the offer: %w", err)
	}
	d.WithValueAttribute("ice-options", "trickle ice2")
	for _, m := range d.MediaDescriptions {
		m.WithPropertyAttribute("rtcp-mux-only")
	}
	b, err := d.Marshal()
	if err != nil {
		return "", fmt.Errorf("shaping the offer: %w", err)
	}
	return string(b), nil
}

// takenKinds reads from an answer which of the kinds "audio" and "video" the relay is ready to receive: sections that
// it did not reject with port 0 (RFC 3264, 6), nor answered as inactive or sendonly, in the codec that was offered.
func takenKinds(answer string) (map[string]bool, error) {
	var d sdp.SessionDescription
	if err := d.UnmarshalString(answer); err != nil {
		return nil, fmt.Errorf("the relay's answer is not usable: %w", err)
	}
	takes := make(map[string]bool, 2)
	for _, m := range d.MediaDescriptions {
		_, inactive := m.Attribute(sdp.AttrKeyInactive)
		_, sendonly := m.Attribute(sdp.AttrKeySendOnly)
		takes[m.MediaName.Media] = m.MediaName.Port.Value != 0 && !inactive && !sendonly && hasOurCodec(m)
	}
	return takes, nil
}

// hasOurCodec tells whether a section takes what we send: a picture comes in fragments, which packetization-mode 0 excludes
// (RFC 6184, 6.2). Where the answer names no mode, it is taken to be the one that was offered: there are such relays.
func hasOurCodec(m *sdp.MediaDescription) (has bool) {
	want := map[string]string{"video": "h264/90000", "audio": "opus/48000"}[m.MediaName.Media]
	for _, a := range m.Attributes {
		_, value, _ := strings.Cut(strings.ToLower(a.Value), " ")
		switch {
		case a.Key == "rtpmap" && want != "" && strings.HasPrefix(value, want):
			has = true
		case a.Key == "fmtp" && strings.Contains(value, "packetization-mode=0"):
			return false
		}
	}
	return has
}
