/* SPDX-License-Identifier: MIT */
/* Read, write, peek, readv and writev. The twin is posix/io.c. */
#include "../sys.h"

/* Wine 8 reports a reset as an end of stream, but its WSAPoll distinguishes the
 * two. Windows reports the reset itself, and its WSAPoll may report an error at
 * a clean end, so that it is not asked. */
static ptrdiff_t end_or_reset(SOCKET s) {
  WSAPOLLFD p = {.fd = s, .events = POLLRDNORM};
  if (!skt__on_wine) {
    return 0;
  }
  bool failed = WSAPoll(&p, 1, 0) > 0 && (p.revents & POLLERR) != 0;
  return failed ? SKT_ECONNRESET : 0;
}

/* If a message is longer than the buffer, Winsock fills the buffer, discards
 * the rest and reports WSAEMSGSIZE; POSIX returns the count (Winsock recv). */
ptrdiff_t skt__got(int rc, int call, size_t n, bool *truncated) {
  if (rc == SOCKET_ERROR) {
    int code = skt__fail_in(call);
    *truncated = code == SKT_EMSGSIZE;
    return *truncated ? (ptrdiff_t)n : code;
  }
  *truncated = false;
  return rc;
}

static ptrdiff_t got_bytes(SOCKET s, int rc, size_t n) {
  bool truncated;
  return rc == 0 ? end_or_reset(s) : skt__got(rc, SKT__IN_READ, n, &truncated);
}

ptrdiff_t skt__sys_read(SOCKET s, void *buffer, size_t n) {
  return got_bytes(s, recv(s, buffer, (int)n, 0), n);
}

ptrdiff_t skt__sys_write(SOCKET s, const void *buffer, size_t n) {
  int rc = send(s, buffer, (int)n, 0);
  return rc == SOCKET_ERROR ? skt__fail_in(SKT__IN_WRITE) : rc;
}

/* A socket with a limit is natively non-blocking. */
ptrdiff_t skt__sys_write_now(SOCKET s, const void *buffer, size_t n) {
  return skt__sys_write(s, buffer, n);
}

ptrdiff_t skt__sys_peek(SOCKET s, void *buffer, size_t n) {
  return got_bytes(s, recv(s, buffer, (int)n, MSG_PEEK), n);
}

/* A WSABUF has its members in the other order, and a 32-bit length. Returns the
 * sum of the lengths. */
static size_t fill_buffers(const skt_buffer *b, size_t count, WSABUF *v) {
  size_t n = 0;
  for (size_t i = 0; i < count; ++i) {
    v[i] = (WSABUF){.buf = b[i].data, .len = (ULONG)b[i].n};
    n += b[i].n;
  }
  return n;
}

static ptrdiff_t receive_into(SOCKET s, const skt_buffer *b, size_t count,
                              WSABUF *v) {
  DWORD done = 0, flags = 0;
  size_t n = fill_buffers(b, count, v);
  int rc = WSARecv(s, v, (DWORD)count, &done, &flags, NULL, NULL);
  return got_bytes(s, rc == 0 ? (int)done : rc, n);
}

static ptrdiff_t send_from(SOCKET s, const skt_buffer *b, size_t count,
                           WSABUF *v) {
  DWORD done = 0;
  fill_buffers(b, count, v);
  if (WSASend(s, v, (DWORD)count, &done, 0, NULL, NULL) != 0) {
    return skt__fail_in(SKT__IN_WRITE);
  }
  return (ptrdiff_t)done;
}

/* The array of a long message takes 16 KiB, and is not on the stack of all
 * others. */
static SKT__COLD ptrdiff_t receive_long(SOCKET s, const skt_buffer *b,
                                        size_t count) {
  WSABUF v[SKT__VECTOR_MAX];
  return receive_into(s, b, count, v);
}

static SKT__COLD ptrdiff_t send_long(SOCKET s, const skt_buffer *b,
                                     size_t count) {
  WSABUF v[SKT__VECTOR_MAX];
  return send_from(s, b, count, v);
}

ptrdiff_t skt__sys_readv(SOCKET s, const skt_buffer *b, size_t count) {
  WSABUF v[SKT__VECTOR_USUAL];
  return count > SKT__VECTOR_USUAL ? receive_long(s, b, count)
                                   : receive_into(s, b, count, v);
}

ptrdiff_t skt__sys_writev(SOCKET s, const skt_buffer *b, size_t count) {
  WSABUF v[SKT__VECTOR_USUAL];
  return count > SKT__VECTOR_USUAL ? send_long(s, b, count)
                                   : send_from(s, b, count, v);
}
