/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "peer.h"
#include "skt_test.h"

TEST(abort, resets_the_peer) {
  skt a = {0}, b = {0};
  char byte;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_abort(&a), 0);
  CHECK_EQ(skt_close(&a), SKT_EBADF);
  CHECK_EQ(skt_read(&b, &byte, 1), SKT_ECONNRESET);
  CHECK_EQ(skt_read(&b, &byte, 1), SKT_ECONNRESET);
  skt_close(&b);
}

TEST(abort, of_an_unconnected_socket_closes_it) {
  skt s = {0};
  skt_addr at;
  CHECK(listen_loopback(SKT_IPV4, &s, &at));
  CHECK_EQ(skt_abort(&s), 0);
  CHECK_EQ(skt_abort(&s), SKT_EBADF);
}

/* Plain close with bytes unread would reset, and the peer lose data. */
static void read_to_the_end(void *argument) {
  skt *s = argument;
  size_t total = 0;
  char part[4096];
  ptrdiff_t n;
  while ((n = skt_read(s, part, sizeof part)) > 0) {
    total += (size_t)n;
  }
  skt_close(s);
  test_check_eq(__FILE__, __LINE__, "the end", n, 0);
  test_check_eq(__FILE__, __LINE__, "all bytes", (long long)total, 200000);
}

TEST(close_graceful, gets_all_bytes_to_the_peer_though_some_are_unread) {
  static char bytes[200000];
  skt a = {0}, b = {0};
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_write(&b, "unread", 6), 6);
  CHECK_EQ(skt_wait(&a, SKT_READ, 10000, NULL), SKT_READ);
  test_thread *reader = test_start(read_to_the_end, &b);
  CHECK_EQ(skt_write(&a, bytes, sizeof bytes), sizeof bytes);
  CHECK_EQ(skt_close_graceful(&a, 10000, 1 << 20), 0);
  CHECK_EQ(skt_close(&a), SKT_EBADF);
  test_join(reader);
}

TEST(close_graceful, peer_that_does_not_close_is_cut_off_in_time) {
  skt a = {0}, b = {0};
  char byte;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  double start = test_now_ms();
  CHECK_EQ(skt_close_graceful(&a, 100, 1 << 20), SKT_ETIMEDOUT);
  CHECK(test_now_ms() - start >= 100);
  CHECK_EQ(skt_close(&a), SKT_EBADF);
  ptrdiff_t rc = skt_read(&b, &byte, 1);
  CHECK(rc == 0 || rc == SKT_ECONNRESET); /* the end came before the reset */
  skt_close(&b);
}

static void send_for_ever(void *argument) {
  static char bytes[65536];
  while (skt_write(argument, bytes, sizeof bytes) > 0) {
  }
}

TEST(close_graceful, endless_sender_is_cut_off) {
  skt a = {0}, b = {0};
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  test_thread *sender = test_start(send_for_ever, &b);
  CHECK_EQ(skt_close_graceful(&a, 20000, 1 << 20), SKT_EMSGSIZE);
  CHECK_EQ(skt_close(&a), SKT_EBADF);
  test_join(sender);
  skt_close(&b);
}

TEST(close_graceful, drops_up_to_what_was_allowed) {
  skt a = {0}, b = {0};
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_write(&b, "1234", 4), 4);
  CHECK_EQ(skt_shutdown(&b, SKT_WRITE), 0);
  CHECK_EQ(skt_close_graceful(&a, 10000, 4), 0);
  skt_close(&b);
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_write(&b, "12345", 5), 5);
  CHECK_EQ(skt_shutdown(&b, SKT_WRITE), 0);
  CHECK_EQ(skt_close_graceful(&a, 10000, 4), SKT_EMSGSIZE);
  skt_close(&b);
}

TEST(close_graceful, broken_connection_tells_so) {
  skt a = {0}, b = {0};
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK(reset_by(&a, &b));
  CHECK_EQ(skt_close_graceful(&b, 10000, 1 << 20), SKT_ECONNRESET);
  CHECK_EQ(skt_close(&b), SKT_EBADF);
}

TEST(close_graceful, wrong_use_leaves_the_socket_open) {
  skt s = {0}, a = {0}, b = {0};
  skt_addr at;
  CHECK(bind_loopback(SKT_IPV4, &s, &at));
  CHECK_EQ(skt_close_graceful(&s, 0, 0), SKT_ENOTCONN);
  CHECK_EQ(skt_listen(&s, 0), 0);
  CHECK_EQ(skt_close_graceful(&s, 0, 0), SKT_ENOTCONN);
  skt_close(&s);
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_close_graceful(&a, -2, 0), SKT_EINVAL);
  CHECK_EQ(skt_write(&a, "x", 1), 1);
  skt_close(&a);
  skt_close(&b);
}

/* A linger of the system's kind would make close wait. */
TEST(close, does_not_wait_and_what_was_written_still_arrives) {
  enum { PART = 1 << 16 };
  skt a = {0}, b = {0};
  char *bytes = calloc(1, PART);
  size_t taken = 0, arrived = 0;
  ptrdiff_t n;
  CHECK(bytes != NULL);
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_set_blocking(&a, false), 0);
  while ((n = skt_write(&a, bytes, PART)) > 0) {
    taken += (size_t)n;
  }
  CHECK_EQ(skt_close(&a), 0);
  while ((n = skt_read(&b, bytes, PART)) > 0) {
    arrived += (size_t)n;
  }
  CHECK_EQ(n, 0);
  CHECK_EQ(arrived, taken);
  free(bytes);
  skt_close(&b);
}

TEST(close_graceful, process_without_descriptors_sees_the_end) {
  skt a = {0}, b = {0};
  char byte;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_shutdown(&b, SKT_WRITE), 0);
  bool limited = test_allow_descriptors(0);
  int rc = skt_close_graceful(&a, 10000, 100);
  test_allow_descriptors(-1);
  CHECK_EQ(rc, 0);
  CHECK_EQ(skt_read(&b, &byte, 1), 0);
  skt_close(&b);
  if (!limited) {
    SKIP("this system has no limit of descriptors");
  }
}
