/* SPDX-License-Identifier: MIT */
#ifndef SKT_RETRY_H
#define SKT_RETRY_H

/*
 * The one retry protocol: whether a call is made again, until when, and which
 * code its result has. And deadlines.
 */

#include "internal.h"

/* The state of one call of a verb.
 *
 *   skt__attempt t = {.s = s, .direction = SKT_WRITE};
 *   do {
 *     rc = skt__sys_write(...);
 *   } while (rc < 0 && skt__try_again(&t, &rc));
 */
typedef struct skt__attempt {
  skt *s;
  int64_t start_us;    /* see skt__start; 0: the limit starts when needed */
  int64_t deadline_us; /* of the socket's limit; 0 until it is needed */
  int direction;       /* SKT_READ or SKT_WRITE */
  bool had_stray;      /* an ICMP error was discarded */
} skt__attempt;

/* When a verb begins, so that no signal prolongs its limit; 0 if the socket has
 * none. skt_read and skt_write ask no clock: there the system's limit starts
 * again once after a signal. */
int64_t skt__start(const skt *s);

static inline skt__attempt skt__begin(skt *s, int direction) {
  return (skt__attempt){
      .s = s, .start_us = skt__start(s), .direction = direction};
}

/* When the limit of a direction ends that began at start_us, or begins now if
 * that is 0; for ever if there is none. */
int64_t skt__limit_end(const skt *s, int direction, int64_t start_us);

/* Wait for the socket: 1 when it is ready, SKT_ETIMEDOUT when the limit has
 * expired, or a code.
 *   looked  the last call found nothing to do, or did a part. Then a limit
 *           that has expired ends the attempt though the socket be ready: else
 *           a peer that takes a little at a time would prolong it */
int skt__wait_within_limit(skt__attempt *t, bool looked);

/* Read as skt_read, in a call that began at start_us. */
ptrdiff_t skt__read_since(skt *s, void *buffer, size_t n, int64_t start_us);

/* Whether to make the call again that returned *rc, 0 or less. May wait. If
 * not, *rc becomes the verb's result, and the direction remembers it if it has
 * ended. */
bool skt__try_again(skt__attempt *t, ptrdiff_t *rc);

/* Whether rc is what a non-blocking socket returns most often: a would-block.
 * It is the verb's result, and skt__try_again would take longer to say so. */
static inline bool skt__would_block(const skt *s, ptrdiff_t rc) {
  return rc == SKT_EAGAIN && !skt__is_blocking(s) && !skt__cancelled(s);
}

/* The result of a call that is not made again; the direction remembers it if it
 * has ended. */
ptrdiff_t skt__record(skt *s, int direction, ptrdiff_t rc);

/* The most bytes for one write; a message is written whole. */
static inline size_t skt__write_max(const skt *s) {
  return skt__type(s) == SKT_STREAM ? skt__system.write_max : SKT__IO_MAX;
}

/* One call of a write. After a signal skt has waited for room, and on a stream
 * the call must not wait again: the kernel would start the limit anew. */
static inline ptrdiff_t skt__write_part(const skt__attempt *t, const void *part,
                                        size_t n) {
  bool now = t->deadline_us != 0 && skt__type(t->s) == SKT_STREAM;
  return now ? skt__sys_write_now(skt__handle(t->s), part, n)
             : skt__sys_write(skt__handle(t->s), part, n);
}

/* Whether a stream's write returns after a part of its bytes. `cut` says
 * whether the last call took less than it was given. */
bool skt__write_ends(const skt *s, bool cut);

/* The moment of skt__sys_now_us that a time means; for ever if it is -1. */
int64_t skt__deadline(int timeout_ms);

/* A wait that may take several calls of the system. */
typedef struct skt__timer {
  int64_t deadline_us;
  int left_ms; /* for the next call; -1 for ever */
} skt__timer;

static inline skt__timer skt__timer_start(int timeout_ms) {
  return (skt__timer){skt__deadline(timeout_ms), timeout_ms};
}

skt__timer skt__timer_until(int64_t deadline_us);

/* Whether to wait again after a call that returned *rc. If not, *rc becomes the
 * wait's result. A wait looks at least once. */
bool skt__timer_goes_on(skt__timer *t, int *rc);

#endif
