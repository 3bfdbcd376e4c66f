// Package v4l2 takes pictures from cameras, and has them coded by the board's encoder, by the kernel's Video4Linux2
// interface (Documentation/userspace-api/media/v4l in the kernel's tree). Package uapi below it is the ioctls; this one
// is what they mean.
//
// FindBoard asks the devices what they can do, not what they are called: /dev/videoN is dealt out anew at each boot,
// and a box has such nodes that are no camera (an encoder, an image processor, a camera's metadata). From its answer
// capture.ChooseWay makes a way, and Open and OpenEncoder open what the way says; what the driver then answers is what
// counts. Watch tells when to ask again. Stream takes pictures until it is told to stop.
//
// A picture stays in the driver's memory, which is mapped here, read-only:
//
//	QBUF -> the driver fills the buffer -> poll says so -> DQBUF -> Stream's function -> QBUF
//
// With four buffers the driver has always one to fill while another is looked at. When Stream's function is slower
// than the camera for long, the driver throws pictures away; that shows as a gap in Sequence, and in Lost.
//
// OpenEncoder opens the board's H.264 encoder, a mem2mem device with two queues (kernel document "Memory-to-Memory
// Stateful Video Encoder Interface"): raw pictures go in by OUTPUT, coded ones come out by CAPTURE, with the stamp that
// the raw one had.
//
//	RawFrame -> OUTPUT -> the hardware -> CAPTURE -> one copy -> AccessUnit
//
// A picture gets into OUTPUT by a copy, which is counted, or without one: the encoder exports its buffers as Memory, and
// a camera that was opened with it (Options.Import) has its driver fill them. Encode knows its own memory when it sees
// it, and queues the buffer as it is; the camera gets it back when the encoder has read it. That way round, because an
// encoder's memory is contiguous, which it needs, and a USB camera does not care. The two must agree on how a picture
// lies in memory, or the camera is refused. With an encoder that cannot export it is the other way round: the camera
// does (Options.Export), and the encoder reads from there (EncoderOptions.Import), if it can work in such memory.
//
// OpenProcessor is for what has to be between the two: a decoder, which makes raw pictures of a webcam's JPEGs, or a
// converter, which makes other raw pictures. With a camera behind it a Processor is a camera itself; it puts its pictures
// into an encoder's Memory as a camera does, and lends its own to a raw camera:
//
//	Camera -> OUTPUT -> decoder or converter -> CAPTURE = Memory of OUTPUT -> encoder -> CAPTURE -> AccessUnit
//
// Hardware fails in its own ways. An encoder that takes pictures and gives none is capture.ErrStalled: close it, open
// it again, and the camera too if it fills its memory. What it flags as damaged is dropped and the next picture is an
// IDR. With too little memory it has fewer buffers, and below what it takes it is capture.ErrNoMemory.
//
// An HDMI bridge is a camera whose pictures are as what is plugged in sends them. Open sets it to the signal that is
// there; when that changes, Stream ends with capture.ErrChanged, and without one neither works.
//
// A camera that is unplugged is capture.ErrGone, one that another program uses capture.ErrBusy: a camera has one user
// at a time, from the moment its buffers are allocated. What can be mended without the caller is mended here: damaged
// pictures are dropped and counted, a broken queue is stopped and started.
package v4l2
