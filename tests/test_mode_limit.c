/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "peer.h"
#include "skt_test.h"

/* Linux counts limits in ticks, of up to 10 ms, from the last one before the
 * call. */
enum { TICK_MS = 10 };

TEST(limit, read_that_is_over_time_loses_nothing) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt a = {0}, b = {0};
    char byte;
    CHECK(connect_pair(*domain, &a, &b));
    CHECK_EQ(skt_set_limit(&a, SKT_READ, 120), 0);
    for (int i = 0; i < 2; ++i) {
      double start = test_now_ms();
      CHECK_EQ(skt_read(&a, &byte, 1), SKT_ETIMEDOUT);
      CHECK(test_now_ms() - start >= 120 - TICK_MS);
    }
    CHECK_EQ(skt_blocking(&a), 1);
    CHECK_EQ(skt_write(&b, "x", 1), 1);
    CHECK_EQ(skt_read(&a, &byte, 1), 1);
    CHECK_EQ(skt_write(&a, "y", 1), 1);
    CHECK_EQ(skt_read(&b, &byte, 1), 1);
    skt_close(&a);
    skt_close(&b);
  }
}

TEST(limit, write_that_is_over_time_tells_how_much_it_took) {
  enum { MUCH = 64 << 20 };
  skt a = {0}, b = {0};
  char *bytes = calloc(1, MUCH);
  CHECK(bytes != NULL);
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_set_limit(&a, SKT_WRITE, 150), 0);
  ptrdiff_t taken = 0, n;
  double start;
  do { /* buffers may grow meanwhile, and then there is room again */
    start = test_now_ms();
    n = skt_write(&a, bytes, MUCH);
    CHECK(test_now_ms() - start >= 150 - TICK_MS);
    taken += n > 0 ? n : 0;
  } while (n > 0 && taken < MUCH);
  CHECK_EQ(n, SKT_ETIMEDOUT);
  CHECK(taken > 0);
  CHECK_EQ(skt_shutdown(&a, SKT_WRITE), 0);
  ptrdiff_t arrived = 0;
  while ((n = skt_read(&b, bytes, MUCH)) > 0) {
    arrived += n;
  }
  CHECK_EQ(arrived, taken);
  free(bytes);
  skt_close(&a);
  skt_close(&b);
}

TEST(limit, accept_ends_in_time_and_then_still_accepts) {
  skt listener = {0}, client = {0}, server = {0};
  skt_addr at;
  char byte;
  CHECK(listen_loopback(SKT_IPV4, &listener, &at));
  CHECK_EQ(skt_set_limit(&listener, SKT_READ, 80), 0);
  double start = test_now_ms();
  CHECK_EQ(skt_accept(&listener, &server, NULL, 0), SKT_ETIMEDOUT);
  CHECK(test_now_ms() - start >= 80 - TICK_MS);
  CHECK_EQ(skt_socket(&client, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_connect(&client, &at), 0);
  CHECK_EQ(skt_accept(&listener, &server, NULL, 0), 0);

  /* The limit is the listener's own. */
  int limit_ms = 0;
  CHECK_EQ(skt_limit(&server, SKT_READ, &limit_ms), 0);
  CHECK_EQ(limit_ms, -1);
  CHECK_EQ(skt_blocking(&server), 1);
  test_thread *writer = test_start(write_later, &client);
  CHECK_EQ(skt_read(&server, &byte, 1), 1);
  test_join(writer);
  skt_close(&server);
  skt_close(&client);
  skt_close(&listener);
}

/* A full backlog lets a connect wait; Windows refuses it after a while. */
TEST(limit, connect_ends_in_time_and_has_then_failed) {
  skt listener = {0}, s[8] = {{0}};
  skt_addr at;
  int rc = 0, i = 0;
  double start = 0;
  CHECK(bind_loopback(SKT_IPV4, &listener, &at));
  CHECK_EQ(skt_listen(&listener, 1), 0);
  for (; i < 8 && rc == 0; ++i) {
    CHECK_EQ(skt_socket(&s[i], SKT_IPV4, SKT_STREAM, 0), 0);
    CHECK_EQ(skt_set_limit(&s[i], SKT_WRITE, 200), 0);
    start = test_now_ms();
    rc = skt_connect(&s[i], &at);
  }
  bool refused = rc == SKT_ECONNREFUSED;
  if (!refused) {
    CHECK_EQ(rc, SKT_ETIMEDOUT);
    CHECK(test_now_ms() - start >= 200 - TICK_MS);
    CHECK_EQ(skt_connect(&s[i - 1], &at), SKT_EINVAL);
    CHECK_EQ(skt_connect_finish(&s[i - 1]), SKT_ETIMEDOUT);
  }
  for (i = 0; i < 8; ++i) {
    skt_close(&s[i]);
  }
  skt_close(&listener);
  if (refused) {
    SKIP("this system refuses when the backlog is full");
  }
}

/* Linux copies the limit when the client arrives, not when it is accepted. */
TEST(limit, of_a_listener_that_has_none_any_more_is_not_inherited) {
  skt listener = {0}, client = {0}, server = {0};
  skt_addr at;
  int limit_ms = 0;
  CHECK(listen_loopback(SKT_IPV4, &listener, &at));
  CHECK_EQ(skt_set_limit(&listener, SKT_READ, 80), 0);
  CHECK_EQ(skt_socket(&client, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_connect(&client, &at), 0);
  CHECK_EQ(skt_set_limit(&listener, SKT_READ, -1), 0);
  CHECK_EQ(skt_accept(&listener, &server, NULL, 0), 0);
  CHECK_EQ(skt_adopt(&server, skt_release(&server), 0), 0); /* ask the system */
  CHECK_EQ(skt_limit(&server, SKT_READ, &limit_ms), 0);
  CHECK_EQ(limit_ms, -1);
  skt_close(&server);
  skt_close(&client);
  skt_close(&listener);
}

TEST(limit, connect_within_its_limit_succeeds_and_then_blocks) {
  skt listener = {0}, client = {0}, server = {0};
  skt_addr at;
  char byte;
  CHECK(listen_loopback(SKT_IPV4, &listener, &at));
  CHECK_EQ(skt_socket(&client, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_set_limit(&client, SKT_WRITE, 10000), 0);
  CHECK_EQ(skt_connect(&client, &at), 0);
  CHECK_EQ(skt_accept(&listener, &server, NULL, 0), 0);
  test_thread *writer = test_start(write_later, &server);
  CHECK_EQ(skt_read(&client, &byte, 1), 1);
  test_join(writer);
  skt_close(&server);
  skt_close(&client);
  skt_close(&listener);
}

TEST(limit, reads_back_and_goes_away) {
  skt a = {0}, b = {0};
  int limit_ms = 0;
  char byte;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_limit(&a, SKT_READ, &limit_ms), 0);
  CHECK_EQ(limit_ms, -1);
  CHECK_EQ(skt_set_limit(&a, SKT_BOTH, 300), 0);
  CHECK_EQ(skt_set_limit(&a, SKT_READ, 1000), 0);
  CHECK_EQ(skt_limit(&a, SKT_READ, &limit_ms), 0);
  CHECK(limit_ms >= 1000 && limit_ms <= 1010);
  CHECK_EQ(skt_limit(&a, SKT_WRITE, &limit_ms), 0);
  CHECK(limit_ms >= 300 && limit_ms <= 310);
  CHECK_EQ(skt_set_limit(&a, SKT_READ, -1), 0);
  CHECK_EQ(skt_limit(&a, SKT_READ, &limit_ms), 0);
  CHECK_EQ(limit_ms, -1);
  CHECK_EQ(skt_limit(&a, SKT_WRITE, &limit_ms), 0);
  CHECK(limit_ms >= 300);
  CHECK_EQ(skt_set_limit(&a, SKT_WRITE, -1), 0);
  test_thread *writer = test_start(write_later, &b);
  CHECK_EQ(skt_read(&a, &byte, 1), 1); /* natively blocking again */
  test_join(writer);
  skt_close(&a);
  skt_close(&b);
}

/* Linux rounds it up, and over what an int holds. */
TEST(limit, longest_one_reads_back) {
  skt s = {0};
  int limit_ms = 0;
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_set_limit(&s, SKT_READ, INT_MAX), 0);
  CHECK_EQ(skt_limit(&s, SKT_READ, &limit_ms), 0);
  CHECK(limit_ms >= INT_MAX - 10);
  CHECK_EQ(skt_set_limit(&s, SKT_READ, INT_MAX - 1000), 0);
  CHECK_EQ(skt_limit(&s, SKT_READ, &limit_ms), 0);
  CHECK(limit_ms >= INT_MAX - 1000 && limit_ms <= INT_MAX - 990);
  skt_close(&s);
}

/* A limit for one direction leaves the other one waiting. */
TEST(limit, of_writing_lets_reads_wait) {
  skt a = {0}, b = {0};
  char byte;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_set_limit(&a, SKT_WRITE, 1), 0);
  test_thread *writer = test_start(write_later, &b);
  CHECK_EQ(skt_read(&a, &byte, 1), 1);
  test_join(writer);
  skt_close(&a);
  skt_close(&b);
}

TEST(limit, means_nothing_to_a_nonblocking_socket) {
  skt a = {0}, b = {0};
  char byte;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_set_limit(&a, SKT_READ, 100), 0);
  CHECK_EQ(skt_set_blocking(&a, false), 0);
  CHECK_EQ(skt_read(&a, &byte, 1), SKT_EAGAIN);
  CHECK_EQ(skt_set_blocking(&a, true), 0);
  CHECK_EQ(skt_read(&a, &byte, 1), SKT_ETIMEDOUT);
  skt_close(&a);
  skt_close(&b);
}

TEST(limit, out_of_range_reports_einval) {
  skt s = {0};
  int limit_ms;
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_set_limit(&s, SKT_READ, 0), SKT_EINVAL);
  CHECK_EQ(skt_set_limit(&s, SKT_READ, -2), SKT_EINVAL);
  CHECK_EQ(skt_set_limit(&s, 0, 1), SKT_EINVAL);
  CHECK_EQ(skt_set_limit(&s, 4, 1), SKT_EINVAL);
  CHECK_EQ(skt_limit(&s, SKT_BOTH, &limit_ms), SKT_EINVAL);
  CHECK_EQ(skt_limit(&s, SKT_READ, NULL), SKT_EFAULT);
  skt_close(&s);
}

/*
 * Signals
 */

typedef struct limited_call {
  skt s, other;
  skt_addr at;
  long long (*call)(struct limited_call *);
  long long result;
  double took_ms;
} limited_call;

static char much[16 << 20];

static long long read_it(limited_call *c) { return skt_read(&c->s, much, 1); }
static long long peek_it(limited_call *c) { return skt_peek(&c->s, much, 1); }
static long long readv_it(limited_call *c) {
  return skt_readv(&c->s, &(skt_buffer){much, 1}, 1);
}
static long long read_all_of_it(limited_call *c) {
  return skt_read_all(&c->s, much, 8, NULL);
}
static long long write_all_of_it(limited_call *c) {
  return skt_write_all(&c->s, much, sizeof much, NULL);
}
static long long receive_it(limited_call *c) {
  return skt_receive_from(&c->s, much, 1, NULL, NULL);
}
static long long accept_it(limited_call *c) {
  skt out;
  return skt_accept(&c->s, &out, NULL, 0);
}
static long long connect_it(limited_call *c) {
  return skt_connect(&c->s, &c->at);
}

static void run_limited(void *argument) {
  limited_call *c = argument;
  double start = test_now_ms();
  c->result = c->call(c);
  c->took_ms = test_now_ms() - start;
}

static void pause_ms(int ms) {
  skt never = {0};
  skt_addr at;
  listen_loopback(SKT_IPV4, &never, &at);
  skt_wait(&never, SKT_READ, ms, NULL);
  skt_close(&never);
}

enum { LIMIT_MS = 300, AT_MOST_MS = 490 }; /* less than two limits */

/* Interrupt the call `signals` times, so long after each other. */
static bool ends_in_time(limited_call *c, int signals, int each_ms) {
  if (skt_set_limit(&c->s, SKT_BOTH, LIMIT_MS) != 0) {
    return false;
  }
  test_thread *thread = test_start(run_limited, c);
  for (int i = 0; i < signals; ++i) {
    pause_ms(each_ms);
    test_interrupt(thread);
  }
  test_join(thread);
  skt_close(&c->s);
  skt_close(&c->other);
  return test_check_eq(__FILE__, __LINE__, "the call", c->result,
                       SKT_ETIMEDOUT) &&
         test_check(__FILE__, __LINE__, "not too early",
                    c->took_ms >= LIMIT_MS - TICK_MS) &&
         test_check(__FILE__, __LINE__, "not too late",
                    c->took_ms < AT_MOST_MS);
}

static long long (*const calls_on_a_stream[])(limited_call *) = {
    peek_it, readv_it, read_all_of_it, write_all_of_it};

/* The signal comes when most of the limit has passed. */
TEST(limit, signals_prolong_no_call) {
  for (int i = 0; i < 4; ++i) {
    limited_call c = {.call = calls_on_a_stream[i]};
    CHECK(connect_pair(SKT_IPV4, &c.s, &c.other));
    CHECK(ends_in_time(&c, 1, 230));
  }
  limited_call accepting = {.call = accept_it},
               receiving = {.call = receive_it};
  CHECK(listen_loopback(SKT_IPV4, &accepting.s, &accepting.at));
  CHECK(ends_in_time(&accepting, 1, 230));
  CHECK_EQ(skt_socket(&receiving.s, SKT_IPV4, SKT_DATAGRAM, 0), 0);
  CHECK(ends_in_time(&receiving, 1, 230));
}

/* A plain read asks no clock when it begins: its limit starts again, once. */
TEST(limit, of_a_plain_read_starts_again_once) {
  limited_call c = {.call = read_it};
  CHECK(connect_pair(SKT_IPV4, &c.s, &c.other));
  CHECK(ends_in_time(&c, 3, 40));
}

/* Linux waits for room in the queue, and its own limit starts anew with each
 * call. */
TEST(limit, signals_prolong_no_unix_connect) {
  skt listener = {0}, full[3] = {{0}};
  limited_call c = {.call = connect_it};
  if (skt_addr_parse(&c.at, "unix:@skt-limit-test") == SKT_EOPNOTSUPP) {
    SKIP("here a full queue refuses a unix socket");
  }
  CHECK_EQ(skt_socket(&listener, SKT_UNIX, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_bind(&listener, &c.at, 0), 0);
  CHECK_EQ(skt_listen(&listener, 1), 0);
  for (int i = 0; i < 3; ++i) {
    CHECK_EQ(skt_socket(&full[i], SKT_UNIX, SKT_STREAM | SKT_NONBLOCK, 0), 0);
    (void)skt_connect(&full[i], &c.at);
  }
  CHECK_EQ(skt_socket(&c.s, SKT_UNIX, SKT_STREAM, 0), 0);
  bool good = ends_in_time(&c, 20, 40);
  for (int i = 0; i < 3; ++i) {
    skt_close(&full[i]);
  }
  skt_close(&listener);
  CHECK(good);
}

TEST(read_all, gathers_what_comes_in_parts) {
  skt a = {0}, b = {0};
  char got[11] = {0};
  size_t done = 0;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_write(&b, "0123456789", 10), 10);
  test_thread *writer = test_start(write_later, &b);
  CHECK_EQ(skt_read_all(&a, got, 11, &done), 0);
  CHECK_EQ(done, 11);
  CHECK_EQ(memcmp(got, "0123456789x", 11), 0);
  test_join(writer);
  CHECK_EQ(skt_write(&b, "abc", 3), 3);
  CHECK_EQ(skt_close(&b), 0);
  CHECK_EQ(skt_read_all(&a, got, 11, &done), SKT_ENODATA);
  CHECK_EQ(done, 3);
  CHECK_EQ(skt_read_all(&a, got, 0, &done), 0);
  CHECK_EQ(done, 0);
  skt_close(&a);
}

TEST(read_all, limit_is_for_the_whole_and_tells_what_came) {
  skt a = {0}, b = {0};
  char got[10];
  size_t done = 0;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_set_limit(&a, SKT_READ, 100), 0);
  CHECK_EQ(skt_write(&b, "abc", 3), 3);
  double start = test_now_ms();
  CHECK_EQ(skt_read_all(&a, got, 10, &done), SKT_ETIMEDOUT);
  CHECK(test_now_ms() - start >= 100 - TICK_MS);
  CHECK_EQ(done, 3);
  CHECK_EQ(skt_write(&b, "defghij", 7), 7);
  CHECK_EQ(skt_read_all(&a, got + 3, 7, &done), 0);
  CHECK_EQ(memcmp(got, "abcdefghij", 10), 0);
  skt_close(&a);
  skt_close(&b);
}

TEST(write_all, tells_what_was_taken_when_the_limit_is_over) {
  enum { MUCH = 64 << 20 };
  skt a = {0}, b = {0};
  char *bytes = calloc(1, MUCH);
  size_t done = 0;
  CHECK(bytes != NULL);
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_set_limit(&a, SKT_WRITE, 100), 0);
  CHECK_EQ(skt_write_all(&a, bytes, MUCH, &done), SKT_ETIMEDOUT);
  CHECK(done > 0 && done < MUCH);
  CHECK_EQ(skt_shutdown(&a, SKT_WRITE), 0);
  size_t arrived = 0;
  for (ptrdiff_t n; (n = skt_read(&b, bytes, MUCH)) > 0;) {
    arrived += (size_t)n;
  }
  CHECK_EQ(arrived, done);
  CHECK_EQ(skt_write_all(&b, bytes, 0, &done), 0);
  CHECK_EQ(skt_write_all(&b, bytes, 7, NULL), 0);
  free(bytes);
  skt_close(&a);
  skt_close(&b);
}

TEST(peek, shows_what_the_next_read_will_read) {
  skt a = {0}, b = {0};
  char byte = 0;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_write(&a, "xy", 2), 2);
  for (int i = 0; i < 3; ++i) {
    CHECK_EQ(skt_peek(&b, &byte, 1), 1);
    CHECK_EQ(byte, 'x');
  }
  CHECK_EQ(skt_read(&b, &byte, 1), 1);
  CHECK_EQ(byte, 'x');
  CHECK_EQ(skt_peek(&b, &byte, 1), 1);
  CHECK_EQ(byte, 'y');
  CHECK_EQ(skt_read(&b, &byte, 1), 1);
  CHECK_EQ(skt_set_blocking(&b, false), 0);
  CHECK_EQ(skt_peek(&b, &byte, 1), SKT_EAGAIN);
  skt_close(&a);
  CHECK_EQ(skt_wait(&b, SKT_READ, 10000, NULL), SKT_READ);
  CHECK_EQ(skt_peek(&b, &byte, 1), 0);
  skt_close(&b);
}

TEST(vector, two_thousand_buffers_arrive_in_order) {
  static char bytes[2000];
  static skt_buffer parts[4000];
  skt a = {0}, b = {0};
  char got[2000];
  for (int i = 0; i < 2000; ++i) {
    bytes[i] = (char)(i * 7);
    parts[2 * i] = (skt_buffer){&bytes[i], 1};
    parts[2 * i + 1] = (skt_buffer){NULL, 0}; /* empty ones do not matter */
  }
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_writev(&a, parts, 4000), 2000);
  CHECK_EQ(read_n(&b, got, 2000), 2000);
  CHECK_EQ(memcmp(got, bytes, 2000), 0);
  skt_close(&a);
  skt_close(&b);
}

/* They are more than one call of the system takes. */
TEST(vector, buffers_within_a_limit_are_all_written) {
  static skt_buffer parts[300];
  skt a = {0}, b = {0};
  char byte = 'x', got[300];
  for (int i = 0; i < 300; ++i) {
    parts[i] = (skt_buffer){&byte, 1};
  }
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_set_limit(&a, SKT_BOTH, 30000), 0);
  CHECK_EQ(skt_writev(&a, parts, 300), 300);
  CHECK_EQ(read_n(&b, got, 300), 300);
  skt_close(&a);
  skt_close(&b);
}

TEST(vector, read_fills_one_buffer_after_the_other) {
  char x[3] = "##", y[5] = "####", z[3] = "##";
  skt_buffer parts[] = {{x, 2}, {NULL, 0}, {y, 4}, {z, 2}};
  skt a = {0}, b = {0};
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_write(&a, "1234567", 7), 7);
  CHECK_EQ(skt_wait(&b, SKT_READ, 10000, NULL), SKT_READ);
  CHECK_EQ(skt_readv(&b, parts, 4), 7);
  CHECK_STR(x, "12");
  CHECK_STR(y, "3456");
  CHECK_STR(z, "7#");
  CHECK_EQ(skt_readv(&b, NULL, 0), 0);
  CHECK_EQ(skt_writev(&b, NULL, 0), 0);
  CHECK_EQ(skt_readv(&b, parts + 1, 1), 0);
  CHECK_EQ(skt_set_blocking(&b, false), 0);
  CHECK_EQ(skt_readv(&b, parts, 4), SKT_EAGAIN);
  skt_close(&a);
  CHECK_EQ(skt_wait(&b, SKT_READ, 10000, NULL), SKT_READ);
  CHECK_EQ(skt_readv(&b, parts, 4), 0);
  skt_close(&b);
}

TEST(vector, bad_buffers_are_told) {
  char x[2];
  skt_buffer hole[] = {{x, 2}, {NULL, 1}};
  skt_buffer huge[] = {{x, SIZE_MAX}, {x, SIZE_MAX}};
  skt a = {0}, b = {0};
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_writev(&a, hole, 2), SKT_EFAULT);
  CHECK_EQ(skt_readv(&a, hole, 2), SKT_EFAULT);
  CHECK_EQ(skt_writev(&a, NULL, 1), SKT_EFAULT);
  CHECK_EQ(skt_writev(&a, huge, 2), SKT_EINVAL);
  CHECK_EQ(skt_readv(&a, huge, 2), SKT_EINVAL);
  CHECK_EQ(skt_write(&b, "x", 1), 1);
  CHECK_EQ(skt_read(&a, x, 2), 1);
  skt_close(&a);
  skt_close(&b);
}
