/* SPDX-License-Identifier: MIT */
/* What belongs to a message beside its bytes: this side's address, hops, class,
 * time. */
#include <string.h>
#include <time.h>

#include "messages.h"
#include "peer.h"
#include "skt_test.h"

static skt_addr ipv4_at(const char *host, int port) {
  skt_addr a;
  skt_addr_parse(&a, host);
  skt_addr_set_port(&a, port);
  return a;
}

/* An IPv6 socket on the wildcard that takes IPv4 too; its port. */
static int dual_stack_port(skt *s) {
  skt_addr at;
  bool made = skt_addr_parse(&at, "[::]:0") == 0 &&
              skt_socket(s, SKT_IPV6, SKT_DATAGRAM, 0) == 0 &&
              skt_bind(s, &at, SKT_DUAL_STACK) == 0 && skt_local(s, &at) == 0 &&
              skt_set_limit(s, SKT_BOTH, 5000) == 0;
  return made ? skt_addr_port(&at) : -1;
}

/* A question to a socket with the option RECEIVE_LOCAL, at `to`, of another
 * that is at `home`; then the answer. Whether this system chooses its source is
 * `chooses`. */
static void ask_and_answer(skt *server, const skt_addr *to,
                           const skt_addr *home, bool chooses) {
  skt client = SKT_NONE;
  skt_addr at, there = *to;
  char buffer[2 * 8];
  skt_message got[2];
  CHECK_EQ(skt_socket(&client, skt_addr_domain(home), SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_bind(&client, home, 0), 0);
  CHECK_EQ(skt_local(&client, &at), 0);
  CHECK_EQ(skt_set_limit(&client, SKT_BOTH, 5000), 0);
  skt_message m[2] = {text_message("what", to), text_message("who", to)};
  CHECK_EQ(skt_send(&client, m, 2, NULL), 0);
  CHECK_EQ(receive_n(server, buffer, 8, got, 2), 2);
  CHECK_EQ(skt_addr_set_port(&there, 0), 0);
  for (int i = 0; i < 2; ++i) {
    CHECK_EQ(skt_addr_compare(&got[i].peer, &at), 0);
    CHECK((got[i].has & SKT_HAS_LOCAL) != 0);
    CHECK_EQ(skt_addr_compare(&got[i].local, &there), 0);
    CHECK_EQ(got[i].use, SKT_HAS_LOCAL);
    CHECK_EQ((got[i].has & SKT_HAS_DEVICE) != 0, got[i].device != 0);
  }
  CHECK_EQ(skt_send(server, got, 2, NULL), 0);
  CHECK_EQ(receive_n(&client, buffer, 8, got, 2), 2);
  CHECK(is_text(&got[1], "who"));
  if (chooses) {
    CHECK_EQ(skt_addr_compare(&got[0].peer, to), 0);
    CHECK_EQ(skt_addr_compare(&got[1].peer, to), 0);
  }
  skt_close(&client);
}

TEST(message_choice, answer_comes_from_where_the_question_went) {
  skt server = SKT_NONE, probe = SKT_NONE;
  skt_addr at, home = loopback(SKT_IPV4), second = ipv4_at("127.0.0.2:0", 0);
  bool chooses = chooses_here();
  CHECK_EQ(skt_socket(&probe, SKT_IPV4, SKT_DATAGRAM, 0), 0);
  int rc = skt_bind(&probe, &second, 0);
  skt_close(&probe);
  if (rc < 0) {
    SKIP("this system has no 127.0.0.2");
  }
  CHECK(datagram_anywhere(SKT_IPV4, &server, &at));
  CHECK_EQ(skt_set_option(&server, SKT_OPT_RECEIVE_LOCAL, 1), 0);
  second = ipv4_at("127.0.0.2:0", skt_addr_port(&at));
  ask_and_answer(&server, &second, &home, chooses);
  ask_and_answer(&server, &at, &home, chooses);
  skt_close(&server);
  if (!chooses) {
    SKIP("this system ignores the chosen address (Wine)");
  }
}

TEST(message_choice, answer_of_a_dual_stack_socket_too) {
  skt server = SKT_NONE;
  skt_addr home4 = loopback(SKT_IPV4), home6 = loopback(SKT_IPV6);
  if (!ipv6_here()) {
    SKIP("::1 cannot be bound on this machine");
  }
  int port = dual_stack_port(&server);
  CHECK(port > 0);
  CHECK_EQ(skt_set_option(&server, SKT_OPT_RECEIVE_LOCAL, 1), 0);
  skt_addr to4 = ipv4_at("127.0.0.1:0", port), to6 = loopback(SKT_IPV6);
  CHECK_EQ(skt_addr_set_port(&to6, port), 0);
  ask_and_answer(&server, &to6, &home6, chooses_here());
  ask_and_answer(&server, &to4, &home4, chooses_here());
  skt_close(&server);
}

/* The address is of this host, though the socket is at all of them. */
TEST(message_choice, source_is_one_of_ours_for_each_message) {
  skt a = SKT_NONE, b = SKT_NONE;
  skt_addr at_a, at_b;
  char buffer[4 * 8];
  skt_message m[4], got[4];
  NEED_CHOICES();
  CHECK(datagram_anywhere(SKT_IPV4, &a, &at_a));
  CHECK(datagram_at(SKT_IPV4, &b, &at_b));
  for (int i = 0; i < 4; ++i) {
    m[i] = text_message("same", &at_b);
    m[i].use = SKT_HAS_LOCAL;
    m[i].local = ipv4_at(i % 2 == 0 ? "127.0.0.1:0" : "127.0.0.9:0", 0);
  }
  CHECK_EQ(skt_send(&a, m, 4, NULL), 0);
  CHECK_EQ(receive_n(&b, buffer, 8, got, 4), 4);
  for (int i = 0; i < 4; ++i) {
    CHECK(text_begins(&got[i].peer, i % 2 == 0 ? "127.0.0.1:" : "127.0.0.9:"));
  }
  skt_close(&a);
  skt_close(&b);
}

/* No answer can come from a broadcast address. */
TEST(message_choice, broadcast_address_is_known_but_not_chosen) {
  skt a = SKT_NONE, b = SKT_NONE;
  skt_addr at_a, at_b;
  char buffer[8];
  skt_message got = SKT_NONE;
  CHECK(datagram_at(SKT_IPV4, &a, &at_a));
  CHECK(datagram_anywhere(SKT_IPV4, &b, &at_b));
  CHECK_EQ(skt_set_option(&b, SKT_OPT_RECEIVE_LOCAL, 1), 0);
  CHECK_EQ(skt_set_option(&a, SKT_OPT_BROADCAST, 1), 0);
  skt_addr all = ipv4_at("127.255.255.255:0", skt_addr_port(&at_b));
  skt_message m = text_message("all", &all);
  CHECK_EQ(skt_set_limit(&b, SKT_READ, 200), 0);
  if (skt_send(&a, &m, 1, NULL) < 0 ||
      skt_receive(&b, buffer, 8, &got, 1) != 1 ||
      (got.has & SKT_HAS_DEVICE) == 0) {
    skt_close(&a);
    skt_close(&b);
    SKIP("this system has no broadcast on loopback");
  }
  CHECK(text_begins(&got.local, "127.255.255.255:"));
  if (chooses_here()) { /* Wine shows it as any other */
    CHECK_EQ(got.use, 0);
  }
  CHECK_EQ(skt_send(&b, &got, 1, NULL), 0);
  CHECK_EQ(skt_receive(&a, buffer, 8, &got, 1), 1);
  CHECK(text_begins(&got.peer, "127.0.0.1:"));
  skt_close(&a);
  skt_close(&b);
}

/* Of one length, but with other choices: no train mixes them. */
TEST(message_choice, hops_and_class_are_those_of_each_message) {
  NEED_CHOICES();
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    enum { COUNT = 8 };
    static const int classes[COUNT] = {0, 1, 2, 3, 0xb8, 0xb9, 0xff, 0x48};
    skt a = SKT_NONE, b = SKT_NONE;
    skt_addr at_a, at_b;
    skt_message m[COUNT], got[COUNT];
    char buffer[COUNT * 8];
    int own_hops;
    CHECK(datagram_at(*domain, &a, &at_a));
    CHECK(datagram_at(*domain, &b, &at_b));
    CHECK_EQ(skt_set_option(&b, SKT_OPT_RECEIVE_HOPS, 1), 0);
    CHECK_EQ(skt_set_option(&b, SKT_OPT_RECEIVE_CLASS, 1), 0);
    CHECK_EQ(skt_get_option(&a, SKT_OPT_HOPS, &own_hops), 0);
    for (int i = 0; i < COUNT; ++i) {
      m[i] = text_message("same", &at_b);
      m[i].use = SKT_HAS_CLASS | (i % 2 == 0 ? SKT_HAS_HOPS : 0);
      m[i].traffic_class = classes[i];
      m[i].hops = i == 0 ? 1 : i == 2 ? 255 : 10 + i;
    }
    CHECK_EQ(skt_send(&a, m, COUNT, NULL), 0);
    CHECK_EQ(receive_n(&b, buffer, 8, got, COUNT), COUNT);
    for (int i = 0; i < COUNT; ++i) {
      CHECK_EQ(got[i].has, SKT_HAS_SIZE | SKT_HAS_HOPS | SKT_HAS_CLASS);
      CHECK_EQ(got[i].traffic_class, classes[i]);
      CHECK_EQ(got[i].hops, i % 2 == 0 ? m[i].hops : own_hops);
      CHECK_EQ(got[i].use, 0);
    }
    skt_close(&a);
    skt_close(&b);
  }
}

/* Linux ignores IPv6's choices for IPv4 peers without a word. */
TEST(message_choice, dual_stack_socket_chooses_for_ipv4_peers) {
  skt a = SKT_NONE, b = SKT_NONE;
  skt_addr at_b;
  char buffer[2 * 8];
  skt_message got[2];
  NEED_CHOICES();
  if (!ipv6_here()) {
    SKIP("::1 cannot be bound on this machine");
  }
  CHECK(dual_stack_port(&a) > 0);
  CHECK(datagram_at(SKT_IPV4, &b, &at_b));
  CHECK_EQ(skt_set_option(&b, SKT_OPT_RECEIVE_HOPS, 1), 0);
  CHECK_EQ(skt_set_option(&b, SKT_OPT_RECEIVE_CLASS, 1), 0);
  skt_message m[2] = {text_message("4", &at_b), text_message("6", &at_b)};
  m[0].use = SKT_HAS_HOPS | SKT_HAS_CLASS | SKT_HAS_LOCAL;
  m[0].hops = 9;
  m[0].traffic_class = 0x29;
  m[0].local = ipv4_at("127.0.0.1:0", 0);
  CHECK_EQ(skt_send(&a, m, 2, NULL), 0);
  CHECK_EQ(receive_n(&b, buffer, 8, got, 2), 2);
  CHECK_EQ(got[0].hops, 9);
  CHECK_EQ(got[0].traffic_class, 0x29);
  CHECK(text_begins(&got[0].peer, "127.0.0.1:"));
  CHECK(got[1].hops != 9);
  CHECK_EQ(got[1].traffic_class, 0);
  skt_close(&a);
  skt_close(&b);
}

/* IPv6's options deliver nothing of IPv4's packets on Linux. */
TEST(message_choice, dual_stack_socket_knows_hops_and_class_of_both) {
  skt server = SKT_NONE;
  char buffer[8];
  if (!ipv6_here()) {
    SKIP("::1 cannot be bound on this machine");
  }
  NEED_CHOICES();
  int port = dual_stack_port(&server);
  CHECK(port > 0);
  CHECK_EQ(skt_set_option(&server, SKT_OPT_RECEIVE_HOPS, 1), 0);
  CHECK_EQ(skt_set_option(&server, SKT_OPT_RECEIVE_CLASS, 1), 0);
  CHECK_EQ(skt_set_option(&server, SKT_OPT_RECEIVE_LOCAL, 1), 0);
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt client = SKT_NONE;
    skt_addr at, to = loopback(*domain), here = loopback(*domain);
    skt_message got;
    CHECK_EQ(skt_addr_set_port(&to, port), 0);
    CHECK(datagram_at(*domain, &client, &at));
    skt_message m = text_message("x", &to);
    m.use = SKT_HAS_HOPS | SKT_HAS_CLASS;
    m.hops = 21;
    m.traffic_class = 0x2b;
    CHECK_EQ(skt_send(&client, &m, 1, NULL), 0);
    CHECK_EQ(skt_receive(&server, buffer, sizeof buffer, &got, 1), 1);
    CHECK_EQ(got.hops, 21);
    CHECK_EQ(got.traffic_class, 0x2b);
    CHECK_EQ(skt_addr_compare(&got.local, &here), 0);
    CHECK_EQ(skt_addr_compare(&got.peer, &at), 0);
    skt_close(&client);
  }
  skt_close(&server);
}

/* A message to a peer of IPv4, from an IPv6 socket that is connected to it. */
TEST(message_choice, connected_dual_stack_socket_chooses_for_its_ipv4_peer) {
  skt a = SKT_NONE, b = SKT_NONE;
  skt_addr at_b;
  char buffer[8];
  skt_message got;
  NEED_CHOICES();
  if (!ipv6_here()) {
    SKIP("::1 cannot be bound on this machine");
  }
  CHECK(dual_stack_port(&a) > 0);
  CHECK(datagram_at(SKT_IPV4, &b, &at_b));
  CHECK_EQ(skt_set_option(&b, SKT_OPT_RECEIVE_HOPS, 1), 0);
  CHECK_EQ(skt_set_option(&b, SKT_OPT_RECEIVE_CLASS, 1), 0);
  CHECK_EQ(skt_connect(&a, &at_b), 0);
  skt_message m = text_message("4", NULL);
  m.use = SKT_HAS_HOPS | SKT_HAS_CLASS | SKT_HAS_LOCAL;
  m.hops = 9;
  m.traffic_class = 0x29;
  m.local = ipv4_at("127.0.0.1:0", 0);
  CHECK_EQ(skt_send(&a, &m, 1, NULL), 0);
  CHECK_EQ(skt_receive(&b, buffer, 8, &got, 1), 1);
  CHECK_EQ(got.hops, 9);
  CHECK_EQ(got.traffic_class, 0x29);
  skt_close(&a);
  skt_close(&b);
}

/* The index of an interface that a received message names is good to send by.
 */
TEST(message_choice, interface_is_known_and_can_be_chosen) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt a = SKT_NONE, b = SKT_NONE;
    skt_addr at_a, at_b;
    char buffer[8];
    skt_message got;
    CHECK(datagram_anywhere(*domain, &a, &at_a));
    CHECK(datagram_at(*domain, &b, &at_b));
    CHECK_EQ(skt_set_option(&b, SKT_OPT_RECEIVE_LOCAL, 1), 0);
    skt_message m = text_message("x", &at_b);
    CHECK_EQ(skt_send(&a, &m, 1, NULL), 0);
    CHECK_EQ(skt_receive(&b, buffer, 8, &got, 1), 1);
    if ((got.has & SKT_HAS_DEVICE) == 0) {
      skt_close(&a);
      skt_close(&b);
      SKIP("this system does not report the interface");
    }
    CHECK(got.device != 0);
    m.use = SKT_HAS_DEVICE;
    m.device = got.device;
    CHECK_EQ(skt_send(&a, &m, 1, NULL), 0);
    CHECK_EQ(skt_receive(&b, buffer, 8, &got, 1), 1);
    CHECK_EQ(got.device, m.device);
    skt_close(&a);
    skt_close(&b);
  }
}

/* The option takes effect a little later (Linux), so that this waits for it. */
TEST(message_choice, time_is_when_it_came_by_the_systems_clock) {
  skt a = SKT_NONE, b = SKT_NONE;
  skt_addr at_a, at_b;
  char buffer[8];
  skt_message got = SKT_NONE;
  CHECK(datagram_at(SKT_IPV4, &a, &at_a));
  CHECK(datagram_at(SKT_IPV4, &b, &at_b));
  int rc = skt_set_option(&b, SKT_OPT_RECEIVE_TIME, 1);
  if (rc == SKT_EOPNOTSUPP) {
    skt_close(&a);
    skt_close(&b);
    SKIP("this system has no times of arrival (Windows, Wine)");
  }
  CHECK_EQ(rc, 0);
  skt_message m = text_message("x", &at_b);
  const int64_t second = 1000000000, before = (int64_t)time(NULL);
  CHECK_EQ(skt_send(&a, &m, 1, NULL), 0);
  CHECK_EQ(skt_receive(&b, buffer, 8, &got, 1), 1);
  CHECK((got.has & SKT_HAS_TIME) != 0);
  CHECK(got.time_ns >= (before - 1) * second);
  CHECK(got.time_ns <= ((int64_t)time(NULL) + 2) * second);
  skt_close(&a);
  skt_close(&b);
}

TEST(message_choice, asked_for_is_told_with_the_short_calls_unchanged) {
  static const int options[] = {SKT_OPT_RECEIVE_LOCAL, SKT_OPT_RECEIVE_HOPS,
                                SKT_OPT_RECEIVE_CLASS, SKT_OPT_RECEIVE_TIME};
  skt a = SKT_NONE, b = SKT_NONE;
  skt_addr at_a, at_b, from;
  char buffer[8];
  bool cut;
  CHECK(datagram_at(SKT_IPV4, &a, &at_a));
  CHECK(datagram_at(SKT_IPV4, &b, &at_b));
  for (size_t i = 0; i < sizeof options / sizeof *options; ++i) {
    int value, rc = skt_set_option(&b, options[i], 1);
    CHECK(rc == 0 || rc == SKT_EOPNOTSUPP);
    CHECK_EQ(skt_get_option(&b, options[i], &value), rc);
    CHECK_EQ(value, rc == 0);
  }
  CHECK_EQ(skt_send_to(&a, "0123456789", 10, &at_b), 10);
  CHECK_EQ(skt_send_to(&a, "abcd", 4, &at_b), 4);
  CHECK_EQ(skt_receive_from(&b, buffer, 8, &from, &cut), 8);
  CHECK(cut);
  CHECK_EQ(skt_receive_from(&b, buffer, 8, &from, &cut), 4);
  CHECK(!cut);
  CHECK_EQ(skt_addr_compare(&from, &at_a), 0);
  skt_close(&a);
  skt_close(&b);
}

/* With all of it and data that is cut, Wine reports one error for two things.
 */
TEST(message_choice, message_that_is_cut_has_all_the_rest) {
  skt a = SKT_NONE, b = SKT_NONE;
  skt_addr at_a, at_b;
  char buffer[2 * 4];
  skt_message got[2];
  CHECK(datagram_at(SKT_IPV4, &a, &at_a));
  CHECK(datagram_at(SKT_IPV4, &b, &at_b));
  CHECK_EQ(skt_set_option(&b, SKT_OPT_RECEIVE_LOCAL, 1), 0);
  CHECK_EQ(skt_set_option(&b, SKT_OPT_RECEIVE_HOPS, 1), 0);
  skt_message m[2] = {text_message("0123456789", &at_b),
                      text_message("abc", &at_b)};
  CHECK_EQ(skt_send(&a, m, 2, NULL), 0);
  CHECK_EQ(receive_n(&b, buffer, 4, got, 2), 2);
  CHECK(is_text(&got[0], "0123"));
  CHECK(got[0].cut);
  CHECK((got[0].has & SKT_HAS_LOCAL) != 0);
  CHECK((got[0].has & SKT_HAS_HOPS) != 0);
  CHECK_EQ(skt_addr_compare(&got[0].peer, &at_a), 0);
  CHECK(is_text(&got[1], "abc"));
  CHECK(!got[1].cut);
  CHECK_EQ(got[0].hops, got[1].hops);
  skt_close(&a);
  skt_close(&b);
}
