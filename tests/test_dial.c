/* SPDX-License-Identifier: MIT */
/* From a text to a connection or a listener, on loopback: ci/run/dial.sh has
 * routes that lead nowhere. */
#include <stdio.h>
#include <string.h>

#include "peer.h"
#include "skt_test.h"

enum { PATIENCE_MS = 10000, TICK_MS = 16 };

static const char *text_of(const skt_addr *a) {
  static char text[SKT_ADDR_TEXT_MAX];
  skt_addr_format(a, text, sizeof text);
  return text;
}

/* "HOST:PORT" with the port of a socket. */
static const char *at_port(const char *host, const skt *s) {
  static char text[SKT_TEXT_MAX];
  skt_addr here;
  skt_local(s, &here);
  skt_text_join(text, sizeof text, host, skt_addr_port(&here));
  return text;
}

/* One byte from the client to what the listener accepts. */
static bool carries(skt *client, skt *listener, skt_addr *peer) {
  skt server = {0};
  char byte = 0;
  bool good = skt_accept(listener, &server, peer, 0) == 0 &&
              skt_write(client, "x", 1) == 1 &&
              skt_read(&server, &byte, 1) == 1 && byte == 'x';
  skt_close(&server);
  return good;
}

/* Dial with and without a time and a waker, blocking and not. */
static void dial_in_every_way(const char *text, skt *listener, int domain) {
  skt_waker w;
  CHECK_EQ(skt_waker_create(&w), 0);
  for (int i = 0; i < 8; ++i) {
    skt s;
    int mode = (i & 1) != 0 ? SKT_NONBLOCK : 0;
    int rc =
        skt_dial(&s, text, SKT_STREAM | mode, (i & 2) != 0 ? PATIENCE_MS : -1,
                 (i & 4) != 0 ? &w : NULL);
    CHECK_EQ(rc, 0);
    CHECK_EQ(skt_kind(&s), domain | SKT_STREAM | SKT_CONNECTED | mode);
    CHECK_EQ(skt_blocking(&s), mode == 0);
    CHECK(carries(&s, listener, NULL));
    skt_close(&s);
  }
  skt_waker_destroy(&w);
}

TEST(dial, connects_to_a_number_in_every_way) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt listener = {0};
    skt_addr at;
    CHECK(listen_loopback(*domain, &listener, &at));
    dial_in_every_way(text_of(&at), &listener, *domain);
    skt_close(&listener);
  }
}

TEST(dial, connects_to_localhost_whichever_family_listens) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt listener = {0};
    skt_addr at;
    CHECK(listen_loopback(*domain, &listener, &at));
    dial_in_every_way(at_port("localhost", &listener), &listener, *domain);
    skt_close(&listener);
  }
}

TEST(dial, connects_to_a_unix_path_and_listens_there) {
  static const char path[] = "unix:dial-test.sock";
  skt listener = {0};
  if (skt_supports(SKT_UNIX, SKT_STREAM, 0) != 1) {
    SKIP("this system has no unix sockets");
  }
  remove(path + 5);
  CHECK_EQ(skt_listen_at(&listener, path, 0, 0), 0);
  dial_in_every_way(path, &listener, SKT_UNIX);
  skt_close(&listener);
  skt s;
  CHECK_EQ(skt_dial(&s, path, SKT_STREAM, 1000, NULL), SKT_ECONNREFUSED);
  CHECK_EQ(skt_listen_at(&listener, path, 0, 0), SKT_EADDRINUSE);
  remove(path + 5);
}

TEST(dial, gives_a_datagram_socket_its_peer) {
  skt s, receiver = {0};
  char byte = 0;
  skt_addr at = loopback(SKT_IPV4);
  CHECK_EQ(skt_socket(&receiver, SKT_IPV4, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_bind(&receiver, &at, 0), 0);
  CHECK_EQ(skt_dial(&s, at_port("127.0.0.1", &receiver), SKT_DATAGRAM,
                    PATIENCE_MS, NULL),
           0);
  CHECK_EQ(skt_write(&s, "x", 1), 1);
  CHECK_EQ(skt_read(&receiver, &byte, 1), 1);
  CHECK_EQ(byte, 'x');
  skt_close(&s);
  CHECK_EQ(
      skt_dial(&s, at_port("localhost", &receiver), SKT_DATAGRAM, -1, NULL), 0);
  CHECK_EQ(skt_blocking(&s), 1);
  skt_close(&s);
  skt_close(&receiver);
}

TEST(dial, refused_leaves_no_socket) {
  skt deaf = {0}, s;
  skt_addr at;
  skt_waker w;
  CHECK_EQ(skt_waker_create(&w), 0);
  CHECK(bind_loopback(SKT_IPV4, &deaf, &at));
  uintptr_t before = highest_of_eight();
  for (int i = 0; i < 9; ++i) {
    skt_waker *waker = (i & 1) != 0 ? &w : NULL;
    CHECK_EQ(skt_dial(&s, text_of(&at), SKT_STREAM,
                      (i & 2) != 0 ? PATIENCE_MS : -1, waker),
             SKT_ECONNREFUSED);
    CHECK_EQ(skt_close(&s), SKT_EBADF);
    CHECK_EQ(skt_dial(&s, at_port("localhost", &deaf), SKT_STREAM, PATIENCE_MS,
                      waker),
             SKT_ECONNREFUSED);
    CHECK_EQ(skt_close(&s), SKT_EBADF);
  }
  CHECK_EQ(highest_of_eight(), before);
  skt_waker_destroy(&w);
  skt_close(&deaf);
}

/* A listener whose backlog is full, so that connects go on; false where they
 * are refused. */
static bool fill_backlog(skt *listener, skt_addr *at, skt full[8]) {
  int rc = 0;
  bool made =
      bind_loopback(SKT_IPV4, listener, at) && skt_listen(listener, 1) == 0;
  for (int i = 0; i < 8 && made && rc == 0; ++i) {
    rc = skt_dial(&full[i], text_of(at), SKT_STREAM, 200, NULL);
  }
  return rc == SKT_ETIMEDOUT;
}

static void wake(void *w) {
  skt_poll(NULL, 0, 50, NULL);
  skt_wake(w);
}

TEST(dial, time_or_waker_ends_what_would_go_on) {
  skt listener = {0}, full[8] = {{0}}, s;
  skt_addr at;
  skt_waker w;
  bool waits = fill_backlog(&listener, &at, full);
  if (waits) {
    double start = test_now_ms();
    CHECK_EQ(
        skt_dial(&s, at_port("localhost", &listener), SKT_STREAM, 100, NULL),
        SKT_ETIMEDOUT);
    CHECK(test_now_ms() - start >= 100 - TICK_MS);
    CHECK_EQ(skt_close(&s), SKT_EBADF);
    CHECK_EQ(skt_dial(&s, text_of(&at), SKT_STREAM, 0, NULL), SKT_ETIMEDOUT);
    CHECK_EQ(skt_waker_create(&w), 0);
    test_thread *other = test_start(wake, &w);
    CHECK_EQ(skt_dial(&s, text_of(&at), SKT_STREAM, -1, &w), SKT_ECANCELED);
    test_join(other);
    CHECK_EQ(skt_poll(NULL, 0, 0, &w), 0); /* the wake is taken */
    CHECK_EQ(skt_wake(&w), 0);
    CHECK_EQ(skt_dial(&s, at_port("localhost", &listener), SKT_STREAM, -1, &w),
             SKT_ECANCELED);
    CHECK_EQ(skt_close(&s), SKT_EBADF);
    skt_waker_destroy(&w);
  }
  for (int i = 0; i < 8; ++i) {
    skt_close(&full[i]);
  }
  skt_close(&listener);
  if (!waits) {
    SKIP("this system refuses when the backlog is full");
  }
}

/* Elsewhere a full queue refuses. */
TEST(dial, full_queue_of_a_unix_listener_is_left_by_time_or_waker) {
  static const char path[] = "unix:dial-full.sock";
  skt listener = {0}, full[3] = {{0}}, s;
  skt_waker w;
  int rc = 0;
  if (skt_supports(SKT_UNIX, SKT_STREAM, 0) != 1) {
    SKIP("this system has no unix sockets");
  }
  remove(path + 5);
  CHECK_EQ(skt_listen_at(&listener, path, 0, 1), 0);
  for (int i = 0; i < 3 && rc == 0; ++i) {
    rc = skt_dial(&full[i], path, SKT_STREAM, 20, NULL);
  }
  if (rc == SKT_ETIMEDOUT) {
    CHECK_EQ(skt_waker_create(&w), 0);
    CHECK_EQ(skt_dial(&s, path, SKT_STREAM, 50, &w), SKT_ETIMEDOUT);
    test_thread *other = test_start(wake, &w);
    CHECK_EQ(skt_dial(&s, path, SKT_STREAM, -1, &w), SKT_ECANCELED);
    test_join(other);
    skt_waker_destroy(&w);
  }
  for (int i = 0; i < 3; ++i) {
    skt_close(&full[i]);
  }
  skt_close(&listener);
  remove(path + 5);
  if (rc != SKT_ETIMEDOUT) {
    SKIP("here a full queue refuses a unix socket");
  }
}

static const char *const bad_texts[] = {
    "",        "host",     "host:",  "host:http", "host:65536", "a..b:1",
    "127.1:1", "0x7f.1:1", "[::1",   "[::1]",     " a:1",       "unix:",
    ":",       ":x",       ":65536", ":-1",       "::1:80",     "[]:1",
    "a b:1",   ":080",     "[a]:1",  "\xff:1"};

TEST(dial, bad_text_is_refused_without_a_look_up) {
  skt s = {.kind = 1};
  for (size_t i = 0; i < sizeof bad_texts / sizeof *bad_texts; ++i) {
    CHECK_EQ(skt_dial(&s, bad_texts[i], SKT_STREAM, -1, NULL), SKT_EINVAL);
    CHECK_EQ(skt_close(&s), SKT_EBADF);
    CHECK_EQ(skt_listen_at(&s, bad_texts[i], 0, 0), SKT_EINVAL);
    CHECK_EQ(skt_close(&s), SKT_EBADF);
  }
  CHECK_EQ(skt_dial(&s, ":80", SKT_STREAM, -1, NULL), SKT_EINVAL);
  CHECK_EQ(skt_dial(&s, "0.0.0.0:80", SKT_STREAM, -1, NULL), SKT_EINVAL);
  CHECK_EQ(skt_dial(&s, "localhost:0", SKT_STREAM, -1, NULL), SKT_EINVAL);
  CHECK_EQ(skt_dial(&s, "[fe80::1%none-such]:1", SKT_STREAM, -1, NULL),
           SKT_ENODEV);
}

TEST(dial, bad_arguments_win_over_the_text) {
  skt s = {.kind = 1};
  skt_waker none = {0};
  CHECK_EQ(skt_dial(NULL, "127.0.0.1:1", SKT_STREAM, -1, NULL), SKT_EFAULT);
  CHECK_EQ(skt_dial(&s, NULL, 0, -2, &none), SKT_EFAULT);
  CHECK_EQ(skt_close(&s), SKT_EBADF);
  CHECK_EQ(skt_dial(&s, "", 0, -2, &none), SKT_EBADF);
  CHECK_EQ(skt_dial(&s, "127.0.0.1:1", SKT_STREAM, -2, NULL), SKT_EINVAL);
  CHECK_EQ(skt_dial(&s, "127.0.0.1:1", 0, -1, NULL), SKT_EINVAL);
  CHECK_EQ(skt_dial(&s, "127.0.0.1:1", SKT_STREAM | SKT_IPV4, -1, NULL),
           SKT_EINVAL);
  CHECK_EQ(skt_dial(&s, "127.0.0.1:1", SKT_TYPES, -1, NULL), SKT_EINVAL);
  CHECK_EQ(skt_dial(&s, "127.0.0.1:1", SKT_PACKET, -1, NULL),
           SKT_EPROTONOSUPPORT);
  CHECK_EQ(skt_listen_at(NULL, ":0", 0, 0), SKT_EFAULT);
  CHECK_EQ(skt_listen_at(&s, NULL, 0, 0), SKT_EFAULT);
  CHECK_EQ(skt_listen_at(&s, "127.0.0.1:0", SKT_SHARE_MULTICAST, 0),
           SKT_EINVAL);
  CHECK_EQ(skt_listen_at(&s, "127.0.0.1:0", SKT_DUAL_STACK, 0), SKT_EINVAL);
  CHECK_EQ(skt_listen_at(&s, ":0", SKT_BOUND, 0), SKT_EINVAL);
  CHECK_EQ(skt_close(&s), SKT_EBADF);
}

TEST(dial, lack_of_descriptors_is_reported_as_that) {
  skt s, t;
  if (!test_allow_descriptors(0)) {
    SKIP("this system has no limit of descriptors");
  }
  int number = skt_dial(&s, "127.0.0.1:1", SKT_STREAM, 1000, NULL);
  int local = skt_dial(&s, "localhost:1", SKT_STREAM, 1000, NULL);
  int every = skt_listen_at(&t, ":0", 0, 0);
  test_allow_descriptors(-1);
  CHECK_EQ(number, SKT_EMFILE);
  CHECK_EQ(local, SKT_EMFILE);
  CHECK_EQ(every, SKT_EMFILE);
}

TEST(listen_at, port_alone_serves_both_families) {
  for (int mode = 0; mode <= SKT_NONBLOCK; mode += SKT_NONBLOCK) {
    skt listener, s;
    skt_addr peer;
    CHECK_EQ(skt_listen_at(&listener, ":0", mode, 0), 0);
    CHECK_EQ(skt_blocking(&listener), mode == 0);
    CHECK_EQ(skt_set_blocking(&listener, true), 0);
    for (const int *domain = domains_here(); *domain != 0; ++domain) {
      const char *host = *domain == SKT_IPV4 ? "127.0.0.1" : "::1";
      CHECK_EQ(
          skt_dial(&s, at_port(host, &listener), SKT_STREAM, PATIENCE_MS, NULL),
          0);
      CHECK(carries(&s, &listener, &peer));
      CHECK_EQ(skt_addr_domain(&peer), *domain);
      skt_close(&s);
    }
    CHECK_EQ(skt_dial(&s, at_port("localhost", &listener), SKT_STREAM,
                      PATIENCE_MS, NULL),
             0);
    CHECK(carries(&s, &listener, NULL));
    skt_close(&s);
    skt_close(&listener);
  }
}

TEST(listen_at, number_or_localhost_is_that_address) {
  static const char *const texts[] = {"127.0.0.1:0", "localhost:0",
                                      "a.localhost.:0", "[::1]:0"};
  for (size_t i = 0; i < (ipv6_here() ? 4U : 3U); ++i) {
    skt listener, second = {.kind = 1};
    skt_addr at;
    CHECK_EQ(skt_listen_at(&listener, texts[i], 0, 5), 0);
    CHECK_EQ(skt_local(&listener, &at), 0);
    CHECK_EQ(skt_kind(&listener),
             skt_addr_domain(&at) | SKT_STREAM | SKT_LISTENING);
    CHECK(text_begins(
        &at, skt_addr_domain(&at) == SKT_IPV6 ? "[::1]:" : "127.0.0.1:"));
    uintptr_t before = highest_of_eight();
    for (int j = 0; j < 9; ++j) {
      CHECK_EQ(skt_listen_at(&second, text_of(&at), 0, 0), SKT_EADDRINUSE);
      CHECK_EQ(skt_close(&second), SKT_EBADF);
    }
    CHECK_EQ(highest_of_eight(), before);
    skt_close(&listener);
  }
}

/* Although the other family's address is free: clients of the name would come
 * to the first server. */
TEST(listen_at, name_whose_first_address_another_server_has_is_in_use) {
  skt listener, second;
  CHECK_EQ(skt_listen_at(&listener, "localhost:0", 0, 0), 0);
  CHECK_EQ(skt_listen_at(&second, at_port("localhost", &listener), 0, 0),
           SKT_EADDRINUSE);
  skt_close(&listener);
}

TEST(listen_at, address_of_another_host_is_not_available) {
  skt s;
  CHECK_EQ(skt_listen_at(&s, "192.0.2.77:0", 0, 0), SKT_EADDRNOTAVAIL);
  CHECK_EQ(skt_close(&s), SKT_EBADF);
}
