/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "peer.h"
#include "skt_test.h"

static bool bind_datagram(int domain, skt *s, skt_addr *at) {
  *at = loopback(domain);
  return skt_socket(s, domain, SKT_DATAGRAM, 0) == 0 &&
         skt_bind(s, at, 0) == 0 && skt_local(s, at) == 0;
}

TEST(message, arrives_whole_with_its_sender) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt a = {0}, b = {0};
    skt_addr at_a, at_b, from;
    char got[16];
    bool truncated = true;
    CHECK(bind_datagram(*domain, &a, &at_a));
    CHECK(bind_datagram(*domain, &b, &at_b));
    CHECK_EQ(skt_send_to(&a, "hello", 5, &at_b), 5);
    CHECK_EQ(skt_send_to(&a, "you", 3, &at_b), 3);
    CHECK_EQ(skt_receive_from(&b, got, sizeof got, &from, &truncated), 5);
    CHECK_EQ(memcmp(got, "hello", 5), 0);
    CHECK_EQ(memcmp(&from, &at_a, sizeof from), 0);
    CHECK(!truncated);
    CHECK_EQ(skt_receive_from(&b, got, sizeof got, NULL, NULL), 3);
    CHECK_EQ(skt_send_to(&b, "back", 4, &from), 4);
    CHECK_EQ(skt_receive_from(&a, got, sizeof got, &from, NULL), 4);
    CHECK_EQ(memcmp(&from, &at_b, sizeof from), 0);
    skt_close(&a);
    skt_close(&b);
  }
}

TEST(message, longer_than_the_buffer_is_cut_and_said_to_be) {
  skt a = {0}, b = {0};
  skt_addr at_a, at_b;
  char got[16];
  bool truncated = false;
  memset(got, '#', sizeof got);
  CHECK(bind_datagram(SKT_IPV4, &a, &at_a));
  CHECK(bind_datagram(SKT_IPV4, &b, &at_b));
  CHECK_EQ(skt_send_to(&a, "0123456789", 10, &at_b), 10);
  CHECK_EQ(skt_send_to(&a, "abcd", 4, &at_b), 4);
  CHECK_EQ(skt_send_to(&a, "wxyz", 4, &at_b), 4);
  CHECK_EQ(skt_receive_from(&b, got, 4, NULL, &truncated), 4);
  CHECK(truncated);
  CHECK_EQ(memcmp(got, "0123#", 5), 0);
  CHECK_EQ(skt_receive_from(&b, got, 4, NULL, &truncated), 4); /* exact fit */
  CHECK(!truncated);
  CHECK_EQ(memcmp(got, "abcd#", 5), 0);
  CHECK_EQ(skt_receive_from(&b, NULL, 0, NULL, &truncated), 0);
  CHECK(truncated);
  CHECK_EQ(skt_set_limit(&b, SKT_READ, 20), 0);
  CHECK_EQ(skt_receive_from(&b, got, 4, NULL, &truncated), SKT_ETIMEDOUT);
  CHECK(!truncated);
  skt_close(&a);
  skt_close(&b);
}

TEST(message, empty_one_is_a_message) {
  skt a = {0}, b = {0};
  skt_addr at_a, at_b, from;
  char got[4];
  CHECK(bind_datagram(SKT_IPV4, &a, &at_a));
  CHECK(bind_datagram(SKT_IPV4, &b, &at_b));
  CHECK_EQ(skt_send_to(&a, NULL, 0, &at_b), 0);
  CHECK_EQ(skt_send_to(&a, "abc", 3, &at_b), 3);
  CHECK_EQ(skt_receive_from(&b, got, sizeof got, &from, NULL), 0);
  CHECK_EQ(memcmp(&from, &at_a, sizeof from), 0);
  CHECK_EQ(skt_receive_from(&b, got, sizeof got, &from, NULL), 3);
  skt_close(&a);
  skt_close(&b);
}

TEST(message, as_long_as_udp_allows_and_no_longer) {
  static char bytes[65508], got[65508];
  enum { MAX = 65507 };
  skt a = {0}, b = {0};
  skt_addr at_a, at_b;
  for (int i = 0; i < MAX; ++i) {
    bytes[i] = (char)(i * 31);
  }
  CHECK(bind_datagram(SKT_IPV4, &a, &at_a));
  CHECK(bind_datagram(SKT_IPV4, &b, &at_b));
  CHECK_EQ(skt_send_to(&a, bytes, MAX, &at_b), MAX);
  CHECK_EQ(skt_receive_from(&b, got, sizeof got, NULL, NULL), MAX);
  CHECK_EQ(memcmp(got, bytes, MAX), 0);
  CHECK_EQ(skt_send_to(&a, bytes, MAX + 1, &at_b), SKT_EMSGSIZE);
  CHECK_EQ(skt_send_to(&a, bytes, PTRDIFF_MAX, &at_b), SKT_EMSGSIZE);
  CHECK_EQ(skt_send_to(&a, bytes, SIZE_MAX, &at_b), SKT_EINVAL);
  CHECK_EQ(skt_receive_from(&b, got, SIZE_MAX, NULL, NULL), SKT_EINVAL);
  skt_close(&a);
  skt_close(&b);
}

/* Windows would tell the dead port's answer to the server's next receive. */
TEST(message, to_a_port_without_listener_stops_nobody) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt server = {0}, dead = {0}, live = {0};
    skt_addr at, at_dead, at_live;
    char got[4];
    CHECK(bind_datagram(*domain, &server, &at));
    CHECK(bind_datagram(*domain, &dead, &at_dead));
    CHECK(bind_datagram(*domain, &live, &at_live));
    skt_close(&dead);
    for (int i = 0; i < 3; ++i) {
      CHECK_EQ(skt_send_to(&server, "?", 1, &at_dead), 1);
    }
    CHECK_EQ(skt_send_to(&live, "!", 1, &at), 1);
    CHECK_EQ(skt_receive_from(&server, got, sizeof got, NULL, NULL), 1);
    skt_close(&server);
    skt_close(&live);
  }
}

/* A socket with a peer whose port has no receiver any more, and to which a
 * message has gone. False where the system reports no ICMP error (Wine). */
static bool send_to_nothing(int domain, skt *s) {
  skt dead = {0};
  skt_addr at, at_dead;
  bool sent = bind_datagram(domain, s, &at) &&
              bind_datagram(domain, &dead, &at_dead) &&
              skt_connect(s, &at_dead) == 0 && skt_close(&dead) == 0 &&
              skt_write(s, "?", 1) == 1;
  return sent && skt_wait(s, SKT_READ, 1000, NULL) == SKT_READ;
}

static ptrdiff_t read_byte(skt *s) { return skt_read(s, &(char){0}, 1); }
static ptrdiff_t peek_byte(skt *s) { return skt_peek(s, &(char){0}, 1); }
static ptrdiff_t receive_byte(skt *s) {
  return skt_receive_from(s, &(char){0}, 1, NULL, NULL);
}
static ptrdiff_t write_byte(skt *s) { return skt_write(s, "?", 1); }

static int by_wait(skt *s) { return skt_wait(s, SKT_READ, 1000, NULL); }

static int by_poll(skt *s) {
  skt_polled e = {s, SKT_READ, 0};
  return skt_poll(&e, 1, 1000, NULL) == 1 ? e.ready : 0;
}

static int by_poller(skt *s) {
  skt_poller p = {0};
  skt_event e = {0};
  bool one = skt_poller_create(&p) == 0 &&
             skt_poller_add(&p, s, SKT_READ, s) == 0 &&
             skt_poller_wait(&p, &e, 1, 1000) == 1;
  skt_poller_destroy(&p);
  return one ? e.events & SKT_READ : 0;
}

#define SKIP_WITHOUT_ICMP()                                                    \
  do {                                                                         \
    skt probe = {0};                                                           \
    bool reported = send_to_nothing(SKT_IPV4, &probe);                         \
    skt_close(&probe);                                                         \
    if (!reported) {                                                           \
      SKIP("this system reports no ICMP errors (Wine)");                       \
    }                                                                          \
  } while (0)

/* What is reported as ready does not make the next call wait: these sockets
 * block, and have no limit. */
TEST(message, refused_one_is_ready_and_reported_once) {
  static ptrdiff_t (*const calls[])(skt *) = {read_byte, peek_byte,
                                              receive_byte, write_byte};
  static int (*const waits[])(skt *) = {by_wait, by_poll, by_poller};
  SKIP_WITHOUT_ICMP();
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    for (int i = 0; i < 12; ++i) {
      skt s = {0};
      CHECK(send_to_nothing(*domain, &s));
      CHECK_EQ(waits[i / 4](&s), SKT_READ);
      CHECK_EQ(calls[i % 4](&s), SKT_ECONNREFUSED);
      CHECK_EQ(skt_wait(&s, SKT_READ, 0, NULL), 0); /* once */
      skt_close(&s);
    }
  }
}

/* The error is about a peer that the socket no longer has. */
TEST(message, refused_one_is_forgotten_by_disconnecting) {
  skt s = {0};
  SKIP_WITHOUT_ICMP();
  CHECK(send_to_nothing(SKT_IPV4, &s));
  CHECK_EQ(skt_disconnect(&s), 0);
  CHECK_EQ(skt_wait(&s, SKT_READ, 0, NULL), 0);
  skt_close(&s);
}

TEST(message, receiving_gives_a_fresh_socket_an_address) {
  skt s = {0}, other = {0};
  skt_addr at, from;
  char got[4], text[SKT_ADDR_TEXT_MAX];
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_local(&s, &at), 0);
  CHECK(skt_addr_format(&at, text, sizeof text) > 0);
  CHECK_STR(text, "0.0.0.0:0");
  CHECK_EQ(skt_set_limit(&s, SKT_READ, 30), 0);
  CHECK_EQ(skt_receive_from(&s, got, 4, &from, NULL), SKT_ETIMEDOUT);
  CHECK_EQ(skt_local(&s, &at), 0);
  CHECK(skt_addr_port(&at) > 0);
  skt_close(&s);

  /* So does sending. */
  CHECK(bind_datagram(SKT_IPV4, &other, &from));
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_send_to(&s, "x", 1, &from), 1);
  CHECK_EQ(skt_local(&s, &at), 0);
  CHECK(skt_addr_port(&at) > 0);
  CHECK_EQ(skt_set_limit(&s, SKT_READ, 30), 0);
  CHECK_EQ(skt_receive_from(&s, got, 4, &from, NULL), SKT_ETIMEDOUT);
  skt_close(&s);
  skt_close(&other);
}

TEST(message, connected_socket_hears_its_peer_alone) {
  skt s = {0}, peer = {0}, stranger = {0};
  skt_addr at, at_peer, at_stranger, from;
  char got[4];
  CHECK(bind_datagram(SKT_IPV4, &s, &at));
  CHECK(bind_datagram(SKT_IPV4, &peer, &at_peer));
  CHECK(bind_datagram(SKT_IPV4, &stranger, &at_stranger));
  CHECK_EQ(skt_connect(&s, &at_peer), 0);
  CHECK_EQ(skt_send_to(&s, "x", 1, &at_stranger), SKT_EISCONN);
  CHECK_EQ(skt_send_to(&stranger, "s", 1, &at), 1);
  CHECK_EQ(skt_send_to(&peer, "p", 1, &at), 1);
  CHECK_EQ(skt_receive_from(&s, got, 4, &from, NULL), 1);
  CHECK_EQ(got[0], 'p');
  CHECK_EQ(skt_disconnect(&s), 0);
  CHECK_EQ(skt_send_to(&stranger, "t", 1, &at), 1);
  CHECK_EQ(skt_receive_from(&s, got, 4, &from, NULL), 1);
  CHECK_EQ(got[0], 't');
  skt_close(&s);
  skt_close(&peer);
  skt_close(&stranger);
}

TEST(message, dual_stack_socket_answers_ipv4) {
  skt server = {0}, client = {0};
  skt_addr at, to, from;
  char got[4];
  if (!ipv6_here()) {
    SKIP("::1 cannot be bound on this machine");
  }
  CHECK_EQ(skt_addr_parse(&at, "[::]:0"), 0);
  CHECK_EQ(skt_socket(&server, SKT_IPV6, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_bind(&server, &at, SKT_DUAL_STACK), 0);
  CHECK_EQ(skt_local(&server, &at), 0);
  CHECK(ipv4_loopback_at(skt_addr_port(&at), &to));
  CHECK(bind_datagram(SKT_IPV4, &client, &at));
  CHECK_EQ(skt_send_to(&client, "?", 1, &to), 1);
  CHECK_EQ(skt_receive_from(&server, got, 4, &from, NULL), 1);
  CHECK(text_begins(&from, "127.0.0.1:"));
  CHECK_EQ(skt_send_to(&server, "!", 1, &from), 1);
  CHECK_EQ(skt_receive_from(&client, got, 4, &from, NULL), 1);
  CHECK_EQ(memcmp(&from, &to, sizeof from), 0);
  skt_close(&server);
  skt_close(&client);
}

TEST(message, odd_destination_or_kind_is_told) {
  static const char *const odd[] = {"0.0.0.0:9", "127.0.0.1:0", "[::1]:9",
                                    "[::ffff:127.0.0.1]:9"};
  skt s = {0}, a = {0}, b = {0};
  skt_addr to, from;
  char got[4];
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_DATAGRAM, 0), 0);
  for (size_t i = 0; i < sizeof odd / sizeof *odd; ++i) {
    CHECK_EQ(skt_addr_parse(&to, odd[i]), 0);
    CHECK_EQ(skt_send_to(&s, "x", 1, &to), SKT_EINVAL);
  }
  CHECK_EQ(skt_send_to(&s, "x", 1, NULL), SKT_EFAULT);
  CHECK_EQ(skt_send_to(&s, NULL, 1, &to), SKT_EFAULT);
  CHECK_EQ(skt_receive_from(&s, NULL, 1, &from, NULL), SKT_EFAULT);
  skt_close(&s);
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_peer(&a, &to), 0);
  CHECK_EQ(skt_send_to(&a, "x", 1, &to), SKT_EOPNOTSUPP);
  CHECK_EQ(skt_receive_from(&a, got, 4, &from, NULL), SKT_EOPNOTSUPP);
  skt_close(&a);
  skt_close(&b);
}

TEST(message, nonblocking_and_cancelled_calls_return) {
  skt s = {0};
  skt_addr at, from;
  char got[4];
  CHECK(bind_datagram(SKT_IPV4, &s, &at));
  CHECK_EQ(skt_set_blocking(&s, false), 0);
  CHECK_EQ(skt_receive_from(&s, got, 4, &from, NULL), SKT_EAGAIN);
  CHECK_EQ(skt_addr_domain(&from), SKT_EINVAL);
  CHECK_EQ(skt_cancel(&s), 0);
  CHECK_EQ(skt_receive_from(&s, got, 4, &from, NULL), SKT_ECANCELED);
  CHECK_EQ(skt_send_to(&s, "x", 1, &at), SKT_ECANCELED);
  skt_close(&s);
}

static void receive_one(void *argument) {
  char got[4];
  ptrdiff_t rc = skt_receive_from(argument, got, 4, NULL, NULL);
  test_check_eq(__FILE__, __LINE__, "receive", rc, SKT_ECANCELED);
}

TEST(message, cancel_wakes_a_waiting_receive) {
  for (int i = 0; i < 50; ++i) {
    skt s = {0};
    skt_addr at;
    CHECK(bind_datagram(SKT_IPV4, &s, &at));
    test_thread *thread = test_start(receive_one, &s);
    if (i % 2 == 0) {
      skt_wait(&s, SKT_READ, 5, NULL);
    }
    CHECK_EQ(skt_cancel(&s), 0);
    test_join(thread);
    skt_close(&s);
  }
}

static void fill_pieces(skt_buffer *pieces, char *bytes, size_t n) {
  for (size_t i = 0; i < n; ++i) {
    pieces[i] = (skt_buffer){&bytes[i], 1};
  }
}

/* Systems take 1,024 in one call; a message cannot be continued by another. */
TEST(datagram, of_up_to_1024_buffers_is_one_message) {
  enum { MOST = 1024 };
  static char out[MOST + 1], in[MOST + 1];
  static skt_buffer from[MOST + 1], to[MOST + 1];
  static const size_t counts[] = {1, 64, 65, MOST};
  skt a = {0}, b = {0};
  skt_addr at;
  CHECK(bind_datagram(SKT_IPV4, &a, &at));
  CHECK_EQ(skt_socket(&b, SKT_IPV4, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_connect(&b, &at), 0);
  for (int i = 0; i <= MOST; ++i) {
    out[i] = (char)i;
  }
  fill_pieces(from, out, MOST + 1);
  fill_pieces(to, in, MOST + 1);
  CHECK_EQ(skt_writev(&b, from, MOST + 1), SKT_EMSGSIZE); /* sends nothing */
  for (size_t i = 0; i < sizeof counts / sizeof *counts; ++i) {
    memset(in, 0, sizeof in);
    CHECK_EQ(skt_writev(&b, from, counts[i]), counts[i]);
    CHECK_EQ(skt_readv(&a, to, MOST + 1), SKT_EMSGSIZE); /* reads nothing */
    CHECK_EQ(skt_readv(&a, to, MOST), counts[i]);
    CHECK_EQ(memcmp(in, out, counts[i]), 0);
  }
  skt_close(&a);
  skt_close(&b);
}
