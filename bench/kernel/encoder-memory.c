// SPDX-License-Identifier: GPL-2.0
/*
 * The encoder's memory: vb2_dma_contig's, limited, wary of what it imports, and counted as long as it exists. A buffer
 * outlives its queue while a DMABUF or a mapping holds it.
 */
#include <linux/dma-buf.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/xarray.h>

#include <media/videobuf2-dma-contig.h>
#include <media/videobuf2-memops.h>

#include "encoder.h"

static unsigned long memory_limit, memory_used;
static unsigned int exported, imported;
module_param(memory_limit, ulong, 0644);
module_param(memory_used, ulong, 0444);
module_param(exported, uint, 0444);
module_param(imported, uint, 0444);

static DEFINE_MUTEX(lock);		/* of the figures, and of each last reference */
static DEFINE_XARRAY(sizes);		/* of buffers, by their address */
static struct dma_buf_ops exported_ops;	/* vb2_dma_contig's, that count */

static void *alloc(struct vb2_buffer *vb, struct device *dev, unsigned long size)
{
	void *memory = ERR_PTR(-ENOMEM);

	mutex_lock(&lock);
	if (!memory_limit || memory_used + size <= memory_limit)
		memory = vb2_dma_contig_memops.alloc(vb, dev, size);
	if (!IS_ERR(memory)) {
		memory_used += size;
		xa_store(&sizes, (unsigned long)memory, xa_mk_value(size), GFP_KERNEL | __GFP_NOFAIL);
	}
	mutex_unlock(&lock);
	return memory;
}

/* Drops a reference: a queue's, a DMABUF's or a mapping's. */
static void put(void *memory)
{
	mutex_lock(&lock);
	if (vb2_dma_contig_memops.num_users(memory) == 1)
		memory_used -= xa_to_value(xa_erase(&sizes, (unsigned long)memory));
	vb2_dma_contig_memops.put(memory);
	mutex_unlock(&lock);
}

static int map(void *memory, struct vm_area_struct *vma)
{
	int err = vb2_dma_contig_memops.mmap(memory, vma);
	struct vb2_vmarea_handler *handler = vma->vm_private_data;

	if (!err)
		handler->put = put;
	return err;
}

static int map_exported(struct dma_buf *buf, struct vm_area_struct *vma)
{
	return map(buf->priv, vma);
}

static void release_exported(struct dma_buf *buf)
{
	mutex_lock(&lock);
	exported--;
	mutex_unlock(&lock);
	put(buf->priv);
}

static struct dma_buf *get_dmabuf(struct vb2_buffer *vb, void *memory, unsigned long flags)
{
	struct dma_buf *buf = vb2_dma_contig_memops.get_dmabuf(vb, memory, flags);

	if (!buf)
		return NULL;
	mutex_lock(&lock);
	if (!exported_ops.release) {
		exported_ops = *buf->ops;
		exported_ops.mmap = map_exported;
		exported_ops.release = release_exported;
	}
	buf->ops = &exported_ops;
	exported++;
	mutex_unlock(&lock);
	return buf;
}

/*
 * Refuses memory in more than one piece. vb2_dma_contig does that, too, but takes pieces that lie side by side by
 * chance, as the pages of small vmalloc buffers do more often than not: no ground for a test.
 */
static int whole(struct vb2_buffer *vb, struct device *dev, struct dma_buf *buf)
{
	struct dma_buf_attachment *attachment = dma_buf_attach(buf, dev);
	struct sg_table *table;
	int err = 0;

	if (IS_ERR(attachment))
		return PTR_ERR(attachment);
	table = dma_buf_map_attachment_unlocked(attachment, vb->vb2_queue->dma_dir);
	if (IS_ERR(table)) {
		err = PTR_ERR(table);
	} else {
		if (table->orig_nents > 1)
			err = -EFAULT;
		dma_buf_unmap_attachment_unlocked(attachment, table, vb->vb2_queue->dma_dir);
	}
	dma_buf_detach(buf, attachment);
	return err;
}

static void *attach_dmabuf(struct vb2_buffer *vb, struct device *dev, struct dma_buf *buf, unsigned long size)
{
	int err = whole(vb, dev, buf);
	void *memory = err ? ERR_PTR(err) : vb2_dma_contig_memops.attach_dmabuf(vb, dev, buf, size);

	mutex_lock(&lock);
	imported += !IS_ERR(memory);
	mutex_unlock(&lock);
	return memory;
}

static void detach_dmabuf(void *memory)
{
	vb2_dma_contig_memops.detach_dmabuf(memory);
	mutex_lock(&lock);
	imported--;
	mutex_unlock(&lock);
}

void encoder_memory(struct vb2_mem_ops *ops)
{
	*ops = vb2_dma_contig_memops;
	ops->alloc = alloc;
	ops->put = put;
	ops->mmap = map;
	ops->get_dmabuf = get_dmabuf;
	ops->attach_dmabuf = attach_dmabuf;
	ops->detach_dmabuf = detach_dmabuf;
}
