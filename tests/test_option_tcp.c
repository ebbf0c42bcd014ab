/* SPDX-License-Identifier: MIT */
/* Options that some systems have: what they do there. */
#include <stdio.h>
#include <string.h>

#include "peer.h"
#include "skt_test.h"

enum { PATIENCE_MS = 10000 };

/* Read an option, or its code. */
static int get(const skt *s, int option) {
  int value;
  int rc = skt_get_option(s, option, &value);
  return rc < 0 ? rc : value;
}

/* Whether a new TCP socket, listening or not, takes the option. */
static bool takes(int option, int value, bool listening) {
  skt s = {0};
  skt_addr at;
  bool made = listening ? listen_loopback(SKT_IPV4, &s, &at)
                        : skt_socket(&s, SKT_IPV4, SKT_STREAM, 0) == 0;
  int rc = skt_set_option(&s, option, value);
  skt_close(&s);
  return made && rc != SKT_EOPNOTSUPP && rc != SKT_EACCES;
}

#define NEEDS(option, value, listening)                                        \
  if (!takes(option, value, listening)) SKIP("this system has no " #option)

static bool reads(skt *s, const char *what) {
  char bytes[64] = "";
  size_t n = strlen(what);
  return read_n(s, bytes, n) == n && memcmp(bytes, what, n) == 0;
}

/* Ten attempts, because what is held back too long is sent. */
TEST(option, cork_keeps_what_is_written_until_it_is_off) {
  NEEDS(SKT_OPT_CORK, 1, false);
  skt a = {0}, b = {0};
  int kept = 0;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  for (int i = 0; i < 10; ++i) {
    CHECK_EQ(skt_set_option(&a, SKT_OPT_CORK, 1), 0);
    CHECK_EQ(skt_write(&a, "head", 4), 4);
    kept += skt_wait(&b, SKT_READ, 1, NULL) == 0;
    CHECK_EQ(skt_write(&a, "body", 4), 4);
    CHECK_EQ(skt_set_option(&a, SKT_OPT_CORK, 0), 0);
    CHECK(reads(&b, "headbody"));
  }
  CHECK(kept > 0);
  skt_close(&a);
  skt_close(&b);
}

TEST(option, fast_open_is_for_listeners) {
  NEEDS(SKT_OPT_FAST_OPEN, 5, true);
  skt fresh = {0}, listener = {0}, a = {0}, b = {0}, udp = {0};
  skt_addr at;
  CHECK(listen_loopback(SKT_IPV4, &listener, &at));
  CHECK_EQ(get(&listener, SKT_OPT_FAST_OPEN), 0);
  CHECK_EQ(skt_set_option(&listener, SKT_OPT_FAST_OPEN, 5), 0);
  int queue = get(&listener, SKT_OPT_FAST_OPEN);
  CHECK(queue == 5 || queue == 1);
  CHECK_EQ(skt_set_option(&listener, SKT_OPT_FAST_OPEN, 32768), SKT_EINVAL);
  CHECK_EQ(skt_set_option(&listener, SKT_OPT_FAST_OPEN, -1), SKT_EINVAL);
  CHECK_EQ(skt_set_option(&listener, SKT_OPT_FAST_OPEN, 32767), 0);
  CHECK(get(&listener, SKT_OPT_FAST_OPEN) >= 1);
  CHECK_EQ(skt_set_option(&listener, SKT_OPT_FAST_OPEN, 0), 0);
  CHECK_EQ(get(&listener, SKT_OPT_FAST_OPEN), 0);
  CHECK_EQ(skt_socket(&fresh, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_set_option(&fresh, SKT_OPT_FAST_OPEN, 5), SKT_EINVAL);
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_set_option(&a, SKT_OPT_FAST_OPEN, 5), SKT_EINVAL);
  CHECK_EQ(skt_socket(&udp, SKT_IPV4, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_set_option(&udp, SKT_OPT_FAST_OPEN, 5), SKT_EINVAL);
  CHECK_EQ(get(&udp, SKT_OPT_FAST_OPEN), SKT_EINVAL);
  skt_close(&fresh);
  skt_close(&listener);
  skt_close(&a);
  skt_close(&b);
  skt_close(&udp);
}

/* The second connection may know the peer from the first, and then connects by
 * its first write; where the system's settings allow it. */
static bool connects_by_its_first_write(skt *listener, const skt_addr *at) {
  skt s = {0}, server = {0};
  bool good = skt_socket(&s, SKT_IPV4, SKT_STREAM, 0) == 0 &&
              skt_set_limit(&s, SKT_BOTH, PATIENCE_MS) == 0 &&
              skt_set_option(&s, SKT_OPT_FAST_OPEN_CONNECT, 1) == 0 &&
              skt_connect(&s, at) == 0 && skt_write(&s, "hello", 5) == 5 &&
              skt_accept(listener, &server, NULL, 0) == 0 &&
              reads(&server, "hello") && skt_write(&server, "back", 4) == 4 &&
              reads(&s, "back") &&
              skt_set_option(&s, SKT_OPT_FAST_OPEN_CONNECT, 0) == SKT_EINVAL;
  skt_close(&s);
  skt_close(&server);
  return good;
}

TEST(option, fast_open_connect_takes_the_first_bytes_along) {
  NEEDS(SKT_OPT_FAST_OPEN_CONNECT, 1, false);
  skt listener = {0};
  skt_addr at;
  CHECK(listen_loopback(SKT_IPV4, &listener, &at));
  CHECK_EQ(skt_set_option(&listener, SKT_OPT_FAST_OPEN, 5), 0);
  CHECK_EQ(skt_set_option(&listener, SKT_OPT_FAST_OPEN_CONNECT, 1), SKT_EINVAL);
  CHECK(connects_by_its_first_write(&listener, &at));
  CHECK(connects_by_its_first_write(&listener, &at));
  skt_close(&listener);
}

TEST(option, deferred_connection_is_accepted_when_its_bytes_are_there) {
  NEEDS(SKT_OPT_DEFER_ACCEPT, 4, true);
  skt listener = {0}, client = {0}, server = {0};
  skt_addr at;
  CHECK(listen_loopback(SKT_IPV4, &listener, &at));
  CHECK_EQ(skt_set_option(&listener, SKT_OPT_DEFER_ACCEPT, 4), 0);
  CHECK(get(&listener, SKT_OPT_DEFER_ACCEPT) >= 4);
  CHECK_EQ(skt_set_option(&listener, SKT_OPT_DEFER_ACCEPT, 1000), 0);
  CHECK_EQ(skt_socket(&client, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_connect(&client, &at), 0);
  CHECK_EQ(skt_wait(&listener, SKT_READ, 0, NULL), 0);
  CHECK_EQ(skt_write(&client, "x", 1), 1);
  CHECK_EQ(skt_wait(&listener, SKT_READ, PATIENCE_MS, NULL), SKT_READ);
  CHECK_EQ(skt_accept(&listener, &server, NULL, 0), 0);
  CHECK(reads(&server, "x"));
  skt_close(&server);
  skt_close(&client);
  skt_close(&listener);
}

/* By a wait and by a poller. */
static bool is_ready(skt *s, skt_poller *p, int timeout_ms) {
  skt_event event;
  return skt_wait(s, SKT_READ, timeout_ms, NULL) == SKT_READ &&
         skt_poller_wait(p, &event, 1, timeout_ms) == 1;
}

TEST(option, low_water_says_how_many_bytes_make_a_socket_ready) {
  NEEDS(SKT_OPT_LOW_WATER, 4, false);
  skt a = {0}, b = {0};
  skt_poller p = {0};
  skt_event event;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_poller_create(&p), 0);
  CHECK_EQ(skt_poller_add(&p, &b, SKT_READ, &b), 0);
  CHECK_EQ(skt_set_option(&b, SKT_OPT_LOW_WATER, 4), 0);
  CHECK_EQ(skt_write(&a, "abc", 3), 3);
  CHECK_EQ(skt_wait(&b, SKT_READ, 0, NULL), 0);
  CHECK_EQ(skt_poller_wait(&p, &event, 1, 0), 0);
  CHECK_EQ(skt_write(&a, "d", 1), 1);
  CHECK(is_ready(&b, &p, PATIENCE_MS));
  CHECK(reads(&b, "abcd"));
  CHECK_EQ(skt_write(&a, "ef", 2), 2);
  CHECK_EQ(skt_wait(&b, SKT_READ, 0, NULL), 0);
  skt_close(&a);
  CHECK(is_ready(&b, &p, PATIENCE_MS)); /* the end is near */
  CHECK(reads(&b, "ef"));
  skt_poller_destroy(&p);
  skt_close(&b);
}

/* Addresses for documents, which no host has (RFC 5737, RFC 3849). */
static void bind_foreign(int domain, const char *text) {
  skt s = {0};
  skt_addr at, bound;
  char back[SKT_ADDR_TEXT_MAX];
  CHECK_EQ(skt_addr_parse(&at, text), 0);
  CHECK_EQ(skt_socket(&s, domain, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_bind(&s, &at, 0), SKT_EADDRNOTAVAIL);
  CHECK_EQ(skt_set_option(&s, SKT_OPT_FREEBIND, 1), 0);
  CHECK_EQ(skt_bind(&s, &at, 0), 0);
  CHECK_EQ(skt_local(&s, &bound), 0);
  CHECK(skt_addr_format(&bound, back, sizeof back) > 0);
  CHECK(strncmp(back, text, strlen(text) - 1) == 0);
  skt_close(&s);
}

TEST(option, freebind_takes_an_address_that_is_not_here) {
  NEEDS(SKT_OPT_FREEBIND, 1, false);
  bind_foreign(SKT_IPV4, "192.0.2.1:0");
  if (ipv6_here()) {
    bind_foreign(SKT_IPV6, "[2001:db8::1]:0");
  }
}

/* The address is the caller's, the port is chosen by connecting or listening.
 * Also for a socket that has been released and adopted between. */
TEST(option, bind_no_port_leaves_the_port_to_connect) {
  NEEDS(SKT_OPT_BIND_NO_PORT, 1, false);
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt listener = {0}, s = {0}, server = {0};
    skt_addr to, from = loopback(*domain), got, seen;
    CHECK(listen_loopback(*domain, &listener, &to));
    for (int i = 0; i < 2; ++i) {
      CHECK_EQ(skt_socket(&s, *domain, SKT_STREAM, 0), 0);
      CHECK_EQ(skt_set_option(&s, SKT_OPT_BIND_NO_PORT, 1), 0);
      CHECK_EQ(skt_bind(&s, &from, 0), 0);
      CHECK_EQ(skt_set_option(&s, SKT_OPT_BIND_NO_PORT, 0), SKT_EINVAL);
      CHECK_EQ(skt_local(&s, &got), 0);
      CHECK_EQ(skt_addr_port(&got), 0);
      CHECK(i == 0 || skt_adopt(&s, skt_release(&s), 0) == 0);
      CHECK_EQ(skt_connect(&s, &to), 0);
      CHECK_EQ(skt_local(&s, &got), 0);
      CHECK(skt_addr_port(&got) > 0);
      CHECK_EQ(skt_accept(&listener, &server, &seen, 0), 0);
      CHECK_EQ(skt_addr_port(&seen), skt_addr_port(&got));
      skt_close(&server);
      skt_close(&s);
    }
    CHECK_EQ(skt_socket(&s, *domain, SKT_STREAM, 0), 0);
    CHECK_EQ(skt_set_option(&s, SKT_OPT_BIND_NO_PORT, 1), 0);
    CHECK_EQ(skt_bind(&s, &from, 0), 0);
    CHECK_EQ(skt_listen(&s, 0), 0);
    CHECK_EQ(skt_local(&s, &got), 0);
    CHECK(skt_addr_port(&got) > 0);
    skt_close(&s);
    skt_close(&listener);
  }
}

TEST(option, protocol_is_read_and_never_set) {
  static const int kinds[][3] = {{SKT_IPV4, SKT_STREAM, 6},
                                 {SKT_IPV4, SKT_DATAGRAM, 17},
                                 {SKT_IPV6, SKT_STREAM, 6},
                                 {SKT_IPV6, SKT_DATAGRAM, 17},
                                 {SKT_UNIX, SKT_STREAM, 0}};
  bool lacking = false;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; ++i) {
    skt s = {0};
    if (skt_socket(&s, kinds[i][0], kinds[i][1], 0) < 0) {
      continue;
    }
    int protocol = get(&s, SKT_OPT_PROTOCOL);
    lacking = protocol == SKT_EOPNOTSUPP;
    CHECK(lacking || protocol == kinds[i][2]);
    CHECK_EQ(skt_set_option(&s, SKT_OPT_PROTOCOL, kinds[i][2]), SKT_EINVAL);
    skt_close(&s);
  }
  if (lacking) {
    SKIP("this system does not say");
  }
}
