// Package passthrough stands where an encoder does for cameras that code H.264 themselves: their access units go on as
// they are, the same bytes live and recorded.
//
//	RawFrame{FourCC: H264, Data: one access unit in Annex B} -> one copy -> AccessUnit
//
// What that costs: the bitrate is the camera's and cannot follow the network; an IDR comes when the camera makes one, and
// not when it is asked for; nobody sees raw pictures (no preview, no black or frozen picture found).
//
// A receiver can begin at an IDR picture alone. So whatever comes before the first, or after a gap (a number that is
// missing, a slate, a damaged picture), is thrown away and counted until the camera's next IDR. The camera's interval
// between two IDRs is how long that takes: one second is meant.
//
// A slate, which comes as a YU12 picture, is coded by another encoder, once for what it shows, into two IDR pictures
// that are sent by turns, once a second or when an IDR is asked for. Two, because consecutive IDR pictures have to
// differ in idr_pic_id (ITU-T H.264, 7.4.3).
//
// What the camera's stream is, is not changed. Receivers of WebRTC have to decode constrained baseline alone (RFC 7742,
// 6.2); browsers decode main and high as well, but not B pictures, whose order of decoding is not the order in which
// they are shown: set the camera to baseline. A camera that has no IDR pictures at all (gradual refresh, or I pictures
// with a recovery point) never begins: after ten seconds that is an error.
package passthrough
