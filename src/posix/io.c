/* SPDX-License-Identifier: MIT */
/* Bytes in and out; reading and writing are in inline.h. The twin is
 * win32/io.c. */
#include "../sys.h"

#include <sys/uio.h>

ptrdiff_t skt__sys_peek(int s, void *buffer, size_t n) {
  ptrdiff_t rc = recv(s, buffer, n, MSG_PEEK);
  return rc < 0 ? skt__fail_in(SKT__IN_READ) : rc;
}

/* sendmsg and recvmsg, because writev cannot be kept from raising SIGPIPE. */
static struct msghdr describe(const skt_buffer *b, size_t count,
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
  struct msghdr m = describe(b, count, v);
  ptrdiff_t rc = recvmsg(s, &m, 0);
  return rc < 0 ? skt__fail_in(SKT__IN_READ) : rc;
}

ptrdiff_t skt__sys_writev(int s, const skt_buffer *b, size_t count) {
  struct iovec v[SKT__VECTOR_MAX];
  struct msghdr m = describe(b, count, v);
  ptrdiff_t rc = sendmsg(s, &m, MSG_NOSIGNAL);
  return rc < 0 ? skt__fail_in(SKT__IN_WRITE) : rc;
}
