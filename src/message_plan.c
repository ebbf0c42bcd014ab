/* SPDX-License-Identifier: MIT */
/* Which messages one call of the system takes: runs of messages become trains.
 */
#include "message_plan.h"

#include "address.h"
#include "control.h"

/* A train of more segments fails before Linux 6.18, and one of more bytes is
 * cut up by loopback, which takes 65,535 with the heads. */
enum { TRAIN_SEGMENTS = 64, TRAIN_BYTES = 65000 };

/* The message's peer, in the socket's form. Returns a code, or 1 if the plan
 * has no room. */
static int take_peer(const skt__sender *t, skt__plan *p, const skt_message *m,
                     skt__packet *packet, int *domain) {
  skt__ip ip = {.domain = skt__domain(t->s)};
  packet->peer = NULL;
  if (m->peer.length == 0) {
    *domain = t->domain;
    return 0;
  }
  *domain = SKT_IPV4;
  if (*domain == skt__domain(t->s) && skt__is_ipv4_destination(&m->peer)) {
    packet->peer = &m->peer;
    return 0;
  }
  if (p->mapped == SKT__PLAN_MAPPED) {
    return 1;
  }
  packet->peer = skt__destination(t->s, &m->peer, &p->address[p->mapped], &ip);
  if (packet->peer == NULL) {
    return SKT_EINVAL;
  }
  p->mapped += packet->peer != &m->peer;
  *domain = ip.domain;
  return 0;
}

/* Append a piece of n bytes, or for an empty message what stands for none. */
static inline void put_piece(skt__plan *p, skt__packet *packet,
                             const void *data, size_t n) {
  union {
    const void *constant;
    void *variable;
  } same = {n > 0 ? data : ""};
  p->piece[p->pieces++] = (skt_buffer){same.variable, n};
  ++packet->count;
}

/* The first bytes are all of an IPv4 address. */
static inline bool same_peer(const skt_message *a, const skt_message *b) {
  enum { FIRST = sizeof(struct sockaddr_in) };
  const char *x = (const char *)a->peer.words;
  const char *y = (const char *)b->peer.words;
  size_t n = a->peer.length;
  return n == b->peer.length && memcmp(x, y, FIRST) == 0 &&
         (n <= FIRST ||
          memcmp(x, y, n < sizeof a->peer.words ? n : sizeof a->peer.words) ==
              0);
}

static bool same_numbers(const skt_message *a, const skt_message *b, int use) {
  return ((use & SKT_HAS_HOPS) == 0 || a->hops == b->hops) &&
         ((use & SKT_HAS_CLASS) == 0 || a->traffic_class == b->traffic_class) &&
         ((use & SKT_HAS_DEVICE) == 0 || a->device == b->device) &&
         ((use & SKT_HAS_LOCAL) == 0 ||
          skt_addr_compare(&a->local, &b->local) == 0);
}

static inline bool same_choices(const skt_message *a, const skt_message *b) {
  return a->use == b->use && (a->use == 0 || same_numbers(a, b, a->use));
}

/* Whether a message can go in a train after `first`. */
static inline bool can_follow(const skt_message *first, const skt_message *m) {
  return m->n > 0 && m->n <= first->n && m->pieces == NULL && m->segment == 0 &&
         m->data != NULL && same_peer(first, m) && same_choices(first, m);
}

/* Append to a packet the messages after its first, of n bytes, that go in one
 * train with it: all of n bytes, the last perhaps shorter. */
static void gather_run(const skt__sender *t, skt__plan *p, skt__packet *packet,
                       const skt_message *m) {
  size_t bytes = m->n, i = 1, n = m->n;
  size_t most = t->count - (size_t)(m - t->messages);
  size_t room = 1 + SKT__PLAN_PIECES - p->pieces;
  most = most < room ? most : room;
  most = most < TRAIN_SEGMENTS ? most : TRAIN_SEGMENTS;
  for (; i < most && n == m->n && can_follow(m, &m[i]); ++i) {
    n = m[i].n;
    bytes += n;
    if (bytes > TRAIN_BYTES) {
      break;
    }
    put_piece(p, packet, m[i].data, n);
  }
  p->datagrams[p->n] = (uint16_t)i;
}

/* A part of a message that is a train: as many datagrams as pay, or one. */
static void take_part(const skt__sender *t, skt__plan *p, skt__packet *packet,
                      const skt_message *m, size_t offset) {
  size_t fit = TRAIN_BYTES / m->segment, left = m->n - offset;
  fit = fit < TRAIN_SEGMENTS ? fit : TRAIN_SEGMENTS;
  fit = t->trains && fit > 0 ? fit : 1;
  size_t n = fit * m->segment < left ? fit * m->segment : left;
  put_piece(p, packet, (const char *)m->data + offset, n);
  p->datagrams[p->n] = (uint16_t)((n + m->segment - 1) / m->segment);
}

static bool is_train(const skt_message *m) {
  return m->segment != 0 && m->segment < m->n;
}

/* The bytes of the next packet. Sets how many datagrams it has. */
static void take_bytes(const skt__sender *t, skt__plan *p, skt__packet *packet,
                       const skt_message *m, size_t offset) {
  packet->pieces = &p->piece[p->pieces];
  packet->count = 0;
  p->datagrams[p->n] = 1;
  if (m->pieces != NULL && m->count > 0) {
    packet->pieces = m->pieces;
    packet->count = m->count;
  } else if (is_train(m)) {
    take_part(t, p, packet, m, offset);
  } else {
    put_piece(p, packet, m->data, m->pieces == NULL ? m->n : 0);
    if (t->trains && m->pieces == NULL && m->n > 0 && m->n <= UINT16_MAX) {
      gather_run(t, p, packet, m);
    }
  }
}

static int take_choices(const skt__sender *t, skt__plan *p,
                        const skt_message *m, skt__packet *packet, int domain) {
  bool is_run = p->datagrams[p->n] > 1;
  packet->control_n = 0;
  packet->control = p->control[p->n].bytes;
  if (m->use == 0 && !is_run) {
    return 0;
  }
  size_t segment = is_train(m) ? m->segment : m->n;
  bool mapped = domain == SKT_IPV4 && skt__domain(t->s) == SKT_IPV6;
  ptrdiff_t n = skt__control_write(packet->control, m, skt__domain(t->s),
                                   mapped, is_run ? segment : 0);
  packet->control_n = n > 0 ? (size_t)n : 0;
  return n < 0 ? (int)n : 0;
}

/* Plan the packet of the datagram at a place. Returns a code, 1 if the plan has
 * no room, or 0. */
static int plan_packet(const skt__sender *t, skt__plan *p, size_t at,
                       size_t offset) {
  const skt_message *m = &t->messages[at];
  skt__packet *packet = &p->packets[p->n];
  int domain, rc = skt__check_message(t->s, m);
  if (rc == 0) {
    rc = take_peer(t, p, m, packet, &domain);
  }
  if (rc != 0 || p->pieces == SKT__PLAN_PIECES) {
    return rc != 0 ? rc : 1;
  }
  take_bytes(t, p, packet, m, offset);
  rc = take_choices(t, p, m, packet, domain);
  if (rc == 0) {
    ++p->n;
  }
  return rc;
}

/* Move a place on by the datagrams of one packet. */
static void move_on(const skt__sender *t, size_t datagrams, size_t *at,
                    size_t *offset) {
  const skt_message *m = &t->messages[*at];
  if (!is_train(m)) {
    *at += datagrams;
    return;
  }
  *offset += datagrams * m->segment;
  if (*offset >= m->n) {
    *offset = 0;
    ++*at;
  }
}

/* On a connected socket each call has one packet: sendmmsg would take an error
 * of the peer from the system, and not report it (sendmmsg(2)). */
static size_t packets_a_call(const skt__sender *t) {
  bool has_errors =
      skt__state(t->s) == SKT_CONNECTED && skt__domain(t->s) != SKT_UNIX;
  return has_errors ? 1 : (size_t)skt__system.messages_a_call;
}

/* Whether a message is the most frequent one: bytes for an IPv4 peer. The
 * system refuses bytes that are NULL, and Linux too many of them. */
static inline bool is_simple_message(const skt_message *m) {
  return (m->segment | (unsigned)m->use) == 0 && m->pieces == NULL &&
         (skt__system.reports_size || m->n <= SKT__IO_MAX) &&
         skt__is_ipv4_destination(&m->peer);
}

/* The shortest way for as many of those as come next, each a packet of its own,
 * up to `max` packets. */
static void plan_simple(const skt__sender *t, skt__plan *p, size_t max) {
  const skt_message *first = &t->messages[p->at], *m = first;
  skt__packet *packet = &p->packets[p->n];
  skt_buffer *piece = &p->piece[p->pieces];
  size_t n = t->count - p->at, room = SKT__PLAN_PIECES - p->pieces;
  n = n < max - p->n ? n : max - p->n;
  n = n < room ? n : room;
  for (; n > 0 && is_simple_message(m); --n, ++m, ++packet, ++piece) {
    *piece = (skt_buffer){m->data, m->n};
    packet->peer = &m->peer;
    packet->pieces = piece;
    packet->count = 1;
    packet->control_n = 0;
  }
  n = (size_t)(m - first);
  for (size_t i = 0; i < n; ++i) {
    p->datagrams[p->n + i] = 1;
  }
  p->n += n;
  p->pieces += n;
  p->at += n;
  p->all += n;
}

/* Plan what comes next. Returns a code, 1 if the plan has no room, or 0. */
static int plan_next(const skt__sender *t, skt__plan *p, size_t max) {
  size_t before = p->n;
  if (t->simple) {
    plan_simple(t, p, max);
    if (p->n > before) {
      return 0;
    }
  }
  int rc = plan_packet(t, p, p->at, p->offset);
  if (rc == 0) {
    p->all += p->datagrams[before];
    move_on(t, p->datagrams[before], &p->at, &p->offset);
  }
  return rc;
}

void skt__plan_call(const skt__sender *t, skt__plan *p) {
  size_t max = packets_a_call(t);
  p->at = t->at;
  p->offset = t->offset;
  p->n = p->pieces = p->mapped = p->all = 0;
  p->stop = 0;
  while (p->stop == 0 && p->n < max && p->at < t->count) {
    p->stop = plan_next(t, p, max);
  }
}

void skt__plan_went(skt__sender *t, const skt__plan *p, size_t packets) {
  if (packets == p->n) {
    t->at = p->at;
    t->offset = p->offset;
    t->done += p->all;
    return;
  }
  for (size_t i = 0; i < packets; ++i) {
    t->done += p->datagrams[i];
    move_on(t, p->datagrams[i], &t->at, &t->offset);
  }
}
