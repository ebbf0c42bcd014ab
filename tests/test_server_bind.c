/* SPDX-License-Identifier: MIT */
#include "peer.h"
#include "skt_test.h"

TEST(bind, port_0_lets_the_system_choose) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt a = {0}, b = {0};
    skt_addr at_a, at_b;
    CHECK(listen_loopback(*domain, &a, &at_a));
    CHECK(listen_loopback(*domain, &b, &at_b));
    CHECK(skt_addr_port(&at_a) > 0);
    CHECK(skt_addr_port(&at_a) != skt_addr_port(&at_b));
    skt_close(&a);
    skt_close(&b);
  }
}

static int serve_at(skt *s, const skt_addr *at) {
  int rc = skt_socket(s, skt_addr_domain(at), SKT_STREAM, 0);
  rc = rc == 0 ? skt_bind(s, at, 0) : rc;
  return rc == 0 ? skt_listen(s, 0) : rc;
}

TEST(bind, second_server_on_a_port_reports_eaddrinuse) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt first = {0}, second = {0}, client = {0}, server = {0};
    skt_addr at;
    CHECK(listen_loopback(*domain, &first, &at));
    CHECK_EQ(serve_at(&second, &at), SKT_EADDRINUSE);
    skt_close(&second);
    CHECK_EQ(skt_socket(&client, *domain, SKT_STREAM, 0), 0);
    CHECK_EQ(skt_connect(&client, &at), 0);
    CHECK_EQ(skt_accept(&first, &server, NULL, 0), 0);
    skt_close(&server);
    skt_close(&client);
    skt_close(&first);
  }
}

/* The server's side closes first and so keeps TIME_WAIT. */
TEST(bind, server_binds_again_at_once_over_time_wait) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt listener = {0}, client = {0}, server = {0};
    skt_addr at;
    char byte;
    CHECK(listen_loopback(*domain, &listener, &at));
    for (int i = 0; i < 3; ++i) {
      CHECK_EQ(skt_socket(&client, *domain, SKT_STREAM, 0), 0);
      CHECK_EQ(skt_connect(&client, &at), 0);
      CHECK_EQ(skt_accept(&listener, &server, NULL, 0), 0);
      CHECK_EQ(skt_close(&server), 0);
      CHECK_EQ(skt_read(&client, &byte, 1), 0);
      CHECK_EQ(skt_close(&client), 0);
      CHECK_EQ(skt_close(&listener), 0);
      CHECK_EQ(serve_at(&listener, &at), 0);
    }
    skt_close(&listener);
  }
}

TEST(bind, foreign_address_reports_eaddrnotavail) {
  skt s = {0};
  skt_addr at;
  CHECK_EQ(skt_addr_parse(&at, "192.0.2.1:0"), 0);
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_bind(&s, &at, 0), SKT_EADDRNOTAVAIL);
  at = loopback(SKT_IPV4);
  CHECK_EQ(skt_bind(&s, &at, 0), 0);
  skt_close(&s);
}

TEST(bind, wrong_argument_or_state_reports_einval) {
  skt s = {0};
  skt_addr v4 = loopback(SKT_IPV4), v6 = loopback(SKT_IPV6), none = {0};
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_bind(&s, &v6, 0), SKT_EINVAL);
  CHECK_EQ(skt_bind(&s, &none, 0), SKT_EINVAL);
  CHECK_EQ(skt_bind(&s, &v4, SKT_DUAL_STACK), SKT_EINVAL);
  CHECK_EQ(skt_bind(&s, &v4, SKT_NONBLOCK), SKT_EINVAL);
  CHECK_EQ(skt_bind(&s, &v4, 0), 0);
  CHECK_EQ(skt_bind(&s, &v4, 0), SKT_EINVAL);
  skt_close(&s);
}

/* Of this host or not: which interface is meant, nothing says. */
TEST(bind, link_local_address_without_an_interface_reports_einval) {
  static const int types[] = {SKT_STREAM, SKT_DATAGRAM};
  if (!ipv6_here()) {
    SKIP("::1 cannot be bound on this machine");
  }
  for (int i = 0; i < 2; ++i) {
    skt s = {0};
    skt_addr at;
    CHECK_EQ(skt_socket(&s, SKT_IPV6, types[i], 0), 0);
    CHECK_EQ(skt_addr_parse(&at, "[fe80::1]:0"), 0);
    CHECK_EQ(skt_bind(&s, &at, 0), SKT_EINVAL);
    at = loopback(SKT_IPV6);
    CHECK_EQ(skt_bind(&s, &at, 0), 0);
    skt_close(&s);
  }
}

TEST(bind, ipv6_is_ipv6_only_by_default) {
  skt v6 = {0}, v4 = {0};
  skt_addr at, same_port;
  if (!ipv6_here()) {
    SKIP("::1 cannot be bound on this machine");
  }
  CHECK_EQ(skt_addr_parse(&at, "[::]:0"), 0);
  CHECK_EQ(skt_socket(&v6, SKT_IPV6, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_bind(&v6, &at, 0), 0);
  CHECK_EQ(skt_listen(&v6, 0), 0);
  CHECK_EQ(skt_local(&v6, &at), 0);
  CHECK(ipv4_loopback_at(skt_addr_port(&at), &same_port));
  CHECK_EQ(serve_at(&v4, &same_port), 0);
  skt_close(&v4);
  CHECK_EQ(skt_socket(&v4, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_connect(&v4, &same_port), SKT_ECONNREFUSED);
  skt_close(&v4);
  skt_close(&v6);
}

TEST(bind, dual_stack_takes_ipv4_and_shows_it_plain) {
  skt listener = {0}, client = {0}, server = {0};
  skt_addr at, to, peer;
  if (!ipv6_here()) {
    SKIP("::1 cannot be bound on this machine");
  }
  CHECK_EQ(skt_addr_parse(&at, "[::]:0"), 0);
  CHECK_EQ(skt_socket(&listener, SKT_IPV6, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_bind(&listener, &at, SKT_DUAL_STACK), 0);
  CHECK_EQ(skt_listen(&listener, 0), 0);
  CHECK_EQ(skt_local(&listener, &at), 0);
  CHECK(ipv4_loopback_at(skt_addr_port(&at), &to));
  CHECK_EQ(skt_socket(&client, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_connect(&client, &to), 0);
  CHECK_EQ(skt_accept(&listener, &server, &peer, 0), 0);
  CHECK(text_begins(&peer, "127.0.0.1:"));
  CHECK_EQ(skt_local(&server, &at), 0);
  CHECK(text_begins(&at, "127.0.0.1:"));
  skt_close(&server);
  skt_close(&client);
  skt_close(&listener);
}
