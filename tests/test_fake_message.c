/* SPDX-License-Identifier: MIT */
/* skt_send over faults: trains that are refused, calls that take a part. */
#include "fake_sys.h"
#include "internal.h"
#include "skt_test.h"

#include <string.h>

#define CHECK_PLAYED() CHECK_STR(outcome(), "as expected")

static const char *outcome(void) {
  return fake_trouble() == NULL ? "as expected" : fake_trouble();
}

/* A script that grows. */
static fake_step steps[512];
static size_t step_count;

static void step(const char *call, long long result) {
  steps[step_count++] = (fake_step){call, result};
  steps[step_count] = (fake_step){NULL, 0};
}

static void new_script(void) {
  step_count = 0;
  steps[0] = (fake_step){NULL, 0};
  fake_script(steps);
}

/* n packets go, in as many calls as this system needs. */
static void packets_go(size_t n) {
  size_t most = (size_t)skt__system.messages_a_call;
  for (; n > 0; n -= n < most ? n : most) {
    step("send_packets", (long long)(n < most ? n : most));
  }
}

static skt sender(int kind) {
  skt s;
  skt__fill(&s, (skt__os_handle)42, kind);
  return s;
}

enum {
  FREE = SKT_IPV4 | SKT_DATAGRAM | SKT_BOUND,
  CONNECTED = SKT_IPV4 | SKT_DATAGRAM | SKT_CONNECTED
};

static char bytes[70000];
static skt_message m[256];

/* n messages of one length from place `at` of the batch; the first byte of each
 * is its number. */
static void batch(size_t at, size_t n, size_t length, const char *peer) {
  for (size_t i = at; i < at + n; ++i) {
    m[i] = (skt_message)SKT_NONE;
    m[i].data = bytes + i;
    m[i].n = length;
    if (peer != NULL) {
      skt_addr_parse(&m[i].peer, peer);
    }
    bytes[i] = (char)i;
  }
}

/* Whether the batch's messages, from the first to the n-th, left once each and
 * in order. */
static bool left_in_order(size_t n) {
  bool good = fake_wire_count == n;
  for (size_t i = 0; i < n && good; ++i) {
    good = fake_wire[i].n == m[i].n &&
           (m[i].n == 0 || fake_wire[i].first == (int)(unsigned char)i);
  }
  return good;
}

/* Whether a batch of two becomes a train: what the socket remembers. */
static bool makes_trains(skt *s) {
  skt_message two[2] = {m[0], m[0]};
  step_count = 0;
  step("send_packets", 1);
  step("send_packets", 1);
  fake_script(steps);
  skt_send(s, two, 2, NULL);
  bool train = fake_packet_count == 1 && fake_packets[0].segment == m[0].n;
  return train;
}

static const int refusals[] = {SKT_EIO, SKT_EINVAL, SKT_EMSGSIZE};

TEST(train_faults, refused_at_the_start_goes_singly_in_the_same_call) {
  for (int i = 0; i < 3; ++i) {
    skt s = sender(FREE);
    size_t sent = 9;
    batch(0, 10, 3, "127.0.0.1:7");
    new_script();
    step("get_option", 0);
    step("send_packets", refusals[i]);
    packets_go(10);
    CHECK_EQ(skt_send(&s, m, 10, &sent), 0);
    CHECK_EQ(sent, 10);
    CHECK_PLAYED();
    CHECK(left_in_order(10));
    CHECK_EQ(fake_packets[0].segment, 0);
    CHECK_EQ(makes_trains(&s), refusals[i] == SKT_EMSGSIZE);
  }
}

/* Others of its batch have gone; one after it is single, too. */
TEST(train_faults, refused_in_the_middle_goes_singly_in_the_same_call) {
  for (int i = 0; i < 6; ++i) {
    skt s = sender(i < 3 ? FREE : CONNECTED);
    const char *peer = i < 3 ? "127.0.0.1:7" : NULL;
    size_t sent = 9;
    batch(0, 5, 3, peer);
    batch(5, 5, 7, peer);
    batch(10, 5, 9, peer);
    new_script();
    step("get_option", 0);
    step("send_packets", 1);
    step("send_packets", refusals[i % 3]);
    if (i < 3) {
      packets_go(10);
    } else {
      for (int j = 0; j < 10; ++j) {
        step("send_packets", 1);
      }
    }
    CHECK_EQ(skt_send(&s, m, 15, &sent), 0);
    CHECK_EQ(sent, 15);
    CHECK_PLAYED();
    CHECK(left_in_order(15));
    CHECK_EQ(fake_packets[0].segment, 3);
    CHECK_EQ(fake_packets[1].segment, 0);
    CHECK_EQ(makes_trains(&s), refusals[i % 3] == SKT_EMSGSIZE);
  }
}

/* A block of the caller's, in the middle of which the route changes. */
TEST(train_faults, refused_block_goes_on_singly_where_it_was) {
  skt s = sender(CONNECTED);
  size_t sent = 9;
  batch(0, 1, 300, NULL);
  m[0].segment = 3;
  for (int i = 0; i < 300; ++i) {
    bytes[i] = (char)(i / 3);
  }
  new_script();
  step("get_option", 0);
  step("send_packets", 1);
  step("send_packets", SKT_EIO);
  for (int i = 64; i < 100; ++i) {
    step("send_packets", 1);
  }
  CHECK_EQ(skt_send(&s, m, 1, &sent), 0);
  CHECK_EQ(sent, 100);
  CHECK_PLAYED();
  CHECK_EQ(fake_wire_count, 100);
  for (int i = 0; i < 100; ++i) {
    CHECK_EQ(fake_wire[i].n, 3);
    CHECK_EQ(fake_wire[i].first, i);
  }
}

/* Then the code is the message's, and is not about trains. */
TEST(train_faults, refused_single_too_is_the_messages_own_and_not_remembered) {
  static const int codes[] = {SKT_EIO, SKT_EINVAL, SKT_EMSGSIZE, SKT_EACCES};
  for (int i = 0; i < 12; ++i) {
    skt s = sender(FREE);
    size_t sent = 9;
    batch(0, 10, 3, "127.0.0.1:7");
    new_script();
    step("get_option", 0);
    step("send_packets", refusals[i % 3]);
    step("send_packets", codes[i / 3]);
    CHECK_EQ(skt_send(&s, m, 10, &sent), codes[i / 3]);
    CHECK_EQ(sent, 0);
    CHECK_PLAYED();
    CHECK(makes_trains(&s));
  }
}

/* A single datagram is no train, whose refusal would be tried again. */
TEST(train_faults, refused_single_is_asked_once) {
  for (int i = 0; i < 3; ++i) {
    skt s = sender(FREE);
    size_t sent = 9;
    batch(0, 1, 3, "127.0.0.1:7");
    batch(1, 1, 5, "127.0.0.1:7");
    new_script();
    step("get_option", 0);
    step("send_packets", refusals[i]);
    CHECK_EQ(skt_send(&s, m, 2, &sent), refusals[i]);
    CHECK_EQ(sent, 0);
    CHECK_PLAYED();
    CHECK(makes_trains(&s));
  }
}

/* Nothing says yet whether the train was the reason. */
TEST(train_faults, no_room_after_a_refusal_is_not_remembered) {
  skt s = sender(FREE | SKT_NONBLOCK);
  size_t sent = 9;
  batch(0, 10, 3, "127.0.0.1:7");
  new_script();
  step("get_option", 0);
  step("send_packets", SKT_EIO);
  step("send_packets", SKT_EAGAIN);
  CHECK_EQ(skt_send(&s, m, 10, &sent), SKT_EAGAIN);
  CHECK_EQ(sent, 0);
  CHECK_PLAYED();
  CHECK(makes_trains(&s));
}

TEST(train_faults, signal_after_a_refusal_changes_nothing) {
  skt s = sender(FREE);
  size_t sent = 9;
  batch(0, 10, 3, "127.0.0.1:7");
  new_script();
  step("get_option", 0);
  step("send_packets", SKT__EINTR);
  step("send_packets", SKT_EIO);
  step("send_packets", SKT__EINTR);
  packets_go(10);
  CHECK_EQ(skt_send(&s, m, 10, &sent), 0);
  CHECK_EQ(sent, 10);
  CHECK_PLAYED();
  CHECK(left_in_order(10));
  CHECK(!makes_trains(&s));
}

/* Sockets without the option, and others than UDP's. */
TEST(train_faults, none_are_made_where_there_are_none) {
  static const int kinds[] = {FREE, SKT_IPV4 | SKT_RAW | SKT_BOUND};
  for (int i = 0; i < 2; ++i) {
    skt s = sender(kinds[i]);
    size_t sent = 9;
    batch(0, 10, 3, "127.0.0.1:7");
    new_script();
    if (i == 0) {
      step("get_option", SKT_EOPNOTSUPP);
    }
    packets_go(10);
    CHECK_EQ(skt_send(&s, m, 10, &sent), 0);
    CHECK_EQ(sent, 10);
    CHECK_PLAYED();
    CHECK(left_in_order(10));
    CHECK_EQ(fake_packets[0].segment, 0);
    CHECK(!makes_trains(&s)); /* nor is it asked again */
  }
}

TEST(train_faults, switch_asks_the_system_only_when_it_is_turned_on) {
  skt s = sender(FREE);
  int value = 9;
  batch(0, 2, 3, "127.0.0.1:7");
  new_script();
  CHECK_EQ(skt_set_option(&s, SKT_OPT_SEND_TRAINS, 0), 0);
  CHECK_EQ(skt_get_option(&s, SKT_OPT_SEND_TRAINS, &value), 0);
  CHECK_EQ(value, 0);
  CHECK_PLAYED();
  CHECK(!makes_trains(&s));
  new_script();
  step("get_option", SKT_EOPNOTSUPP);
  CHECK_EQ(skt_set_option(&s, SKT_OPT_SEND_TRAINS, 1), SKT_EOPNOTSUPP);
  CHECK_PLAYED();
  new_script();
  step("get_option", 0);
  CHECK_EQ(skt_set_option(&s, SKT_OPT_SEND_TRAINS, 1), 0);
  CHECK_PLAYED();
}

/* One plain message, and one with a choice: no question. */
TEST(train_faults, one_message_asks_nothing) {
  skt s = sender(FREE);
  size_t sent = 9;
  batch(0, 1, 3, "127.0.0.1:7");
  new_script();
  step("send_to", 3);
  CHECK_EQ(skt_send(&s, m, 1, &sent), 0);
  CHECK_EQ(sent, 1);
  CHECK_PLAYED();
  m[0].use = SKT_HAS_HOPS;
  m[0].hops = 5;
  new_script();
  step("send_packets", 1);
  CHECK_EQ(skt_send(&s, m, 1, &sent), 0);
  CHECK_EQ(sent, 1);
  CHECK_PLAYED();
  CHECK_EQ(fake_packets[0].choices.hops, 5);
  CHECK_EQ(fake_packets[0].segment, 0);
}

/*
 * What ends a train
 */

static void longer(skt_message *x) { ++x->n; }
static void much_longer(skt_message *x) { x->n = SIZE_MAX - 2; }
static void empty(skt_message *x) { x->n = 0; }
static void in_pieces(skt_message *x) {
  static const skt_buffer pieces[1] = {{bytes, 3}};
  x->pieces = pieces;
  x->count = 1;
}
static void segmented(skt_message *x) { x->segment = 3; }
static void other_port(skt_message *x) { skt_addr_set_port(&x->peer, 8); }
static void other_hops(skt_message *x) { x->hops = 6; }
static void other_class(skt_message *x) { x->traffic_class = 6; }
static void other_device(skt_message *x) { x->device = 6; }
static void other_local(skt_message *x) {
  skt_addr_parse(&x->local, "127.0.0.2:0");
}
static void fewer(skt_message *x) { x->use = SKT_HAS_HOPS; }

/* Five messages, of which the third is not like the others. */
TEST(train_ends, before_a_message_that_differs) {
  static void (*const differ[])(skt_message *) = {
      longer,     empty,       in_pieces,    segmented,   other_port,
      other_hops, other_class, other_device, other_local, fewer};
  for (size_t i = 0; i < sizeof differ / sizeof *differ; ++i) {
    skt s = sender(FREE);
    size_t sent = 9;
    batch(0, 5, 3, "127.0.0.1:7");
    for (int j = 0; j < 5; ++j) {
      m[j].use = SKT_HAS_HOPS | SKT_HAS_CLASS | SKT_HAS_DEVICE | SKT_HAS_LOCAL;
      m[j].hops = 5;
      m[j].traffic_class = 5;
      m[j].device = 5;
      skt_addr_parse(&m[j].local, "127.0.0.1:0");
    }
    differ[i](&m[2]);
    new_script();
    step("get_option", 0);
    packets_go(differ[i] == segmented ? 2 : 3); /* that can lead, not follow */
    CHECK_EQ(skt_send(&s, m, 5, &sent), 0);
    CHECK_EQ(sent, 5);
    CHECK_PLAYED();
    CHECK(fake_wire_count == 5);
    CHECK_EQ(fake_packets[0].bytes, 6);
    CHECK_EQ(fake_packets[0].segment, 3);
    CHECK_EQ(fake_packets[0].pieces, 2);
    CHECK_EQ(fake_packets[0].choices.hops, 5);
    CHECK_EQ(fake_packets[0].choices.traffic_class, 5);
    CHECK_EQ(fake_packets[0].choices.device, 5);
  }
}

/* Of IPv6 the first half of an address is a network; and the scope counts. */
TEST(train_ends, before_another_peer_of_the_same_network) {
  static const char *const peers[] = {"[2001:db8::1]:7", "[2001:db8::2]:7",
                                      "[fe80::1]:7", "[fe80::1]:7"};
  skt s = sender(SKT_IPV6 | SKT_DATAGRAM | SKT_BOUND);
  for (int i = 0; i < 4; ++i) {
    batch(2 * (size_t)i, 2, 3, peers[i]);
  }
  for (int i = 4; i < 8; ++i) {
    CHECK_EQ(skt_addr_set_scope(&m[i].peer, i < 6 ? 1 : 2), 0);
  }
  new_script();
  step("get_option", 0);
  packets_go(4);
  CHECK_EQ(skt_send(&s, m, 8, NULL), 0);
  CHECK_PLAYED();
  CHECK(left_in_order(8));
  for (int i = 0; i < 4; ++i) {
    CHECK_EQ(fake_packets[i].bytes, 6);
  }
}

/* The one that is refused is reached; a length near SIZE_MAX wraps no sum. */
TEST(train_ends, before_a_message_that_is_refused) {
  skt s = sender(FREE);
  size_t sent = 9;
  batch(0, 3, 3, "127.0.0.1:7");
  much_longer(&m[2]);
  new_script();
  step("get_option", 0);
  step("send_packets", 1);
  CHECK_EQ(skt_send(&s, m, 3, &sent), SKT_EINVAL);
  CHECK_EQ(sent, 2);
  CHECK_PLAYED();
}

/* A choice that is not made does not count. */
TEST(train_ends, not_at_what_is_not_used) {
  skt s = sender(FREE);
  batch(0, 3, 3, "127.0.0.1:7");
  m[1].hops = 9;
  m[1].traffic_class = 9;
  m[1].device = 9;
  skt_addr_parse(&m[1].local, "127.0.0.2:0");
  new_script();
  step("get_option", 0);
  step("send_packets", 1);
  CHECK_EQ(skt_send(&s, m, 3, NULL), 0);
  CHECK_PLAYED();
  CHECK_EQ(fake_packets[0].segment, 3);
}

TEST(train_ends, after_a_shorter_message) {
  skt s = sender(FREE);
  batch(0, 6, 3, "127.0.0.1:7");
  m[2].n = 1;
  new_script();
  step("get_option", 0);
  packets_go(2);
  CHECK_EQ(skt_send(&s, m, 6, NULL), 0);
  CHECK_PLAYED();
  CHECK(left_in_order(6));
  CHECK_EQ(fake_packets[0].bytes, 7);
  CHECK_EQ(fake_packets[1].bytes, 9);
}

TEST(train_ends, after_64_messages_or_65000_bytes) {
  static const size_t cases[][5] = {
      /* count, length; packets, the first's */
      {64, 3, 1, 192, 64},     {65, 3, 2, 192, 64},
      {5, 13000, 1, 65000, 5}, {6, 13000, 2, 65000, 5},
      {5, 13001, 2, 52004, 4}, {2, 32500, 1, 65000, 2},
      {2, 32501, 2, 32501, 1}, {2, 65000, 2, 65000, 1},
      {3, 21667, 2, 43334, 2}};
  for (int i = 0; i < 9; ++i) {
    for (int block = 0; block < 2; ++block) {
      const size_t *c = cases[i];
      skt s = sender(FREE);
      size_t sent = 9;
      batch(0, c[0], c[1], "127.0.0.1:7");
      static char all[130000];
      if (block == 1) {
        m[0].data = all;
        m[0].segment = m[0].n;
        m[0].n *= c[0];
      }
      new_script();
      step("get_option", 0);
      packets_go(c[2]);
      CHECK_EQ(skt_send(&s, m, block == 1 ? 1 : c[0], &sent), 0);
      CHECK_EQ(sent, c[0]);
      CHECK_PLAYED();
      CHECK_EQ(fake_packets[0].bytes, c[3]);
      CHECK_EQ(fake_packets[0].pieces, block == 1 ? 1 : c[4]);
      CHECK_EQ(fake_packets[0].segment, c[4] > 1 ? c[1] : 0);
      CHECK_EQ(fake_wire_count, c[0]);
    }
  }
}

/* Two trains of 64 fill the places for pieces of a call. */
TEST(train_ends, with_the_room_of_a_call) {
  skt s = sender(FREE);
  size_t sent = 9;
  batch(0, 1, 9, "127.0.0.1:7");
  batch(1, 199, 3, "127.0.0.1:7");
  new_script();
  step("get_option", 0);
  if (skt__system.messages_a_call > 1) {
    step("send_packets", 3); /* 1, 64 and 63 pieces */
    step("send_packets", 2);
  } else {
    packets_go(5);
  }
  batch(1, 199, 3, "127.0.0.1:7");
  m[0].n = 2; /* shorter, so that it leads no train */
  CHECK_EQ(skt_send(&s, m, 200, &sent), 0);
  CHECK_EQ(sent, 200);
  CHECK_PLAYED();
  CHECK(left_in_order(200));
}

/*
 * Batches without trains
 */

static void without_trains(skt *s) {
  (void)skt_set_option(s, SKT_OPT_SEND_TRAINS, 0);
}

/* Whatever a call takes, the next begins with what has not gone. */
TEST(batch_faults, part_of_a_call_is_resumed_exactly) {
  for (size_t took = 1; took < 64; ++took) {
    skt s = sender(FREE);
    size_t sent = 9;
    without_trains(&s);
    batch(0, 150, 3, "127.0.0.1:7");
    new_script();
    if (skt__system.messages_a_call > 1) {
      step("send_packets", (long long)took);
      step("send_packets", 64);
      step("send_packets", 1);
      packets_go(150 - took - 65);
    } else {
      packets_go(150);
    }
    CHECK_EQ(skt_send(&s, m, 150, &sent), 0);
    CHECK_EQ(sent, 150);
    CHECK_PLAYED();
    CHECK(left_in_order(150));
  }
}

/* The call that took a part has lost the reason (sendmmsg); the next one, which
 * begins there, returns it. */
TEST(batch_faults, code_is_that_of_the_message_that_stops_it) {
  static const int codes[] = {SKT_EAGAIN, SKT_EINVAL,      SKT_EMSGSIZE,
                              SKT_EACCES, SKT_ENETUNREACH, SKT_ENOBUFS,
                              SKT_EIO};
  for (int i = 0; i < 7; ++i) {
    skt s = sender(FREE | SKT_NONBLOCK);
    size_t sent = 9;
    without_trains(&s);
    batch(0, 100, 3, "127.0.0.1:7");
    new_script();
    packets_go(70);
    step("send_packets", codes[i]);
    CHECK_EQ(skt_send(&s, m, 100, &sent), codes[i]);
    CHECK_EQ(sent, 70);
    CHECK_PLAYED();
    CHECK(left_in_order(70));
  }
}

TEST(batch_faults, signals_and_full_buffers_in_the_middle_lose_nothing) {
  skt s = sender(FREE);
  size_t sent = 9;
  without_trains(&s);
  batch(0, 100, 3, "127.0.0.1:7");
  new_script();
  step("send_packets", SKT__EINTR);
  packets_go(64);
  step("send_packets", SKT__EINTR);
  step("send_packets", SKT__EINTR);
  step("send_packets", 1);
  step("send_packets", SKT_EAGAIN); /* other code made it non-blocking */
  step("wait", SKT_WRITE);
  packets_go(35);
  CHECK_EQ(skt_send(&s, m, 100, &sent), 0);
  CHECK_EQ(sent, 100);
  CHECK_PLAYED();
  CHECK(left_in_order(100));
}

TEST(batch_faults, cancel_in_the_middle_counts_what_went) {
  skt s = sender(FREE);
  size_t sent = 9;
  without_trains(&s);
  batch(0, 100, 3, "127.0.0.1:7");
  new_script();
  packets_go(64);
  step("send_packets", SKT__EINTR);
  step("is_cancelled", 0);
  fake_cancelled = &s;
  CHECK_EQ(skt_send(&s, m, 100, &sent), SKT_ECANCELED);
  CHECK_EQ(sent, 64);
  CHECK_PLAYED();
}

/* Without a peer, an ICMP error is about an earlier message. */
TEST(batch_faults, stray_errors_stop_no_batch_without_a_peer) {
  static const int strays[] = {SKT_ECONNREFUSED, SKT_ECONNRESET, SKT_EHOSTDOWN};
  for (int i = 0; i < 3; ++i) {
    skt s = sender(FREE);
    size_t sent = 9;
    without_trains(&s);
    batch(0, 10, 3, "127.0.0.1:7");
    new_script();
    step("send_packets", strays[i]);
    packets_go(skt__system.messages_a_call > 1 ? 5 : 1);
    step("send_packets", strays[i]);
    packets_go(skt__system.messages_a_call > 1 ? 5 : 9);
    CHECK_EQ(skt_send(&s, m, 10, &sent), 0);
    CHECK_EQ(sent, 10);
    CHECK_PLAYED();
    CHECK(left_in_order(10));
    new_script(); /* two for one message are its own */
    step("send_packets", 1);
    step("send_packets", strays[i]);
    step("send_packets", strays[i]);
    CHECK_EQ(skt_send(&s, m, 10, &sent),
             strays[i] == SKT_EHOSTDOWN ? SKT_EHOSTUNREACH : SKT_ECONNREFUSED);
    CHECK_EQ(sent, 1);
    CHECK_PLAYED();
  }
}

/* With a peer each call has one packet, so that no error gets lost, and is
 * reported with what went before it. */
TEST(batch_faults, error_of_the_peer_is_reported_and_loses_nothing) {
  static const int errors[][2] = {{SKT_ECONNREFUSED, SKT_ECONNREFUSED},
                                  {SKT_ECONNRESET, SKT_ECONNREFUSED},
                                  {SKT_EHOSTDOWN, SKT_EHOSTUNREACH},
                                  {SKT_EHOSTUNREACH, SKT_EHOSTUNREACH}};
  for (int i = 0; i < 4; ++i) {
    skt s = sender(CONNECTED);
    size_t sent = 9, more = 9;
    without_trains(&s);
    batch(0, 10, 3, NULL);
    new_script();
    for (int j = 0; j < 4; ++j) {
      step("send_packets", 1);
    }
    step("send_packets", errors[i][0]);
    for (int j = 4; j < 10; ++j) {
      step("send_packets", 1);
    }
    CHECK_EQ(skt_send(&s, m, 10, &sent), errors[i][1]);
    CHECK_EQ(sent, 4);
    CHECK_EQ(fake_count, 1);
    CHECK_EQ(skt_send(&s, m + sent, 10 - sent, &more), 0);
    CHECK_EQ(more, 6);
    CHECK_PLAYED();
    CHECK(left_in_order(10));
  }
}

/* A train is one call, also with a peer; a unix peer has no ICMP errors. */
TEST(batch_faults, connected_sockets_have_trains_or_long_calls) {
  skt s = sender(CONNECTED);
  batch(0, 10, 3, NULL);
  new_script();
  step("get_option", 0);
  step("send_packets", 1);
  CHECK_EQ(skt_send(&s, m, 10, NULL), 0);
  CHECK_PLAYED();
  CHECK_EQ(fake_packets[0].port, -1);
  skt u = sender(SKT_UNIX | SKT_DATAGRAM | SKT_CONNECTED);
  new_script();
  packets_go(10);
  CHECK_EQ(skt_send(&u, m, 10, NULL), 0);
  CHECK_PLAYED();
  CHECK(left_in_order(10));
}

/* Of IPv4 peers of an IPv6 socket a call takes 16, whose form is another. */
TEST(batch_faults, ipv4_peers_of_an_ipv6_socket_are_mapped_in_any_number) {
  skt s = sender(SKT_IPV6 | SKT_DATAGRAM | SKT_BOUND);
  size_t sent = 9;
  s.kind |= SKT_DUAL_STACK;
  without_trains(&s);
  batch(0, 40, 3, "127.0.0.1:7");
  batch(30, 3, 3, "[::1]:9");
  for (int i = 0; i < 40; ++i) {
    CHECK_EQ(skt_addr_set_port(&m[i].peer, 1000 + i), 0);
  }
  new_script();
  if (skt__system.messages_a_call > 1) {
    step("send_packets", 16);
    step("send_packets", 14 + 3 + 2);
    step("send_packets", 5);
  } else {
    packets_go(40);
  }
  CHECK_EQ(skt_send(&s, m, 40, &sent), 0);
  CHECK_EQ(sent, 40);
  CHECK_PLAYED();
  CHECK(left_in_order(40));
  for (int i = 0; i < 40; ++i) {
    CHECK_EQ(fake_wire[i].port, 1000 + i);
  }
}

static void no_peer(skt_message *x) { x->peer = (skt_addr){.length = 0}; }
static void no_data(skt_message *x) { x->data = NULL; }
static void sum_wraps(skt_message *x) {
  static const skt_buffer pieces[3] = {
      {bytes, 2}, {bytes, SIZE_MAX}, {bytes, 1}};
  x->pieces = pieces;
  x->count = 3;
}
static void no_piece(skt_message *x) {
  static const skt_buffer pieces[2] = {{bytes, 2}, {NULL, 1}};
  x->pieces = pieces;
  x->count = 2;
}
static void many_pieces(skt_message *x) {
  static skt_buffer pieces[SKT__VECTOR_MAX + 1];
  x->pieces = pieces;
  x->count = SKT__VECTOR_MAX + 1;
}
static void use_unknown(skt_message *x) { x->use = SKT_HAS_SIZE; }

/* What skt can see is refused without a call of the system. */
TEST(batch_faults, malformed_message_is_never_passed_on) {
  static const struct {
    void (*make)(skt_message *);
    int code;
  } bad[] = {{no_peer, SKT_ENOTCONN},     {no_data, SKT_EFAULT},
             {sum_wraps, SKT_EINVAL},     {no_piece, SKT_EFAULT},
             {many_pieces, SKT_EMSGSIZE}, {use_unknown, SKT_EINVAL},
             {much_longer, SKT_EINVAL}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
    skt s = sender(FREE);
    size_t sent = 9;
    batch(0, 4, 3, "127.0.0.1:7");
    bad[i].make(&m[2]);
    new_script();
    step("get_option", 0);
    step("send_packets", 1);
    CHECK_EQ(skt_send(&s, m, 4, &sent), bad[i].code);
    CHECK_EQ(sent, 2);
    CHECK_PLAYED();
    CHECK_EQ(fake_count, 1);
  }
}

/* Neither is a peer of a connected socket, with trains, after one that was
 * refused, or without. */
TEST(batch_faults, peer_of_a_connected_socket_is_never_passed_on) {
  for (int i = 0; i < 3; ++i) {
    skt s = sender(CONNECTED);
    size_t sent = 9;
    batch(0, 4, 3, NULL);
    batch(4, 4, 3, "127.0.0.1:7");
    new_script();
    if (i == 2) {
      without_trains(&s);
    } else {
      step("get_option", 0);
      step("send_packets", i == 0 ? 1 : SKT_EIO);
    }
    for (int j = 0; i > 0 && j < 4; ++j) {
      step("send_packets", 1);
    }
    CHECK_EQ(skt_send(&s, m, 8, &sent), SKT_EISCONN);
    CHECK_EQ(sent, 4);
    CHECK_PLAYED();
  }
}

/* Only where the peer can be of either domain, and once for a batch. */
TEST(batch_faults, domain_of_the_peer_is_asked_for_choices_alone) {
  skt s = sender(SKT_IPV6 | SKT_DATAGRAM | SKT_CONNECTED | SKT_DUAL_STACK);
  without_trains(&s);
  batch(0, 3, 3, NULL);
  new_script();
  for (int i = 0; i < 3; ++i) {
    step("send_packets", 1);
  }
  CHECK_EQ(skt_send(&s, m, 3, NULL), 0);
  CHECK_PLAYED();
  m[1].use = m[2].use = SKT_HAS_HOPS;
  m[1].hops = m[2].hops = 5;
  for (int failed = 0; failed < 2; ++failed) {
    skt_addr_parse(&fake_to, "127.0.0.1:7");
    new_script();
    step("peer", failed == 1 ? SKT_ENOTCONN : 0);
    for (int i = 0; i < 3; ++i) {
      step("send_packets", 1);
    }
    CHECK_EQ(skt_send(&s, m, 3, NULL), 0);
    CHECK_PLAYED();
    CHECK_EQ(fake_packets[2].choices.hops, 5);
  }
  s.kind &= (uint16_t)~SKT_DUAL_STACK;
  new_script();
  for (int i = 0; i < 3; ++i) {
    step("send_packets", 1);
  }
  CHECK_EQ(skt_send(&s, m, 3, NULL), 0);
  CHECK_PLAYED();
}

/* Two codes of a system have one name; any other stays. */
TEST(batch_faults, wrong_source_or_interface_has_its_name) {
  static const int codes[] = {SKT_EINVAL, SKT_ENETUNREACH, SKT_EACCES};
  for (int i = 0; i < 3; ++i) {
    bool asks = i < 2;
    for (int foreign = 0; foreign < 2; ++foreign) {
      skt s = sender(FREE);
      batch(0, 1, 3, "127.0.0.1:7");
      m[0].use = SKT_HAS_LOCAL | SKT_HAS_DEVICE;
      m[0].device = 7;
      skt_addr_parse(&m[0].local, "127.0.0.2:0");
      new_script();
      step("send_packets", codes[i]);
      if (asks) {
        step("start", 0);
        step("socket", 0);
        step("bind", foreign != 0 ? SKT_EADDRNOTAVAIL : 0);
        step("close", 0);
      }
      CHECK_EQ(skt_send(&s, m, 1, NULL),
               asks && foreign != 0 ? SKT_EADDRNOTAVAIL : codes[i]);
      CHECK_PLAYED();
      m[0].device = 8; /* of which the fake system has none */
      new_script();
      step("send_packets", codes[i]);
      CHECK_EQ(skt_send(&s, m, 1, NULL), asks ? SKT_ENODEV : codes[i]);
      CHECK_PLAYED();
      m[0].use = SKT_HAS_HOPS;
      m[0].hops = 1;
      new_script();
      step("send_packets", codes[i]);
      CHECK_EQ(skt_send(&s, m, 1, NULL), codes[i]);
      CHECK_PLAYED();
    }
  }
}
