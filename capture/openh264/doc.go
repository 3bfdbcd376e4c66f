// Package openh264 encodes H.264 in software, for boards without a hardware encoder: Cisco's OpenH264 by the
// interface of pion/mediadevices, whose static libraries need gcc alone.
//
// What comes out is constrained baseline, the profile that every WebRTC receiver decodes (RFC 7742, 6.2): an SPS and
// a PPS before each IDR picture, no B-pictures, so that coded order is picture order.
package openh264
