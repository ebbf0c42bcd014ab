/* SPDX-License-Identifier: MIT */
/* Peek, readv and writev; read and write are in inline.h. The twin is
 * win32/io.c. */
#include "../sys.h"

#include <stddef.h>
#include <sys/uio.h>

ptrdiff_t skt__sys_peek(int s, void *buffer, size_t n) {
  ptrdiff_t rc = recv(s, buffer, n, MSG_PEEK);
  return rc < 0 ? skt__fail_in(SKT__IN_READ) : rc;
}

/* A struct iovec of every system is a skt_buffer by another name, so that the
 * array needs no copy (POSIX sys/uio.h). */
_Static_assert(sizeof(struct iovec) == sizeof(skt_buffer) &&
                   offsetof(struct iovec, iov_base) ==
                       offsetof(skt_buffer, data) &&
                   offsetof(struct iovec, iov_len) == offsetof(skt_buffer, n),
               "see message_of");

/* sendmsg and recvmsg, because writev has no MSG_NOSIGNAL. */
static struct msghdr message_of(const skt_buffer *b, size_t count) {
  union {
    const skt_buffer *buffers;
    struct iovec *vectors;
  } same = {b};
  return (struct msghdr){
      .msg_iov = same.vectors,
      .msg_iovlen = (uint16_t)count, /* for musl's int and glibc's size_t */
  };
}

ptrdiff_t skt__sys_readv(int s, const skt_buffer *b, size_t count) {
  struct msghdr m = message_of(b, count);
  ptrdiff_t rc = recvmsg(s, &m, 0);
  return rc < 0 ? skt__fail_in(SKT__IN_READ) : rc;
}

ptrdiff_t skt__sys_writev(int s, const skt_buffer *b, size_t count) {
  struct msghdr m = message_of(b, count);
  ptrdiff_t rc = sendmsg(s, &m, MSG_NOSIGNAL);
  return rc < 0 ? skt__fail_in(SKT__IN_WRITE) : rc;
}

_Static_assert(SKT__IO_MAX == (size_t)1 << 30, "see skt__is_fast in skt.h");
