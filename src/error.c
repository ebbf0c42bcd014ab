/* SPDX-License-Identifier: MIT */
/* The system's numbers to codes; names and texts of codes, from the one list in
 * skt.h. */
#include "internal.h"

enum {
  START = SKT__IN_START,
  SOCKET_ = SKT__IN_SOCKET, /* the name without _ is a type of Windows */
  BIND = SKT__IN_BIND,
  LISTEN = SKT__IN_LISTEN,
  ACCEPT = SKT__IN_ACCEPT,
  CONNECT = SKT__IN_CONNECT,
  READ = SKT__IN_READ,
  WRITE = SKT__IN_WRITE,
  SHUTDOWN = SKT__IN_SHUTDOWN,
  CLOSE = SKT__IN_CLOSE,
  WAIT = SKT__IN_WAIT,
  LOCAL = SKT__IN_LOCAL,
  PEER = SKT__IN_PEER,
  OPTION = SKT__IN_OPTION,
  WATCH = SKT__IN_WATCH,
  MODE = SKT__IN_MODE,
  ANY = 0xffff,
  MOVING = READ | WRITE,
  WAYS = CONNECT | READ | WRITE | ACCEPT /* accept retries after them */
};

/* The closed lists: which calls of the system may return which code. What the
 * fields "Errors" of skt.h do not promise becomes SKT_EUNKNOWN here, whatever a
 * system comes up with. Some codes are acted upon and do not reach the caller.
 */
static const struct {
  int16_t code;
  uint16_t calls;
} closed_lists[] = {
    {SKT_EAGAIN, MOVING | ACCEPT | CONNECT | WATCH},
    {SKT__EINTR, ANY & ~(START | LOCAL | PEER)},
    {SKT_EINPROGRESS, CONNECT},
    {SKT_ECONNRESET, WAYS | SHUTDOWN | OPTION},
    {SKT_EPIPE, MOVING | SHUTDOWN},
    {SKT_ENOTSOCK, ANY},
    {SKT_EFAULT, ANY},
    {SKT_ENETDOWN, ANY},
    {SKT_ENOMEM, ANY & ~(START | CLOSE)},
    {SKT_ENOBUFS, ANY & ~(START | CLOSE)},
    {SKT_EMFILE, SOCKET_ | ACCEPT | WATCH},
    {SKT_ENFILE, SOCKET_ | ACCEPT | WATCH},
    {SKT_ENOENT, BIND | CONNECT | WRITE | WATCH},
    {SKT_EIO, MOVING | BIND | CLOSE},
    {SKT_EACCES, SOCKET_ | BIND | LISTEN | ACCEPT | CONNECT | WRITE | OPTION},
    {SKT_EEXIST, WATCH},
    {SKT_ENODEV, OPTION},
    {SKT_EINVAL, BIND | LISTEN | ACCEPT | CONNECT | SHUTDOWN | LOCAL | PEER |
                     OPTION | MODE},
    {SKT_EPROTO, ACCEPT},
    {SKT_EMSGSIZE, MOVING},
    {SKT_ENOPROTOOPT, ACCEPT | OPTION},
    {SKT_EPROTONOSUPPORT, SOCKET_ | CONNECT | WRITE | MODE},
    {SKT_EOPNOTSUPP, BIND | LISTEN | OPTION | WATCH},
    {SKT_EAFNOSUPPORT, SOCKET_ | MODE},
    {SKT_EADDRINUSE, BIND | LISTEN | CONNECT},
    {SKT_EADDRNOTAVAIL, BIND | CONNECT},
    {SKT_ENETUNREACH, WAYS},
    {SKT_EHOSTUNREACH, WAYS},
    {SKT_ECONNABORTED, MOVING | ACCEPT | SHUTDOWN | OPTION},
    {SKT_EISCONN, CONNECT},
    {SKT_ENOTCONN, MOVING | ACCEPT | SHUTDOWN | PEER | OPTION},
    {SKT_ECONNREFUSED, CONNECT | MOVING},
    {SKT_EHOSTDOWN, WAYS},
    {SKT_EALREADY, CONNECT},
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
  int i = find_code(code);
  return code >= 0         ? "SKT_OK"
         : i < KNOWN_CODES ? known_codes[i].name
                           : "SKT_E?";
}

const char *skt_strerror(int code) {
  int i = find_code(code);
  return code >= 0         ? "success"
         : i < KNOWN_CODES ? known_codes[i].text
                           : "not a code of skt";
}

int skt_native_error(void) { return skt__sys_native_error(); }
