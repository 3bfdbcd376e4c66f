package whip

// kind is what an error is about, and so what is to be done and by whom.
type kind int

const (
	ofNetwork     kind = iota // on the way, or nobody knows
	ofListener                // a machine is there, and no relay on it
	ofName                    // the relay's, which cannot be resolved
	ofCertificate             // its certificate
	ofAddress                 // relay.url leads elsewhere
	ofPortal                  // this network wants a log-in first
	ofNoToken                 // none was sent
	ofToken                   // the one that was sent
	ofChannel                 // somebody else has the channel
	ofRelay                   // the relay's own trouble
)

// advice is for people at the venue, as a sentence: the one place for what a status page and a technician's tool say.
func (k kind) advice() string {
	switch k {
	case ofListener:
		return "See that the relay runs, at the host and port in relay.url."
	case ofName:
		return "Look at the host in relay.url, and at the network: it needs a name server and a way to the Internet."
	case ofCertificate:
		return "See that this box's clock is right, and that no log-in page of this network answers instead; " +
			"else the certificate is the relay operator's to mend."
	case ofAddress:
		return "Look at relay.url: the relay's operator knows the right one."
	case ofPortal:
		return "Log this box in where this network wants that, or have who runs the network let it through; else look at relay.url."
	case ofNoToken:
		return "Name the file that has the relay's token in relay.token_file."
	case ofToken:
		return "Put the token that the relay's operator gives for this channel into the file that relay.token_file names; " +
			"an old one may have ended."
	case ofChannel:
		return "End what else publishes to this channel, or take another one in relay.url."
	case ofRelay:
		return "Tell the relay's operator: nothing at the venue mends that."
	}
	return "Look at the network: cable, Wi-Fi, router, firewall."
}

// failure is an error of a relay that cannot be reached or understood. Its text is whole: what it wraps is for programs.
type failure struct {
	kind kind
	text string
	err  error // may be nil
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.err }

// Advice says what to do, as a sentence.
func (f *failure) Advice() string { return f.kind.advice() }
