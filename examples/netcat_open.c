/* SPDX-License-Identifier: MIT */
/* Connect and listen, at a name, from a source, in a family. */
#include "netcat.h"
#include "seconds.h"

enum { ADDRESSES_MAX = 32 };

/*
 * Connect
 */

static int make_text(netcat *n, int port) {
  return skt_text_join(n->text, sizeof n->text, n->host, port);
}

/* Bind to the source's address of that domain, if a source was given. */
static int bind_source(netcat *n, int domain) {
  char text[SKT_TEXT_MAX];
  skt_addr local;
  if (n->source == NULL) {
    return 0;
  }
  int rc = skt_text_join(text, sizeof text, n->source, 0);
  rc = rc < 0 ? rc : skt_resolve(text, domain, &local, 1, n->wait_ms, NULL);
  return rc < 0 ? rc : skt_bind(&n->socket, &local, 0);
}

static int connect_one(netcat *n, const skt_addr *peer, int timeout_ms) {
  int domain = skt_addr_domain(peer);
  int type = n->udp ? SKT_DATAGRAM : SKT_STREAM;
  int rc = skt_socket(&n->socket, domain, type | SKT_NONBLOCK, 0);
  rc = rc < 0 ? rc : bind_source(n, domain);
  rc = rc < 0 ? rc : skt_connect_within(&n->socket, peer, timeout_ms);
  if (rc < 0) {
    skt_close(&n->socket);
  }
  return rc;
}

static int time_left(double until) {
  double left = (until - seconds_now()) * 1000;
  return left > 0 ? (int)left : 0;
}

/* What skt_dial does not do: choose the source or the family. */
static int connect_each(netcat *n) {
  skt_addr all[ADDRESSES_MAX];
  double until = seconds_now() + n->wait_ms / 1000.0;
  int rc = SKT_ETIMEDOUT;
  int count =
      skt_resolve(n->text, n->domain, all, ADDRESSES_MAX, n->wait_ms, NULL);
  for (int i = 0; i < count; ++i) {
    int left = n->wait_ms < 0 ? -1 : time_left(until);
    rc = left == 0 ? SKT_ETIMEDOUT : connect_one(n, &all[i], left);
    if (rc == 0 || left == 0) {
      return rc;
    }
  }
  return count < 0 ? count : rc;
}

int connect_to(netcat *n, int port) {
  skt_addr peer;
  int type = (n->udp ? SKT_DATAGRAM : SKT_STREAM) | SKT_NONBLOCK;
  int rc = make_text(n, port);
  if (rc >= 0) {
    rc = n->source != NULL || n->domain != 0
             ? connect_each(n)
             : skt_dial(&n->socket, n->text, type, n->wait_ms, NULL);
  }
  if (rc == 0 && skt_peer(&n->socket, &peer) == 0) {
    report(n, n->probes ? "open:" : "connected to", &peer);
  }
  return rc;
}

/*
 * Listen
 */

static int bind_one(netcat *n, const skt_addr *here, int flags) {
  int type = n->udp ? SKT_DATAGRAM : SKT_STREAM;
  int rc = skt_socket(&n->listener, skt_addr_domain(here), type, 0);
  rc = rc < 0 ? rc : skt_bind(&n->listener, here, flags);
  rc = rc < 0 || n->udp ? rc : skt_listen(&n->listener, 0);
  if (rc < 0) {
    skt_close(&n->listener);
  }
  return rc;
}

/* Every address of this host: one socket for both families, if none is chosen
 * and both are there. */
static int bind_any(netcat *n) {
  skt_addr here;
  int rc = SKT_EAFNOSUPPORT;
  if (n->domain != SKT_IPV4) {
    skt_addr_any(&here, SKT_IPV6, n->port);
    rc = bind_one(n, &here, n->domain == 0 ? SKT_DUAL_STACK : 0);
  }
  if (n->domain != SKT_IPV6 &&
      (rc == SKT_EAFNOSUPPORT || rc == SKT_EOPNOTSUPP)) {
    skt_addr_any(&here, SKT_IPV4, n->port);
    rc = bind_one(n, &here, 0);
  }
  return rc;
}

/* What skt_listen_at does not do: UDP, and a family. */
static int bind_each(netcat *n) {
  skt_addr all[ADDRESSES_MAX];
  if (n->host[0] == '\0') {
    return bind_any(n);
  }
  int count = skt_resolve(n->text, n->domain, all, ADDRESSES_MAX, -1, NULL);
  int rc = count;
  for (int i = 0; i < count && rc != 0 && rc != SKT_EADDRINUSE; ++i) {
    rc = bind_one(n, &all[i], 0);
  }
  return rc;
}

int listen_there(netcat *n) {
  int rc = make_text(n, n->port);
  if (rc < 0) {
    return rc;
  }
  return n->udp || n->domain != 0 ? bind_each(n)
                                  : skt_listen_at(&n->listener, n->text, 0, 0);
}
