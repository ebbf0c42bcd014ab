/* SPDX-License-Identifier: MIT */
/* From a text to a connection: RFC 8305 over what skt_resolve finds. */
#include "names.h"

enum {
  MOST_ATTEMPTS = 6,
  NEXT_AFTER_US = 250000, /* RFC 8305 5 */
  QUEUE_AGAIN_US = 10000  /* when to try a unix listener's full queue again */
};

/* What one dial goes by. The sockets are those that connect, the oldest first;
 * none of them blocks. */
typedef struct dial {
  skt_addr found[SKT__DIAL_MAX];
  uint8_t order[SKT__DIAL_MAX]; /* in which they are tried */
  size_t count, next;           /* how many there are, were tried */
  skt sockets[MOST_ATTEMPTS];
  size_t running;
  int type;
  int failure; /* the most telling one so far */
  int64_t deadline_us;
  int64_t next_us; /* when the next attempt may start; 0: at once */
  skt_waker *waker;
} dial;

/* The next address is then tried at once. */
static void take_failure(dial *d, int code) {
  if (d->failure == 0 || skt__dial_rank(code) > skt__dial_rank(d->failure)) {
    d->failure = code;
  }
  d->next_us = 0;
}

/* Remove the attempts whose sockets are closed. Returns the outcome of the dial
 * if it is known, or SKT_EINPROGRESS. */
static int remaining(dial *d) {
  size_t kept = 0;
  for (size_t i = 0; i < d->running; ++i) {
    d->sockets[kept] = d->sockets[i];
    kept += d->sockets[i].kind != 0;
  }
  d->running = kept;
  return kept == 0 && d->next == d->count ? d->failure : SKT_EINPROGRESS;
}

/* The socket of one attempt. A unix socket would be refused if it did not wait
 * for a full queue: SKT_ETIMEDOUT then says that it is full. */
static int begin_attempt(const dial *d, skt *s, const skt_addr *to) {
  int domain = skt_addr_domain(to);
  int rc = skt_socket(s, domain, d->type | SKT_NONBLOCK, 0);
  if (rc < 0) {
    return rc;
  }
  rc = domain == SKT_UNIX ? skt_connect_within(s, to, 0) : skt_connect(s, to);
  if (rc < 0 && rc != SKT_EINPROGRESS) {
    skt_close(s);
  }
  return rc;
}

/* Start one attempt, in the place of the oldest if there are too many. Returns
 * as start_attempts. */
static int start_one(dial *d, int64_t now_us) {
  if (d->running == MOST_ATTEMPTS) {
    skt_close(&d->sockets[0]);
    take_failure(d, SKT_ETIMEDOUT);
    (void)remaining(d);
  }
  int rc =
      begin_attempt(d, &d->sockets[d->running], &d->found[d->order[d->next]]);
  if (skt__is_lack(rc)) { /* which an attempt that ends gives back */
    d->next_us = now_us + NEXT_AFTER_US;
    return d->running == 0 ? rc : SKT_EINPROGRESS;
  }
  if (rc == SKT_ETIMEDOUT) {
    d->next_us = now_us + QUEUE_AGAIN_US;
    return SKT_EINPROGRESS;
  }
  ++d->next;
  if (rc == 0 || rc == SKT_EINPROGRESS) {
    ++d->running;
    d->next_us = now_us + NEXT_AFTER_US;
    return rc;
  }
  take_failure(d, rc);
  return remaining(d);
}

/* Start what is due. Returns 0 if the last attempt has connected at once,
 * SKT_EINPROGRESS, or the dial's code. */
static int start_attempts(dial *d, int64_t now_us) {
  int rc = SKT_EINPROGRESS;
  while (rc == SKT_EINPROGRESS && d->next < d->count && d->next_us <= now_us) {
    rc = start_one(d, now_us);
  }
  return rc;
}

/* The milliseconds until something is to be done, rounded up; -1 for ever. */
static int ms_to_next(const dial *d, int64_t now_us) {
  int64_t until = d->deadline_us;
  if (d->next < d->count && d->next_us < until) {
    until = d->next_us;
  }
  if (until == INT64_MAX) {
    return -1;
  }
  return until <= now_us ? 0 : (int)((until - now_us + 999) / 1000);
}

/* Look what has become of the attempts that are ready; the first that has
 * connected becomes the last of the list. Returns as start_attempts. */
static int take_outcomes(dial *d, const skt_polled *entries) {
  for (size_t i = 0; i < d->running; ++i) {
    skt *s = &d->sockets[i];
    int rc = entries[i].ready == 0 ? SKT_EINPROGRESS : skt_connect_finish(s);
    if (rc == 0) {
      skt last = d->sockets[d->running - 1];
      d->sockets[d->running - 1] = *s;
      *s = last;
      return 0;
    }
    if (rc != SKT_EINPROGRESS) {
      skt_close(s);
      take_failure(d, rc);
    }
  }
  return remaining(d);
}

/* Returns as start_attempts. A wake wins, because the wait has taken it. */
static int wait_for_attempts(dial *d, int64_t now_us) {
  skt_polled entries[MOST_ATTEMPTS];
  for (size_t i = 0; i < d->running; ++i) {
    entries[i] = (skt_polled){&d->sockets[i], SKT_WRITE, 0};
  }
  int rc = skt_poll(entries, d->running, ms_to_next(d, now_us), d->waker);
  if (rc < 0) {
    return rc;
  }
  for (size_t i = 0; i < d->running; ++i) {
    rc -= entries[i].ready != 0;
  }
  return rc > 0 ? SKT_ECANCELED : take_outcomes(d, entries);
}

/* Until the outcome is known. The clock is read once a turn, after the sockets
 * were looked at. */
static int race(dial *d) {
  int64_t now_us = skt__sys_now_us();
  for (;;) {
    int rc = start_attempts(d, now_us);
    if (rc == SKT_EINPROGRESS) {
      rc = wait_for_attempts(d, now_us);
    }
    if (rc != SKT_EINPROGRESS) {
      return rc;
    }
    now_us = skt__sys_now_us();
    if (now_us >= d->deadline_us) {
      return SKT_ETIMEDOUT;
    }
  }
}

static int wanted_mode(skt *s, int type) {
  bool same = skt__is_blocking(s) == ((type & SKT_NONBLOCK) == 0);
  return same ? 0 : skt_set_blocking(s, true);
}

/* Several addresses, or one with a waker. */
static int dial_each(skt *s, dial *d) {
  skt__dial_order(d->order, d->found, d->count);
  int rc = race(d);
  if (rc == 0) {
    *s = d->sockets[--d->running];
    rc = wanted_mode(s, d->type);
  }
  while (d->running > 0) {
    skt_close(&d->sockets[--d->running]);
  }
  return rc;
}

/* One address: the calls of socket and connect, if there is no limit of time. A
 * socket that is limited is made non-blocking, which costs a call less than to
 * make it so. */
static int dial_one(skt *s, const dial *d) {
  const skt_addr *to = d->found;
  int kind = d->type & SKT_TYPES;
  bool waits = kind == SKT_STREAM || kind == SKT_SEQPACKET;
  bool limited = waits && d->deadline_us != INT64_MAX;
  int mode = limited ? SKT_NONBLOCK : 0;
  int rc = skt_socket(s, skt_addr_domain(to), d->type | mode, 0);
  if (rc < 0) {
    return rc;
  }
  if (skt__is_blocking(s)) {
    return skt_connect(s, to);
  }
  rc = skt_connect_within(s, to, skt__timer_until(d->deadline_us).left_ms);
  return rc == 0 ? wanted_mode(s, d->type) : rc;
}

static int check_dial(const char *text, int type, int timeout_ms,
                      const skt_waker *waker) {
  int kind = type & ~SKT_NONBLOCK;
  if (text == NULL) {
    return SKT_EFAULT;
  }
  if (waker != NULL && skt__check_waker(waker) < 0) {
    return SKT_EBADF;
  }
  bool is_type =
      kind >= SKT_STREAM && kind <= SKT_PACKET && (kind & ~SKT_TYPES) == 0;
  return timeout_ms < -1 || !is_type ? SKT_EINVAL : 0;
}

int skt_dial(skt *s, const char *text, int type, int timeout_ms,
             skt_waker *waker) {
  dial d;
  if (s == NULL) {
    return SKT_EFAULT;
  }
  *s = (skt){.kind = 0};
  int rc = check_dial(text, type, timeout_ms, waker);
  if (rc < 0) {
    return rc;
  }
  d.deadline_us = skt__deadline(timeout_ms);
  rc = skt__resolve(text, 0, d.found, SKT__DIAL_MAX, d.deadline_us, waker);
  if (rc < 0) {
    return rc;
  }
  d.count = (size_t)rc;
  d.next = d.running = 0;
  d.failure = 0;
  d.next_us = 0;
  d.type = type;
  d.waker = waker;
  rc = d.count == 1 && waker == NULL ? dial_one(s, &d) : dial_each(s, &d);
  if (rc < 0) {
    skt_close(s);
  }
  return rc;
}
