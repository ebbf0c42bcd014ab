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

/* What a server of datagrams does that gives each client a socket of its own:
 * both have the port, one is connected. */
static bool comes(skt *from, const skt_addr *to, skt *here, skt *elsewhere) {
  char byte[2];
  return skt_send_to(from, "x", 1, to) == 1 &&
         skt_wait(here, SKT_READ, PATIENCE_MS, NULL) == SKT_READ &&
         skt_receive_from(here, byte, sizeof byte, NULL, NULL) == 1 &&
         skt_wait(elsewhere, SKT_READ, 0, NULL) == 0;
}

TEST(sharing, connected_datagram_socket_gets_what_its_peer_sends) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt listener = {0}, own = {0}, client = {0}, others[3] = {{0}};
    skt_addr at = loopback(*domain), client_at = at, other_at = at;
    CHECK_EQ(bind_as(&listener, SKT_DATAGRAM, &at, SKT_SHARE_MULTICAST), 0);
    CHECK_EQ(bind_as(&client, SKT_DATAGRAM, &client_at, 0), 0);
    CHECK(comes(&client, &at, &listener, &client));
    CHECK_EQ(bind_as(&own, SKT_DATAGRAM, &at, SKT_SHARE_MULTICAST), 0);
    CHECK_EQ(skt_connect(&own, &client_at), 0);
    for (int i = 0; i < 3; ++i) {
      other_at = loopback(*domain);
      CHECK_EQ(bind_as(&others[i], SKT_DATAGRAM, &other_at, 0), 0);
      CHECK(comes(&client, &at, &own, &listener));
      CHECK(comes(&others[i], &at, &listener, &own));
    }
    CHECK_EQ(skt_write(&own, "y", 1), 1);
    CHECK_EQ(skt_wait(&client, SKT_READ, PATIENCE_MS, NULL), SKT_READ);
    skt_close(&own);
    CHECK(comes(&client, &at, &listener, &others[0]));
    for (int i = 0; i < 3; ++i) {
      skt_close(&others[i]);
    }
    skt_close(&listener);
    skt_close(&client);
  }
}

static int sharing_of(const skt *s) {
  int value;
  int rc = skt_get_option(s, SKT_OPT_SHARE, &value);
  return rc < 0 ? rc : value;
}

/* Make a socket, set the option, bind it. */
static int bind_by(skt *s, int type, skt_addr *at, int share, int flags) {
  int rc = skt_socket(s, skt_addr_domain(at), type, 0);
  rc = rc == 0 ? skt_set_option(s, SKT_OPT_SHARE, share) : rc;
  rc = rc == 0 ? skt_bind(s, at, flags) : rc;
  return rc == 0 ? skt_local(s, at) : rc;
}

TEST(sharing, option_counts_where_the_flags_of_bind_name_none) {
  skt first = {0}, second = {0}, third = {0};
  skt_addr at = loopback(SKT_IPV4);
  CHECK_EQ(bind_by(&first, SKT_DATAGRAM, &at, SKT_SHARE_MULTICAST, 0), 0);
  CHECK_EQ(sharing_of(&first), SKT_SHARE_MULTICAST);
  CHECK_EQ(bind_by(&second, SKT_DATAGRAM, &at, SKT_SHARE_MULTICAST, 0), 0);
  CHECK_EQ(
      bind_by(&third, SKT_DATAGRAM, &at, SKT_SHARE_MULTICAST, SKT_EXCLUSIVE),
      SKT_EADDRINUSE);                               /* the flags win */
  CHECK_EQ(sharing_of(&third), SKT_SHARE_MULTICAST); /* and the option stays */
  skt_close(&first);
  skt_close(&second);
  skt_close(&third);
}

TEST(sharing, option_is_what_bind_has_done) {
  static const int flags[] = {0, SKT_EXCLUSIVE, SKT_SHARE_MULTICAST};
  for (int i = 0; i < 9; ++i) {
    int share = flags[i / 3], flag = flags[i % 3];
    int in_force = flag != 0 ? flag : share;
    skt s = {0};
    skt_addr at = loopback(SKT_IPV4);
    CHECK_EQ(bind_by(&s, SKT_DATAGRAM, &at, share, flag), 0);
    CHECK_EQ(sharing_of(&s), in_force);
    CHECK_EQ(skt_set_option(&s, SKT_OPT_SHARE, 0), SKT_EINVAL);
    CHECK_EQ(skt_connect(&s, &at), 0);
    CHECK_EQ(sharing_of(&s), in_force);
    CHECK_EQ(skt_disconnect(&s), 0);
    CHECK_EQ(sharing_of(&s), in_force);
    CHECK_EQ(skt_adopt(&s, skt_release(&s), 0), 0);
    CHECK_EQ(sharing_of(&s), 0);
    skt_close(&s);
  }
}

/* No restart beside what is in TIME_WAIT, as with the flag. */
TEST(sharing, option_of_a_listener_goes_to_no_connection) {
  skt listener = {0}, client = {0}, server = {0}, again = {0};
  skt_addr at = loopback(SKT_IPV4);
  CHECK_EQ(bind_by(&listener, SKT_STREAM, &at, SKT_EXCLUSIVE, 0), 0);
  CHECK_EQ(skt_listen(&listener, 0), 0);
  CHECK_EQ(sharing_of(&listener), SKT_EXCLUSIVE);
  CHECK_EQ(skt_socket(&client, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_connect(&client, &at), 0);
  CHECK_EQ(skt_accept(&listener, &server, NULL, 0), 0);
  CHECK_EQ(sharing_of(&server), 0);
  CHECK_EQ(bind_by(&again, SKT_STREAM, &at, 0, 0), SKT_EADDRINUSE);
  skt_close(&again);
  skt_close(&listener);
  skt_close(&client);
  skt_close(&server);
}

TEST(sharing, option_takes_what_bind_takes_for_such_a_socket) {
  static const struct {
    int domain, type, share, rc;
  } cases[] = {
      {SKT_IPV4, SKT_STREAM, SKT_EXCLUSIVE, 0},
      {SKT_IPV4, SKT_STREAM, SKT_SHARE_LOAD, 0},
      {SKT_IPV4, SKT_STREAM, SKT_SHARE_MULTICAST, SKT_EINVAL},
      {SKT_IPV4, SKT_STREAM, SKT_EXCLUSIVE | SKT_SHARE_LOAD, SKT_EINVAL},
      {SKT_IPV4, SKT_STREAM, SKT_DUAL_STACK, SKT_EINVAL},
      {SKT_IPV4, SKT_STREAM, 1, SKT_EINVAL},
      {SKT_IPV4, SKT_STREAM, -1, SKT_EINVAL},
      {SKT_IPV4, SKT_STREAM, 0x20000, SKT_EINVAL},
      {SKT_IPV4, SKT_DATAGRAM, SKT_SHARE_MULTICAST, 0},
      {SKT_IPV4, SKT_DATAGRAM, SKT_SHARE_LOAD, 0},
      {SKT_UNIX, SKT_STREAM, SKT_EXCLUSIVE, 0},
      {SKT_UNIX, SKT_STREAM, SKT_SHARE_LOAD, SKT_EINVAL},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    skt s = {0};
    if (skt_socket(&s, cases[i].domain, cases[i].type, 0) < 0) {
      continue; /* no unix sockets here */
    }
    CHECK_EQ(sharing_of(&s), 0);
    CHECK_EQ(skt_set_option(&s, SKT_OPT_SHARE, cases[i].share), cases[i].rc);
    CHECK_EQ(sharing_of(&s), cases[i].rc == 0 ? cases[i].share : 0);
    CHECK_EQ(skt_set_option(&s, SKT_OPT_SHARE, 0), 0);
    CHECK_EQ(sharing_of(&s), 0);
    skt_close(&s);
  }
}
