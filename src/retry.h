/* SPDX-License-Identifier: MIT */
#ifndef SKT_RETRY_H
#define SKT_RETRY_H

/* When a call is made again, until when, and what it has told. */
#include "internal.h"

/* What to do when a call in a direction has answered rc, SKT__EINTR or
 * SKT_EAGAIN or a stray code: 1 make it again, or the code to return. May wait.
 *   deadline_us  0 at first; goes from one time to the next */
int skt__again(const skt *s, int direction, ptrdiff_t rc, int64_t *deadline_us);

/* Whether rc tells what became of some earlier message: an ICMP answer to it.
 * Linux tells it to connected sockets (udp(7)), Windows to all (Winsock
 * recvfrom, WSAECONNRESET); it is read, and gone. No message is lost by asking
 * again. */
static inline bool skt__is_stray(const skt *s, ptrdiff_t rc) {
  return skt__connectionless(s) && skt__domain(s) != SKT_UNIX &&
         (rc == SKT_ECONNREFUSED || rc == SKT_ECONNRESET);
}

/* Whether skt__again is to be asked what to do. */
static inline bool skt__is_unsettled(const skt *s, ptrdiff_t rc) {
  return rc == SKT__EINTR || rc == SKT_EAGAIN || skt__is_stray(s, rc);
}

/* What a call that moves bytes has told, under its one name; kept in *end if
 * it ended the direction. */
ptrdiff_t skt__note(const skt *s, int16_t *end, ptrdiff_t rc);

/* skt__note for a read; an end of stream that is none is found out. */
ptrdiff_t skt__end_of_read(skt *s, ptrdiff_t rc);

/* The most bytes for one call; of messages there are no parts. */
static inline size_t skt__write_max(const skt *s) {
  bool whole =
      (skt__waits(s) && !skt__keeps_limits(s)) || skt__type(s) != SKT_STREAM;
  return whole ? SKT__IO_MAX : SKT__WRITE_MAX;
}

/* Whether a write that took some bytes of several ends with that. `cut` says
 * whether the last call took less than it was given. */
bool skt__write_ends(const skt *s, bool cut);

/* The moment of skt__sys_now_us that a time means; for ever if it is -1. */
int64_t skt__deadline(int timeout_ms);

/* Milliseconds left until then, rounded up so that no wait ends early. */
int skt__remaining_ms(int64_t deadline_us);

#endif
