/* SPDX-License-Identifier: GPL-2.0 */
/* What encoder.c needs of encoder-h264.c (H.264 of mosaics, copies and skips) and of encoder-memory.c. */
#ifndef BENCH_ENCODER_H
#define BENCH_ENCODER_H

#include <linux/types.h>

/* A raw picture. Its planes follow each other; stride and lines are those of the first, whole macroblocks. */
struct picture {
	u32 fourcc;
	const u8 *base;
	unsigned int stride, lines;
};

/* What is coded: visible pixels, profile_idc with the constraint_set flags in the low byte, and level_idc. */
struct sequence {
	unsigned int width, height;
	u16 profile;
	u8 level;
};

/* What a decoder has after the pictures so far. */
struct h264 {
	unsigned int columns, rows;	/* macroblocks */
	u8 (*shown)[384];		/* of each macroblock Y 16x16, Cb 8x8, Cr 8x8 */
	unsigned long *fresh;		/* those that the picture at hand replaces */
	unsigned int cursor;		/* where the next picture looks for changes first */
	u16 frame_num, idr_pic_id;
};

int h264_start(struct h264 *h, unsigned int width, unsigned int height);
void h264_stop(struct h264 *h);

/*
 * Each writes NAL units with start codes to out and returns their size, 0 if room bytes do not hold them. h264_changes
 * makes about budget bytes, never less than a picture that changes nothing.
 */
size_t h264_parameters(const struct sequence *s, u8 *out, size_t room);
size_t h264_mosaic(struct h264 *h, const struct picture *p, u8 *out, size_t room);
size_t h264_changes(struct h264 *h, const struct picture *p, size_t budget, u8 *out, size_t room);

struct vb2_mem_ops;

/* Fills in how a queue of the encoder gets its memory. */
void encoder_memory(struct vb2_mem_ops *ops);

#endif
