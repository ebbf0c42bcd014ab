/* SPDX-License-Identifier: MIT */
/* skt_send, skt_receive, skt_next. */
#include <string.h>

#include "messages.h"
#include "peer.h"
#include "skt_test.h"

/* A sender and a receiver. */
typedef struct pair {
  skt a, b;
  skt_addr at_a, at_b;
} pair;

static bool open_pair(pair *p, int domain) {
  *p = (pair){SKT_NONE, SKT_NONE, SKT_NONE, SKT_NONE};
  return datagram_at(domain, &p->a, &p->at_a) &&
         datagram_at(domain, &p->b, &p->at_b);
}

static void close_pair(pair *p) {
  skt_close(&p->a);
  skt_close(&p->b);
}

TEST(messages, go_and_arrive_in_order_with_their_peer) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    pair p;
    char buffer[3 * 100];
    skt_message got[3];
    size_t sent = 9;
    CHECK(open_pair(&p, *domain));
    skt_message m[3] = {text_message("one", &p.at_b),
                        text_message("second", &p.at_b),
                        text_message("", &p.at_b)};
    CHECK_EQ(skt_send(&p.a, m, 3, &sent), 0);
    CHECK_EQ(sent, 3);
    memset(got, 0xff, sizeof got);
    CHECK_EQ(receive_n(&p.b, buffer, 100, got, 3), 3);
    CHECK(is_text(&got[0], "one"));
    CHECK(is_text(&got[1], "second"));
    CHECK(is_text(&got[2], ""));
    for (int i = 0; i < 3; ++i) {
      CHECK_EQ(skt_addr_compare(&got[i].peer, &p.at_a), 0);
      CHECK_EQ(got[i].has, SKT_HAS_SIZE);
      CHECK_EQ(got[i].use, 0);
      CHECK_EQ(got[i].size, got[i].n);
      CHECK_EQ(got[i].count, 0);
      CHECK_EQ(got[i].segment, 0);
      CHECK_EQ(got[i].hops, -1);
      CHECK_EQ(got[i].traffic_class, -1);
      CHECK_EQ(got[i].time_ns, 0);
      CHECK_EQ(got[i].device, 0);
      CHECK(got[i].pieces == NULL);
      CHECK(!got[i].cut);
      CHECK_EQ(got[i].local.length, 0);
    }
    close_pair(&p);
  }
}

TEST(messages, none_at_all_is_sent_by_doing_nothing) {
  pair p;
  size_t sent = 9;
  CHECK(open_pair(&p, SKT_IPV4));
  CHECK_EQ(skt_send(&p.a, NULL, 0, &sent), 0);
  CHECK_EQ(sent, 0);
  CHECK_EQ(skt_send(&p.a, NULL, 0, NULL), 0);
  CHECK(is_drained(&p.b));
  close_pair(&p);
}

/* No count is a multiple of what a call of the system takes, and the lengths
 * differ, so that trains and others go. */
TEST(messages, of_any_number_all_arrive_once_and_in_order) {
  enum { PART = 64, MOST = 199 };
  static const size_t counts[] = {1, 2, 31, 32, 33, 63, 64, 65, 127, 129, MOST};
  static char bytes[MOST * PART], buffer[MOST * PART];
  static skt_message m[MOST], got[MOST];
  fill_bytes(bytes, sizeof bytes);
  for (size_t i = 0; i < sizeof counts / sizeof *counts; ++i) {
    pair p;
    size_t sent, n = counts[i];
    CHECK(open_pair(&p, SKT_IPV4));
    for (size_t j = 0; j < n; ++j) {
      m[j] = message_of(bytes + j * PART, 1 + j / 5 % PART, &p.at_b);
    }
    CHECK_EQ(skt_send(&p.a, m, n, &sent), 0);
    CHECK_EQ(sent, n);
    CHECK_EQ(receive_n(&p.b, buffer, PART, got, n), n);
    for (size_t j = 0; j < n; ++j) {
      CHECK(got[j].data == buffer + j * PART);
      CHECK_EQ(got[j].n, m[j].n);
      CHECK_EQ(memcmp(got[j].data, m[j].data, m[j].n), 0);
    }
    CHECK(is_drained(&p.b));
    close_pair(&p);
  }
}

/* More than the receiver has room for: some may be lost, none comes twice. */
TEST(messages, of_thousands_none_goes_twice) {
  enum { COUNT = 5000 };
  static skt_message m[COUNT], got[64];
  static int numbers[COUNT];
  char buffer[64 * sizeof *numbers];
  pair p;
  size_t sent;
  int last = -1, n = 0;
  CHECK(open_pair(&p, SKT_IPV4));
  for (int i = 0; i < COUNT; ++i) {
    numbers[i] = i;
    m[i] = message_of(&numbers[i], sizeof *numbers, &p.at_b);
  }
  CHECK_EQ(skt_send(&p.a, m, COUNT, &sent), 0);
  CHECK_EQ(sent, COUNT);
  CHECK_EQ(skt_set_blocking(&p.b, false), 0);
  while ((n = skt_receive(&p.b, buffer, sizeof buffer, got, 64)) > 0) {
    for (int i = 0; i < n; ++i) {
      int number;
      memcpy(&number, got[i].data, sizeof number);
      CHECK(number > last);
      last = number;
    }
  }
  CHECK_EQ(n, SKT_EAGAIN);
  CHECK(last > 0);
  close_pair(&p);
}

/* Empty in each of the ways that say so, between others of one length. */
TEST(messages, empty_one_is_a_message_in_every_form) {
  static const skt_buffer nothing[2] = {{NULL, 0}, {NULL, 0}};
  pair p;
  char buffer[7 * 8];
  skt_message got[7];
  size_t sent;
  CHECK(open_pair(&p, SKT_IPV4));
  skt_message full = text_message("full", &p.at_b);
  skt_message empty = message_of(NULL, 0, &p.at_b);
  skt_message m[7] = {empty, full, empty, full, empty, full, empty};
  m[2].segment = 4;
  m[4].pieces = nothing;
  m[6].pieces = nothing;
  m[6].count = 2;
  CHECK_EQ(skt_send(&p.a, m, 7, &sent), 0);
  CHECK_EQ(sent, 7);
  CHECK_EQ(receive_n(&p.b, buffer, 8, got, 7), 7);
  for (int i = 0; i < 7; ++i) {
    CHECK(is_text(&got[i], i % 2 == 0 ? "" : "full"));
  }
  for (int i = 0; i < 7; ++i) {
    CHECK_EQ(skt_send(&p.a, &m[i], 1, &sent), 0);
    CHECK_EQ(sent, 1);
    CHECK_EQ(skt_receive(&p.b, buffer, 8, got, 1), 1);
    CHECK(is_text(&got[0], i % 2 == 0 ? "" : "full"));
  }
  close_pair(&p);
}

TEST(messages, pieces_are_one_message) {
  enum { MOST = 1024 };
  static char letters[] = "abc";
  static skt_buffer pieces[MOST];
  static char buffer[2 * MOST];
  pair p;
  skt_message got[2];
  CHECK(open_pair(&p, SKT_IPV4));
  skt_message m[2] = {message_of(NULL, 0, &p.at_b), text_message("", &p.at_b)};
  for (int i = 0; i < MOST; ++i) {
    pieces[i] = (skt_buffer){&letters[i % 3], 1};
  }
  m[0].pieces = m[1].pieces = pieces;
  m[0].count = MOST;
  m[1].count = 3;
  CHECK_EQ(skt_send(&p.a, m, 2, NULL), 0);
  CHECK_EQ(receive_n(&p.b, buffer, MOST, got, 2), 2);
  CHECK_EQ(got[0].n, MOST);
  CHECK_EQ(memcmp(got[0].data, "abcabc", 6), 0);
  CHECK(is_text(&got[1], "abc"));
  close_pair(&p);
}

/* The length of what was cut is known or marked as not known. */
static bool was_cut_from(const skt_message *m, size_t n) {
  return m->cut && ((m->has & SKT_HAS_SIZE) == 0 ? m->size == 0 : m->size == n);
}

TEST(messages, longer_than_their_part_are_cut_and_say_so) {
  pair p;
  char buffer[3 * 4];
  skt_message got[3];
  CHECK(open_pair(&p, SKT_IPV4));
  skt_message m[3] = {text_message("0123456789", &p.at_b),
                      text_message("abcd", &p.at_b), text_message("", &p.at_b)};
  CHECK_EQ(skt_send(&p.a, m, 3, NULL), 0);
  CHECK_EQ(receive_n(&p.b, buffer, 4, got, 3), 3);
  CHECK(is_text(&got[0], "0123"));
  CHECK(was_cut_from(&got[0], 10));
  CHECK(is_text(&got[1], "abcd")); /* an exact fit */
  CHECK(!got[1].cut);
  CHECK(is_text(&got[2], ""));
  CHECK(!got[2].cut);
  close_pair(&p);
}

/* Without a buffer, and with one too small to divide. */
TEST(messages, parts_of_0_bytes_take_messages_away) {
  for (size_t n = 0; n < 2; ++n) {
    pair p;
    char buffer[1];
    skt_message got[2];
    CHECK(open_pair(&p, SKT_IPV4));
    skt_message m[2] = {text_message("abcd", &p.at_b),
                        text_message("", &p.at_b)};
    CHECK_EQ(skt_send(&p.a, m, 2, NULL), 0);
    int count = skt_receive(&p.b, n == 0 ? NULL : buffer, n, got, 2);
    if (count == 1) {
      count += skt_receive(&p.b, NULL, 0, &got[1], 1);
    }
    CHECK_EQ(count, 2);
    CHECK_EQ(got[0].n, 0);
    CHECK(was_cut_from(&got[0], 4));
    CHECK_EQ(skt_addr_compare(&got[0].peer, &p.at_a), 0);
    CHECK(!got[1].cut);
    CHECK(got[1].data != NULL);
    close_pair(&p);
  }
}

/* Alone, and within no limit, a message has a shorter way. */
static void send_and_receive_one(pair *p, const char *text, int hops) {
  char buffer[8];
  skt_message m = text_message(text, &p->at_b), got;
  size_t sent = 9, n = strlen(text);
  memset(buffer, '#', sizeof buffer);
  memset(&got, 0xff, sizeof got);
  CHECK_EQ(skt_send(&p->a, &m, 1, &sent), 0);
  CHECK_EQ(sent, 1);
  CHECK_EQ(skt_receive(&p->b, buffer, 4, &got, 1), 1);
  CHECK(got.data == buffer);
  CHECK_EQ(got.n, n < 4 ? n : 4);
  CHECK_EQ(memcmp(buffer, text, got.n), 0);
  CHECK_EQ(buffer[got.n], '#');
  CHECK(n > 4 ? was_cut_from(&got, n) : !got.cut && got.size == n);
  CHECK_EQ(got.has & ~SKT_HAS_SIZE, hops != 0 ? SKT_HAS_HOPS : 0);
  CHECK_EQ(got.hops, hops != 0 ? hops : -1);
  CHECK_EQ(got.traffic_class, -1);
  CHECK_EQ(got.use, 0);
  CHECK_EQ(got.segment, 0);
  CHECK_EQ(got.time_ns, 0);
  CHECK_EQ(got.device, 0);
  CHECK(got.pieces == NULL && got.count == 0);
  CHECK_EQ(got.local.length, 0);
  CHECK_EQ(skt_addr_compare(&got.peer, &p->at_a), 0);
}

TEST(messages, one_alone_is_like_others) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    pair p;
    int hops = 0;
    CHECK(open_pair(&p, *domain));
    CHECK_EQ(skt_set_limit(&p.a, SKT_BOTH, -1), 0);
    CHECK_EQ(skt_set_limit(&p.b, SKT_BOTH, -1), 0);
    for (int i = 0; i < 2; ++i) {
      send_and_receive_one(&p, "", hops);
      send_and_receive_one(&p, "abc", hops);
      send_and_receive_one(&p, "abcd", hops);
      send_and_receive_one(&p, "0123456789", hops);
      CHECK_EQ(skt_get_option(&p.a, SKT_OPT_HOPS, &hops), 0);
      CHECK_EQ(skt_set_option(&p.b, SKT_OPT_RECEIVE_HOPS, 1), 0);
    }
    CHECK(is_drained(&p.b));
    close_pair(&p);
  }
}

TEST(messages, receiving_takes_no_more_than_there_is_room_for) {
  pair p;
  char buffer[40 * 4];
  skt_message m[40], got[40];
  CHECK(open_pair(&p, SKT_IPV4));
  for (int i = 0; i < 40; ++i) {
    m[i] = text_message("ping", &p.at_b);
  }
  memset(buffer, '#', sizeof buffer);
  CHECK_EQ(skt_send(&p.a, m, 40, NULL), 0);
  CHECK_EQ(receive_n(&p.b, buffer, 4, got, 3), 3);
  CHECK_EQ(memcmp(buffer, "pingpingping####", 16), 0);
  CHECK_EQ(receive_n(&p.b, buffer, 4, got, 37), 37);
  CHECK(is_drained(&p.b));
  close_pair(&p);
}

TEST(messages, receiving_waits_within_the_limit_and_not_if_nonblocking) {
  pair p;
  char buffer[8];
  skt_message got[2];
  CHECK(open_pair(&p, SKT_IPV4));
  CHECK_EQ(skt_set_limit(&p.b, SKT_READ, 20), 0);
  double start = test_now_ms();
  CHECK_EQ(skt_receive(&p.b, buffer, 8, got, 2), SKT_ETIMEDOUT);
  CHECK(test_now_ms() - start >= 5); /* Linux: a tick early */
  CHECK_EQ(skt_set_blocking(&p.b, false), 0);
  CHECK_EQ(skt_receive(&p.b, buffer, 8, got, 2), SKT_EAGAIN);
  skt_message m = text_message("x", &p.at_b);
  CHECK_EQ(skt_send(&p.a, &m, 1, NULL), 0);
  CHECK_EQ(skt_wait(&p.b, SKT_READ, 5000, NULL), SKT_READ);
  CHECK_EQ(skt_receive(&p.b, buffer, 8, got, 2), 1);
  close_pair(&p);
}

TEST(messages, receiving_gives_a_fresh_socket_an_address) {
  skt s = SKT_NONE;
  skt_message got;
  skt_addr at;
  char buffer[8];
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_set_blocking(&s, false), 0);
  CHECK_EQ(skt_receive(&s, buffer, 8, &got, 1), SKT_EAGAIN);
  CHECK_EQ(skt_local(&s, &at), 0);
  CHECK(skt_addr_port(&at) > 0);
  skt_close(&s);
}

/* A call that waits, in a thread of its own. */
typedef struct waiting {
  skt s;
  size_t n, capacity;
  int result;
} waiting;

static void wait_in_receive(void *argument) {
  waiting *w = argument;
  static char buffer[65536];
  skt_message got[3];
  w->result = skt_receive(&w->s, buffer, w->n, got, w->capacity);
}

/* Of one message, of several, of trains; with a peer and without. */
TEST(messages, cancel_ends_a_receive_that_waits) {
  for (int i = 0; i < 6; ++i) {
    waiting w = {SKT_NONE, i < 2 ? 8 : 65536, i < 2 ? 1 : 3, 0};
    skt other = SKT_NONE;
    skt_addr at, at_other;
    CHECK(datagram_at(SKT_IPV4, &other, &at_other));
    CHECK(i >= 4 && trains_here() ? train_receiver(SKT_IPV4, &w.s, &at)
                                  : datagram_at(SKT_IPV4, &w.s, &at));
    CHECK_EQ(skt_set_limit(&w.s, SKT_BOTH, -1), 0);
    CHECK(i % 2 == 0 || skt_connect(&w.s, &at_other) == 0);
    test_thread *thread = test_start(wait_in_receive, &w);
    CHECK_EQ(skt_wait(&other, SKT_READ, 20, NULL), 0); /* most times it waits */
    CHECK_EQ(skt_cancel(&w.s), 0);
    test_join(thread);
    CHECK_EQ(w.result, SKT_ECANCELED);
    skt_close(&w.s);
    skt_close(&other);
  }
}

TEST(messages, cancelled_socket_sends_and_receives_none) {
  pair p;
  char buffer[8];
  size_t sent = 9;
  skt_message got;
  CHECK(open_pair(&p, SKT_IPV4));
  skt_message m = text_message("x", &p.at_a), two[2] = {m, m};
  CHECK_EQ(skt_cancel(&p.b), 0);
  CHECK_EQ(skt_receive(&p.b, buffer, 8, &got, 1), SKT_ECANCELED);
  CHECK_EQ(skt_send(&p.b, &m, 1, NULL), SKT_ECANCELED);
  CHECK_EQ(skt_send(&p.b, two, 2, &sent), SKT_ECANCELED);
  CHECK_EQ(sent, 0);
  CHECK_EQ(skt_send(&p.b, NULL, 0, &sent), SKT_ECANCELED);
  CHECK(is_drained(&p.a));
  close_pair(&p);
}

TEST(messages, are_taken_apart_by_skt_next_also_if_they_are_no_train) {
  char bytes[] = "abcdefgh";
  skt_message one, m = message_of(bytes, 8, NULL);
  m.cut = true;
  CHECK(!skt_next(NULL, &one));
  CHECK(!skt_next(&m, NULL));
  CHECK(skt_next(&m, &one));
  CHECK(is_text(&one, "abcdefgh"));
  CHECK(one.cut);
  CHECK(!skt_next(&m, &one));
  m = message_of(bytes, 8, NULL);
  m.segment = 3;
  m.cut = true;
  CHECK(skt_next(&m, &one) && is_text(&one, "abc") && !one.cut);
  CHECK_EQ(one.segment, 0);
  CHECK_EQ(m.n, 5);
  CHECK(skt_next(&m, &one) && is_text(&one, "def") && !one.cut);
  CHECK(skt_next(&m, &one) && is_text(&one, "gh") && one.cut);
  CHECK_EQ(one.segment, 0);
  CHECK(!skt_next(&m, &one));
  CHECK_EQ(m.n, 0);
  m = message_of(bytes, 0, NULL); /* an empty one is one */
  CHECK(skt_next(&m, &one) && one.n == 0 && !skt_next(&m, &one));
}
