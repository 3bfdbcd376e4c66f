// Package uapi is the kernel's V4L2 interface as Go sees it: the structs of linux/videodev2.h and one function for
// each ioctl, nothing more. Errors are the bare unix.Errno; package v4l2 above says what they mean.
//
// # Layout
//
// The size of a struct is a part of its ioctl's number, so a struct that is a byte too long is another call, and the
// kernel answers ENOTTY. C and Go lay structs out alike but for one thing: C aligns a 64-bit integer to 8 bytes on
// ARM (AAPCS), Go to 4. Where it matters the padding is written out (Buffer, Input). Pointers and C's unsigned long
// are uintptr. layout.go and its test hold every size and offset for 64- and 32-bit machines.
//
// # Time on 32-bit ARM
//
// struct v4l2_buffer has a struct timeval, which a 32-bit C library may take as two 32-bit or two 64-bit numbers; so
// there are two layouts, 68 and 80 bytes, with two sets of ioctl numbers. We use the 64-bit one. A kernel since 5.6
// (March 2020) always has it, for it is the kernel's own (struct __kernel_v4l2_timeval); the 32-bit one is there only
// with CONFIG_COMPAT_32BIT_TIME. And a 32-bit program on a 64-bit kernel, which is how Raspberry Pi OS runs its 32-bit
// system on a Pi 4, finds the same two layouts there.
package uapi
