/* SPDX-License-Identifier: MIT */
/* Messages that are received: into parts of one buffer, or as trains. */
#include "message.h"

#include "address.h"
#include "control.h"

#include <limits.h>

/* The longest train; a shorter place would cut one (udp(7), UDP_GRO). */
enum { TRAIN_MAX = 65536 };

/* A call of skt_receive. */
typedef struct receiver {
  skt *s;
  skt_message *m;
  size_t capacity, done;
  bool connected;
} receiver;

/* One call of the system, for up to `count` messages whose places are set. The
 * first call of a verb waits, as the socket's mode says. */
static ptrdiff_t receive_some(const receiver *r, skt__control *control,
                              size_t count) {
  skt_message *m = r->m + r->done;
  ptrdiff_t rc;
  for (size_t i = 0; i < count; ++i) {
    m[i].peer.length = !r->connected;
  }
  if (r->done > 0) {
    return skt__sys_receive_messages(skt__handle(r->s), m, control, count,
                                     true);
  }
  skt__attempt t = skt__begin(r->s, SKT_READ);
  do {
    rc = skt__sys_receive_messages(skt__handle(r->s), m, control, count, false);
  } while (rc < 0 && skt__try_again(&t, &rc));
  return rc;
}

/* Fill in what the system did not; returns a train's segment, or 0. */
static size_t finish(const receiver *r, skt_message *m,
                     const skt__control *control) {
  m->pieces = NULL;
  m->count = m->segment = 0;
  m->has = m->cut && m->size == 0 ? 0 : SKT_HAS_SIZE;
  m->use = 0;
  m->hops = m->traffic_class = -1;
  m->time_ns = 0;
  m->device = 0;
  m->local.length = 0;
  if (r->connected) {
    m->peer.length = 0;
  } else if (!skt__take_ipv4(&m->peer)) {
    skt__take_sender(r->s, &m->peer);
  }
  return control->n > 0 ? skt__control_read(control->data.bytes, control->n, m)
                        : 0;
}

/* Whether to look for more. An error that the next call would take from the
 * system, of a connected socket alone, must not get lost: there the call that
 * has none but the error returns it. Linux keeps it by itself (recvmmsg(2)). */
static bool goes_on(const receiver *r) {
  const skt *s = r->s;
  if (r->done == r->capacity || (r->connected && skt__domain(s) != SKT_UNIX)) {
    return false;
  }
  bool returns_at_once = skt__system.receives_now || !skt__is_blocking(s) ||
                         skt__enforces_limits(s);
  return returns_at_once || skt__wait(s, SKT_READ, 0) > 0;
}

static size_t at_most_places(size_t n) {
  size_t max = (size_t)skt__system.messages_a_call;
  max = max < SKT__PLACES_MAX ? max : SKT__PLACES_MAX;
  return n < max ? n : max;
}

/* Each message has an equal part of the buffer. */
static ptrdiff_t receive_parts(receiver *r, char *buffer, size_t part) {
  skt__control control[SKT__PLACES_MAX];
  size_t count;
  ptrdiff_t rc;
  do {
    count = at_most_places(r->capacity - r->done);
    skt_message *m = r->m + r->done;
    for (size_t i = 0; i < count; ++i) {
      m[i].data = buffer + (r->done + i) * part;
      m[i].n = part < SKT__IO_MAX ? part : SKT__IO_MAX;
    }
    rc = receive_some(r, control, count);
    for (ptrdiff_t i = 0; i < rc; ++i) {
      (void)finish(r, &m[i], &control[i]);
    }
    r->done += rc > 0 ? (size_t)rc : 0;
  } while (rc == (ptrdiff_t)count && goes_on(r));
  return r->done > 0 ? (ptrdiff_t)r->done : rc;
}

/* What all datagrams of a train have in common. */
static void copy_common(skt_message *out, const skt_message *m) {
  out->pieces = NULL;
  out->count = 0;
  out->segment = 0;
  out->has = m->has;
  out->use = m->use;
  out->hops = m->hops;
  out->traffic_class = m->traffic_class;
  out->time_ns = m->time_ns;
  out->device = m->device;
  out->cut = false;
  out->peer = m->peer;
  out->local.length = 0;
  if ((m->has & SKT_HAS_LOCAL) != 0) {
    out->local = m->local;
  }
}

bool skt_next(skt_message *train, skt_message *out) {
  if (train == NULL || out == NULL || train->data == NULL) {
    return false;
  }
  size_t n = train->segment;
  if (n == 0 || n >= train->n) {
    *out = *train;
    out->segment = 0;
    train->data = NULL;
    train->n = 0;
    return true;
  }
  copy_common(out, train);
  out->data = train->data;
  out->n = out->size = n;
  train->data = (char *)train->data + n;
  train->n = train->size = train->n - n;
  return true;
}

/* Take a train apart as far as there is room; the last message is what is left.
 * Returns how many messages. */
static size_t take_apart(skt_message *m, size_t room, size_t segment) {
  size_t i = 0;
  m->segment = segment < m->n ? segment : 0;
  for (; m[i].segment != 0 && i + 1 < room; ++i) {
    skt_message *rest = &m[i + 1];
    copy_common(rest, &m[i]);
    rest->data = (char *)m[i].data + segment;
    rest->n = rest->size = m[i].n - segment;
    rest->segment = segment < rest->n ? segment : 0;
    rest->cut = m[i].cut; /* it lost its end */
    m[i].cut = false;
    m[i].n = m[i].size = segment;
    m[i].segment = 0;
  }
  return i + 1;
}

/* One call takes one train, because several long places in one call are slower
 * than the same one again and again. */
static ptrdiff_t receive_trains(receiver *r, char *buffer, size_t n) {
  skt__control control[1];
  size_t used = 0;
  ptrdiff_t rc;
  do {
    skt_message *m = r->m + r->done;
    m->data = buffer + used;
    m->n = n - used < SKT__IO_MAX ? n - used : SKT__IO_MAX;
    rc = receive_some(r, control, 1);
    if (rc > 0) {
      size_t segment = finish(r, m, control);
      m->cut = m->cut || control->cut; /* a segment may be missing */
      used += m->n;
      r->done += take_apart(m, r->capacity - r->done, segment);
    }
  } while (rc > 0 && n - used >= TRAIN_MAX && goes_on(r));
  return r->done > 0 ? (ptrdiff_t)r->done : rc;
}

int skt_receive(skt *s, void *buffer, size_t n, skt_message *messages,
                size_t capacity) {
  int rc = skt__check_receive(s, messages == NULL ? NULL : buffer,
                              messages == NULL ? 1 : n);
  if (rc < 0) {
    return rc;
  }
  bool trains = SKT__LOAD(&s->reading) == SKT__TRAINS;
  if (capacity == 0 || capacity > INT_MAX || (trains && n < TRAIN_MAX)) {
    return SKT_EINVAL;
  }
  rc = skt__bind_fresh(s);
  if (rc < 0) {
    return rc;
  }
  static char nothing[1];
  buffer = n > 0 ? buffer : nothing;
  receiver r = {s, messages, capacity, 0, skt__state(s) == SKT_CONNECTED};
  return (int)(trains ? receive_trains(&r, buffer, n)
                      : receive_parts(&r, buffer, n / capacity));
}
