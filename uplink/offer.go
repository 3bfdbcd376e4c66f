package uplink

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

var errNoNetwork = errors.New("no network: this box has no address to send from")

// makeOffer sets and returns the offer with the candidates that a second brings.
func makeOffer(ctx context.Context, pc *webrtc.PeerConnection) (string, error) {
	complete := webrtc.GatheringCompletePromise(pc)
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		return "", fmt.Errorf("making an offer: %w", err)
	}
	if err := pc.SetLocalDescription(offer); err != nil {
		return "", fmt.Errorf("making an offer: %w", err)
	}
	wait := time.NewTimer(gather)
	defer wait.Stop()
	select {
	case <-complete:
	case <-wait.C:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	text := pc.LocalDescription().SDP
	if !strings.Contains(text, "a=candidate:") {
		return "", errNoNetwork
	}
	return shape(text)
}

// shape adds to pion's offer what RFC 9725 and JSEP ask for: rtcp-mux-only in each section (4.4.1; RFC 8858), and the
// ice2 option (RFC 8839, 5.6). The rest is right as it comes: sendonly, actpass, one msid, our codecs alone.
func shape(offer string) (string, error) {
	var d sdp.SessionDescription
	if err := d.UnmarshalString(offer); err != nil {
		return "", fmt.Errorf("shaping the offer: %w", err)
	}
	d.WithValueAttribute("ice-options", "ice2")
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
// it did not reject with port 0 (RFC 3264, 6), nor answered as inactive or sendonly.
func takenKinds(answer string) (map[string]bool, error) {
	var d sdp.SessionDescription
	if err := d.UnmarshalString(answer); err != nil {
		return nil, fmt.Errorf("the relay's answer is not usable: %w", err)
	}
	takes := make(map[string]bool, 2)
	for _, m := range d.MediaDescriptions {
		_, inactive := m.Attribute(sdp.AttrKeyInactive)
		_, sendonly := m.Attribute(sdp.AttrKeySendOnly)
		takes[m.MediaName.Media] = m.MediaName.Port.Value != 0 && !inactive && !sendonly
	}
	return takes, nil
}
