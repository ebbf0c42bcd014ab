/* SPDX-License-Identifier: MIT */
/* Who else may have an address: the flags of skt_bind, and restarts. */
#include <stdio.h>

#include "peer.h"
#include "skt_test.h"

enum { PATIENCE_MS = 10000 };

static skt_addr at_port(const char *host, int port) {
  skt_addr a;
  char text[64];
  snprintf(text, sizeof text, "%s:%d", host, port);
  skt_addr_parse(&a, text);
  return a;
}

/* Make a socket and bind it; its address if port was 0. */
static int bind_as(skt *s, int type, skt_addr *at, int flags) {
  int rc = skt_socket(s, skt_addr_domain(at), type, 0);
  rc = rc == 0 ? skt_bind(s, at, flags) : rc;
  if (rc < 0) {
    skt_close(s);
  }
  return rc == 0 ? skt_local(s, at) : rc;
}

static int serve_as(skt *s, skt_addr *at, int flags) {
  int rc = bind_as(s, SKT_STREAM, at, flags);
  return rc == 0 ? skt_listen(s, 0) : rc;
}

static const int types[] = {SKT_STREAM, SKT_DATAGRAM};

TEST(sharing, exclusive_refuses_whatever_overlaps) {
  for (int i = 0; i < 2; ++i) {
    skt first = {0}, second = {0};
    skt_addr wide = at_port("0.0.0.0", 0), narrow;
    CHECK_EQ(bind_as(&first, types[i], &wide, SKT_EXCLUSIVE), 0);
    CHECK(types[i] != SKT_STREAM || skt_listen(&first, 0) == 0);
    narrow = at_port("127.0.0.1", skt_addr_port(&wide));
    CHECK_EQ(bind_as(&second, types[i], &narrow, SKT_EXCLUSIVE),
             SKT_EADDRINUSE);
    CHECK_EQ(bind_as(&second, types[i], &narrow, 0), SKT_EADDRINUSE);
    CHECK_EQ(bind_as(&second, types[i], &wide, 0), SKT_EADDRINUSE);
    skt_close(&first);
    CHECK_EQ(bind_as(&first, types[i], &narrow, SKT_EXCLUSIVE), 0);
    CHECK_EQ(bind_as(&second, types[i], &wide, SKT_EXCLUSIVE), SKT_EADDRINUSE);
    CHECK_EQ(bind_as(&second, types[i], &wide, 0), SKT_EADDRINUSE);
    skt_close(&first);
  }
}

TEST(sharing, datagram_socket_has_its_port_alone) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt first = {0}, second = {0};
    skt_addr at = loopback(*domain);
    CHECK_EQ(bind_as(&first, SKT_DATAGRAM, &at, 0), 0);
    CHECK_EQ(bind_as(&second, SKT_DATAGRAM, &at, 0), SKT_EADDRINUSE);
    CHECK_EQ(bind_as(&second, SKT_DATAGRAM, &at, SKT_SHARE_MULTICAST),
             SKT_EADDRINUSE);
    skt_close(&first);
    CHECK_EQ(bind_as(&second, SKT_DATAGRAM, &at, 0), 0);
    skt_close(&second);
  }
}

TEST(sharing, multicast_takes_those_who_say_so_and_nobody_else) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt first = {0}, second = {0}, plain = {0};
    skt_addr at = loopback(*domain);
    CHECK_EQ(bind_as(&first, SKT_DATAGRAM, &at, SKT_SHARE_MULTICAST), 0);
    CHECK_EQ(bind_as(&second, SKT_DATAGRAM, &at, SKT_SHARE_MULTICAST), 0);
    CHECK_EQ(bind_as(&plain, SKT_DATAGRAM, &at, 0), SKT_EADDRINUSE);
    skt_close(&first);
    skt_close(&second);
  }
}

/* 64 clients; who gets which is the system's choice, but not all go to one. */
static void share_clients(skt servers[2], const skt_addr *at, int got[2]) {
  for (int i = 0; i < 64; ++i) {
    skt client = {0}, server = {0};
    skt_socket(&client, SKT_IPV4, SKT_STREAM, 0);
    CHECK_EQ(skt_connect(&client, at), 0);
    int who = skt_wait(&servers[0], SKT_READ, 0, NULL) == SKT_READ ? 0 : 1;
    CHECK_EQ(skt_wait(&servers[who], SKT_READ, PATIENCE_MS, NULL), SKT_READ);
    CHECK_EQ(skt_accept(&servers[who], &server, NULL, 0), 0);
    ++got[who];
    skt_close(&client);
    skt_close(&server);
  }
}

TEST(sharing, load_is_dealt_out_or_refused) {
  skt servers[2] = {{0}}, plain = {0};
  skt_addr at = loopback(SKT_IPV4);
  int got[2] = {0, 0};
  int rc = serve_as(&servers[0], &at, SKT_SHARE_LOAD);
  if (rc == SKT_EOPNOTSUPP) {
    CHECK_EQ(serve_as(&plain, &at, 0), 0); /* refused before it was bound */
    skt_close(&plain);
    return;
  }
  CHECK_EQ(rc, 0);
  CHECK_EQ(serve_as(&servers[1], &at, SKT_SHARE_LOAD), 0);
  CHECK_EQ(serve_as(&plain, &at, 0), SKT_EADDRINUSE);
  share_clients(servers, &at, got);
  CHECK_EQ(got[0] + got[1], 64);
  CHECK(got[0] > 0);
  CHECK(got[1] > 0);
  skt_close(&servers[0]);
  skt_close(&servers[1]);
}

TEST(sharing, contradicting_or_misplaced_flags_report_einval) {
  static const struct {
    int type;
    int flags;
  } bad[] = {
      {SKT_STREAM, SKT_SHARE_MULTICAST},
      {SKT_STREAM, SKT_EXCLUSIVE | SKT_SHARE_LOAD},
      {SKT_DATAGRAM, SKT_EXCLUSIVE | SKT_SHARE_MULTICAST},
      {SKT_DATAGRAM, SKT_SHARE_MULTICAST | SKT_SHARE_LOAD},
      {SKT_DATAGRAM, SKT_DUAL_STACK},
      {SKT_DATAGRAM, SKT_NONBLOCK},
      {SKT_DATAGRAM, 0x20000},
      {SKT_DATAGRAM, 1},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
    skt s = {0};
    skt_addr at = loopback(SKT_IPV4);
    CHECK_EQ(bind_as(&s, bad[i].type, &at, bad[i].flags), SKT_EINVAL);
  }
}

/* A connection of the first server, still open when the second one starts.
 * Windows keeps the port until it is closed, Wine does not: so try. */
TEST(sharing, restart_beside_an_open_connection) {
  skt listener = {0}, client = {0}, server = {0}, again = {0};
  skt_addr at;
  char byte;
  CHECK(listen_loopback(SKT_IPV4, &listener, &at));
  CHECK_EQ(skt_socket(&client, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_connect(&client, &at), 0);
  CHECK_EQ(skt_accept(&listener, &server, NULL, 0), 0);
  CHECK_EQ(skt_close(&listener), 0);
  int rc = serve_as(&again, &at, 0);
  if (rc == SKT_EADDRINUSE) {
    skt_close(&server);
    skt_close(&client);
    CHECK_EQ(serve_as(&again, &at, 0), 0);
    skt_close(&again);
    SKIP(
        "this system binds a port again only after its connections are closed");
  }
  CHECK_EQ(rc, 0);
  CHECK_EQ(skt_write(&client, "x", 1), 1);
  CHECK_EQ(skt_read(&server, &byte, 1), 1);
  skt_close(&server);
  skt_close(&client);
  skt_close(&again);
}

/* Every order of telling how; in none of them do both end up listening. */
TEST(sharing, two_servers_on_one_port_never_both_succeed) {
  static const char *const hosts[][2] = {{"127.0.0.1", "127.0.0.1"},
                                         {"0.0.0.0", "0.0.0.0"},
                                         {"0.0.0.0", "127.0.0.1"},
                                         {"127.0.0.1", "0.0.0.0"}};
  static const int how[] = {0, SKT_EXCLUSIVE};
  for (int i = 0; i < 16; ++i) {
    skt a = {0}, b = {0};
    skt_addr at_a = at_port(hosts[i / 4][0], 0), at_b;
    CHECK_EQ(bind_as(&a, SKT_STREAM, &at_a, how[i & 1]), 0);
    at_b = at_port(hosts[i / 4][1], skt_addr_port(&at_a));
    int rc = bind_as(&b, SKT_STREAM, &at_b, how[i >> 1 & 1]);
    rc = rc == 0 ? skt_listen(&b, 0) : rc;
    int rc_a = skt_listen(&a, 0);
    CHECK(rc == 0 ? rc_a == SKT_EADDRINUSE : rc == SKT_EADDRINUSE && rc_a == 0);
    skt_close(&a);
    skt_close(&b);
  }
}

/* One server for both, then a second one for IPv4: they would overlap. */
TEST(sharing, dual_stack_and_ipv4_on_one_port_overlap) {
  skt dual = {0}, v4 = {0};
  skt_addr wide, same;
  if (!ipv6_here()) {
    SKIP("::1 cannot be bound on this machine");
  }
  wide = at_port("[::]", 0);
  CHECK_EQ(serve_as(&dual, &wide, SKT_DUAL_STACK), 0);
  same = at_port("0.0.0.0", skt_addr_port(&wide));
  CHECK_EQ(serve_as(&v4, &same, 0), SKT_EADDRINUSE);
  skt_close(&v4);
  skt_close(&dual);
  wide = at_port("[::]", 0);
  CHECK_EQ(serve_as(&dual, &wide, 0), 0);
  same = at_port("0.0.0.0", skt_addr_port(&wide));
  CHECK_EQ(serve_as(&v4, &same, 0), 0); /* IPv6 only: side by side */
  skt_close(&v4);
  skt_close(&dual);
}
