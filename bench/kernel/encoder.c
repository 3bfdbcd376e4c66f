// SPDX-License-Identifier: GPL-2.0
/*
 * A mem2mem H.264 encoder that behaves as the one of a Raspberry Pi 4 and older (bcm2835-codec): its formats, strides,
 * plane heights, controls with their ranges and defaults, its wish for contiguous memory, its time for a picture. What
 * it makes of the pictures is in encoder-h264.c.
 *
 * It breaks on command, by files in /sys/module/bench_encoder/parameters:
 *
 *	stall		takes pictures and gives nothing, until as many files that stalled were closed
 *	hang		keeps the pictures, too, and so does any other file, until as many files that hang were closed
 *	errors		so many of the next coded pictures are cut in half and flagged V4L2_BUF_FLAG_ERROR
 *	memory_limit	bytes of its buffers together, 0 for no limit; REQBUFS beyond gives fewer, or ENOMEM
 *	lose_timestamps	coded pictures have the time 0
 *	latency_ms	how long a picture takes
 *	memory_used	(read) bytes of buffers that exist now, also where only a DMABUF or a mapping holds them
 *	exported	(read) DMABUFs of its buffers that exist now
 *	imported	(read) buffers of other devices that it holds now
 *
 * User mode has no CMA: a buffer has 4 MiB at most, so that YUYV of 1920x1088 is the largest that can be allocated.
 */
#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/workqueue.h>

#include <media/v4l2-ctrls.h>
#include <media/v4l2-device.h>
#include <media/v4l2-event.h>
#include <media/v4l2-fh.h>
#include <media/v4l2-ioctl.h>
#include <media/v4l2-mem2mem.h>
#include <media/videobuf2-dma-contig.h>

#include "encoder.h"

#define NAME "bench-encoder"
#define MIN_SIZE 32
#define MAX_SIZE 1920

static unsigned int stall, hang, errors, latency_ms = 15;
static bool lose_timestamps;
module_param(stall, uint, 0644);
module_param(hang, uint, 0644);
module_param(errors, uint, 0644);
module_param(latency_ms, uint, 0644);
module_param(lose_timestamps, bool, 0644);

/* Raw formats, with the alignment of their lines in bytes. */
static const struct raw_format {
	u32 fourcc;
	unsigned int align, bytes;	/* bytes of a pixel in the first plane */
	bool packed;
} raw_formats[] = {
	{ V4L2_PIX_FMT_YUV420, 64, 1, false },
	{ V4L2_PIX_FMT_NV12, 32, 1, false },
	{ V4L2_PIX_FMT_YUYV, 64, 2, true },
	{ V4L2_PIX_FMT_UYVY, 64, 2, true },
};

static struct encoder {
	struct platform_device *pdev;
	struct v4l2_device v4l2;
	struct media_device media;
	struct video_device video;
	struct v4l2_m2m_dev *m2m;
	struct mutex lock;		/* of the ioctls */
	struct vb2_mem_ops mem_ops;
} encoder;

/* One open file: its formats, controls and queues. */
struct session {
	struct v4l2_fh fh;
	struct v4l2_ctrl_handler controls;
	struct v4l2_pix_format_mplane raw, coded;
	struct v4l2_rect visible;
	struct v4l2_fract interval;
	struct v4l2_ctrl *bitrate, *mode, *profile, *level, *repeat_headers;
	unsigned int gop;

	struct delayed_work work;	/* the picture at hand */
	struct h264 h264;
	s64 credit;			/* bytes that may be sent now; below 0 a mosaic was too big */
	unsigned int since_idr;
	u32 raw_sequence, coded_sequence;
	bool force_idr, want_headers;
	bool stalled, hung, aborting;
};

static struct session *session_of(struct file *file)
{
	return container_of(file->private_data, struct session, fh);
}

/* --- Pictures --- */

static const u16 profile_idc[] = {
	[V4L2_MPEG_VIDEO_H264_PROFILE_BASELINE] = 0x42c0,
	[V4L2_MPEG_VIDEO_H264_PROFILE_CONSTRAINED_BASELINE] = 0x42c0,
	[V4L2_MPEG_VIDEO_H264_PROFILE_MAIN] = 0x4d40,
	[V4L2_MPEG_VIDEO_H264_PROFILE_HIGH] = 0x6400,
};

static const u8 level_idc[] = {
	[V4L2_MPEG_VIDEO_H264_LEVEL_1_0] = 10, [V4L2_MPEG_VIDEO_H264_LEVEL_1B] = 9,
	[V4L2_MPEG_VIDEO_H264_LEVEL_1_1] = 11, [V4L2_MPEG_VIDEO_H264_LEVEL_1_2] = 12,
	[V4L2_MPEG_VIDEO_H264_LEVEL_1_3] = 13, [V4L2_MPEG_VIDEO_H264_LEVEL_2_0] = 20,
	[V4L2_MPEG_VIDEO_H264_LEVEL_2_1] = 21, [V4L2_MPEG_VIDEO_H264_LEVEL_2_2] = 22,
	[V4L2_MPEG_VIDEO_H264_LEVEL_3_0] = 30, [V4L2_MPEG_VIDEO_H264_LEVEL_3_1] = 31,
	[V4L2_MPEG_VIDEO_H264_LEVEL_3_2] = 32, [V4L2_MPEG_VIDEO_H264_LEVEL_4_0] = 40,
};

static size_t headers(struct session *s, u8 *out, size_t room)
{
	struct sequence sequence = {
		.width = s->visible.width,
		.height = s->visible.height,
		.profile = profile_idc[s->profile->cur.val],
		.level = level_idc[s->level->cur.val],
	};

	return h264_parameters(&sequence, out, room);
}

/* Adds a picture's share of the bitrate. VBR may catch up on 4 pictures, CBR on one; both on an I_PCM macroblock. */
static void earn(struct session *s)
{
	s64 share = div_u64((u64)s->bitrate->cur.val / 8 * s->interval.numerator, s->interval.denominator);
	s64 most = s->mode->cur.val == V4L2_MPEG_VIDEO_BITRATE_MODE_CBR ? share : 4 * share;

	s->credit = min(s->credit + share, max(most, 512LL));
}

/* Returns the size of the access unit, 0 if it does not fit, and whether it is an IDR. */
static size_t encode(struct session *s, struct vb2_buffer *raw, u8 *out, size_t room, bool *idr)
{
	struct picture picture = {
		.fourcc = s->raw.pixelformat,
		.base = vb2_plane_vaddr(raw, 0) + raw->planes[0].data_offset,
		.stride = s->raw.plane_fmt[0].bytesperline,
		.lines = s->raw.height,
	};
	size_t prefix = 0, size;

	earn(s);
	*idr = s->force_idr || (s->gop && s->since_idr >= s->gop);
	if (*idr) {
		if (s->want_headers || s->repeat_headers->cur.val)
			prefix = headers(s, out, room);
		size = h264_mosaic(&s->h264, &picture, out + prefix, room - prefix);
		s->force_idr = s->want_headers = false;
		s->since_idr = 0;
	} else {
		size = h264_changes(&s->h264, &picture, max(s->credit, 0LL), out, room);
	}
	s->since_idr++;
	s->credit -= prefix + size;
	return size ? prefix + size : 0;
}

static const struct v4l2_event eos = { .type = V4L2_EVENT_EOS };

/* Ends the job: the raw picture goes back, and the coded one where there is one. */
static void finish(struct session *s, struct vb2_v4l2_buffer *coded, enum vb2_buffer_state state)
{
	struct vb2_v4l2_buffer *raw = v4l2_m2m_src_buf_remove(s->fh.m2m_ctx);

	raw->sequence = s->raw_sequence++;
	if (coded) {
		coded->sequence = s->coded_sequence++;
		coded->field = V4L2_FIELD_NONE;
		v4l2_m2m_buf_copy_metadata(raw, coded, false);
		if (lose_timestamps)
			coded->vb2_buf.timestamp = 0;
		if (v4l2_m2m_is_last_draining_src_buf(s->fh.m2m_ctx, raw)) {
			coded->flags |= V4L2_BUF_FLAG_LAST;
			v4l2_m2m_mark_stopped(s->fh.m2m_ctx);
			v4l2_event_queue_fh(&s->fh, &eos);
		}
	}
	v4l2_m2m_buf_done(raw, VB2_BUF_STATE_DONE);
	if (coded)
		v4l2_m2m_buf_done(coded, state);
	v4l2_m2m_job_finish(encoder.m2m, s->fh.m2m_ctx);
}

static void work(struct work_struct *w)
{
	struct session *s = container_of(to_delayed_work(w), struct session, work);
	struct vb2_v4l2_buffer *raw, *coded;
	enum vb2_buffer_state state = VB2_BUF_STATE_DONE;
	size_t size;
	bool idr;

	if (hang && !s->aborting) {
		s->hung = true;
		schedule_delayed_work(&s->work, msecs_to_jiffies(10));
		return;
	}
	if (stall || hang) {
		s->stalled |= stall > 0;
		finish(s, NULL, state);
		return;
	}
	raw = v4l2_m2m_next_src_buf(s->fh.m2m_ctx);
	coded = v4l2_m2m_dst_buf_remove(s->fh.m2m_ctx);
	size = encode(s, &raw->vb2_buf, vb2_plane_vaddr(&coded->vb2_buf, 0), vb2_plane_size(&coded->vb2_buf, 0), &idr);
	coded->flags &= ~(V4L2_BUF_FLAG_KEYFRAME | V4L2_BUF_FLAG_PFRAME | V4L2_BUF_FLAG_LAST);
	coded->flags |= idr ? V4L2_BUF_FLAG_KEYFRAME : V4L2_BUF_FLAG_PFRAME;
	if (errors) {
		errors--;
		size /= 2;
		state = VB2_BUF_STATE_ERROR;
	}
	if (!size)
		state = VB2_BUF_STATE_ERROR;
	vb2_set_plane_payload(&coded->vb2_buf, 0, size);
	finish(s, coded, state);
}

static void device_run(void *priv)
{
	struct session *s = priv;

	schedule_delayed_work(&s->work, msecs_to_jiffies(latency_ms));
}

/* A queue that stops waits for the picture at hand: one that hangs is let go. */
static void job_abort(void *priv)
{
	struct session *s = priv;

	s->aborting = true;
}

static const struct v4l2_m2m_ops m2m_ops = { .device_run = device_run, .job_abort = job_abort };

/* --- Queues --- */

static int queue_setup(struct vb2_queue *q, unsigned int *buffers, unsigned int *planes, unsigned int sizes[],
		       struct device *devices[])
{
	struct session *s = vb2_get_drv_priv(q);
	unsigned int size = (V4L2_TYPE_IS_OUTPUT(q->type) ? &s->raw : &s->coded)->plane_fmt[0].sizeimage;

	if (*planes)
		return *planes != 1 || sizes[0] < size ? -EINVAL : 0;
	*planes = 1;
	sizes[0] = size;
	return 0;
}

static int buf_out_validate(struct vb2_buffer *vb)
{
	to_vb2_v4l2_buffer(vb)->field = V4L2_FIELD_NONE;
	return 0;
}

static int buf_prepare(struct vb2_buffer *vb)
{
	struct session *s = vb2_get_drv_priv(vb->vb2_queue);
	unsigned int size = s->raw.plane_fmt[0].sizeimage;

	if (V4L2_TYPE_IS_CAPTURE(vb->type))
		return vb2_plane_size(vb, 0) < s->coded.plane_fmt[0].sizeimage ? -EINVAL : 0;
	if (to_vb2_v4l2_buffer(vb)->field != V4L2_FIELD_NONE)
		return -EINVAL;
	return vb2_plane_size(vb, 0) < size + vb->planes[0].data_offset ? -EINVAL : 0;
}

static void buf_queue(struct vb2_buffer *vb)
{
	struct vb2_v4l2_buffer *buffer = to_vb2_v4l2_buffer(vb);
	struct session *s = vb2_get_drv_priv(vb->vb2_queue);

	if (V4L2_TYPE_IS_CAPTURE(vb->type) && vb2_is_streaming(vb->vb2_queue) &&
	    v4l2_m2m_dst_buf_is_last(s->fh.m2m_ctx)) {
		vb2_set_plane_payload(vb, 0, 0);
		buffer->field = V4L2_FIELD_NONE;
		buffer->sequence = s->coded_sequence++;
		v4l2_m2m_last_buffer_done(s->fh.m2m_ctx, buffer);
		v4l2_event_queue_fh(&s->fh, &eos);
		return;
	}
	v4l2_m2m_buf_queue(s->fh.m2m_ctx, buffer);
}

static void give_back(struct vb2_queue *q, enum vb2_buffer_state state)
{
	struct session *s = vb2_get_drv_priv(q);
	struct vb2_v4l2_buffer *buffer;

	for (;;) {
		buffer = V4L2_TYPE_IS_OUTPUT(q->type) ? v4l2_m2m_src_buf_remove(s->fh.m2m_ctx) :
							v4l2_m2m_dst_buf_remove(s->fh.m2m_ctx);
		if (!buffer)
			return;
		v4l2_m2m_buf_done(buffer, state);
	}
}

/* Whichever queue starts, what comes next is an IDR with its parameter sets. */
static int start_streaming(struct vb2_queue *q, unsigned int count)
{
	struct session *s = vb2_get_drv_priv(q);
	int err;

	if (V4L2_TYPE_IS_OUTPUT(q->type)) {
		err = h264_start(&s->h264, s->visible.width, s->visible.height);
		if (err) {
			give_back(q, VB2_BUF_STATE_QUEUED);
			return err;
		}
		s->raw_sequence = 0;
		s->credit = 0;
	} else {
		s->coded_sequence = 0;
	}
	s->force_idr = s->want_headers = true;
	s->aborting = false;
	v4l2_m2m_update_start_streaming_state(s->fh.m2m_ctx, q);
	return 0;
}

/* No job runs: v4l2_m2m_streamoff waited for it. */
static void stop_streaming(struct vb2_queue *q)
{
	struct session *s = vb2_get_drv_priv(q);

	give_back(q, VB2_BUF_STATE_ERROR);
	v4l2_m2m_update_stop_streaming_state(s->fh.m2m_ctx, q);
	if (V4L2_TYPE_IS_CAPTURE(q->type))
		return;
	if (v4l2_m2m_has_stopped(s->fh.m2m_ctx))
		v4l2_event_queue_fh(&s->fh, &eos);
	h264_stop(&s->h264);
}

static const struct vb2_ops queue_ops = {
	.queue_setup = queue_setup,
	.buf_out_validate = buf_out_validate,
	.buf_prepare = buf_prepare,
	.buf_queue = buf_queue,
	.start_streaming = start_streaming,
	.stop_streaming = stop_streaming,
	.wait_prepare = vb2_ops_wait_prepare,
	.wait_finish = vb2_ops_wait_finish,
};

static int init_queue(struct session *s, struct vb2_queue *q, enum v4l2_buf_type type)
{
	q->type = type;
	q->io_modes = VB2_MMAP | VB2_DMABUF;
	q->drv_priv = s;
	q->buf_struct_size = sizeof(struct v4l2_m2m_buffer);
	q->ops = &queue_ops;
	q->mem_ops = &encoder.mem_ops;
	q->timestamp_flags = V4L2_BUF_FLAG_TIMESTAMP_COPY;
	q->lock = &encoder.lock;
	q->dev = &encoder.pdev->dev;
	return vb2_queue_init(q);
}

static int init_queues(void *priv, struct vb2_queue *raw, struct vb2_queue *coded)
{
	int err = init_queue(priv, raw, V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE);

	return err ?: init_queue(priv, coded, V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE);
}

/* --- Formats --- */

static int querycap(struct file *file, void *priv, struct v4l2_capability *c)
{
	strscpy(c->driver, NAME, sizeof(c->driver));
	strscpy(c->card, NAME, sizeof(c->card));
	return 0;
}

static int enum_coded(struct file *file, void *priv, struct v4l2_fmtdesc *f)
{
	if (f->index)
		return -EINVAL;
	f->pixelformat = V4L2_PIX_FMT_H264;
	return 0;
}

static int enum_raw(struct file *file, void *priv, struct v4l2_fmtdesc *f)
{
	if (f->index >= ARRAY_SIZE(raw_formats))
		return -EINVAL;
	f->pixelformat = raw_formats[f->index].fourcc;
	return 0;
}

static const struct raw_format *raw_format(u32 fourcc)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(raw_formats); i++)
		if (raw_formats[i].fourcc == fourcc)
			return &raw_formats[i];
	return NULL;
}

static int enum_sizes(struct file *file, void *priv, struct v4l2_frmsizeenum *f)
{
	if (f->index || (f->pixel_format != V4L2_PIX_FMT_H264 && !raw_format(f->pixel_format)))
		return -EINVAL;
	f->type = V4L2_FRMSIZE_TYPE_STEPWISE;
	f->stepwise = (struct v4l2_frmsize_stepwise){ MIN_SIZE, MAX_SIZE, 2, MIN_SIZE, MAX_SIZE, 2 };
	return 0;
}

static void fit_size(struct v4l2_pix_format_mplane *p)
{
	p->width = clamp(round_down(p->width, 2), MIN_SIZE, MAX_SIZE);
	p->height = clamp(round_down(p->height, 2), MIN_SIZE, MAX_SIZE);
	p->field = V4L2_FIELD_NONE;
	p->num_planes = 1;
	p->flags = 0;
}

/* The lines of a plane are whole macroblocks: 360 become 368, and the chroma lies behind them. */
static int try_raw(struct file *file, void *priv, struct v4l2_format *f)
{
	struct v4l2_pix_format_mplane *p = &f->fmt.pix_mp;
	const struct raw_format *format = raw_format(p->pixelformat) ?: raw_formats;
	u32 *stride = &p->plane_fmt[0].bytesperline;

	p->pixelformat = format->fourcc;
	fit_size(p);
	p->height = ALIGN(p->height, 16);
	*stride = ALIGN(clamp(*stride, p->width * format->bytes, 2U * MAX_SIZE * format->bytes), format->align);
	p->plane_fmt[0].sizeimage = *stride * p->height * (format->packed ? 2 : 3) / 2;
	if (!p->colorspace)
		p->colorspace = V4L2_COLORSPACE_REC709;
	return 0;
}

static int try_coded(struct file *file, void *priv, struct v4l2_format *f)
{
	struct v4l2_pix_format_mplane *p = &f->fmt.pix_mp;
	struct session *s = session_of(file);

	p->pixelformat = V4L2_PIX_FMT_H264;
	fit_size(p);
	p->plane_fmt[0].bytesperline = 0;
	p->plane_fmt[0].sizeimage = clamp(p->plane_fmt[0].sizeimage,
					  p->width * p->height > 1280 * 720 ? 768U << 10 : 512U << 10, 4U << 20);
	p->colorspace = s->raw.colorspace;
	p->ycbcr_enc = s->raw.ycbcr_enc;
	p->quantization = s->raw.quantization;
	p->xfer_func = s->raw.xfer_func;
	return 0;
}

static int get_raw(struct file *file, void *priv, struct v4l2_format *f)
{
	f->fmt.pix_mp = session_of(file)->raw;
	return 0;
}

static int get_coded(struct file *file, void *priv, struct v4l2_format *f)
{
	f->fmt.pix_mp = session_of(file)->coded;
	return 0;
}

static int set_raw(struct file *file, void *priv, struct v4l2_format *f)
{
	struct session *s = session_of(file);
	unsigned int lines = f->fmt.pix_mp.height;

	if (vb2_is_busy(v4l2_m2m_get_vq(s->fh.m2m_ctx, f->type)))
		return -EBUSY;
	try_raw(file, priv, f);
	s->raw = f->fmt.pix_mp;
	s->visible.width = s->raw.width;
	s->visible.height = clamp(round_down(lines, 2), MIN_SIZE, MAX_SIZE);
	s->coded.colorspace = s->raw.colorspace;
	s->coded.ycbcr_enc = s->raw.ycbcr_enc;
	s->coded.quantization = s->raw.quantization;
	s->coded.xfer_func = s->raw.xfer_func;
	return 0;
}

static int set_coded(struct file *file, void *priv, struct v4l2_format *f)
{
	struct session *s = session_of(file);

	if (vb2_is_busy(v4l2_m2m_get_vq(s->fh.m2m_ctx, f->type)))
		return -EBUSY;
	try_coded(file, priv, f);
	s->coded = f->fmt.pix_mp;
	return 0;
}

static int get_selection(struct file *file, void *priv, struct v4l2_selection *sel)
{
	struct session *s = session_of(file);

	if (sel->type != V4L2_BUF_TYPE_VIDEO_OUTPUT)
		return -EINVAL;
	switch (sel->target) {
	case V4L2_SEL_TGT_CROP:
		sel->r = s->visible;
		return 0;
	case V4L2_SEL_TGT_CROP_DEFAULT:
	case V4L2_SEL_TGT_CROP_BOUNDS:
		sel->r = (struct v4l2_rect){ .width = s->raw.width, .height = s->raw.height };
		return 0;
	}
	return -EINVAL;
}

static int set_selection(struct file *file, void *priv, struct v4l2_selection *sel)
{
	struct session *s = session_of(file);

	if (sel->type != V4L2_BUF_TYPE_VIDEO_OUTPUT || sel->target != V4L2_SEL_TGT_CROP)
		return -EINVAL;
	if (vb2_is_streaming(v4l2_m2m_get_vq(s->fh.m2m_ctx, V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE)))
		return -EBUSY;
	s->visible.width = clamp(round_down(sel->r.width, 2), 2, s->raw.width);
	s->visible.height = clamp(round_down(sel->r.height, 2), 2, s->raw.height);
	sel->r = s->visible;
	return 0;
}

static int get_parm(struct file *file, void *priv, struct v4l2_streamparm *p)
{
	if (p->type != V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE)
		return -EINVAL;
	p->parm.output.capability = V4L2_CAP_TIMEPERFRAME;
	p->parm.output.timeperframe = session_of(file)->interval;
	return 0;
}

static int set_parm(struct file *file, void *priv, struct v4l2_streamparm *p)
{
	struct v4l2_fract *asked = &p->parm.output.timeperframe;

	if (p->type != V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE)
		return -EINVAL;
	if (!asked->numerator || !asked->denominator)
		return -EINVAL;
	session_of(file)->interval = *asked;
	return get_parm(file, priv, p);
}

/* --- Commands, events, controls --- */

static int encoder_cmd(struct file *file, void *priv, struct v4l2_encoder_cmd *c)
{
	struct session *s = session_of(file);
	struct vb2_queue *coded = v4l2_m2m_get_vq(s->fh.m2m_ctx, V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE);
	int err = v4l2_m2m_ioctl_try_encoder_cmd(file, priv, c);

	if (err || !vb2_is_streaming(v4l2_m2m_get_vq(s->fh.m2m_ctx, V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE)))
		return err;
	err = v4l2_m2m_ioctl_encoder_cmd(file, priv, c);
	if (err)
		return err;
	if (c->cmd == V4L2_ENC_CMD_START)
		vb2_clear_last_buffer_dequeued(coded);
	else if (v4l2_m2m_has_stopped(s->fh.m2m_ctx))
		v4l2_event_queue_fh(&s->fh, &eos);
	return 0;
}

static int subscribe(struct v4l2_fh *fh, const struct v4l2_event_subscription *sub)
{
	if (sub->type == V4L2_EVENT_EOS)
		return v4l2_event_subscribe(fh, sub, 2, NULL);
	return v4l2_ctrl_subscribe_event(fh, sub);
}

static const struct v4l2_ioctl_ops ioctl_ops = {
	.vidioc_querycap = querycap,
	.vidioc_enum_fmt_vid_cap = enum_coded,
	.vidioc_enum_fmt_vid_out = enum_raw,
	.vidioc_enum_framesizes = enum_sizes,
	.vidioc_g_fmt_vid_cap_mplane = get_coded,
	.vidioc_g_fmt_vid_out_mplane = get_raw,
	.vidioc_try_fmt_vid_cap_mplane = try_coded,
	.vidioc_try_fmt_vid_out_mplane = try_raw,
	.vidioc_s_fmt_vid_cap_mplane = set_coded,
	.vidioc_s_fmt_vid_out_mplane = set_raw,
	.vidioc_g_selection = get_selection,
	.vidioc_s_selection = set_selection,
	.vidioc_g_parm = get_parm,
	.vidioc_s_parm = set_parm,
	.vidioc_reqbufs = v4l2_m2m_ioctl_reqbufs,
	.vidioc_querybuf = v4l2_m2m_ioctl_querybuf,
	.vidioc_qbuf = v4l2_m2m_ioctl_qbuf,
	.vidioc_dqbuf = v4l2_m2m_ioctl_dqbuf,
	.vidioc_prepare_buf = v4l2_m2m_ioctl_prepare_buf,
	.vidioc_create_bufs = v4l2_m2m_ioctl_create_bufs,
	.vidioc_expbuf = v4l2_m2m_ioctl_expbuf,
	.vidioc_streamon = v4l2_m2m_ioctl_streamon,
	.vidioc_streamoff = v4l2_m2m_ioctl_streamoff,
	.vidioc_try_encoder_cmd = v4l2_m2m_ioctl_try_encoder_cmd,
	.vidioc_encoder_cmd = encoder_cmd,
	.vidioc_subscribe_event = subscribe,
	.vidioc_unsubscribe_event = v4l2_event_unsubscribe,
};

static int set_control(struct v4l2_ctrl *c)
{
	struct session *s = container_of(c->handler, struct session, controls);

	switch (c->id) {
	case V4L2_CID_MPEG_VIDEO_FORCE_KEY_FRAME:
		s->force_idr = true;
		break;
	case V4L2_CID_MPEG_VIDEO_GOP_SIZE:
	case V4L2_CID_MPEG_VIDEO_H264_I_PERIOD:	/* one thing: each I picture is an IDR */
		s->gop = c->val;
		break;
	}
	return 0;	/* the others are read when a picture is coded */
}

static const struct v4l2_ctrl_ops control_ops = { .s_ctrl = set_control };

static struct v4l2_ctrl *number(struct session *s, u32 id, s64 min, s64 max, u64 step, s64 standard)
{
	return v4l2_ctrl_new_std(&s->controls, &control_ops, id, min, max, step, standard);
}

static struct v4l2_ctrl *menu(struct session *s, u32 id, u64 allowed, u8 standard)
{
	return v4l2_ctrl_new_std_menu(&s->controls, &control_ops, id, fls64(allowed) - 1, ~allowed, standard);
}

static int init_controls(struct session *s)
{
	v4l2_ctrl_handler_init(&s->controls, 12);
	s->mode = menu(s, V4L2_CID_MPEG_VIDEO_BITRATE_MODE, BIT(V4L2_MPEG_VIDEO_BITRATE_MODE_VBR) |
		       BIT(V4L2_MPEG_VIDEO_BITRATE_MODE_CBR), V4L2_MPEG_VIDEO_BITRATE_MODE_VBR);
	s->bitrate = number(s, V4L2_CID_MPEG_VIDEO_BITRATE, 25000, 25000000, 25000, 10000000);
	menu(s, V4L2_CID_MPEG_VIDEO_HEADER_MODE, BIT(V4L2_MPEG_VIDEO_HEADER_MODE_JOINED_WITH_1ST_FRAME),
	     V4L2_MPEG_VIDEO_HEADER_MODE_JOINED_WITH_1ST_FRAME);
	s->repeat_headers = number(s, V4L2_CID_MPEG_VIDEO_REPEAT_SEQ_HEADER, 0, 1, 1, 0);
	number(s, V4L2_CID_MPEG_VIDEO_H264_I_PERIOD, 0, 0x7fffffff, 1, 60);
	number(s, V4L2_CID_MPEG_VIDEO_GOP_SIZE, 0, 0x7fffffff, 1, 60);
	number(s, V4L2_CID_MPEG_VIDEO_B_FRAMES, 0, 0, 1, 0);
	s->level = menu(s, V4L2_CID_MPEG_VIDEO_H264_LEVEL, GENMASK(V4L2_MPEG_VIDEO_H264_LEVEL_4_0,
			V4L2_MPEG_VIDEO_H264_LEVEL_1_0), V4L2_MPEG_VIDEO_H264_LEVEL_4_0);
	s->profile = menu(s, V4L2_CID_MPEG_VIDEO_H264_PROFILE, BIT(V4L2_MPEG_VIDEO_H264_PROFILE_BASELINE) |
			  BIT(V4L2_MPEG_VIDEO_H264_PROFILE_CONSTRAINED_BASELINE) |
			  BIT(V4L2_MPEG_VIDEO_H264_PROFILE_MAIN) | BIT(V4L2_MPEG_VIDEO_H264_PROFILE_HIGH),
			  V4L2_MPEG_VIDEO_H264_PROFILE_HIGH);
	number(s, V4L2_CID_MPEG_VIDEO_H264_MIN_QP, 0, 51, 1, 20);
	number(s, V4L2_CID_MPEG_VIDEO_H264_MAX_QP, 0, 51, 1, 51);
	number(s, V4L2_CID_MPEG_VIDEO_FORCE_KEY_FRAME, 0, 0, 0, 0);
	s->gop = 60;
	s->fh.ctrl_handler = &s->controls;
	return s->controls.error;
}

/* --- Files and the device --- */

static int open(struct file *file)
{
	struct v4l2_format f = { .type = V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE };
	struct session *s = kzalloc(sizeof(*s), GFP_KERNEL);
	int err;

	if (!s)
		return -ENOMEM;
	v4l2_fh_init(&s->fh, &encoder.video);
	file->private_data = &s->fh;
	INIT_DELAYED_WORK(&s->work, work);
	s->interval = (struct v4l2_fract){ 1, 30 };
	err = init_controls(s);
	if (err)
		goto free;
	s->fh.m2m_ctx = v4l2_m2m_ctx_init(encoder.m2m, s, init_queues);
	if (IS_ERR(s->fh.m2m_ctx)) {
		err = PTR_ERR(s->fh.m2m_ctx);
		goto free;
	}
	set_raw(file, NULL, &f);
	f = (struct v4l2_format){ .type = V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE };
	set_coded(file, NULL, &f);
	v4l2_fh_add(&s->fh);
	return 0;
free:
	v4l2_ctrl_handler_free(&s->controls);
	v4l2_fh_exit(&s->fh);
	kfree(s);
	return err;
}

static int release(struct file *file)
{
	struct session *s = session_of(file);

	mutex_lock(&encoder.lock);
	v4l2_m2m_ctx_release(s->fh.m2m_ctx);
	if (s->stalled && stall)
		stall--;
	if (s->hung && hang)
		hang--;
	mutex_unlock(&encoder.lock);
	v4l2_fh_del(&s->fh);
	v4l2_fh_exit(&s->fh);
	v4l2_ctrl_handler_free(&s->controls);
	kfree(s);
	return 0;
}

static const struct v4l2_file_operations file_ops = {
	.owner = THIS_MODULE,
	.open = open,
	.release = release,
	.poll = v4l2_m2m_fop_poll,
	.unlocked_ioctl = video_ioctl2,
	.mmap = v4l2_m2m_fop_mmap,
};

/* Built in and never removed: a failure here ends in a kernel without the device, and the tests say so. */
static int __init encoder_init(void)
{
	struct video_device *v = &encoder.video;
	struct device *dev;
	int err;

	encoder.pdev = platform_device_register_simple(NAME, PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(encoder.pdev))
		return PTR_ERR(encoder.pdev);
	dev = &encoder.pdev->dev;
	err = dma_coerce_mask_and_coherent(dev, DMA_BIT_MASK(64)) ?: vb2_dma_contig_set_max_seg_size(dev, U32_MAX);
	if (err)
		return err;
	encoder_memory(&encoder.mem_ops);
	mutex_init(&encoder.lock);

	encoder.media.dev = dev;
	strscpy(encoder.media.model, NAME, sizeof(encoder.media.model));
	strscpy(encoder.media.driver_name, NAME, sizeof(encoder.media.driver_name));
	media_device_init(&encoder.media);
	encoder.v4l2.mdev = &encoder.media;
	strscpy(encoder.v4l2.name, NAME, sizeof(encoder.v4l2.name));
	encoder.m2m = v4l2_m2m_init(&m2m_ops);
	if (IS_ERR(encoder.m2m))
		return PTR_ERR(encoder.m2m);

	strscpy(v->name, NAME, sizeof(v->name));
	v->vfl_dir = VFL_DIR_M2M;
	v->fops = &file_ops;
	v->ioctl_ops = &ioctl_ops;
	v->release = video_device_release_empty;
	v->lock = &encoder.lock;
	v->v4l2_dev = &encoder.v4l2;
	v->device_caps = V4L2_CAP_VIDEO_M2M_MPLANE | V4L2_CAP_STREAMING;
	v4l2_disable_ioctl(v, VIDIOC_DECODER_CMD);
	v4l2_disable_ioctl(v, VIDIOC_TRY_DECODER_CMD);
	err = v4l2_device_register(dev, &encoder.v4l2) ?: video_register_device(v, VFL_TYPE_VIDEO, 11);
	if (!err)
		err = v4l2_m2m_register_media_controller(encoder.m2m, v, MEDIA_ENT_F_PROC_VIDEO_ENCODER);
	return err ?: media_device_register(&encoder.media);
}
device_initcall(encoder_init);

MODULE_DESCRIPTION("H.264 encoder of the bench");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(DMA_BUF);
