/* SPDX-License-Identifier: MIT */
/* Translates the system's numbers to codes. Names and texts of codes come from
 * the one list in skt.h. */
#include "internal.h"

#define CALL(name) SKT__IN_##name
enum {
  ANY = 0xffff,
  MOVING = CALL(READ) | CALL(WRITE),
  WAYS = MOVING | CALL(CONNECT) | CALL(ACCEPT) /* accept retries after them */
};

/* The closed lists: which calls of the system may return which code. What the
 * fields "Errors" of skt.h do not promise becomes SKT_EUNKNOWN here, whatever a
 * system comes up with. Some codes are acted upon and do not reach the caller.
 */
static const struct {
  int16_t code;
  uint16_t calls;
} closed_lists[] = {
    {SKT_EAGAIN, MOVING | CALL(ACCEPT) | CALL(CONNECT) | CALL(WATCH)},
    {SKT__EINTR, CALL(SOCKET) | CALL(BIND) | CALL(LISTEN) | WAYS |
                     CALL(SHUTDOWN) | CALL(CLOSE) | CALL(WAIT) | CALL(WATCH)},
    {SKT_EINPROGRESS, CALL(CONNECT)},
    {SKT_ECONNRESET, WAYS | CALL(SHUTDOWN) | CALL(OPTION)},
    {SKT_EPIPE, MOVING | CALL(SHUTDOWN)},
    {SKT_ENOTSOCK, ANY},
    {SKT_EFAULT, ANY},
    {SKT_ENETDOWN, ANY},
    {SKT_ENOMEM, ANY & ~(CALL(START) | CALL(CLOSE))},
    {SKT_ENOBUFS, ANY & ~(CALL(START) | CALL(CLOSE))},
    {SKT_EMFILE, CALL(SOCKET) | CALL(ACCEPT) | CALL(WATCH)},
    {SKT_ENFILE, CALL(SOCKET) | CALL(ACCEPT) | CALL(WATCH)},
    {SKT_ENOENT, CALL(BIND) | CALL(CONNECT) | CALL(WRITE) | CALL(WATCH)},
    {SKT_EIO, MOVING | CALL(BIND) | CALL(CLOSE)},
    {SKT_EACCES, CALL(SOCKET) | CALL(BIND) | CALL(LISTEN) | CALL(ACCEPT) |
                     CALL(CONNECT) | CALL(WRITE) | CALL(OPTION)},
    {SKT_EEXIST, CALL(WATCH)},
    {SKT_ENODEV, CALL(OPTION)},
    {SKT_EINVAL, CALL(BIND) | CALL(LISTEN) | CALL(ACCEPT) | CALL(CONNECT) |
                     CALL(WRITE) | CALL(SHUTDOWN) | CALL(LOCAL) | CALL(PEER) |
                     CALL(OPTION) | CALL(MODE)},
    {SKT_EPROTO, CALL(ACCEPT)},
    {SKT_EMSGSIZE, MOVING},
    {SKT_ENOPROTOOPT, CALL(ACCEPT) | CALL(OPTION)},
    {SKT_EPROTONOSUPPORT,
     CALL(SOCKET) | CALL(CONNECT) | CALL(WRITE) | CALL(MODE)},
    {SKT_EOPNOTSUPP, CALL(BIND) | CALL(LISTEN) | CALL(OPTION) | CALL(WATCH)},
    {SKT_EAFNOSUPPORT, CALL(SOCKET) | CALL(MODE)},
    {SKT_EADDRINUSE, CALL(BIND) | CALL(LISTEN) | CALL(CONNECT) | CALL(OPTION)},
    {SKT_EADDRNOTAVAIL, CALL(BIND) | CALL(CONNECT) | CALL(OPTION)},
    {SKT_ENETUNREACH, WAYS},
    {SKT_EHOSTUNREACH, WAYS},
    {SKT_ECONNABORTED, MOVING | CALL(ACCEPT) | CALL(SHUTDOWN) | CALL(OPTION)},
    {SKT_EISCONN, CALL(CONNECT)},
    {SKT_ENOTCONN,
     MOVING | CALL(ACCEPT) | CALL(SHUTDOWN) | CALL(PEER) | CALL(OPTION)},
    {SKT_ECONNREFUSED, CALL(CONNECT) | MOVING},
    {SKT_EHOSTDOWN, WAYS},
    {SKT_EALREADY, CALL(CONNECT)},
};

/* Call 0 is none in particular. */
static bool is_listed(int call, int code) {
  size_t i = 0, rows = sizeof closed_lists / sizeof *closed_lists;
  if (call == 0) {
    return true;
  }
  while (i < rows && closed_lists[i].code != code) {
    ++i;
  }
  return i < rows && (closed_lists[i].calls & call) != 0;
}

int skt__code(int call, int native) {
  const skt__code_row *row = skt__sys_codes;
  while (row->code != 0 && (row->native != native ||
                            (row->calls != 0 && (row->calls & call) == 0))) {
    ++row;
  }
  return row->code != 0 && is_listed(call, row->code) ? row->code
                                                      : SKT_EUNKNOWN;
}

static const struct {
  int16_t code;
  const char *name, *text;
} known_codes[] = {
#define ENTRY(name, value, text) {value, #name, text},
    SKT_ERRORS(ENTRY)
#undef ENTRY
};

enum { KNOWN_CODES = sizeof known_codes / sizeof *known_codes };

static int find_code(int code) {
  int i = 0;
  while (i < KNOWN_CODES && known_codes[i].code != code) {
    ++i;
  }
  return i;
}

const char *skt_errname(int code) {
  if (code >= 0) {
    return "SKT_OK";
  }
  int i = find_code(code);
  return i < KNOWN_CODES ? known_codes[i].name : "SKT_E?";
}

const char *skt_strerror(int code) {
  if (code >= 0) {
    return "success";
  }
  int i = find_code(code);
  return i < KNOWN_CODES ? known_codes[i].text : "not a code of skt";
}

int skt_native_error(void) { return skt__sys_native_error(); }
