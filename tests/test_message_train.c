/* SPDX-License-Identifier: MIT */
/* Trains: how batches become them and how they arrive. Most tests hold without
 * them too, and are then about single messages. */
#include <string.h>

#include "messages.h"
#include "peer.h"
#include "skt_test.h"

enum { TRAIN_ROOM = 65536, COUNT = 64, LONG = 200000 };
static char bytes[LONG], buffer[4 * TRAIN_ROOM];
static skt_message batch[256], got[256];

typedef struct line {
  skt a, b;
  skt_addr at_a, at_b;
} line;

/* From a socket to one that receives trains, if there are any. */
static bool open_line(line *l, int domain) {
  *l = (line){SKT_NONE, SKT_NONE, SKT_NONE, SKT_NONE};
  fill_bytes(bytes, sizeof bytes);
  return datagram_at(domain, &l->a, &l->at_a) &&
         (trains_here() ? train_receiver(domain, &l->b, &l->at_b)
                        : datagram_at(domain, &l->b, &l->at_b));
}

static void close_line(line *l) {
  skt_close(&l->a);
  skt_close(&l->b);
}

/* Receive n datagrams, each of one train or alone. Each is checked against the
 * bytes that follow those before it; lengths[i % kinds] is its length. */
static bool arrive(line *l, size_t n, const size_t *lengths, size_t kinds) {
  size_t done = 0, at = 0;
  while (done < n) {
    int rc = skt_receive(&l->b, buffer, sizeof buffer, got, 3);
    if (rc <= 0) {
      return test_check_eq(__FILE__, __LINE__, "arrived", (long long)done,
                           (long long)n);
    }
    for (int i = 0; i < rc; ++i) {
      skt_message one;
      for (; skt_next(&got[i], &one); ++done) {
        if (one.n != lengths[done % kinds] || one.segment != 0 ||
            one.size != one.n || one.cut ||
            skt_addr_compare(&one.peer, &l->at_a) != 0 ||
            memcmp(one.data, bytes + at, one.n) != 0) {
          return test_check_eq(__FILE__, __LINE__, "datagram differs",
                               (long long)done, -1);
        }
        at += one.n;
      }
    }
  }
  return done == n && is_drained(&l->b);
}

TEST(trains, run_of_one_length_and_a_shorter_last_is_one_block) {
  NEED_TRAINS();
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    line l;
    size_t sent = 0;
    skt_message one;
    CHECK(open_line(&l, *domain));
    for (int i = 0; i < COUNT; ++i) {
      batch[i] = message_of(bytes + i * 100, i + 1 < COUNT ? 100 : 40, &l.at_b);
    }
    CHECK_EQ(skt_send(&l.a, batch, COUNT, &sent), 0);
    CHECK_EQ(sent, COUNT);
    CHECK_EQ(skt_receive(&l.b, buffer, TRAIN_ROOM, got, 1), 1);
    CHECK_EQ(got[0].segment, 100);
    CHECK_EQ(got[0].n, 63 * 100 + 40);
    CHECK_EQ(got[0].size, got[0].n);
    CHECK(!got[0].cut);
    CHECK_EQ(memcmp(got[0].data, bytes, got[0].n), 0);
    for (int i = 0; i < COUNT; ++i) {
      CHECK(skt_next(&got[0], &one));
      CHECK_EQ(one.n, batch[i].n);
      CHECK_EQ(memcmp(one.data, batch[i].data, one.n), 0);
      CHECK_EQ(skt_addr_compare(&one.peer, &l.at_a), 0);
    }
    CHECK(!skt_next(&got[0], &one));
    close_line(&l);
  }
}

/* A batch of everything: trains, a shorter one that ends a train, one that is
 * longer, empty ones. */
TEST(trains, mixed_batch_arrives_in_its_order) {
  static const size_t lengths[] = {100, 100, 100, 40, 100, 500, 500, 1, 0, 1,
                                   1,   1,   2,   2,  0,   0,   9,   9, 9, 8};
  enum { KINDS = sizeof lengths / sizeof *lengths, N = 10 * KINDS };
  for (int peer = 0; peer < 2; ++peer) {
    line l;
    size_t sent = 0, at = 0;
    CHECK(open_line(&l, SKT_IPV4));
    CHECK(peer == 0 || skt_connect(&l.a, &l.at_b) == 0);
    CHECK_EQ(skt_local(&l.a, &l.at_a), 0);
    for (int i = 0; i < N; ++i) {
      batch[i] = message_of(bytes + at, lengths[i % KINDS],
                            peer == 0 ? &l.at_b : NULL);
      at += batch[i].n;
    }
    CHECK_EQ(skt_send(&l.a, batch, N, &sent), 0);
    CHECK_EQ(sent, N);
    CHECK(arrive(&l, N, lengths, KINDS));
    close_line(&l);
  }
}

/* Peers in turn: each gets its own, in order. */
TEST(trains, are_of_one_peer) {
  line l, other;
  CHECK(open_line(&l, SKT_IPV4));
  CHECK(open_line(&other, SKT_IPV4));
  for (int i = 0; i < COUNT; ++i) {
    bool here = i % 4 < 2;
    batch[i] = message_of(bytes + i / 4 * 20 + i % 2 * 10, 10,
                          here ? &l.at_b : &other.at_b);
  }
  CHECK_EQ(skt_send(&l.a, batch, COUNT, NULL), 0);
  CHECK(arrive(&l, COUNT / 2, &(size_t){10}, 1));
  other.at_a = l.at_a;
  CHECK(arrive(&other, COUNT / 2, &(size_t){10}, 1));
  close_line(&l);
  close_line(&other);
}

/* The caller's own block, of any length: also one that no train can have. */
TEST(trains, ready_made_one_is_sent_in_its_segments) {
  static const size_t sizes[][2] = {
      {6400, 100},   {6401, 100},   {1000, 1},  {70000, 1000}, {65000, 1000},
      {65001, 1000}, {66000, 1100}, {300, 299}, {65507, 40000}};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i) {
    line l;
    size_t sent = 0, n = sizes[i][0], segment = sizes[i][1];
    size_t full = n / segment, count = (n + segment - 1) / segment;
    static size_t lengths[1000];
    CHECK(open_line(&l, SKT_IPV4));
    skt_message m = message_of(bytes, n, &l.at_b);
    m.segment = segment;
    CHECK_EQ(skt_send(&l.a, &m, 1, &sent), 0);
    CHECK_EQ(sent, count);
    for (size_t j = 0; j < count; ++j) {
      lengths[j] = j < full ? segment : n % segment;
    }
    CHECK(arrive(&l, count, lengths, count));
    close_line(&l);
  }
}

/* Of one segment or less it is one message; between others. */
TEST(trains, one_segment_is_one_message) {
  static const size_t segments[] = {10, 11, 65535};
  for (size_t i = 0; i < 3; ++i) {
    line l;
    size_t sent = 0;
    CHECK(open_line(&l, SKT_IPV4));
    for (int j = 0; j < 3; ++j) {
      batch[j] = message_of(bytes + j * 10, 10, &l.at_b);
    }
    batch[1].segment = segments[i];
    CHECK_EQ(skt_send(&l.a, batch, 3, &sent), 0);
    CHECK_EQ(sent, 3);
    CHECK(arrive(&l, 3, &(size_t){10}, 1));
    CHECK_EQ(skt_send(&l.a, batch + 1, 1, &sent), 0);
    CHECK_EQ(sent, 1);
    CHECK_EQ(skt_receive(&l.b, buffer, TRAIN_ROOM, got, 1), 1);
    CHECK_EQ(got[0].n, 10);
    close_line(&l);
  }
}

TEST(trains, longer_than_65000_bytes_are_several) {
  NEED_TRAINS();
  line l;
  size_t sent = 0;
  CHECK(open_line(&l, SKT_IPV4));
  for (int i = 0; i < 20; ++i) {
    batch[i] = message_of(bytes + i * 5000, 5000, &l.at_b);
  }
  CHECK_EQ(skt_send(&l.a, batch, 20, &sent), 0);
  CHECK_EQ(sent, 20);
  CHECK_EQ(skt_receive(&l.b, buffer, TRAIN_ROOM, got, 1), 1);
  CHECK_EQ(got[0].n, 65000);
  CHECK_EQ(got[0].segment, 5000);
  CHECK_EQ(skt_receive(&l.b, buffer, TRAIN_ROOM, got, 1), 1);
  CHECK_EQ(got[0].n, 35000);
  CHECK_EQ(memcmp(got[0].data, bytes + 65000, 35000), 0);
  close_line(&l);
}

/* The last message is what is left of the train; nothing is lost. */
TEST(trains, longer_than_the_array_leave_their_rest_in_the_last_message) {
  NEED_TRAINS();
  for (int capacity = 1; capacity <= 66; ++capacity) {
    line l;
    skt_message one;
    CHECK(open_line(&l, SKT_IPV4));
    skt_message m = message_of(bytes, 64 * 50 - 7, &l.at_b);
    m.segment = 50;
    CHECK_EQ(skt_send(&l.a, &m, 1, NULL), 0);
    memset(got, 0xff, sizeof got);
    int want = capacity < 64 ? capacity : 64;
    CHECK_EQ(skt_receive(&l.b, buffer, TRAIN_ROOM, got, (size_t)capacity),
             want);
    for (int i = 0; i + 1 < want; ++i) {
      CHECK_EQ(got[i].n, 50);
      CHECK_EQ(got[i].size, 50);
      CHECK_EQ(got[i].segment, 0);
      CHECK_EQ(got[i].has, SKT_HAS_SIZE);
      CHECK(got[i].pieces == NULL && !got[i].cut && got[i].count == 0);
      CHECK_EQ(memcmp(got[i].data, bytes + i * 50, 50), 0);
      CHECK_EQ(skt_addr_compare(&got[i].peer, &l.at_a), 0);
    }
    skt_message *last = &got[want - 1];
    CHECK_EQ(last->segment, want < 63 ? 50 : want == 63 ? 50 : 0);
    CHECK_EQ(last->size, last->n);
    int i = want - 1;
    for (; skt_next(last, &one); ++i) {
      CHECK_EQ(one.n, i < 63 ? 50 : 43);
      CHECK_EQ(memcmp(one.data, bytes + i * 50, one.n), 0);
    }
    CHECK_EQ(i, 64);
    close_line(&l);
  }
}

/* Several trains in a call, while 65536 bytes of the buffer are left. */
TEST(trains, several_are_received_into_one_buffer) {
  NEED_TRAINS();
  line l;
  CHECK(open_line(&l, SKT_IPV4));
  for (int i = 0; i < 6; ++i) {
    batch[i] = message_of(bytes + i * 100, 100, &l.at_b);
    batch[i].segment = 10 + (size_t)i;
  }
  CHECK_EQ(skt_send(&l.a, batch, 6, NULL), 0);
  CHECK_EQ(skt_receive(&l.b, buffer, TRAIN_ROOM + 150, got, 256), 20);
  CHECK_EQ(got[0].n, 10);
  CHECK_EQ(got[10].n, 11);
  CHECK_EQ(memcmp(got[10].data, bytes + 100, 11), 0);
  CHECK(got[10].data == buffer + 100);
  CHECK_EQ(skt_receive(&l.b, buffer, sizeof buffer, got, 12), 12);
  CHECK_EQ(got[11].segment, 13); /* nine of 12, two of 13, and the rest */
  CHECK_EQ(got[11].n, 100 - 2 * 13);
  CHECK_EQ(skt_receive(&l.b, buffer, sizeof buffer, got, 256), 8 + 7);
  CHECK(is_drained(&l.b));
  close_line(&l);
}

/* One value stands for all of a train's. */
TEST(trains, share_what_belongs_to_them) {
  NEED_TRAINS();
  NEED_CHOICES();
  static const int options[] = {SKT_OPT_RECEIVE_LOCAL, SKT_OPT_RECEIVE_HOPS,
                                SKT_OPT_RECEIVE_CLASS, SKT_OPT_RECEIVE_TIME};
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    line l;
    skt_message one;
    int all = SKT_HAS_SIZE | SKT_HAS_LOCAL | SKT_HAS_DEVICE | SKT_HAS_HOPS |
              SKT_HAS_CLASS;
    CHECK(open_line(&l, *domain));
    for (int i = 0; i < 4; ++i) {
      int rc = skt_set_option(&l.b, options[i], 1);
      CHECK(rc == 0 || rc == SKT_EOPNOTSUPP);
      all |= i == 3 && rc == 0 ? SKT_HAS_TIME : 0;
    }
    for (int i = 0; i < COUNT; ++i) {
      batch[i] = message_of(bytes, 10, &l.at_b);
      batch[i].use = SKT_HAS_HOPS | SKT_HAS_CLASS;
      batch[i].hops = 33;
      batch[i].traffic_class = i < COUNT / 2 ? 1 : 3;
    }
    CHECK_EQ(skt_send(&l.a, batch, COUNT, NULL), 0);
    skt_addr here = l.at_b;
    CHECK_EQ(skt_addr_set_port(&here, 0), 0);
    for (int half = 0; half < 2; ++half) {
      CHECK_EQ(skt_receive(&l.b, buffer, TRAIN_ROOM, got, 10), 10);
      for (int i = 0, n = 0; i < 10; ++i) {
        for (; skt_next(&got[i], &one); ++n) {
          CHECK_EQ(one.has, all);
          CHECK_EQ(one.hops, 33);
          CHECK_EQ(one.traffic_class, half == 0 ? 1 : 3);
          CHECK_EQ(one.use, SKT_HAS_LOCAL);
          CHECK(one.device != 0);
          CHECK_EQ(one.time_ns != 0, (all & SKT_HAS_TIME) != 0);
          CHECK_EQ(skt_addr_compare(&one.local, &here), 0);
          CHECK_EQ(skt_addr_compare(&one.peer, &l.at_a), 0);
        }
        CHECK(i < 9 || n == COUNT / 2);
      }
    }
    close_line(&l);
  }
}

TEST(trains, are_asked_for_before_bind_and_for_good) {
  skt s = SKT_NONE, bound = SKT_NONE, stream = SKT_NONE;
  skt_addr at;
  int value = 9;
  CHECK(datagram_at(SKT_IPV4, &bound, &at));
  CHECK_EQ(skt_socket(&stream, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_set_option(&stream, SKT_OPT_RECEIVE_TRAINS, 1), SKT_EINVAL);
  CHECK_EQ(skt_set_option(&stream, SKT_OPT_SEND_TRAINS, 1), SKT_EINVAL);
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_get_option(&s, SKT_OPT_RECEIVE_TRAINS, &value), 0);
  CHECK_EQ(value, 0);
  CHECK_EQ(skt_set_option(&s, SKT_OPT_RECEIVE_TRAINS, 2), SKT_EINVAL);
  int rc = skt_set_option(&s, SKT_OPT_RECEIVE_TRAINS, 1);
  if (rc == SKT_EOPNOTSUPP) {
    CHECK_EQ(skt_get_option(&s, SKT_OPT_RECEIVE_TRAINS, &value), 0);
    CHECK_EQ(value, 0);
    skt_close(&s);
    skt_close(&bound);
    skt_close(&stream);
    SKIP("this system receives no trains (Wine)");
  }
  CHECK_EQ(rc, 0);
  CHECK_EQ(skt_get_option(&s, SKT_OPT_RECEIVE_TRAINS, &value), 0);
  CHECK_EQ(value, 1);
  CHECK_EQ(skt_set_option(&s, SKT_OPT_RECEIVE_TRAINS, 0), SKT_EINVAL);
  CHECK_EQ(skt_set_option(&bound, SKT_OPT_RECEIVE_TRAINS, 1), SKT_EINVAL);
  CHECK_EQ(skt_get_option(&s, SKT_OPT_RECEIVE_TRAINS, &value), 0);
  CHECK_EQ(value, 1);
  skt_close(&s);
  skt_close(&bound);
  skt_close(&stream);
}

/* Every function that would cut a train refuses, and loses nothing. */
TEST(trains, are_received_by_skt_receive_alone) {
  NEED_TRAINS();
  for (int connected = 0; connected < 2; ++connected) {
    line l;
    skt_addr from;
    char one[8];
    size_t done;
    skt_buffer part = {one, sizeof one};
    CHECK(open_line(&l, SKT_IPV4));
    CHECK(connected == 0 || skt_connect(&l.b, &l.at_a) == 0);
    skt_message m = message_of(bytes, 100, &l.at_b);
    m.segment = 10;
    CHECK_EQ(skt_send(&l.a, &m, 1, NULL), 0);
    CHECK_EQ(skt_read(&l.b, one, 8), SKT_EINVAL);
    CHECK_EQ(skt_readv(&l.b, &part, 1), SKT_EINVAL);
    CHECK_EQ(skt_peek(&l.b, one, 8), SKT_EINVAL);
    CHECK(skt_read_all(&l.b, one, 8, &done) < 0);
    CHECK_EQ(skt_receive_from(&l.b, one, 8, &from, NULL), SKT_EINVAL);
    CHECK_EQ(skt_receive_from(&l.b, one, 8, NULL, NULL), SKT_EINVAL);
    CHECK_EQ(skt_receive(&l.b, buffer, TRAIN_ROOM - 1, got, 20), SKT_EINVAL);
    CHECK_EQ(skt_receive(&l.b, buffer, TRAIN_ROOM, got, 20), 10);
    CHECK(connected == 0 || skt_disconnect(&l.b) == 0);
    CHECK_EQ(skt_read(&l.b, one, 8), SKT_EINVAL);
    skt_message x = text_message("x", &l.at_a);
    CHECK_EQ(skt_send(&l.b, &x, 1, NULL), 0); /* sending is as usual */
    CHECK_EQ(skt_receive_from(&l.a, one, 8, NULL, NULL), 1);
    CHECK_EQ(skt_cancel(&l.b), 0);
    CHECK_EQ(skt_read(&l.b, one, 8), SKT_ECANCELED);
    close_line(&l);
  }
}

TEST(trains, refused_peer_is_reported_and_loses_none) {
  NEED_TRAINS();
  line l;
  CHECK(open_line(&l, SKT_IPV4));
  CHECK_EQ(skt_connect(&l.b, &l.at_a), 0);
  skt_message m = message_of(bytes, 100, &l.at_b);
  m.segment = 10;
  CHECK_EQ(skt_send(&l.a, &m, 1, NULL), 0);
  CHECK_EQ(skt_close(&l.a), 0);
  m = text_message("?", NULL);
  CHECK_EQ(skt_send(&l.b, &m, 1, NULL), 0);
  CHECK_EQ(skt_set_blocking(&l.b, false), 0);
  int refused = 0, n = 0, rc;
  while ((rc = skt_receive(&l.b, buffer, sizeof buffer, got, 256)) !=
         SKT_EAGAIN) {
    CHECK(rc > 0 || rc == SKT_ECONNREFUSED);
    refused += rc < 0;
    n += rc > 0 ? rc : 0;
  }
  CHECK_EQ(refused, 1);
  CHECK_EQ(n, 10);
  close_line(&l);
}

/* Whether ten messages come as a train. */
static bool comes_as_train(line *l) {
  skt_message one;
  size_t n = 0;
  for (int i = 0; i < 10; ++i) {
    batch[i] = message_of(bytes + i * 10, 10, &l->at_b);
  }
  if (skt_send(&l->a, batch, 10, NULL) < 0 ||
      skt_receive(&l->b, buffer, TRAIN_ROOM, got, 1) != 1) {
    return false;
  }
  bool train = got[0].segment == 10;
  for (; skt_next(&got[0], &one); ++n) {
  }
  while (n < 10 && skt_receive(&l->b, buffer, TRAIN_ROOM, got, 1) == 1) {
    ++n;
  }
  return train && n == 10;
}

TEST(trains, are_switched_off_and_on_for_a_socket) {
  line l;
  int value = 9;
  CHECK(open_line(&l, SKT_IPV4));
  CHECK_EQ(skt_set_option(&l.a, SKT_OPT_SEND_TRAINS, 2), SKT_EINVAL);
  CHECK_EQ(skt_set_option(&l.a, SKT_OPT_SEND_TRAINS, 0), 0);
  CHECK_EQ(skt_get_option(&l.a, SKT_OPT_SEND_TRAINS, &value), 0);
  CHECK_EQ(value, 0);
  CHECK(!comes_as_train(&l));
  skt_message m = message_of(bytes, 3000, &l.at_b);
  m.segment = 100;
  CHECK_EQ(skt_send(&l.a, &m, 1, NULL), 0);
  CHECK(arrive(&l, 30, &(size_t){100}, 1));
  if (!trains_here()) {
    CHECK_EQ(skt_set_option(&l.a, SKT_OPT_SEND_TRAINS, 1), SKT_EOPNOTSUPP);
    close_line(&l);
    SKIP("this system has no trains (Wine)");
  }
  CHECK_EQ(skt_set_option(&l.a, SKT_OPT_SEND_TRAINS, 1), 0);
  CHECK_EQ(skt_get_option(&l.a, SKT_OPT_SEND_TRAINS, &value), 0);
  CHECK_EQ(value, 1);
  CHECK(comes_as_train(&l));
  CHECK_EQ(skt_get_option(&l.a, SKT_OPT_SEND_TRAINS, &value), 0);
  CHECK_EQ(value, 1);
  close_line(&l);
}

/* UDP-Lite has the option and refuses every train with EIO: the one device that
 * does on this machine. */
TEST(trains, refused_go_singly_in_the_same_call) {
  enum { UDP_LITE = 136 };
  skt a = SKT_NONE, b = SKT_NONE;
  skt_addr at = loopback(SKT_IPV4);
  size_t sent = 0;
  int value = 9;
  if (skt_socket(&a, SKT_IPV4, SKT_DATAGRAM, UDP_LITE) < 0) {
    SKIP("this system has no UDP-Lite");
  }
  CHECK_EQ(skt_socket(&b, SKT_IPV4, SKT_DATAGRAM, UDP_LITE), 0);
  CHECK_EQ(skt_bind(&b, &at, 0), 0);
  CHECK_EQ(skt_local(&b, &at), 0);
  CHECK_EQ(skt_set_limit(&b, SKT_READ, 5000), 0);
  for (int i = 0; i < COUNT; ++i) {
    batch[i] = message_of(bytes + i * 10, i % 10 == 0 ? 20 : 10, &at);
  }
  for (int round = 0; round < 2; ++round) {
    CHECK_EQ(skt_get_option(&a, SKT_OPT_SEND_TRAINS, &value), 0);
    CHECK(round == 0 || value == 0);
    CHECK_EQ(skt_send(&a, batch, COUNT, &sent), 0);
    CHECK_EQ(sent, COUNT);
    CHECK_EQ(receive_n(&b, buffer, 32, got, COUNT), COUNT);
    for (int i = 0; i < COUNT; ++i) {
      CHECK_EQ(got[i].n, batch[i].n);
      CHECK_EQ(memcmp(got[i].data, batch[i].data, got[i].n), 0);
    }
    CHECK(is_drained(&b));
  }
  skt_close(&a);
  skt_close(&b);
}

/* A datagram socket that is not UDP's has none, and is not tried. */
TEST(trains, are_of_udp_alone) {
  enum { ICMP = 1 };
  skt s = SKT_NONE;
  skt_addr at = loopback(SKT_IPV4);
  int value = 9;
  size_t sent = 0;
  static char echo[8] = {8};
  if (skt_socket(&s, SKT_IPV4, SKT_DATAGRAM, ICMP) < 0) {
    SKIP("this user may not open an ICMP socket, or there is none");
  }
  CHECK_EQ(skt_get_option(&s, SKT_OPT_SEND_TRAINS, &value), 0);
  CHECK_EQ(value, 0);
  CHECK_EQ(skt_set_option(&s, SKT_OPT_SEND_TRAINS, 1), SKT_EOPNOTSUPP);
  CHECK_EQ(skt_addr_set_port(&at, 1), 0);
  batch[0] = batch[1] = batch[2] = message_of(echo, sizeof echo, &at);
  CHECK_EQ(skt_send(&s, batch, 3, &sent), 0);
  CHECK_EQ(sent, 3);
  CHECK_EQ(skt_set_limit(&s, SKT_READ, 5000), 0);
  CHECK_EQ(receive_n(&s, buffer, 100, got, 3), 3);
  CHECK_EQ(got[2].n, sizeof echo);
  skt_close(&s);
}

/* With a limit of 65,000 bytes and segments longer than half of it, one
 * segment is one message; and without trains the same go. */
TEST(trains, of_long_segments_are_single_messages) {
  line l;
  size_t sent = 0;
  CHECK(open_line(&l, SKT_IPV4));
  skt_message m = message_of(bytes, 120000, &l.at_b);
  m.segment = 40000;
  CHECK_EQ(skt_send(&l.a, &m, 1, &sent), 0);
  CHECK_EQ(sent, 3);
  CHECK(arrive(&l, 3, &(size_t){40000}, 1));
  m.n = 140000;
  m.segment = 65507;
  CHECK_EQ(skt_send(&l.a, &m, 1, &sent), 0);
  CHECK_EQ(sent, 3);
  CHECK(arrive(&l, 3, (size_t[]){65507, 65507, 140000 - 2 * 65507}, 3));
  m.segment = 65508;
  CHECK_EQ(skt_send(&l.a, &m, 1, &sent), SKT_EMSGSIZE);
  CHECK_EQ(sent, 0);
  CHECK(is_drained(&l.b));
  close_line(&l);
}
