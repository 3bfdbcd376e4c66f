// Package capture has the nouns of picture and sound, and the two pipelines that turn them into coded media.
//
// A Camera delivers RawFrames, an Encoder turns each into an AccessUnit, and Video joins the two. A Microphone
// delivers PCM, an AudioEncoder turns 20 ms of it into an AudioPacket, and Audio joins those. What comes out goes
// to a Sink, forward only:
//
//	Camera -> RawFrame -> Encoder -> AccessUnit --+
//	                                              +-> Sink (the uplink's queue)
//	Microphone -> PCM -> AudioEncoder -> AudioPacket
//
// Two calls alone travel back: RequestIDR, when a receiver lost its picture or a queue dropped, and SetBitrate,
// when the network's estimate moved.
//
// Time here is media time (PTS): the kernel's CLOCK_MONOTONIC as a time.Duration since boot, stamped by the driver
// when the picture was taken or the first PCM frame was sampled. Wall clock never enters.
//
// What a board's devices can do (Board) differs from board to board: ChooseWay finds the cheapest Way from the camera
// to H.264, through a decoder, a converter and an encoder, each of which is a device or a piece of this program.
//
// The devices are in the folders below (v4l2, rpicam, alsa), as are the codecs (openh264, passthrough, opus) and what
// decodes and draws pictures (picture); this package imports nothing of ours, so that each of them can import it.
package capture
