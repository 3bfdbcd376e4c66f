// Package whip is a client of the WebRTC-HTTP Ingestion Protocol (RFC 9725), its HTTP part alone: it carries an SDP
// offer to a relay and brings the answer back, and knows nothing of what the two say.
//
//	c := &whip.Client{Endpoint: u, Token: token}
//	s, err := c.Publish(ctx, offer)   // POST; s.Answer is the relay's SDP
//	...
//	err = s.Trickle(ctx, fragment)    // PATCH of late candidates, as far as the relay takes it
//	answer, err := s.Restart(ctx, fragment)
//	err = s.Delete(ctx)               // DELETE of the session URL
//
// The token goes to the endpoint's origin (scheme, host and port) and nowhere else, whatever a redirect or a Location
// says; it is in no error. What is wrong with a relay is an error whose text is a sentence about "the relay" without a
// full stop, and has an Advice() string that says what to do. Every exchange ends within ten seconds, also where the relay's body does not.
package whip
