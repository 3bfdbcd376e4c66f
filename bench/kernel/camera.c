// SPDX-License-Identifier: GPL-2.0
/*
 * A webcam whose pictures are written to it. It has what vivid has not: MJPEG, the one format above 640x480 as of most
 * webcams, and H.264.
 *
 * It is plugged in and breaks on command, by files in /sys/module/bench_camera/parameters:
 *
 *	plugged		1 makes its node, 0 removes it as the pulling of a USB cable does; 0 at first
 *	formats		what it has from its next plugging on: "MJPG,H264,YUYV" or fewer of them
 *	errors		so many of the next pictures are cut in half and flagged V4L2_BUF_FLAG_ERROR
 *	streaming	(read) format, size and pictures a second of the stream: "MJPG 1280x720 30", or an empty line
 *	delivered	(read) pictures that were delivered, since boot
 *	lost		(read) pictures that nobody had queued a buffer for, since boot; a gap in the sequence
 *
 * Its pictures come through /dev/bench-camera-feed. A read blocks until there is a stream that this open file has not
 * read of, and gives the line of "streaming". Each write is a picture of that stream, taken at this moment; when the
 * stream is over it fails with ESTALE, and a read waits for the next.
 */
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/poll.h>

#include <media/v4l2-device.h>
#include <media/v4l2-ioctl.h>
#include <media/videobuf2-v4l2.h>
#include <media/videobuf2-vmalloc.h>

#define NAME "bench-camera"

static char formats_wanted[16] = "MJPG,H264,YUYV";
static unsigned int errors;
static unsigned long delivered, lost;
module_param_string(formats, formats_wanted, sizeof(formats_wanted), 0644);
module_param(errors, uint, 0644);
module_param(delivered, ulong, 0444);
module_param(lost, ulong, 0444);

/* Each format has a run of these. */
static const struct v4l2_frmsize_discrete sizes[] = { { 640, 480 }, { 1280, 720 }, { 640, 360 } };

static const struct format {
	u32 fourcc;
	const char *name;
	unsigned int first, count;	/* of sizes */
	unsigned int bytes;		/* of a pixel, 0 where it is coded */
} formats[] = {
	{ V4L2_PIX_FMT_MJPEG, "MJPG", 0, 3, 0 },
	{ V4L2_PIX_FMT_H264, "H264", 1, 2, 0 },
	{ V4L2_PIX_FMT_YUYV, "YUYV", 0, 1, 2 },
};

static const struct v4l2_fract intervals[] = { { 1, 30 }, { 1, 15 } };

/* One plugging: it lives until it is pulled out and its last file is closed. */
struct camera {
	struct v4l2_device v4l2;
	struct video_device video;
	struct vb2_queue queue;
	struct list_head queued;
	const struct format *formats[ARRAY_SIZE(formats)];
	unsigned int formats_count;
	struct v4l2_pix_format pix;
	struct v4l2_fract interval;
	u32 sequence;
};

struct buffer {
	struct vb2_v4l2_buffer vb;	/* first: vb2 allocates it */
	struct list_head list;
};

static struct platform_device *pdev;
static struct camera *plugged;		/* changed by its parameter alone, and that has a lock */
static DEFINE_MUTEX(lock);		/* of the ioctls, the queues and what follows */
static struct camera *streaming;
static unsigned long stream;		/* counts them */
static DECLARE_WAIT_QUEUE_HEAD(begun);

/* --- The feed --- */

static int describe(char *line, size_t room)
{
	const struct v4l2_pix_format *pix = &streaming->pix;

	return scnprintf(line, room, "%.4s %ux%u %u\n", (const char *)&pix->pixelformat, pix->width, pix->height,
			 streaming->interval.denominator);
}

/* A feed's private_data is the number of the stream that it read of. */
static bool unread(struct file *file)
{
	return streaming && stream != (unsigned long)file->private_data;
}

static ssize_t feed_read(struct file *file, char __user *out, size_t room, loff_t *at)
{
	char line[64];
	int n;

	mutex_lock(&lock);
	while (!unread(file)) {
		mutex_unlock(&lock);
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(begun, unread(file)))
			return -ERESTARTSYS;
		mutex_lock(&lock);
	}
	n = describe(line, sizeof(line));
	file->private_data = (void *)stream;
	mutex_unlock(&lock);
	if (room < n)
		return -EINVAL;
	return copy_to_user(out, line, n) ? -EFAULT : n;
}

static int deliver(struct camera *c, const char __user *picture, size_t size)
{
	struct buffer *b = list_first_entry_or_null(&c->queued, struct buffer, list);
	enum vb2_buffer_state state = VB2_BUF_STATE_DONE;

	if (size > c->pix.sizeimage)
		return -EMSGSIZE;
	if (!b) {
		c->sequence++;
		lost++;
		return 0;
	}
	if (copy_from_user(vb2_plane_vaddr(&b->vb.vb2_buf, 0), picture, size))
		return -EFAULT;
	if (errors) {
		errors--;
		size /= 2;
		state = VB2_BUF_STATE_ERROR;
	}
	list_del(&b->list);
	b->vb.sequence = c->sequence++;
	b->vb.field = V4L2_FIELD_NONE;
	b->vb.vb2_buf.timestamp = ktime_get_ns();
	vb2_set_plane_payload(&b->vb.vb2_buf, 0, size);
	vb2_buffer_done(&b->vb.vb2_buf, state);
	delivered++;
	return 0;
}

static ssize_t feed_write(struct file *file, const char __user *picture, size_t size, loff_t *at)
{
	int err = -ESTALE;

	mutex_lock(&lock);
	if (streaming && !unread(file))
		err = deliver(streaming, picture, size);
	mutex_unlock(&lock);
	return err ?: size;
}

static __poll_t feed_poll(struct file *file, poll_table *wait)
{
	poll_wait(file, &begun, wait);
	return EPOLLOUT | EPOLLWRNORM | (unread(file) ? EPOLLIN | EPOLLRDNORM : 0);
}

static int feed_open(struct inode *inode, struct file *file)
{
	file->private_data = NULL;
	return stream_open(inode, file);
}

static const struct file_operations feed_ops = {
	.owner = THIS_MODULE,
	.open = feed_open,
	.read = feed_read,
	.write = feed_write,
	.poll = feed_poll,
};

static struct miscdevice feed = { .minor = MISC_DYNAMIC_MINOR, .name = NAME "-feed", .fops = &feed_ops };

/* --- The queue --- */

static int queue_setup(struct vb2_queue *q, unsigned int *buffers, unsigned int *planes, unsigned int bytes[],
		       struct device *devices[])
{
	struct camera *c = vb2_get_drv_priv(q);

	if (*planes)
		return *planes != 1 || bytes[0] < c->pix.sizeimage ? -EINVAL : 0;
	*planes = 1;
	bytes[0] = c->pix.sizeimage;
	return 0;
}

static int buf_prepare(struct vb2_buffer *vb)
{
	struct camera *c = vb2_get_drv_priv(vb->vb2_queue);

	return vb2_plane_size(vb, 0) < c->pix.sizeimage ? -EINVAL : 0;
}

static void buf_queue(struct vb2_buffer *vb)
{
	struct camera *c = vb2_get_drv_priv(vb->vb2_queue);
	struct buffer *b = container_of(to_vb2_v4l2_buffer(vb), struct buffer, vb);

	list_add_tail(&b->list, &c->queued);
}

static int start_streaming(struct vb2_queue *q, unsigned int count)
{
	struct camera *c = vb2_get_drv_priv(q);

	c->sequence = 0;
	streaming = c;
	stream++;
	wake_up_interruptible(&begun);
	return 0;
}

static void stop_streaming(struct vb2_queue *q)
{
	struct camera *c = vb2_get_drv_priv(q);
	struct buffer *b, *next;

	streaming = NULL;
	list_for_each_entry_safe(b, next, &c->queued, list) {
		list_del(&b->list);
		vb2_buffer_done(&b->vb.vb2_buf, VB2_BUF_STATE_ERROR);
	}
}

static const struct vb2_ops queue_ops = {
	.queue_setup = queue_setup,
	.buf_prepare = buf_prepare,
	.buf_queue = buf_queue,
	.start_streaming = start_streaming,
	.stop_streaming = stop_streaming,
	.wait_prepare = vb2_ops_wait_prepare,
	.wait_finish = vb2_ops_wait_finish,
};

static int init_queue(struct camera *c)
{
	struct vb2_queue *q = &c->queue;

	INIT_LIST_HEAD(&c->queued);
	q->type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	q->io_modes = VB2_MMAP | VB2_DMABUF | VB2_READ;
	q->drv_priv = c;
	q->buf_struct_size = sizeof(struct buffer);
	q->ops = &queue_ops;
	q->mem_ops = &vb2_vmalloc_memops;
	q->timestamp_flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
	q->lock = &lock;
	q->dev = &pdev->dev;
	return vb2_queue_init(q);
}

/* --- Formats --- */

static int querycap(struct file *file, void *priv, struct v4l2_capability *cap)
{
	strscpy(cap->driver, NAME, sizeof(cap->driver));
	strscpy(cap->card, NAME, sizeof(cap->card));
	return 0;
}

static const struct format *format_of(struct camera *c, u32 fourcc)
{
	unsigned int i;

	for (i = 0; i < c->formats_count; i++)
		if (c->formats[i]->fourcc == fourcc)
			return c->formats[i];
	return NULL;
}

static int enum_formats(struct file *file, void *priv, struct v4l2_fmtdesc *f)
{
	struct camera *c = video_drvdata(file);

	if (f->index >= c->formats_count)
		return -EINVAL;
	f->pixelformat = c->formats[f->index]->fourcc;
	return 0;
}

static int enum_sizes(struct file *file, void *priv, struct v4l2_frmsizeenum *f)
{
	const struct format *format = format_of(video_drvdata(file), f->pixel_format);

	if (!format || f->index >= format->count)
		return -EINVAL;
	f->type = V4L2_FRMSIZE_TYPE_DISCRETE;
	f->discrete = sizes[format->first + f->index];
	return 0;
}

static int enum_intervals(struct file *file, void *priv, struct v4l2_frmivalenum *f)
{
	const struct format *format = format_of(video_drvdata(file), f->pixel_format);
	unsigned int i;

	if (!format || f->index >= ARRAY_SIZE(intervals))
		return -EINVAL;
	for (i = format->first; i < format->first + format->count; i++)
		if (sizes[i].width == f->width && sizes[i].height == f->height) {
			f->type = V4L2_FRMIVAL_TYPE_DISCRETE;
			f->discrete = intervals[f->index];
			return 0;
		}
	return -EINVAL;
}

/* The nearest that it has. A coded picture is never larger than a raw one of 4:2:2. */
static void fit(struct camera *c, struct v4l2_pix_format *pix)
{
	const struct format *format = format_of(c, pix->pixelformat) ?: c->formats[0];
	const struct v4l2_frmsize_discrete *size = v4l2_find_nearest_size(sizes + format->first, format->count,
									  width, height, pix->width, pix->height);

	*pix = (struct v4l2_pix_format){
		.width = size->width,
		.height = size->height,
		.pixelformat = format->fourcc,
		.field = V4L2_FIELD_NONE,
		.bytesperline = size->width * format->bytes,
		.sizeimage = size->width * size->height * 2,
		.colorspace = V4L2_COLORSPACE_SRGB,
	};
}

static int try_format(struct file *file, void *priv, struct v4l2_format *f)
{
	fit(video_drvdata(file), &f->fmt.pix);
	return 0;
}

static int get_format(struct file *file, void *priv, struct v4l2_format *f)
{
	struct camera *c = video_drvdata(file);

	f->fmt.pix = c->pix;
	return 0;
}

static int set_format(struct file *file, void *priv, struct v4l2_format *f)
{
	struct camera *c = video_drvdata(file);

	if (vb2_is_busy(&c->queue))
		return -EBUSY;
	fit(c, &f->fmt.pix);
	c->pix = f->fmt.pix;
	return 0;
}

static int get_parm(struct file *file, void *priv, struct v4l2_streamparm *p)
{
	struct camera *c = video_drvdata(file);

	if (p->type != V4L2_BUF_TYPE_VIDEO_CAPTURE)
		return -EINVAL;
	p->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
	p->parm.capture.timeperframe = c->interval;
	p->parm.capture.readbuffers = 2;
	return 0;
}

/* 22 and less are nearer to 15. */
static int set_parm(struct file *file, void *priv, struct v4l2_streamparm *p)
{
	struct camera *c = video_drvdata(file);
	struct v4l2_fract asked = p->parm.capture.timeperframe;

	if (p->type != V4L2_BUF_TYPE_VIDEO_CAPTURE)
		return -EINVAL;
	if (vb2_is_streaming(&c->queue))
		return -EBUSY;
	c->interval = intervals[asked.denominator && (u64)asked.numerator * 22 > asked.denominator];
	return get_parm(file, priv, p);
}

static int enum_input(struct file *file, void *priv, struct v4l2_input *input)
{
	if (input->index)
		return -EINVAL;
	input->type = V4L2_INPUT_TYPE_CAMERA;
	strscpy(input->name, "Camera 1", sizeof(input->name));
	return 0;
}

static int get_input(struct file *file, void *priv, unsigned int *i)
{
	*i = 0;
	return 0;
}

static int set_input(struct file *file, void *priv, unsigned int i)
{
	return i ? -EINVAL : 0;
}

static const struct v4l2_ioctl_ops ioctl_ops = {
	.vidioc_querycap = querycap,
	.vidioc_enum_fmt_vid_cap = enum_formats,
	.vidioc_enum_framesizes = enum_sizes,
	.vidioc_enum_frameintervals = enum_intervals,
	.vidioc_g_fmt_vid_cap = get_format,
	.vidioc_try_fmt_vid_cap = try_format,
	.vidioc_s_fmt_vid_cap = set_format,
	.vidioc_g_parm = get_parm,
	.vidioc_s_parm = set_parm,
	.vidioc_enum_input = enum_input,
	.vidioc_g_input = get_input,
	.vidioc_s_input = set_input,
	.vidioc_reqbufs = vb2_ioctl_reqbufs,
	.vidioc_create_bufs = vb2_ioctl_create_bufs,
	.vidioc_prepare_buf = vb2_ioctl_prepare_buf,
	.vidioc_querybuf = vb2_ioctl_querybuf,
	.vidioc_qbuf = vb2_ioctl_qbuf,
	.vidioc_dqbuf = vb2_ioctl_dqbuf,
	.vidioc_expbuf = vb2_ioctl_expbuf,
	.vidioc_streamon = vb2_ioctl_streamon,
	.vidioc_streamoff = vb2_ioctl_streamoff,
};

static const struct v4l2_file_operations file_ops = {
	.owner = THIS_MODULE,
	.open = v4l2_fh_open,
	.release = vb2_fop_release,
	.read = vb2_fop_read,
	.poll = vb2_fop_poll,
	.unlocked_ioctl = video_ioctl2,
	.mmap = vb2_fop_mmap,
};

/* --- The cable --- */

static void release(struct v4l2_device *v4l2)
{
	struct camera *c = container_of(v4l2, struct camera, v4l2);

	v4l2_device_unregister(v4l2);
	kfree(c);
}

static int make_node(struct camera *c)
{
	struct video_device *v = &c->video;

	strscpy(v->name, NAME, sizeof(v->name));
	v->fops = &file_ops;
	v->ioctl_ops = &ioctl_ops;
	v->release = video_device_release_empty;
	v->queue = &c->queue;
	v->lock = &lock;
	v->v4l2_dev = &c->v4l2;
	v->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING | V4L2_CAP_READWRITE;
	video_set_drvdata(v, c);
	return video_register_device(v, VFL_TYPE_VIDEO, -1);
}

static int plug(void)
{
	struct camera *c = kzalloc(sizeof(*c), GFP_KERNEL);
	unsigned int i;
	int err;

	if (!c)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(formats); i++)
		if (strstr(formats_wanted, formats[i].name))
			c->formats[c->formats_count++] = &formats[i];
	strscpy(c->v4l2.name, NAME, sizeof(c->v4l2.name));
	err = c->formats_count ? v4l2_device_register(&pdev->dev, &c->v4l2) : -EINVAL;
	if (err) {
		kfree(c);
		return err;
	}
	c->v4l2.release = release;
	c->interval = intervals[0];
	fit(c, &c->pix);
	err = init_queue(c) ?: make_node(c);
	if (err)
		v4l2_device_put(&c->v4l2);
	else
		plugged = c;
	return err;
}

/* Who streams is told by poll and ENODEV; what he has mapped stays until he lets go of it. */
static void unplug(void)
{
	vb2_video_unregister_device(&plugged->video);
	v4l2_device_put(&plugged->v4l2);
	plugged = NULL;
}

static int set_plugged(const char *value, const struct kernel_param *p)
{
	bool want;
	int err = pdev ? kstrtobool(value, &want) : -ENODEV;

	if (err || want == !!plugged)
		return err;
	if (want)
		return plug();
	unplug();
	return 0;
}

static int get_plugged(char *out, const struct kernel_param *p)
{
	return sprintf(out, "%d\n", !!plugged);
}

static const struct kernel_param_ops plugged_ops = { .set = set_plugged, .get = get_plugged };
module_param_cb(plugged, &plugged_ops, NULL, 0644);

static int get_streaming(char *out, const struct kernel_param *p)
{
	int n;

	mutex_lock(&lock);
	n = streaming ? describe(out, PAGE_SIZE) : sprintf(out, "\n");
	mutex_unlock(&lock);
	return n;
}

static const struct kernel_param_ops streaming_ops = { .get = get_streaming };
module_param_cb(streaming, &streaming_ops, NULL, 0444);

/* Built in and never removed. */
static int __init camera_init(void)
{
	struct platform_device *p = platform_device_register_simple(NAME, PLATFORM_DEVID_NONE, NULL, 0);

	if (IS_ERR(p))
		return PTR_ERR(p);
	pdev = p;
	return misc_register(&feed);
}
device_initcall(camera_init);

MODULE_DESCRIPTION("Webcam of the bench");
MODULE_LICENSE("GPL");
