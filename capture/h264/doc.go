// Package h264 reads coded H.264 as far as a sender must: it never decodes a picture.
//
// An access unit (one coded picture) arrives as a byte stream (ITU-T H.264, Annex B): NAL units, each after a start
// code.
//
//	00 00 00 01 67 ..   SPS: size, profile and level        (NAL type 7)
//	00 00 00 01 68 ..   PPS: names the SPS that it uses     (NAL type 8)
//	00 00 01    65 ..   a slice of an IDR picture           (NAL type 5)
//	00 00 01    65 ..   another slice of the same picture
//
// A receiver can begin at an IDR picture, and only if it has the parameter sets that its slices name. Encoders differ
// in whether they repeat them: ParameterSets remembers them and completes an IDR picture that came without.
//
// Packetizer and Depacketizer carry access units over RTP (RFC 6184, packetization-mode 1). Nothing that runs once a
// picture or once a packet allocates. All parsers take foreign bytes: they are bounded, and fuzzed.
package h264
