// Package v4l2 takes pictures from cameras by the kernel's Video4Linux2 interface
// (Documentation/userspace-api/media/v4l in the kernel's tree). Package uapi below it is the ioctls; this one is what
// they mean.
//
// Find lists the cameras, by what they can do and not by their number: /dev/videoN is dealt out anew at each boot, and
// a box has such nodes that are no camera (an encoder, an image processor, a camera's metadata). Open settles a
// format: it asks for the nearest to what was wanted, and then uses what the driver answered (size, stride, rate),
// which may be something else. Stream takes pictures until it is told to stop.
//
// A picture stays in the driver's memory, which is mapped here, read-only:
//
//	QBUF -> the driver fills the buffer -> poll says so -> DQBUF -> Stream's function -> QBUF
//
// With four buffers the driver has always one to fill while another is looked at. When Stream's function is slower
// than the camera for long, the driver throws pictures away; that shows as a gap in Sequence, and in Lost.
//
// A camera that is unplugged is capture.ErrGone, one that another program uses capture.ErrBusy: a camera has one user
// at a time, from the moment its buffers are allocated. What can be mended without the caller is mended here: damaged
// pictures are dropped and counted, a broken queue is stopped and started.
package v4l2
