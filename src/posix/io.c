/* SPDX-License-Identifier: MIT */
/* Peek, readv and writev; read and write are in inline.h. The twin is
 * win32/io.c. */
#include "../sys.h"

#include <sys/uio.h>

ptrdiff_t skt__sys_peek(int s, void *buffer, size_t n) {
  ptrdiff_t rc = recv(s, buffer, n, MSG_PEEK);
  return rc < 0 ? skt__fail_in(SKT__IN_READ) : rc;
}

/* sendmsg and recvmsg, because writev has no MSG_NOSIGNAL. */
static struct msghdr message_of(const skt_buffer *b, size_t count,
                                struct iovec *v) {
  for (size_t i = 0; i < count; ++i) {
    v[i] = (struct iovec){.iov_base = b[i].data, .iov_len = b[i].n};
  }
  return (struct msghdr){
      .msg_iov = v,
      .msg_iovlen = (uint16_t)count, /* for musl's int and glibc's size_t */
  };
}

ptrdiff_t skt__sys_readv(int s, const skt_buffer *b, size_t count) {
  struct iovec v[SKT__VECTOR_MAX];
  struct msghdr m = message_of(b, count, v);
  ptrdiff_t rc = recvmsg(s, &m, 0);
  return rc < 0 ? skt__fail_in(SKT__IN_READ) : rc;
}

ptrdiff_t skt__sys_writev(int s, const skt_buffer *b, size_t count) {
  struct iovec v[SKT__VECTOR_MAX];
  struct msghdr m = message_of(b, count, v);
  ptrdiff_t rc = sendmsg(s, &m, MSG_NOSIGNAL);
  return rc < 0 ? skt__fail_in(SKT__IN_WRITE) : rc;
}
