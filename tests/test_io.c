/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "peer.h"
#include "skt_test.h"

/* For a thread: reset the connection after a while. */
static void abort_later(void *s) {
  skt_poll(NULL, 0, 100, NULL);
  skt_abort(s);
}

TEST(read_write, bytes_arrive_in_order_both_ways) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt a = {0}, b = {0};
    char got[16];
    CHECK(connect_pair(*domain, &a, &b));
    CHECK_EQ(skt_write(&a, "hello ", 6), 6);
    CHECK_EQ(skt_write(&a, "world", 5), 5);
    CHECK_EQ(read_n(&b, got, 11), 11);
    CHECK_EQ(memcmp(got, "hello world", 11), 0);
    CHECK_EQ(skt_write(&b, "back", 4), 4);
    CHECK_EQ(read_n(&a, got, 4), 4);
    CHECK_EQ(memcmp(got, "back", 4), 0);
    skt_close(&a);
    skt_close(&b);
  }
}

TEST(read, returns_what_is_there_and_leaves_the_rest) {
  skt a = {0}, b = {0};
  char got[8] = "#######";
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_write(&a, "12345", 5), 5);
  CHECK_EQ(skt_wait(&b, SKT_READ, 10000, NULL), SKT_READ);
  CHECK_EQ(skt_read(&b, got, 2), 2);
  CHECK_EQ(skt_read(&b, got + 2, sizeof got - 2), 3);
  CHECK_EQ(memcmp(got, "12345##", 8), 0);
  skt_close(&a);
  skt_close(&b);
}

TEST(read, end_of_stream_is_0_again_and_again) {
  skt a = {0}, b = {0};
  char byte;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_write(&a, "x", 1), 1);
  CHECK_EQ(skt_close(&a), 0);
  CHECK_EQ(skt_read(&b, &byte, 1), 1);
  for (int i = 0; i < 3; ++i) {
    CHECK_EQ(skt_read(&b, &byte, 1), 0);
  }
  skt_close(&b);
}

TEST(read, reset_is_econnreset_for_good_and_never_an_end) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt a = {0}, b = {0};
    char byte;
    CHECK(connect_pair(*domain, &a, &b));
    CHECK(reset_by(&a, &b));
    for (int i = 0; i < 3; ++i) {
      CHECK_EQ(skt_read(&b, &byte, 1), SKT_ECONNRESET);
    }
    CHECK_EQ(skt_write(&b, "x", 1), SKT_ECONNRESET);
    CHECK_EQ(skt_write(&b, "x", 1), SKT_ECONNRESET);
    skt_close(&b);
  }
}

/* Linux reports the end, which came before the reset; Windows the reset. */
TEST(read, after_a_write_to_a_closed_peer_is_an_end_or_a_reset) {
  skt a = {0}, b = {0};
  char got;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_close(&b), 0);
  CHECK_EQ(skt_wait(&a, SKT_READ, 20000, NULL), SKT_READ);
  CHECK_EQ(skt_write(&a, "x", 1), 1);
  ptrdiff_t n = skt_read(&a, &got, 1);
  CHECK(n == 0 || n == SKT_ECONNRESET);
  CHECK_EQ(skt_read(&a, &got, 1), n); /* and stays that */
  skt_close(&a);
}

TEST(read, end_stays_the_end_when_a_reset_follows) {
  skt a = {0}, b = {0};
  char got[4];
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_write(&b, "abc", 3), 3);
  CHECK_EQ(skt_shutdown(&b, SKT_WRITE), 0);
  CHECK_EQ(read_n(&a, got, 3), 3);
  CHECK_EQ(skt_read(&a, got, 4), 0);
  CHECK_EQ(skt_abort(&b), 0);
  skt_wait(&a, SKT_WRITE, 50, NULL);
  CHECK_EQ(skt_read(&a, got, 4), 0);
  CHECK_EQ(skt_peek(&a, got, 4), 0);
  skt_close(&a);
}

/* A blocking write that the peer cuts half way has written half. */
TEST(write, count_of_a_write_that_a_reset_cuts_is_returned) {
  static char much[8 << 20];
  skt a = {0}, b = {0};
  char got[4];
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_set_limit(&a, SKT_WRITE, 60000), 0);
  test_thread *t = test_start(abort_later, &b);
  ptrdiff_t n = skt_write(&a, much, sizeof much);
  test_join(t);
  CHECK(n > 0 && n < (ptrdiff_t)sizeof much);
  CHECK_EQ(skt_write(&a, much, 1), SKT_ECONNRESET);
  CHECK_EQ(skt_read(&a, got, 1), SKT_ECONNRESET);
  skt_close(&a);
}

/* Linux tells the error once: here the write gets it, and read must not take
 * what follows for a clean end. */
TEST(read, reset_that_a_write_was_told_is_no_end_either) {
  skt a = {0}, b = {0};
  char byte;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK(reset_by(&a, &b));
  CHECK_EQ(skt_write(&b, "x", 1), SKT_ECONNRESET);
  CHECK_EQ(skt_write(&b, "x", 1), SKT_ECONNRESET);
  CHECK_EQ(skt_read(&b, &byte, 1), SKT_ECONNRESET);
  CHECK_EQ(skt_read(&b, &byte, 1), SKT_ECONNRESET);
  skt_close(&b);
}

/* SIGPIPE has its default action here (runner.c): it would kill us. */
TEST(write, to_a_closed_peer_returns_a_code_and_the_process_lives) {
  skt a = {0}, b = {0};
  ptrdiff_t rc = 0;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_close(&a), 0);
  for (int i = 0; i < 1000 && rc >= 0; ++i) {
    rc = skt_write(&b, "still there?", 12);
    skt_wait(&b, SKT_READ, 10, NULL);
  }
  CHECK_EQ(rc, SKT_ECONNRESET);
  for (int i = 0; i < 10; ++i) {
    CHECK_EQ(skt_write(&b, "x", 1), SKT_ECONNRESET);
  }
  skt_close(&b);
}

TEST(read_write, length_0_returns_0_without_waiting) {
  skt a = {0}, b = {0};
  char byte;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_read(&a, &byte, 0), 0);
  CHECK_EQ(skt_read(&a, NULL, 0), 0);
  CHECK_EQ(skt_write(&a, "x", 0), 0);
  CHECK_EQ(skt_write(&a, NULL, 0), 0);
  CHECK_EQ(skt_write(&a, "y", 1), 1);
  CHECK_EQ(skt_read(&b, &byte, 1), 1);
  CHECK_EQ(byte, 'y');
  skt_close(&a);
  skt_close(&b);
}

TEST(read_write, length_over_ptrdiff_max_reports_einval) {
  skt a = {0}, b = {0};
  char byte = 'x';
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_read(&a, &byte, SIZE_MAX), SKT_EINVAL);
  CHECK_EQ(skt_write(&a, &byte, SIZE_MAX), SKT_EINVAL);
  CHECK_EQ(skt_read(&a, &byte, (size_t)PTRDIFF_MAX + 1), SKT_EINVAL);
  CHECK_EQ(skt_write(&a, &byte, (size_t)PTRDIFF_MAX + 1), SKT_EINVAL);
  CHECK_EQ(skt_write(&a, &byte, 1), 1);
  CHECK_EQ(skt_read(&b, &byte, 1), 1); /* nothing else was sent */
  skt_close(&a);
  skt_close(&b);
}

enum { BIG = 32 << 20 };

static void write_big(void *argument) {
  skt *s = argument;
  unsigned char *bytes = malloc(BIG);
  for (size_t i = 0; bytes != NULL && i < BIG; ++i) {
    bytes[i] = (unsigned char)(i * 2654435761u >> 13);
  }
  ptrdiff_t written = bytes == NULL ? -1 : skt_write(s, bytes, BIG);
  free(bytes);
  skt_shutdown(s, SKT_WRITE);
  test_check_eq(__FILE__, __LINE__, "skt_write of 32 MiB", written, BIG);
}

TEST(write, blocking_write_of_32_mib_takes_all_in_one_call) {
  static unsigned char part[65536];
  skt a = {0}, b = {0};
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  test_thread *writer = test_start(write_big, &a);
  size_t total = 0;
  bool same = true;
  for (ptrdiff_t n; (n = skt_read(&b, part, sizeof part)) > 0;) {
    for (ptrdiff_t i = 0; i < n; ++i, ++total) {
      same = same && part[i] == (unsigned char)(total * 2654435761u >> 13);
    }
  }
  test_join(writer);
  CHECK_EQ(total, BIG);
  CHECK(same);
  skt_close(&a);
  skt_close(&b);
}

static void read_answer(void *argument) {
  char byte = 0;
  ptrdiff_t got = skt_read(argument, &byte, 1);
  test_check_eq(__FILE__, __LINE__, "skt_read of the answer", got, 1);
  test_check_eq(__FILE__, __LINE__, "the answer", byte, '!');
}

/* The read waits for an answer to what is written meanwhile. */
TEST(read_write, read_that_waits_holds_up_no_write) {
  skt a = {0}, b = {0};
  char byte = 0;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  test_thread *reader = test_start(read_answer, &a);
  skt_wait(&b, SKT_READ, 50, NULL); /* let it begin */
  ptrdiff_t asked = skt_write(&a, "?", 1);
  ptrdiff_t heard = skt_read(&b, &byte, 1);
  ptrdiff_t answered = skt_write(&b, "!", 1);
  test_join(reader);
  CHECK_EQ(asked, 1);
  CHECK_EQ(heard, 1);
  CHECK_EQ(byte, '?');
  CHECK_EQ(answered, 1);
  skt_close(&a);
  skt_close(&b);
}

/* Much, both ways, from two threads on each socket. */
TEST(read_write, one_socket_reads_and_writes_at_the_same_time) {
  skt a = {0}, b = {0};
  char *got = malloc(BIG);
  CHECK(got != NULL);
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  test_thread *a_writes = test_start(write_big, &a);
  test_thread *b_writes = test_start(write_big, &b);
  size_t at_a = 0, at_b = 0;
  while (at_a < BIG || at_b < BIG) {
    size_t part = 1 << 20;
    at_b += at_b < BIG ? read_n(&b, got, part) : 0;
    at_a += at_a < BIG ? read_n(&a, got, part) : 0;
  }
  test_join(a_writes);
  test_join(b_writes);
  CHECK_EQ(at_a, BIG);
  CHECK_EQ(at_b, BIG);
  free(got);
  skt_close(&a);
  skt_close(&b);
}

TEST(read, nonblocking_read_of_nothing_reports_eagain) {
  skt a = {0}, b = {0};
  char byte;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_set_blocking(&b, false), 0);
  CHECK_EQ(skt_blocking(&b), 0);
  CHECK_EQ(skt_read(&b, &byte, 1), SKT_EAGAIN);
  CHECK_EQ(skt_write(&a, "x", 1), 1);
  CHECK_EQ(skt_wait(&b, SKT_READ, 10000, NULL), SKT_READ);
  CHECK_EQ(skt_read(&b, &byte, 1), 1);
  CHECK_EQ(skt_read(&b, &byte, 1), SKT_EAGAIN);
  skt_close(&a);
  CHECK_EQ(skt_wait(&b, SKT_READ, 10000, NULL), SKT_READ);
  CHECK_EQ(skt_read(&b, &byte, 1), 0); /* the end is not "would wait" */
  skt_close(&b);
}

/* A peer that does not read: the room ends, on Windows too, where one call
 * would take any length. What was taken arrives. */
TEST(write, nonblocking_write_reports_eagain_when_the_room_ends) {
  enum { PART = 1 << 20, LIMIT = 64 << 20 };
  skt a = {0}, b = {0};
  char *bytes = calloc(1, PART);
  size_t taken = 0, arrived = 0;
  ptrdiff_t n;
  CHECK(bytes != NULL);
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_set_blocking(&a, false), 0);
  while ((n = skt_write(&a, bytes, PART)) > 0 && taken < LIMIT) {
    taken += (size_t)n;
  }
  CHECK_EQ(n, SKT_EAGAIN);
  CHECK(taken > 0);
  CHECK_EQ(skt_shutdown(&a, SKT_WRITE), 0);
  while ((n = skt_read(&b, bytes, PART)) > 0) {
    arrived += (size_t)n;
  }
  CHECK_EQ(n, 0);
  CHECK_EQ(arrived, taken);
  free(bytes);
  skt_close(&a);
  skt_close(&b);
}

TEST(read_write, unconnected_socket_reports_enotconn) {
  skt fresh = {0}, listener = {0};
  skt_addr at;
  char byte = 'x';
  CHECK_EQ(skt_socket(&fresh, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_read(&fresh, &byte, 1), SKT_ENOTCONN);
  CHECK_EQ(skt_write(&fresh, &byte, 1), SKT_ENOTCONN);
  CHECK(listen_loopback(SKT_IPV4, &listener, &at));
  CHECK_EQ(skt_read(&listener, &byte, 1), SKT_ENOTCONN);
  CHECK_EQ(skt_write(&listener, &byte, 1), SKT_ENOTCONN);
  skt_close(&fresh);
  skt_close(&listener);
}
