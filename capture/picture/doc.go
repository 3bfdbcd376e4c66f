// Package picture works on uncompressed pictures: it converts what cameras deliver to what encoders take, makes the
// small preview of the status page, and draws the slate.
//
// Encoders take planar 4:2:0 (YU12): a plane of luma, and two planes of chroma with half of the width and height.
//
//	YUYV, UYVY   chroma of two lines is averaged
//	NV12         chroma pairs are parted
//	MJPEG        decoded by image/jpeg, resampled, brought from full to limited range
//	YU12         taken as it is, without a copy
//
// Luma here is of limited range, 16 black to 235 white, and chroma 16 to 240 around 128 (ITU-R BT.601, 2.5.3): what
// cameras deliver as raw pictures, and what a decoder assumes of H.264 that does not say otherwise. JPEG is of full
// range, 0 to 255 (JFIF 1.02), on the way in and on the way out.
package picture
