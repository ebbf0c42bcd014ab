/* SPDX-License-Identifier: MIT */
/* What a hostile peer attaches to bytes, and what it writes in place of a
 * hand-over: a code, and nothing stays open. */
#include <string.h>

#include "peer.h"
#include "skt_test.h"

enum { FRAME = 20 };

static skt a, b, c, d; /* the channel; a pair to hand over */
static unsigned char good[FRAME];
static uintptr_t before;

/* Whether descriptors go with bytes here; then there is a channel, a pair, and
 * the bytes of a hand-over of its one end. */
static bool begin(void) {
  bool made = skt_pair(&a, &b, SKT_STREAM) == 0 &&
              skt_pair(&c, &d, SKT_STREAM) == 0 &&
              skt_set_limit(&b, SKT_READ, 5000) == 0 &&
              test_send_with(skt_native(&a), "x", 1, skt_native(&c), 1) &&
              skt_read(&b, good, 1) == 1 && skt_send_socket(&a, &c) == 0 &&
              read_n(&b, good, FRAME) == FRAME;
  before = highest_of_eight();
  return made;
}

static void end(void) {
  skt_close(&a);
  skt_close(&b);
  skt_close(&c);
  skt_close(&d);
}

#define BEGIN()                                                                \
  do {                                                                         \
    if (!begin()) {                                                            \
      end();                                                                   \
      SKIP("descriptors do not go with bytes here");                           \
    }                                                                          \
  } while (0)

static bool is_empty(skt *channel) {
  return skt_wait(channel, SKT_READ, 0, NULL) == 0;
}

/* Send the bytes of a hand-over with so many descriptors; what the receiver
 * returns. */
static int receive_with(int count, skt *out) {
  return test_send_with(skt_native(&a), good, FRAME, skt_native(&c), count)
             ? skt_receive_socket(&b, out)
             : 1;
}

TEST(handover_bad, descriptors_that_are_not_one_report_eproto) {
  static const int counts[] = {0, 2, 3, 16, 252, 253};
  skt out;
  BEGIN();
  CHECK_EQ(receive_with(1, &out), 0);
  CHECK_EQ(skt_close(&out), 0);
  for (size_t i = 0; i < sizeof counts / sizeof *counts; ++i) {
    CHECK_EQ(receive_with(counts[i], &out), SKT_EPROTO);
    CHECK_EQ(skt_kind(&out), SKT_EBADF);
    CHECK(highest_of_eight() <= before);
    CHECK(is_empty(&b)); /* exactly one hand-over was read */
  }
  end();
}

/* Also with a second one, and then with a third. */
TEST(handover_bad, descriptor_of_a_later_byte_takes_no_place) {
  skt out;
  BEGIN();
  uintptr_t channel = skt_native(&a), handed = skt_native(&c);
  for (int at = 1; at < FRAME; ++at) {
    CHECK(test_send_with(channel, good, (size_t)at, handed, 1));
    CHECK(test_send_with(channel, good + at, (size_t)(FRAME - at), handed, 1));
    CHECK_EQ(skt_receive_socket(&b, &out), SKT_EPROTO);
    CHECK(highest_of_eight() <= before);
    CHECK(is_empty(&b));
  }
  CHECK(test_send_with(channel, good, 1, handed, 1));
  CHECK(test_send_with(channel, good + 1, 1, handed, 253));
  CHECK(test_send_with(channel, good + 2, FRAME - 2, handed, 1));
  CHECK_EQ(skt_receive_socket(&b, &out), SKT_EPROTO);
  CHECK(highest_of_eight() <= before);
  end();
}

TEST(handover_bad, file_is_no_socket) {
  skt out;
  BEGIN();
  CHECK(test_send_with(skt_native(&a), good, FRAME, TEST_A_FILE, 1));
  CHECK_EQ(skt_receive_socket(&b, &out), SKT_EPROTO);
  CHECK_EQ(skt_kind(&out), SKT_EBADF);
  CHECK(highest_of_eight() <= before);
  end();
}

TEST(handover_bad, socket_of_another_kind_reports_eproto) {
  static const int kinds[] = {SKT_IPV4 | (int)SKT_STREAM,
                              SKT_IPV4 | (int)SKT_DATAGRAM,
                              SKT_UNIX | (int)SKT_DATAGRAM};
  skt out, other = SKT_NONE;
  BEGIN();
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; ++i) {
    CHECK_EQ(
        skt_socket(&other, kinds[i] & SKT_DOMAINS, kinds[i] & SKT_TYPES, 0), 0);
    CHECK(test_send_with(skt_native(&a), good, FRAME, skt_native(&other), 1));
    CHECK_EQ(skt_close(&other), 0);
    CHECK_EQ(skt_receive_socket(&b, &out), SKT_EPROTO);
    CHECK(highest_of_eight() <= before);
  }
  end();
}

/* What a frame says of state and mode is believed; the rest is not. */
TEST(handover_bad, bytes_that_are_changed_make_no_other_socket) {
  static const unsigned char changes[] = {0x01, 0x02, 0x04, 0x08, 0x10, 0x20,
                                          0x40, 0x80, 0x03, 0x30, 0xff};
  int taken = 0;
  BEGIN();
  for (int at = 0; at < FRAME; ++at) {
    for (size_t i = 0; i < sizeof changes; ++i) {
      skt out;
      good[at] ^= changes[i];
      int rc = receive_with(1, &out);
      good[at] ^= changes[i];
      CHECK(rc == 0 || rc == SKT_EPROTO);
      CHECK_EQ(skt_kind(&out) < 0, rc < 0);
      if (rc == 0) {
        ++taken;
        CHECK_EQ(skt_kind(&out) & (SKT_DOMAINS | SKT_TYPES),
                 SKT_UNIX | (int)SKT_STREAM);
        CHECK_EQ(skt_close(&out), 0);
      }
      CHECK(highest_of_eight() <= before);
    }
  }
  CHECK(taken > 0);
  end();
}

TEST(handover_bad, frame_that_ends_early_closes_its_descriptor) {
  skt out;
  for (size_t n = 1; n < FRAME; ++n) {
    BEGIN();
    CHECK(test_send_with(skt_native(&a), good, n, skt_native(&c), 1));
    CHECK_EQ(skt_close(&a), 0);
    CHECK_EQ(skt_receive_socket(&b, &out), SKT_ENODATA);
    CHECK(highest_of_eight() <= before);
    end();
  }
}

TEST(handover_bad, receiver_without_descriptors_reports_emfile) {
  skt out, taken[64];
  int n = 0, rc = 1;
  BEGIN();
  CHECK(test_send_with(skt_native(&a), good, FRAME, skt_native(&c), 1));
  CHECK(test_allow_descriptors((int)before + 1));
  while (n < 64 && skt_socket(&taken[n], SKT_IPV4, SKT_STREAM, 0) == 0) {
    ++n;
  }
  rc = skt_receive_socket(&b, &out);
  test_allow_descriptors(-1);
  while (n > 0) {
    skt_close(&taken[--n]);
  }
  CHECK_EQ(rc, SKT_EMFILE);
  CHECK_EQ(skt_kind(&out), SKT_EBADF);
  CHECK(highest_of_eight() <= before);
  CHECK_EQ(receive_with(1, &out), 0);
  skt_close(&out);
  end();
}

/* Room for some of them, but not for all. */
TEST(handover_bad, receiver_without_enough_descriptors_closes_those_it_got) {
  skt out;
  BEGIN();
  CHECK(test_send_with(skt_native(&a), good, FRAME, skt_native(&c), 100));
  CHECK(test_allow_descriptors((int)before + 1));
  int rc = skt_receive_socket(&b, &out);
  test_allow_descriptors(-1);
  CHECK_EQ(rc, SKT_EMFILE);
  CHECK(highest_of_eight() <= before);
  end();
}

static bool send_many(const skt *s, int count) {
  return test_send_with(skt_native(s), "12345678", 8, skt_native(&c), count);
}

TEST(handover_bad, other_calls_on_a_channel_take_no_descriptors) {
  char got[8];
  skt_buffer part = {got, sizeof got};
  BEGIN();
  for (int count = 1; count <= 253; count += 126) {
    CHECK(send_many(&a, count) && send_many(&a, count));
    CHECK(send_many(&a, count));
    CHECK_EQ(skt_peek(&b, got, sizeof got), 8);
    CHECK_EQ(skt_peek(&b, got, sizeof got), 8);
    CHECK_EQ(skt_read(&b, got, sizeof got), 8);
    CHECK_EQ(skt_read_all(&b, got, sizeof got, NULL), 0);
    CHECK_EQ(skt_readv(&b, &part, 1), 8);
    CHECK(is_empty(&b));
    CHECK(highest_of_eight() <= before);
  }
  end();
}

TEST(handover_bad, datagrams_bring_no_descriptors) {
  char got[64];
  skt x, y;
  skt_addr from;
  skt_message m[2];
  bool cut;
  BEGIN();
  CHECK_EQ(skt_pair(&x, &y, SKT_DATAGRAM), 0);
  before = highest_of_eight();
  for (int count = 1; count <= 253; count += 126) {
    CHECK(send_many(&x, count) && send_many(&x, count));
    CHECK(send_many(&x, count) && send_many(&x, count));
    CHECK_EQ(skt_peek(&y, got, sizeof got), 8);
    CHECK_EQ(skt_read(&y, got, sizeof got), 8);
    CHECK_EQ(skt_receive_from(&y, got, sizeof got, &from, &cut), 8);
    CHECK_EQ(skt_receive(&y, got, sizeof got, m, 2), 2);
    CHECK(is_empty(&y));
    CHECK(highest_of_eight() <= before);
  }
  skt_close(&x);
  skt_close(&y);
  end();
}

/* Linux takes the call over TCP, and drops the descriptor. */
TEST(handover_bad, channel_that_carries_no_descriptors_is_refused) {
  skt client, server, out;
  BEGIN();
  CHECK(connect_pair(SKT_IPV4, &client, &server));
  CHECK_EQ(skt_send_socket(&client, &c), SKT_EOPNOTSUPP);
  CHECK(is_empty(&server));
  CHECK_EQ(skt_receive_socket(&server, &out), SKT_EOPNOTSUPP);
  CHECK_EQ(skt_kind(&out), SKT_EBADF);
  skt_close(&client);
  skt_close(&server);
  end();
}
