// SPDX-License-Identifier: GPL-2.0
/*
 * H.264 that any decoder takes and that a page of code can make (ITU-T H.264, sections in brackets). Constrained
 * baseline, whatever profile is written on it: CAVLC, one slice, one reference picture, no deblocking.
 *
 * An IDR picture is a mosaic, each macroblock one colour. A P picture replaces some of the macroblocks that differ from
 * the source by I_PCM, which is the source itself, and skips all others. So a still picture becomes exact, as fast as
 * the bitrate allows, and what a decoder shows is known here without decoding.
 */
#include <linux/bitmap.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/videodev2.h>
#include <linux/vmalloc.h>

#include "encoder.h"

/*
 * At this QP, and 28 for chroma by an offset of -6, a DC level is exactly 2 steps of each pixel of its macroblock
 * (8.5.10, 8.5.11: LevelScale is 256 where QP % 6 is 4).
 */
#define QP 34
#define STEP 2
#define CHROMA_QP_OFFSET (-6)

/* I_PCM with its mb_type and skip run, and when each third byte prevents the emulation of a start code. */
#define PCM_BYTES 390
#define PCM_BYTES_WORST 590

struct bits {
	u8 *out;
	size_t size, room;	/* size grows past room where it is too small */
	u32 held;		/* bits of the next byte */
	unsigned int count, zeros;
};

static void put_raw(struct bits *b, u8 byte)
{
	if (b->size < b->room)
		b->out[b->size] = byte;
	b->size++;
}

/* Three bytes that look like a start code, or like this very escape, get a 3 before the last [7.4.1]. */
static void put_byte(struct bits *b, u8 byte)
{
	if (b->zeros >= 2 && byte <= 3) {
		put_raw(b, 3);
		b->zeros = 0;
	}
	put_raw(b, byte);
	b->zeros = byte ? 0 : b->zeros + 1;
}

static void put(struct bits *b, unsigned int n, u32 value)
{
	while (n--) {
		b->held = b->held << 1 | (value >> n & 1);
		if (++b->count == 8) {
			put_byte(b, b->held);
			b->count = 0;
		}
	}
}

/* ue(v) and se(v) [9.1] */
static void put_ue(struct bits *b, u32 value)
{
	unsigned int n = fls(value + 1);

	put(b, n - 1, 0);
	put(b, n, value + 1);
}

static void put_se(struct bits *b, int value)
{
	put_ue(b, value > 0 ? 2 * value - 1 : -2 * value);
}

static void align(struct bits *b)
{
	if (b->count)
		put(b, 8 - b->count, 0);
}

static void begin_nal(struct bits *b, u8 header)
{
	int i;

	for (i = 0; i < 3; i++)
		put_raw(b, 0);
	put_raw(b, 1);
	put_raw(b, header);
	b->zeros = 0;
}

static void end_nal(struct bits *b)
{
	put(b, 1, 1);
	align(b);
}

static size_t written(const struct bits *b)
{
	return b->size <= b->room ? b->size : 0;
}

#define SPS_NAL 0x67
#define PPS_NAL 0x68
#define IDR_NAL 0x65
#define P_NAL 0x61
#define PROFILE_HIGH 100

size_t h264_parameters(const struct sequence *s, u8 *out, size_t room)
{
	struct bits b = { .out = out, .room = room };
	unsigned int columns = DIV_ROUND_UP(s->width, 16), rows = DIV_ROUND_UP(s->height, 16);
	unsigned int right = columns * 16 - s->width, bottom = rows * 16 - s->height;

	begin_nal(&b, SPS_NAL);	/* [7.3.2.1.1] */
	put(&b, 16, s->profile);
	put(&b, 8, s->level);
	put_ue(&b, 0);
	if (s->profile >> 8 == PROFILE_HIGH) {
		put_ue(&b, 1);	/* 4:2:0 */
		put_ue(&b, 0);	/* 8 bits of luma */
		put_ue(&b, 0);	/* and of chroma */
		put(&b, 2, 0);	/* neither lossless nor scaled */
	}
	put_ue(&b, 12);		/* frame_num of 16 bits */
	put_ue(&b, 2);		/* shown in the order of coding */
	put_ue(&b, 1);		/* one reference picture */
	put(&b, 1, 0);
	put_ue(&b, columns - 1);
	put_ue(&b, rows - 1);
	put(&b, 1, 1);		/* frames */
	put(&b, 1, 1);		/* direct_8x8_inference */
	put(&b, 1, right || bottom);
	if (right || bottom) {
		put_ue(&b, 0);
		put_ue(&b, right / 2);
		put_ue(&b, 0);
		put_ue(&b, bottom / 2);
	}
	put(&b, 1, 0);		/* no VUI */
	end_nal(&b);

	begin_nal(&b, PPS_NAL);	/* [7.3.2.2] */
	put_ue(&b, 0);
	put_ue(&b, 0);
	put(&b, 2, 0);		/* CAVLC */
	put_ue(&b, 0);
	put_ue(&b, 0);
	put_ue(&b, 0);
	put(&b, 3, 0);		/* no weighted prediction */
	put_se(&b, QP - 26);
	put_se(&b, 0);
	put_se(&b, CHROMA_QP_OFFSET);
	put(&b, 3, 4);		/* slices say that they are not deblocked */
	end_nal(&b);
	return written(&b);
}

#define SLICE_I 7
#define SLICE_P 5

/* The slice header [7.3.3] of all that is common. */
static void begin_slice(struct bits *b, struct h264 *h, unsigned int type)
{
	begin_nal(b, type == SLICE_I ? IDR_NAL : P_NAL);
	put_ue(b, 0);
	put_ue(b, type);
	put_ue(b, 0);
	put(b, 16, h->frame_num++);
	if (type == SLICE_I)
		put_ue(b, h->idr_pic_id++);
	put(b, type == SLICE_I ? 2 : 3, 0);	/* no marking, no reordering */
	put_se(b, 0);
	put_ue(b, 1);				/* no deblocking */
}

/*
 * residual_block of a lone DC level [9.2]. nC is 0 everywhere: the blocks beside have no AC coefficients, and DC does
 * not count. The chroma DC block has codes of its own.
 */
static void put_dc(struct bits *b, int level, bool chroma)
{
	int code = 2 * abs(level) - 2 + (level < 0) - 2;	/* as no trailing one came before, a 1 is not in it */

	if (!level) {
		put(b, chroma ? 2 : 1, 1);
		return;
	}
	if (abs(level) == 1) {
		put(b, chroma ? 1 : 2, 1);
		put(b, 1, level < 0);
	} else {
		put(b, 6, chroma ? 7 : 5);
		if (code < 14) {
			put(b, code + 1, 1);
		} else if (code < 30) {
			put(b, 15, 1);
			put(b, 4, code - 14);
		} else {
			put(b, 16, 1);
			put(b, 12, code - 30);
		}
	}
	put(b, 1, 1);	/* total_zeros: it is the first */
}

static void load_lines(u8 *to, unsigned int width, unsigned int lines, const u8 *from, unsigned int stride)
{
	for (; lines--; to += width, from += stride)
		memcpy(to, from, width);
}

static void load_packed(u8 *mb, const u8 *from, unsigned int stride, bool luma_first)
{
	unsigned int x, y;
	const u8 *luma = from + !luma_first, *chroma = from + luma_first;

	for (y = 0; y < 16; y++)
		for (x = 0; x < 16; x++)
			mb[y * 16 + x] = luma[y * stride + x * 2];
	for (y = 0; y < 8; y++)
		for (x = 0; x < 8; x++) {
			const u8 *c = chroma + y * 2 * stride + x * 4;

			mb[256 + y * 8 + x] = (c[0] + c[stride] + 1) / 2;
			mb[320 + y * 8 + x] = (c[2] + c[stride + 2] + 1) / 2;
		}
}

/* The macroblock at a column and row, in the order of I_PCM. */
static void load(u8 *mb, const struct picture *p, unsigned int column, unsigned int row)
{
	const u8 *chroma = p->base + p->stride * p->lines;
	unsigned int half = p->stride / 2, i;

	switch (p->fourcc) {
	case V4L2_PIX_FMT_YUV420:
		chroma += row * 8 * half + column * 8;
		load_lines(mb + 256, 8, 8, chroma, half);
		load_lines(mb + 320, 8, 8, chroma + half * p->lines / 2, half);
		break;
	case V4L2_PIX_FMT_NV12:
		chroma += row * 8 * p->stride + column * 16;
		for (i = 0; i < 64; i++) {
			mb[256 + i] = chroma[i / 8 * p->stride + i % 8 * 2];
			mb[320 + i] = chroma[i / 8 * p->stride + i % 8 * 2 + 1];
		}
		break;
	default:
		load_packed(mb, p->base + row * 16 * p->stride + column * 32, p->stride, p->fourcc == V4L2_PIX_FMT_YUYV);
		return;
	}
	load_lines(mb, 16, 16, p->base + row * 16 * p->stride + column * 16, p->stride);
}

/* The level that takes predicted nearest to the mean of n pixels, which become what a decoder then shows. */
static int flatten(u8 *pixels, unsigned int n, int predicted)
{
	unsigned int i, sum = n / 2;
	int level;

	for (i = 0; i < n; i++)
		sum += pixels[i];
	level = DIV_ROUND_CLOSEST((int)(sum / n) - predicted, STEP);
	memset(pixels, clamp(predicted + STEP * level, 0, 255), n);
	return level;
}

/*
 * Intra16x16 with a luma DC alone [7.3.5]. It is predicted from the left, in the first column from above, so from one
 * flat macroblock: prediction by DC would mix two, and chroma would need four levels instead of one.
 */
static void put_flat(struct bits *b, struct h264 *h, unsigned int column, unsigned int row)
{
	u8 (*mb)[384] = &h->shown[row * h->columns + column];
	const u8 *from = column ? mb[-1] : row ? mb[-(int)h->columns] : NULL;
	int y = flatten(*mb, 256, from ? from[0] : 128);
	int cb = flatten(*mb + 256, 64, from ? from[256] : 128);
	int cr = flatten(*mb + 320, 64, from ? from[320] : 128);
	unsigned int vertical = 0, horizontal = 1, dc = 2;	/* and chroma has them in the opposite order */
	unsigned int mode = column ? horizontal : row ? vertical : dc;
	bool coloured = cb || cr;

	put_ue(b, 1 + mode + 4 * coloured);
	put_ue(b, 2 - mode);
	put_se(b, 0);		/* mb_qp_delta */
	put_dc(b, y, false);
	if (coloured) {
		put_dc(b, cb, true);
		put_dc(b, cr, true);
	}
}

size_t h264_mosaic(struct h264 *h, const struct picture *p, u8 *out, size_t room)
{
	struct bits b = { .out = out, .room = room };
	unsigned int column, row;

	h->frame_num = 0;
	begin_slice(&b, h, SLICE_I);
	for (row = 0; row < h->rows; row++)
		for (column = 0; column < h->columns; column++) {
			load(h->shown[row * h->columns + column], p, column, row);
			put_flat(&b, h, column, row);
		}
	end_nal(&b);
	return written(&b);
}

/* Takes up to most macroblocks that changed from the source, going on where the picture before ended. */
static void refresh(struct h264 *h, const struct picture *p, unsigned int most)
{
	unsigned int total = h->columns * h->rows, looked;
	u8 mb[384];

	bitmap_zero(h->fresh, total);
	for (looked = 0; most && looked < total; looked++) {
		unsigned int at = h->cursor;

		h->cursor = (at + 1) % total;
		load(mb, p, at % h->columns, at / h->columns);
		if (!memcmp(mb, h->shown[at], sizeof(mb)))
			continue;
		memcpy(h->shown[at], mb, sizeof(mb));
		__set_bit(at, h->fresh);
		most--;
	}
}

#define I_PCM_IN_P (5 + 25)

size_t h264_changes(struct h264 *h, const struct picture *p, size_t budget, u8 *out, size_t room)
{
	struct bits b = { .out = out, .room = room };
	unsigned int total = h->columns * h->rows, after = 0, at, i;

	refresh(h, p, min(budget / PCM_BYTES, room / PCM_BYTES_WORST));
	begin_slice(&b, h, SLICE_P);
	for_each_set_bit(at, h->fresh, total) {
		put_ue(&b, at - after);	/* mb_skip_run */
		put_ue(&b, I_PCM_IN_P);
		align(&b);
		for (i = 0; i < 384; i++)
			put_byte(&b, h->shown[at][i]);
		after = at + 1;
	}
	if (after < total)
		put_ue(&b, total - after);
	end_nal(&b);
	return written(&b);
}

int h264_start(struct h264 *h, unsigned int width, unsigned int height)
{
	h->columns = DIV_ROUND_UP(width, 16);
	h->rows = DIV_ROUND_UP(height, 16);
	h->cursor = 0;
	h->shown = vzalloc(array3_size(h->columns, h->rows, sizeof(*h->shown)));
	h->fresh = bitmap_zalloc(h->columns * h->rows, GFP_KERNEL);
	if (h->shown && h->fresh)
		return 0;
	h264_stop(h);
	return -ENOMEM;
}

void h264_stop(struct h264 *h)
{
	vfree(h->shown);
	bitmap_free(h->fresh);
	h->shown = NULL;
	h->fresh = NULL;
}
