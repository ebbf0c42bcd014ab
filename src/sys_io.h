/* SPDX-License-Identifier: MIT */
#ifndef SKT_SYS_IO_H
#define SKT_SYS_IO_H

/* The seam: bytes. Included by sys.h, whose rules hold. */

/* Read 1 to n bytes, or a message. 0 is an empty message or the end of the
 * stream, never a reset. n is 0 only where that consumes a message. */
ptrdiff_t skt__sys_read(skt__os_handle s, void *buffer, size_t n);

/* Write 1 to n bytes, or a message of n, without raising a signal. May return
 * SKT_EPIPE if the connection broke. n is 0 only for an empty message. */
ptrdiff_t skt__sys_write(skt__os_handle s, const void *buffer, size_t n);

/* Write to a stream what there is room for, and do not wait: a thread has just
 * found that there is. */
ptrdiff_t skt__sys_write_now(skt__os_handle s, const void *buffer, size_t n);

/* As skt__sys_read, but leaves the bytes in the socket. */
ptrdiff_t skt__sys_peek(skt__os_handle s, void *buffer, size_t n);

/* As skt__sys_read and skt__sys_write, for 1 to SKT__VECTOR_MAX buffers, none
 * empty, SKT__IO_MAX bytes or less together. */
ptrdiff_t skt__sys_readv(skt__os_handle s, const skt_buffer *b, size_t count);
ptrdiff_t skt__sys_writev(skt__os_handle s, const skt_buffer *b, size_t count);
enum {
  SKT__VECTOR_MAX = 1024, /* IOV_MAX of Linux, macOS and the BSDs */
  SKT__VECTOR_USUAL = 64  /* more are seldom, and may cost more */
};

#endif
