/* SPDX-License-Identifier: MIT */
#ifndef SKT_INLINE_H
#define SKT_INLINE_H

/*
 * The functions of the seam that carry bytes and connections. Inline, because a
 * function call would cost each of them four to eight instructions.
 */

#include <unistd.h>

/* Record errno for skt__sys_native_error and return its code for a call, one of
 * SKT__IN_..., or 0. The compiler may assume that the result is an error. */
int skt__code_of_errno(int call);
static inline int skt__fail_in(int call) {
  int code = skt__code_of_errno(call);
  if (code >= 0) {
    __builtin_unreachable();
  }
  return code;
}

/* As poll, though the process may not have as many descriptors as there are
 * entries. Returns 1 or more if one is ready, 0 or a code. */
struct pollfd;
int skt__poll(struct pollfd *p, size_t count, int timeout_ms);

#ifndef SKT__FAKE /* the fake backend has its own */

static inline ptrdiff_t skt__sys_read(int s, void *buffer, size_t n) {
  ptrdiff_t rc = recv(s, buffer, n, 0);
  return rc < 0 ? skt__fail_in(SKT__IN_READ) : rc;
}

static inline ptrdiff_t skt__sys_write(int s, const void *buffer, size_t n) {
  ptrdiff_t rc = send(s, buffer, n, MSG_NOSIGNAL);
  return rc < 0 ? skt__fail_in(SKT__IN_WRITE) : rc;
}

static inline ptrdiff_t skt__sys_send_to(int s, const void *buffer, size_t n,
                                         const skt_addr *to) {
  ptrdiff_t rc =
      sendto(s, buffer, n, MSG_NOSIGNAL, (const struct sockaddr *)to->words,
             (socklen_t)to->length);
  return rc < 0 ? skt__fail_in(SKT__IN_WRITE) : rc;
}

static inline ptrdiff_t skt__receive_by(int s, void *buffer, size_t n,
                                        skt_addr *from, int flags) {
  socklen_t length = sizeof from->words;
  ptrdiff_t rc =
      recvfrom(s, buffer, n, flags, (struct sockaddr *)from->words, &length);
  from->length = length;
  return rc < 0 ? skt__fail_in(SKT__IN_READ) : rc;
}

static inline ptrdiff_t skt__sys_receive_from(int s, void *buffer, size_t n,
                                              skt_addr *from) {
  return skt__receive_by(s, buffer, n, from, 0);
}

static inline ptrdiff_t skt__sys_receive_size(int s, void *buffer, size_t n,
                                              skt_addr *from) {
  return skt__receive_by(s, buffer, n, from, MSG_TRUNC);
}

/* macOS ignores MSG_DONTWAIT in send (Darwin sosendcheck). There a stream that
 * is writable has room for SO_SNDLOWAT bytes, which are 2048. */
static inline ptrdiff_t skt__sys_write_now(int s, const void *buffer,
                                           size_t n) {
#ifdef SKT__NOSIGPIPE_BY_OPTION
  n = n < 2048 ? n : 2048;
#endif
  ptrdiff_t rc = send(s, buffer, n, MSG_NOSIGNAL | MSG_DONTWAIT);
  return rc < 0 ? skt__fail_in(SKT__IN_WRITE) : rc;
}

/* Accept with the peer's address, or where accept4 cannot set all that the new
 * socket needs. */
int skt__accept_slowly(int s, int *out, skt_addr *peer, bool inherited,
                       bool nonblocking);

static inline int skt__sys_accept(int s, int *out, skt_addr *peer,
                                  bool inherited, bool nonblocking) {
#if SKT__ATOMIC_FLAGS && !defined SKT__NOSIGPIPE_BY_OPTION
  if (peer == NULL) {
    int flags = SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0);
    *out = accept4(s, NULL, NULL, flags);
    return *out < 0 ? skt__fail_in(SKT__IN_ACCEPT) : 0;
  }
#endif
  return skt__accept_slowly(s, out, peer, inherited, nonblocking);
}

static inline int skt__sys_close(int s) {
  return close(s) < 0 ? skt__fail_in(SKT__IN_CLOSE) : 0;
}

#endif

#endif
