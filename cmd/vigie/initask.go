package main

import (
	"context"
	"strings"
	"unicode"

	"vigie/capture/alsa"
	"vigie/capture/v4l2"
	"vigie/device/config"
)

// ask asks six questions. It returns the texts of the keys whose values are to be other ones, and the relay's token.
func ask(ctx context.Context, a asker, from beginning) (values map[string]string, token string, err error) {
	q, was := newInterview(ctx, a, from), from.config
	q.text("venue.name", "1. What do viewers call this stage?")
	if was.Venue.Channel == channelOf(was.Venue.Name) { // one that was chosen is on posters by now
		q.values["venue.channel"] = channelOf(q.values["venue.name"])
	}
	q.text("relay.url", "2. Where does the show go? The https:// address that your relay's operator gave you, or the relay inside vigie: embedded.")
	if q.values["relay.url"] != config.Embedded {
		token = q.token("3. The relay's token")
	} else {
		q.choose("relay.listen", "3. Who can watch?", choice{"127.0.0.1:8889", "this computer alone"}, choice{":8889", "everyone who reaches this box"})
	}
	if was.Microphone.Device == "none" { // until it is asked for: with neither there would be nothing to send
		q.values["microphone.device"] = "auto"
	}
	q.choose("camera.device", "4. Which camera?", cameraChoices()...)
	microphones := microphoneChoices()
	if q.values["camera.device"] == "none" {
		microphones = microphones[:len(microphones)-1]
	} else {
		q.values["microphone.device"] = was.Microphone.Device
	}
	q.choose("microphone.device", "5. Which microphone?", microphones...)
	q.choose("status.listen", "6. Who can see the status page, and press its button?",
		choice{"127.0.0.1:8080", "this computer alone"}, choice{":8080", "everyone who reaches this box and has its passphrase"})
	return q.different(), token, q.err
}

// plainLetters are those of an address for letters of Western Europe.
var plainLetters = strings.NewReplacer("à", "a", "â", "a", "ä", "a", "å", "a", "á", "a", "ç", "c", "é", "e", "è", "e", "ê", "e", "ë", "e",
	"í", "i", "î", "i", "ï", "i", "ñ", "n", "ó", "o", "ô", "o", "ö", "o", "ø", "o", "ú", "u", "ù", "u", "û", "u", "ü", "u", "æ", "ae", "œ", "oe", "ß", "ss")

// channelOf makes the last part of an address of a name.
func channelOf(name string) string {
	words := strings.FieldsFunc(plainLetters.Replace(strings.ToLower(name)), func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	channel := strings.Trim(strings.Join(words, "-"), "-")
	channel = strings.Trim(channel[:min(len(channel), 63)], "-")
	if config.Check("venue.channel", channel) != nil {
		return "main-stage"
	}
	return channel
}

func cameraChoices() []choice {
	all := []choice{{"auto", "the first one that is found"}}
	cameras, _ := v4l2.FindCameras() // those that may not be looked at are not offered
	for _, c := range cameras {
		if config.Check("camera.device", c.Path) == nil {
			all = append(all, choice{c.Path, c.Name + " (" + c.Path + ")"})
		}
	}
	return append(all, choice{"rpicam", "a CSI camera that needs libcamera"}, choice{"none", "none: the show is sound alone"})
}

func microphoneChoices() []choice {
	all := []choice{{"auto", "the first one that is found"}}
	microphones, _ := alsa.Find()
	for _, m := range microphones {
		if config.Check("microphone.device", m.Address()) == nil {
			all = append(all, choice{m.Address(), m.String()})
		}
	}
	return append(all, choice{"none", "none: the show is silent"})
}
