// Package rpicam takes pictures from a Raspberry Pi's CSI camera, which is no plain V4L2 camera: its pictures come out of
// libcamera. It runs libcamera's own program, rpicam-vid (libcamera-vid on older systems), and reads its standard output:
//
//	rpicam-vid --codec yuv420 -> pipe -> one of three buffers in turn -> RawFrame, YU12
//	rpicam-vid --codec h264   -> pipe -> cut into access units        -> RawFrame, H264
//
// The program is a child in a process group of its own, from Open to Close. It is killed, and waited for, at Close, and
// when no picture came for five seconds. Its messages go to the log, at level debug, and the last ones are in the error
// when it ends.
//
// Raw pictures are written as they lie in memory: three planes, no lines between them, each line padded to what the
// image processor wants. That is 64 bytes on a Pi 4 and older, and 128 on a Pi 5 (64 for chroma); a width for which the
// two differ is refused, for nothing tells which it is. Their values are of full range (sYCC); they are brought to
// limited range, which is what the pipeline has.
//
// H.264 is the board's encoder's where it has one. Where it has none (Pi 5) the program codes with x264, on several
// threads at once, and is some pictures late: raw pictures and OpenH264 are better there. The program writes each picture
// at once, but does not say where it ends. It is taken as whole when 4 ms have passed without a byte (see settled), and
// else when the next begins; without that guess each would wait for the next, 33 ms at 30 a second.
//
// PTS is CLOCK_MONOTONIC when the first byte of a picture arrived: later than when it was taken by exposure, processing
// and coding. The program could tell more (--save-pts), but only from one picture to the next, counted from the first,
// and not when x264 codes.
package rpicam
