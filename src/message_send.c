/* SPDX-License-Identifier: MIT */
/* Messages that are sent.
 *
 * skt_send makes a plan of the messages for one call, makes the call, and plans
 * again from the first datagram that has not gone. So the code of each message
 * is asked for by a call that begins with it, and nothing is sent twice. */
#include "message_plan.h"

#include "address.h"
#include "message.h"

/* Whether the system has refused a train because it is one: the route decides,
 * or the length of its segments, or the number. The caller's own error is
 * another possibility, which the single datagrams then show. */
static bool refuses_train(const skt__plan *p, ptrdiff_t rc) {
  return p->datagrams[0] > 1 &&
         (rc == SKT_EIO || rc == SKT_EINVAL || rc == SKT_EMSGSIZE);
}

static bool is_foreign(const skt_addr *local) {
  skt probe = SKT_NONE;
  bool foreign = false;
  if (skt_socket(&probe, skt_addr_domain(local), SKT_DATAGRAM, 0) == 0) {
    foreign = skt_bind(&probe, local, 0) == SKT_EADDRNOTAVAIL;
    skt_close(&probe);
  }
  return foreign;
}

/* IPv4 reports a local address that is not this host's as no route, IPv6 as an
 * invalid argument (Linux ip_route_output_key, udpv6_sendmsg); both report an
 * interface that is not there as no route. */
static ptrdiff_t name_of_failure(const skt__sender *t, ptrdiff_t rc) {
  const skt_message *m = &t->messages[t->at];
  char name[SKT_OPTION_TEXT_MAX];
  if (rc != SKT_ENETUNREACH && rc != SKT_EINVAL) {
    return rc;
  }
  if ((m->use & SKT_HAS_DEVICE) != 0 &&
      skt__sys_interface_name(skt__handle(t->s), (int)m->device, name) < 0) {
    return SKT_ENODEV;
  }
  return (m->use & SKT_HAS_LOCAL) != 0 && is_foreign(&m->local)
             ? SKT_EADDRNOTAVAIL
             : rc;
}

static bool has_ipv4_peers(const skt *s) {
  return skt__domain(s) == SKT_IPV4 && skt__state(s) != SKT_CONNECTED;
}

/* Send all, or up to an error. A train that is refused goes as datagrams, and
 * if the first of these goes, the socket has no trains; unless they are only
 * too long for one. */
static ptrdiff_t send_all(skt__sender *t) {
  skt__attempt attempt = skt__begin(t->s, SKT_WRITE);
  ptrdiff_t refused = 0;
  skt__plan p;
  while (t->at < t->count) {
    skt__plan_call(t, &p);
    if (p.n == 0) {
      return p.stop;
    }
    ptrdiff_t rc = skt__sys_send_packets(skt__handle(t->s), p.packets, p.n);
    if (rc > 0) {
      skt__plan_went(t, &p, (size_t)rc);
      attempt.had_stray = false;
      if (refused == SKT_EIO || refused == SKT_EINVAL) {
        (void)SKT__OR(&t->s->calls, SKT__NO_TRAINS);
      }
      refused = 0;
    } else if (refuses_train(&p, rc)) {
      refused = rc;
      t->trains = false;
      t->simple = has_ipv4_peers(t->s);
    } else if (!skt__try_again(&attempt, &rc)) {
      return name_of_failure(t, rc);
    }
  }
  return 0;
}

/* The domain of a connected socket's peer, by which choices are written. Only
 * an IPv6 socket that takes IPv4 must ask, and only if there are choices. */
static int domain_of_peer(const skt__sender *t) {
  bool both = skt__domain(t->s) == SKT_IPV6 &&
              (t->s->kind & SKT_DUAL_STACK) != 0 &&
              skt__state(t->s) == SKT_CONNECTED;
  skt_addr peer;
  for (size_t i = 0; both && i < t->count; ++i) {
    if (t->messages[i].use != 0) {
      return skt_peer(t->s, &peer) == 0 ? skt_addr_domain(&peer) : SKT_IPV6;
    }
  }
  return skt__domain(t->s);
}

static SKT__APART int send_many(skt *s, const skt_message *messages,
                                size_t count, size_t *sent) {
  if (sent != NULL) {
    *sent = 0;
  }
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (messages == NULL && count > 0) {
    return SKT_EFAULT;
  }
  if (skt__cancelled(s)) {
    return SKT_ECANCELED;
  }
  if (!skt__connectionless(s)) {
    return SKT_EOPNOTSUPP;
  }
  if (count == 0) {
    return 0;
  }
  skt__sender t = {.s = s, .messages = messages, .count = count};
  t.trains = (count > 1 || messages->segment != 0) && skt__has_trains(s);
  t.simple = !t.trains && has_ipv4_peers(s);
  t.domain = domain_of_peer(&t);
  rc = (int)send_all(&t);
  if (sent != NULL) {
    *sent = t.done;
  }
  return rc;
}

/* One plain message is as fast as by the calls for one, which the first way
 * repeats, so that the most frequent message takes one function less. */
int skt_send(skt *s, const skt_message *messages, size_t count, size_t *sent) {
  const int kind = SKT_DOMAINS | SKT_TYPES | SKT_STATES | SKT__LIMITED;
  const skt_message *m = messages;
  ptrdiff_t rc;
  if (count != 1 || s == NULL || m == NULL || m->use != 0 ||
      m->pieces != NULL || m->segment != 0 || !skt__connectionless(s)) {
    return send_many(s, messages, count, sent);
  }
  if ((s->kind & kind & ~SKT_BOUND) == (SKT_IPV4 | SKT_DATAGRAM) &&
      SKT__LOAD(&s->reading) == SKT__OPEN && m->data != NULL &&
      m->n - 1 < SKT__IO_MAX && skt__is_ipv4_destination(&m->peer)) {
    rc = skt__sys_send_to(skt__handle(s), m->data, m->n, &m->peer);
    if (rc < 0) {
      rc = skt__send_on(s, m->data, m->n, &m->peer, rc);
    }
  } else {
    rc = m->peer.length != 0 ? skt_send_to(s, m->data, m->n, &m->peer)
                             : skt_write(s, m->data, m->n);
  }
  if (sent != NULL) {
    *sent = rc >= 0;
  }
  return rc < 0 ? (int)rc : 0;
}
