/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "peer.h"
#include "skt_test.h"

TEST(wait, never_ends_before_its_time) {
  skt a = {0}, b = {0};
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  for (int i = 0; i < 20; ++i) {
    double start = test_now_ms();
    CHECK_EQ(skt_wait(&a, SKT_READ, 7, NULL), 0);
    CHECK(test_now_ms() - start >= 7);
  }
  CHECK_EQ(skt_wait(&a, SKT_READ, 0, NULL), 0);
  skt_close(&a);
  skt_close(&b);
}

TEST(wait, tells_which_of_the_events_are_there) {
  skt a = {0}, b = {0};
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_wait(&a, SKT_BOTH, 1000, NULL), SKT_WRITE);
  CHECK_EQ(skt_wait(&a, SKT_WRITE, -1, NULL), SKT_WRITE);
  CHECK_EQ(skt_write(&b, "x", 1), 1);
  CHECK_EQ(skt_wait(&a, SKT_READ, -1, NULL), SKT_READ);
  CHECK_EQ(skt_wait(&a, SKT_BOTH, 1000, NULL), SKT_BOTH);
  CHECK_EQ(skt_wait(&a, SKT_WRITE, 1000, NULL), SKT_WRITE);
  skt_close(&a);
  skt_close(&b);
}

TEST(wait, listener_is_readable_when_somebody_waits) {
  skt listener = {0}, client = {0}, server = {0};
  skt_addr at;
  CHECK(listen_loopback(SKT_IPV4, &listener, &at));
  CHECK_EQ(skt_wait(&listener, SKT_READ, 20, NULL), 0);
  CHECK_EQ(skt_socket(&client, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_connect(&client, &at), 0);
  CHECK_EQ(skt_wait(&listener, SKT_READ, 10000, NULL), SKT_READ);
  CHECK_EQ(skt_accept(&listener, &server, NULL, 0), 0);
  CHECK_EQ(skt_wait(&listener, SKT_READ, 20, NULL), 0);
  skt_close(&server);
  skt_close(&client);
  skt_close(&listener);
}

TEST(wait, end_of_stream_is_readable_and_stays_so) {
  skt a = {0}, b = {0};
  char got[8];
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_write(&a, "abc", 3), 3);
  CHECK_EQ(skt_shutdown(&a, SKT_WRITE), 0);
  CHECK_EQ(skt_wait(&b, SKT_READ, 10000, NULL), SKT_READ);
  CHECK_EQ(read_n(&b, got, 3), 3);
  CHECK_EQ(skt_wait(&b, SKT_READ, 10000, NULL), SKT_READ);
  CHECK_EQ(skt_read(&b, got, 1), 0);
  CHECK_EQ(skt_wait(&b, SKT_READ, 10000, NULL), SKT_READ);
  skt_close(&a);
  skt_close(&b);
}

TEST(wait, reset_makes_a_socket_ready_for_both) {
  for (int events = SKT_READ; events <= SKT_BOTH; ++events) {
    skt a = {0}, b = {0};
    CHECK(connect_pair(SKT_IPV4, &a, &b));
    CHECK(reset_by(&a, &b));
    CHECK_EQ(skt_wait(&b, events, 10000, NULL), events);
    skt_close(&b);
  }
}

/* WSAPoll would tell the peer's end at once, whatever was asked for. */
TEST(wait, for_writing_is_not_ended_by_the_peers_end_of_stream) {
  enum { PART = 1 << 20 };
  skt a = {0}, b = {0};
  char *bytes = calloc(1, PART);
  CHECK(bytes != NULL);
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_set_blocking(&a, false), 0);
  while (skt_write(&a, bytes, PART) > 0) {
  }
  free(bytes);
  CHECK_EQ(skt_shutdown(&b, SKT_WRITE), 0);
  CHECK_EQ(skt_wait(&a, SKT_READ, 10000, NULL), SKT_READ);
  double start = test_now_ms();
  CHECK_EQ(skt_wait(&a, SKT_WRITE, 60, NULL), 0);
  CHECK(test_now_ms() - start >= 60);
  skt_close(&a);
  skt_close(&b);
}

TEST(wait, wrong_argument_or_state_is_told) {
  skt s = {0}, a = {0}, b = {0};
  skt_addr at;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_wait(&a, 0, 0, NULL), SKT_EINVAL);
  CHECK_EQ(skt_wait(&a, 4, 0, NULL), SKT_EINVAL);
  CHECK_EQ(skt_wait(&a, -1, 0, NULL), SKT_EINVAL);
  CHECK_EQ(skt_wait(&a, SKT_READ, -2, NULL), SKT_EINVAL);
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_wait(&s, SKT_BOTH, 0, NULL), SKT_ENOTCONN);
  skt_close(&s);
  CHECK(bind_loopback(SKT_IPV4, &s, &at));
  CHECK_EQ(skt_wait(&s, SKT_READ, 0, NULL), SKT_ENOTCONN);
  skt_close(&s);
  skt_close(&a);
  skt_close(&b);
}

TEST(wait, mode_reads_back_and_changes_what_calls_do) {
  skt a = {0}, b = {0};
  char byte;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  for (int i = 0; i < 3; ++i) {
    CHECK_EQ(skt_set_blocking(&a, false), 0);
    CHECK_EQ(skt_blocking(&a), 0);
    CHECK_EQ(skt_read(&a, &byte, 1), SKT_EAGAIN);
    CHECK_EQ(skt_set_blocking(&a, true), 0);
    CHECK_EQ(skt_blocking(&a), 1);
    CHECK_EQ(skt_write(&b, "x", 1), 1);
    CHECK_EQ(skt_read(&a, &byte, 1), 1);
  }
  skt_close(&a);
  skt_close(&b);
}
