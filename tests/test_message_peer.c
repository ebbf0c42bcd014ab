/* SPDX-License-Identifier: MIT */
/* Messages of connected sockets, and of unix sockets. */
#include <stdio.h>
#include <string.h>

#include "messages.h"
#include "peer.h"
#include "skt_test.h"

/* Two sockets that are connected to each other. */
static bool connect_both(int domain, skt *a, skt *b, skt_addr *at_b) {
  skt_addr at_a;
  *a = *b = (skt)SKT_NONE;
  return datagram_at(domain, a, &at_a) && datagram_at(domain, b, at_b) &&
         skt_connect(a, at_b) == 0 && skt_connect(b, &at_a) == 0;
}

TEST(connected_messages, have_no_peer_and_go_back_as_they_came) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    enum { COUNT = 40 };
    skt a, b;
    skt_addr at_b;
    skt_message m[COUNT], got[COUNT];
    char buffer[COUNT * 8];
    size_t sent = 9;
    CHECK(connect_both(*domain, &a, &b, &at_b));
    for (int i = 0; i < COUNT; ++i) {
      m[i] = text_message(i % 3 == 0 ? "ping" : "pong", NULL);
    }
    CHECK_EQ(skt_send(&a, m, COUNT, &sent), 0);
    CHECK_EQ(sent, COUNT);
    memset(got, 0xff, sizeof got);
    CHECK_EQ(receive_n(&b, buffer, 8, got, COUNT), COUNT);
    CHECK_EQ(memcmp(&got[0].peer, &(skt_addr){.length = 0}, sizeof(skt_addr)),
             0);
    CHECK_EQ(skt_send(&b, got, COUNT, &sent), 0);
    CHECK_EQ(receive_n(&a, buffer, 8, got, COUNT), COUNT);
    for (int i = 0; i < COUNT; ++i) {
      CHECK(is_text(&got[i], i % 3 == 0 ? "ping" : "pong"));
    }
    skt_close(&a);
    skt_close(&b);
  }
}

TEST(connected_messages, with_a_peer_report_eisconn) {
  skt a, b;
  skt_addr at_b;
  char buffer[16];
  size_t sent = 9;
  CHECK(connect_both(SKT_IPV4, &a, &b, &at_b));
  skt_message m[2] = {text_message("x", NULL), text_message("y", &at_b)};
  CHECK_EQ(skt_send(&a, m, 2, &sent), SKT_EISCONN);
  CHECK_EQ(sent, 1);
  CHECK_EQ(skt_send(&a, m + 1, 1, &sent), SKT_EISCONN);
  CHECK_EQ(sent, 0);
  skt_message got[2];
  CHECK_EQ(skt_receive(&b, buffer, sizeof buffer, got, 2), 1);
  CHECK_EQ(skt_disconnect(&a), 0);
  CHECK_EQ(skt_send(&a, m, 2, &sent), SKT_ENOTCONN);
  CHECK_EQ(sent, 0);
  CHECK_EQ(skt_send(&a, m, 1, &sent), SKT_ENOTCONN);
  CHECK_EQ(skt_send(&a, m + 1, 1, &sent), 0);
  CHECK_EQ(sent, 1);
  skt_close(&a);
  skt_close(&b);
}

/* `a` is connected to a port that has a receiver no more, and knows it. */
static bool refuse(int domain, skt *a, skt_addr *at_b) {
  skt b;
  if (!connect_both(domain, a, &b, at_b) || skt_close(&b) < 0 ||
      skt_write(a, "?", 1) != 1) {
    return false;
  }
  return skt_wait(a, SKT_READ, 1000, NULL) == SKT_READ;
}

/* The batch is refused once, before any of it; then all goes, once. */
static void send_after_refusal(int domain, size_t length) {
  static char bytes[1000];
  enum { COUNT = 10 };
  skt a, b = SKT_NONE;
  skt_addr at_b, at;
  skt_message m[COUNT], got[COUNT];
  static char buffer[COUNT * 1000];
  size_t sent = 9, done = 0;
  int refused = 0;
  if (!refuse(domain, &a, &at_b)) {
    skt_close(&a);
    SKIP("this system reports no ICMP errors (Wine)");
  }
  CHECK_EQ(skt_socket(&b, domain, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_bind(&b, &at_b, 0), 0);
  CHECK_EQ(skt_local(&a, &at), 0);
  for (int i = 0; i < COUNT; ++i) {
    m[i] = message_of(bytes, length + (length == 1 ? (size_t)i : 0), NULL);
  }
  while (done < COUNT && refused < 5) {
    int rc = skt_send(&a, m + done, COUNT - done, &sent);
    CHECK(rc == 0 || rc == SKT_ECONNREFUSED);
    refused += rc == SKT_ECONNREFUSED;
    done += sent;
  }
  CHECK_EQ(refused, 1);
  CHECK_EQ(receive_n(&b, buffer, 1000, got, COUNT), COUNT);
  for (int i = 0; i < COUNT; ++i) {
    CHECK_EQ(got[i].n, m[i].n);
  }
  CHECK(is_drained(&b));
  skt_close(&a);
  skt_close(&b);
}

TEST(connected_messages, refused_batch_is_reported_once_and_loses_nothing) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    send_after_refusal(*domain, 1);    /* different lengths */
    send_after_refusal(*domain, 1000); /* a train */
  }
}

/* A port with no receiver while a batch goes: each refusal is reported by a
 * call, and what was counted as sent is not sent again. */
TEST(connected_messages, dead_peer_is_reported_in_a_batch) {
  static char bytes[64];
  skt a;
  skt_addr at_b;
  skt_message m[64];
  size_t sent = 0;
  int refused = 0;
  if (!refuse(SKT_IPV4, &a, &at_b)) {
    skt_close(&a);
    SKIP("this system reports no ICMP errors (Wine)");
  }
  for (int i = 0; i < 64; ++i) {
    m[i] = message_of(bytes, (size_t)i + 1, NULL);
  }
  for (int i = 0; i < 10; ++i) {
    int rc = skt_send(&a, m, 64, &sent);
    CHECK(rc == SKT_ECONNREFUSED);
    CHECK(sent < 64);
    ++refused;
  }
  CHECK_EQ(refused, 10);
  skt_close(&a);
}

/* What the peer sent before it went is received, and the refusal too, once. */
TEST(connected_messages, refusal_is_received_once_and_loses_nothing) {
  skt a, b;
  skt_addr at_b;
  skt_message m[3], got[8];
  char buffer[8 * 8];
  int refused = 0, count = 0;
  CHECK(connect_both(SKT_IPV4, &a, &b, &at_b));
  for (int i = 0; i < 3; ++i) {
    m[i] = text_message("bye", NULL);
  }
  CHECK_EQ(skt_send(&b, m, 3, NULL), 0);
  CHECK_EQ(skt_close(&b), 0);
  CHECK_EQ(skt_write(&a, "?", 1), 1);
  CHECK_EQ(skt_set_blocking(&a, false), 0);
  for (int rc = 0; rc != SKT_EAGAIN;) {
    rc = skt_receive(&a, buffer, sizeof buffer, got, 8);
    CHECK(rc > 0 || rc == SKT_EAGAIN || rc == SKT_ECONNREFUSED);
    refused += rc == SKT_ECONNREFUSED;
    count += rc > 0 ? rc : 0;
  }
  CHECK_EQ(count, 3);
  skt_close(&a);
  if (refused == 0) {
    SKIP("this system reports no ICMP errors (Wine)");
  }
  CHECK_EQ(refused, 1);
}

/* Unix datagrams. */

#define NEED_UNIX()                                                            \
  do {                                                                         \
    skt probe = SKT_NONE;                                                      \
    int probed = skt_socket(&probe, SKT_UNIX, SKT_DATAGRAM, 0);                \
    skt_close(&probe);                                                         \
    if (probed < 0) {                                                          \
      CHECK(probed == SKT_EAFNOSUPPORT || probed == SKT_EPROTONOSUPPORT);      \
      CHECK_EQ(skt_supports(SKT_UNIX, SKT_DATAGRAM, 0), 0);                    \
      SKIP("this system has no unix datagrams (Windows, Wine)");               \
    }                                                                          \
  } while (0)

static bool unix_at(skt *s, const char *path, skt_addr *at) {
  char text[64];
  snprintf(text, sizeof text, "unix:%s", path);
  remove(path);
  return skt_addr_parse(at, text) == 0 &&
         skt_socket(s, SKT_UNIX, SKT_DATAGRAM, 0) == 0 &&
         skt_set_blocking(s, false) == 0 && skt_bind(s, at, 0) == 0;
}

enum { MANY = 1000 };
static skt_message batch[MANY], arrived[MANY];
static int numbers[MANY];
static char unix_buffer[MANY * sizeof(int)];

static void number_batch(const skt_addr *peer) {
  for (int i = 0; i < MANY; ++i) {
    numbers[i] = i;
    batch[i] = message_of(&numbers[i], sizeof *numbers, peer);
  }
}

/* Receive all that is there, of a sender; they go on from number *next. */
static bool receive_numbers(skt *s, const skt_addr *from, int *next) {
  int n;
  while ((n = skt_receive(s, unix_buffer, sizeof unix_buffer, arrived, MANY)) >
         0) {
    for (int i = 0; i < n; ++i, ++*next) {
      if (arrived[i].n != sizeof *next ||
          memcmp(arrived[i].data, next, sizeof *next) != 0 ||
          skt_addr_compare(&arrived[i].peer, from) != 0) {
        return false;
      }
    }
  }
  return n == SKT_EAGAIN;
}

/* A full receiver stops a batch; the rest goes on where it stopped, until all
 * are there, each once. Only a connected socket is not ready meanwhile. */
static void fill_and_go_on(bool connected) {
  skt a = SKT_NONE, b = SKT_NONE;
  skt_addr at_a, at_b;
  size_t sent = 0, done = 0;
  int next = 0, stops = 0;
  CHECK(unix_at(&a, connected ? "skt_m5a" : "skt_m1a", &at_a));
  CHECK(unix_at(&b, connected ? "skt_m5b" : "skt_m1b", &at_b));
  number_batch(connected ? NULL : &at_b);
  CHECK(!connected || skt_connect(&a, &at_b) == 0);
  while (done < MANY) {
    int rc = skt_send(&a, batch + done, MANY - done, &sent);
    CHECK(rc == 0 || rc == SKT_EAGAIN);
    CHECK(rc == 0 || sent < MANY - done);
    done += sent;
    if (rc == SKT_EAGAIN) {
      ++stops;
      CHECK_EQ(skt_send(&a, batch + done, MANY - done, &sent), SKT_EAGAIN);
      CHECK_EQ(sent, 0);
      CHECK_EQ(skt_send(&a, batch + done, 1, &sent), SKT_EAGAIN);
      CHECK_EQ(sent, 0);
      CHECK(!connected || skt_wait(&a, SKT_WRITE, 0, NULL) == 0);
    }
    CHECK(receive_numbers(&b, &at_a, &next));
    CHECK_EQ(next, done);
    CHECK_EQ(skt_wait(&a, SKT_WRITE, 1000, NULL), SKT_WRITE);
  }
  CHECK(stops > 0);
  skt_close(&a);
  skt_close(&b);
  remove(connected ? "skt_m5a" : "skt_m1a");
  remove(connected ? "skt_m5b" : "skt_m1b");
}

TEST(unix_messages, full_receiver_stops_a_batch_which_goes_on_exactly) {
  NEED_UNIX();
  fill_and_go_on(false);
}

TEST(unix_messages, full_peer_stops_a_batch_and_its_readiness) {
  NEED_UNIX();
  fill_and_go_on(true);
}

TEST(unix_messages, limit_ends_a_batch_that_waits_for_room) {
  NEED_UNIX();
  skt a = SKT_NONE, b = SKT_NONE;
  skt_addr at_a, at_b;
  size_t sent = 0;
  int next = 0;
  CHECK(unix_at(&a, "skt_m2a", &at_a));
  CHECK(unix_at(&b, "skt_m2b", &at_b));
  CHECK_EQ(skt_set_blocking(&a, true), 0);
  CHECK_EQ(skt_set_limit(&a, SKT_WRITE, 20), 0);
  number_batch(&at_b);
  CHECK_EQ(skt_send(&a, batch, MANY, &sent), SKT_ETIMEDOUT);
  CHECK(sent > 0 && sent < MANY);
  CHECK(receive_numbers(&b, &at_a, &next));
  CHECK_EQ(next, sent);
  skt_close(&a);
  skt_close(&b);
  remove("skt_m2a");
  remove("skt_m2b");
}

TEST(unix_messages, have_names_and_codes_of_their_own) {
  NEED_UNIX();
  skt a = SKT_NONE, b = SKT_NONE, stream = SKT_NONE;
  skt_addr at_a, at_b, at;
  char buffer[16];
  size_t sent = 9;
  int value;
  skt_message got[2];
  CHECK(unix_at(&a, "skt_m3a", &at_a));
  CHECK(unix_at(&b, "skt_m3b", &at_b));
  skt_message m[2] = {text_message("x", &at_b), text_message("y", &at_b)};
  CHECK_EQ(skt_send(&a, m, 2, &sent), 0); /* no trains */
  CHECK_EQ(receive_n(&b, buffer, 8, got, 2), 2);
  CHECK(is_text(&got[0], "x"));
  CHECK_EQ(skt_addr_compare(&got[1].peer, &at_a), 0);
  CHECK_EQ(skt_get_option(&a, SKT_OPT_SEND_TRAINS, &value), SKT_EINVAL);
  CHECK_EQ(skt_set_option(&a, SKT_OPT_RECEIVE_LOCAL, 1), SKT_EINVAL);
  m[1].use = SKT_HAS_HOPS;
  m[1].hops = 1;
  CHECK_EQ(skt_send(&a, m, 2, &sent), SKT_EOPNOTSUPP);
  CHECK_EQ(sent, 1);
  m[1] = text_message("y", NULL);
  CHECK_EQ(skt_addr_parse(&m[1].peer, "unix:skt_message_no_such"), 0);
  CHECK_EQ(skt_send(&a, m, 2, &sent), SKT_ENOENT);
  CHECK_EQ(sent, 1);
  skt_close(&b);
  CHECK_EQ(skt_send(&a, m, 2, &sent), SKT_ECONNREFUSED);
  CHECK_EQ(sent, 0);
  remove("skt_m3b");
  at = at_b;
  CHECK_EQ(skt_socket(&stream, SKT_UNIX, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_bind(&stream, &at, 0), 0);
  CHECK_EQ(skt_send(&a, m, 2, &sent), SKT_EPROTONOSUPPORT);
  skt_close(&stream);
  skt_close(&a);
  remove("skt_m3a");
  remove("skt_m3b");
}

/* A peer that disconnects loses what it has not received, of which Linux
 * reports a reset, once. */
TEST(unix_messages, peer_that_disconnects_stops_nothing) {
  NEED_UNIX();
  char byte[1];
  skt_message got, m = text_message("x", NULL);
  for (int i = 0; i < 2; ++i) {
    skt a = SKT_NONE, b = SKT_NONE;
    skt_addr at_a, at_b;
    CHECK(unix_at(&a, "skt_m4a", &at_a));
    CHECK(unix_at(&b, "skt_m4b", &at_b));
    CHECK_EQ(skt_connect(&a, &at_b), 0);
    CHECK_EQ(skt_connect(&b, &at_a), 0);
    CHECK_EQ(skt_send(&b, &m, 1, NULL), 0);
    CHECK_EQ(skt_disconnect(&a), 0);
    int rc =
        i == 0 ? skt_receive(&b, byte, 1, &got, 1) : skt_send(&b, &m, 1, NULL);
    CHECK(rc == SKT_ECONNRESET || rc == (i == 0 ? SKT_EAGAIN : 0));
    CHECK_EQ(skt_receive(&b, byte, 1, &got, 1), SKT_EAGAIN);
    CHECK_EQ(skt_send(&b, &m, 1, NULL), 0);
    skt_close(&a);
    skt_close(&b);
  }
  remove("skt_m4a");
  remove("skt_m4b");
}
