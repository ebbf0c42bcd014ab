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
  bool connected, with_control;
} receiver;

/* One call of the system, for up to `count` messages. The first call of a verb
 * waits, as the socket's mode says. */
static ptrdiff_t call_system(const receiver *r, const skt__places *p,
                             skt_message *m, size_t count) {
  ptrdiff_t rc;
  if (r->done > 0) {
    return skt__sys_receive_messages(skt__handle(r->s), p, m, count, true);
  }
  skt__attempt t = skt__begin(r->s, SKT_READ);
  do {
    rc = skt__sys_receive_messages(skt__handle(r->s), p, m, count, false);
  } while (rc < 0 && skt__receive_again(&t, &rc));
  return rc;
}

/* After skt_cancel Linux returns empty messages, as many as there is room for
 * (shutdown(2)); nothing distinguishes them from others. */
static ptrdiff_t receive_some(const receiver *r, const skt__places *p,
                              size_t count) {
  skt_message *m = r->m + r->done;
  ptrdiff_t rc = call_system(r, p, m, count);
  if (rc <= 0 || !skt__cancelled(r->s)) {
    return rc;
  }
  while (rc > 0 && m[rc - 1].n == 0 && !m[rc - 1].cut) {
    --rc;
  }
  return rc > 0 ? rc : SKT_ECANCELED;
}

/* On a connected socket there is no peer, which skt_peer returns. */
static void take_other(const skt *s, bool connected, skt_message *m) {
  if (connected) {
    skt__addr_clear(&m->peer);
  } else {
    skt__take_sender(s, &m->peer);
  }
}

/* Fill in what the system did not. */
static inline void finish(const skt *s, bool connected, skt_message *m) {
  enum {
    FIRST = offsetof(skt_message, pieces),
    END = offsetof(skt_message, hops)
  };
  memset((char *)m + FIRST, 0, END - FIRST);
  m->hops = m->traffic_class = -1;
  m->has = skt__system.reports_size || !m->cut ? SKT_HAS_SIZE : 0;
  m->local.length = 0;
  if (!skt__take_ipv4(&m->peer)) {
    take_other(s, connected, m);
  }
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

static void read_controls(skt_message *m, const skt__control *control,
                          ptrdiff_t count) {
  for (ptrdiff_t i = 0; control != NULL && i < count; ++i) {
    (void)skt__control_read(control[i].data.bytes, control[i].n, &m[i]);
  }
}

/* Each message has an equal part of the buffer. */
static ptrdiff_t receive_parts(receiver *r, char *buffer, size_t part) {
  skt__control control[SKT__PLACES_MAX];
  skt__places p = {.part = part < SKT__IO_MAX ? part : SKT__IO_MAX,
                   .with_peer = !r->connected,
                   .control = r->with_control ? control : NULL};
  size_t count;
  ptrdiff_t rc;
  do {
    skt_message *m = r->m + r->done;
    count = at_most_places(r->capacity - r->done);
    p.buffer = buffer + r->done * part;
    rc = receive_some(r, &p, count);
    for (ptrdiff_t i = 0; i < rc; ++i) {
      finish(r->s, r->connected, &m[i]);
    }
    read_controls(m, p.control, rc);
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
  skt__control control;
  skt__places p = {
      .buffer = buffer, .with_peer = !r->connected, .control = &control};
  size_t left = n;
  ptrdiff_t rc;
  do {
    skt_message *m = r->m + r->done;
    p.part = left < SKT__IO_MAX ? left : SKT__IO_MAX;
    rc = receive_some(r, &p, 1);
    if (rc > 0) {
      finish(r->s, r->connected, m);
      size_t segment = skt__control_read(control.data.bytes, control.n, m);
      m->cut = m->cut || control.cut; /* a segment may be missing */
      p.buffer += m->n;
      left -= m->n;
      r->done += take_apart(m, r->capacity - r->done, segment);
    }
  } while (rc > 0 && left >= TRAIN_MAX && goes_on(r));
  return r->done > 0 ? (ptrdiff_t)r->done : rc;
}

/* One message without control data, after a first call that returned rc: an
 * error, or 0 for an empty message or a cancel. */
static SKT__COLD ptrdiff_t receive_one_on(skt *s, void *buffer, size_t n,
                                          skt_addr *from, ptrdiff_t rc) {
  if (skt__would_block(s, rc)) {
    return rc;
  }
  skt__attempt t = {.s = s, .direction = SKT_READ};
  while (rc <= 0 && skt__receive_again(&t, &rc)) {
    rc = skt__sys_receive_size(skt__handle(s), buffer, n, from);
  }
  return rc;
}

/* Whether the call for one message is one for bytes and an address: there is no
 * control data, and the system reports the length. */
static inline bool is_simple(const skt *s) {
  const int kind = SKT_TYPES | SKT_STATES | SKT__LIMITED;
  return skt__system.reports_size &&
         (s->kind & kind) == (SKT_DATAGRAM | SKT_BOUND) &&
         (SKT__LOAD(&s->calls) & SKT__HAS_CONTROL) == 0 &&
         SKT__LOAD(&s->reading) == SKT__OPEN;
}

static int receive_one(skt *s, void *buffer, size_t n, skt_message *m) {
  ptrdiff_t rc = skt__sys_receive_size(skt__handle(s), buffer, n, &m->peer);
  if (rc <= 0) {
    rc = receive_one_on(s, buffer, n, &m->peer, rc);
    if (rc < 0) {
      return (int)rc;
    }
  }
  m->data = buffer;
  m->size = (size_t)rc;
  m->cut = m->size > n;
  m->n = m->cut ? n : m->size;
  finish(s, false, m);
  return 1;
}

static SKT__APART int receive_many(skt *s, void *buffer, size_t n,
                                   skt_message *messages, size_t capacity) {
  static char nothing[1];
  int rc = skt__check(s);
  if (rc == 0) {
    rc = messages == NULL ? SKT_EFAULT : skt__check_receive(s, buffer, n);
  }
  if (rc < 0 || s == NULL || messages == NULL) { /* for static analysis */
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
  buffer = n > 0 ? buffer : nothing;
  receiver r = {.s = s,
                .m = messages,
                .capacity = capacity,
                .connected = skt__state(s) == SKT_CONNECTED,
                .with_control = skt__domain(s) != SKT_UNIX &&
                                (SKT__LOAD(&s->calls) & SKT__HAS_CONTROL) != 0};
  return (int)(trains ? receive_trains(&r, buffer, n)
                      : receive_parts(&r, buffer, n / capacity));
}

int skt_receive(skt *s, void *buffer, size_t n, skt_message *messages,
                size_t capacity) {
  bool one = capacity == 1 && s != NULL && buffer != NULL && messages != NULL &&
             n - 1 < SKT__IO_MAX && is_simple(s);
  return one ? receive_one(s, buffer, n, messages)
             : receive_many(s, buffer, n, messages, capacity);
}
