/* SPDX-License-Identifier: MIT */
/* skt_cancel against calls that wait, calls that are about to, and calls that
 * come later. */
#include <stdlib.h>

#include "peer.h"
#include "skt_test.h"

typedef struct waiter {
  skt s, other;
  skt_addr at;
  long long (*call)(struct waiter *);
  long long result;
} waiter;

static long long wait_in_read(waiter *w) {
  char byte;
  return skt_read(&w->s, &byte, 1);
}

static long long wait_in_write(waiter *w) {
  enum { MUCH = 64 << 20 };
  char *bytes = calloc(1, MUCH);
  long long rc = skt_write(&w->s, bytes, MUCH); /* part of it is taken */
  rc = rc >= 0 ? skt_write(&w->s, bytes, 1) : rc;
  free(bytes);
  return rc;
}

static long long wait_in_accept(waiter *w) {
  skt out;
  return skt_accept(&w->s, &out, NULL, 0);
}

static long long wait_in_wait(waiter *w) {
  return skt_wait(&w->s, SKT_READ, -1, NULL);
}

static long long wait_in_read_all(waiter *w) {
  char bytes[8];
  return skt_read_all(&w->s, bytes, sizeof bytes, NULL);
}

static long long wait_in_connect(waiter *w) {
  return skt_connect(&w->s, &w->at);
}

static void run_waiter(void *argument) {
  waiter *w = argument;
  w->result = w->call(w);
}

/* Time for the thread to get into its call, most times; the test holds if it
 * does not. */
static void let_it_wait(int ms) {
  skt never = {0};
  skt_addr at;
  listen_loopback(SKT_IPV4, &never, &at);
  skt_wait(&never, SKT_READ, ms, NULL);
  skt_close(&never);
}

static bool is_cancelled(waiter *w, int ms) {
  test_thread *thread = test_start(run_waiter, w);
  if (ms > 0) {
    let_it_wait(ms);
  }
  bool good = skt_cancel(&w->s) == 0;
  test_join(thread);
  return good && test_check_eq(__FILE__, __LINE__, "the call that waited",
                               w->result, SKT_ECANCELED);
}

static bool each_call_is_cancelled(int ms, int limit_ms) {
  static long long (*const calls[])(waiter *) = {
      wait_in_read, wait_in_write, wait_in_wait, wait_in_read_all};
  for (size_t i = 0; i < sizeof calls / sizeof *calls; ++i) {
    waiter w = {.call = calls[i]};
    if (!connect_pair(SKT_IPV4, &w.s, &w.other) ||
        skt_set_limit(&w.s, SKT_BOTH, limit_ms) != 0 || !is_cancelled(&w, ms)) {
      return false;
    }
    skt_close(&w.s);
    skt_close(&w.other);
  }
  waiter w = {.call = wait_in_accept};
  bool good = listen_loopback(SKT_IPV4, &w.s, &w.at) &&
              skt_set_limit(&w.s, SKT_BOTH, limit_ms) == 0 &&
              is_cancelled(&w, ms);
  skt_close(&w.s);
  return good;
}

TEST(cancel, ends_every_call_that_waits) {
  CHECK(each_call_is_cancelled(100, -1));
}

TEST(cancel, ends_every_call_that_waits_within_a_limit) {
  CHECK(each_call_is_cancelled(100, 60000));
}

TEST(cancel, ends_a_connect_that_waits) {
  skt listener = {0}, full[4] = {{0}};
  waiter w = {.call = wait_in_connect};
  CHECK(bind_loopback(SKT_IPV4, &listener, &w.at));
  CHECK_EQ(skt_listen(&listener, 1), 0);
  for (int i = 0; i < 4; ++i) { /* fill the backlog */
    CHECK_EQ(skt_socket(&full[i], SKT_IPV4, SKT_STREAM | SKT_NONBLOCK, 0), 0);
    CHECK_EQ(skt_connect(&full[i], &w.at), SKT_EINPROGRESS);
    skt_wait(&full[i], SKT_WRITE, 100, NULL);
  }
  CHECK_EQ(skt_socket(&w.s, SKT_IPV4, SKT_STREAM, 0), 0);
  bool good = is_cancelled(&w, 100);
  skt_close(&w.s);
  for (int i = 0; i < 4; ++i) {
    skt_close(&full[i]);
  }
  skt_close(&listener);
  CHECK(good);
}

TEST(cancel, makes_later_calls_end_at_once) {
  skt a = {0}, b = {0}, fresh = {0}, out;
  skt_addr at;
  char byte;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_write(&b, "x", 1), 1);
  CHECK_EQ(skt_wait(&a, SKT_READ, 10000, NULL), SKT_READ);
  for (int i = 0; i < 2; ++i) {
    CHECK_EQ(skt_cancel(&a), 0);
    CHECK_EQ(skt_read(&a, &byte, 1), SKT_ECANCELED);
    CHECK_EQ(skt_peek(&a, &byte, 1), SKT_ECANCELED);
    CHECK_EQ(skt_write(&a, &byte, 1), SKT_ECANCELED);
    CHECK_EQ(skt_wait(&a, SKT_BOTH, -1, NULL), SKT_ECANCELED);
    CHECK_EQ(skt_shutdown(&a, SKT_BOTH), SKT_ECANCELED);
  }
  CHECK(skt_native(&a) != UINTPTR_MAX);
  CHECK_EQ(skt_close(&a), 0);
  CHECK_EQ(read_n(&b, &byte, 1), 0); /* the peer sees an end */
  skt_close(&b);

  CHECK(listen_loopback(SKT_IPV4, &a, &at));
  CHECK_EQ(skt_cancel(&a), 0);
  CHECK_EQ(skt_accept(&a, &out, NULL, 0), SKT_ECANCELED);
  CHECK_EQ(skt_close(&a), 0);
  CHECK(listen_loopback(SKT_IPV4, &a, &at));
  CHECK_EQ(skt_socket(&fresh, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_cancel(&fresh), 0);
  CHECK_EQ(skt_connect(&fresh, &at), SKT_ECANCELED);
  CHECK_EQ(skt_connect(&fresh, &at), SKT_ECANCELED);
  CHECK_EQ(skt_close(&fresh), 0);
  skt_close(&a);
}

/* A call that is just about to wait must not be missed. */
TEST(cancel, thousand_races_with_a_call_about_to_wait_are_won) {
  static long long (*const calls[])(waiter *) = {wait_in_read, wait_in_accept,
                                                 wait_in_wait};
  for (int i = 0; i < 1000; ++i) {
    waiter w = {.call = calls[i % 3]};
    bool made = w.call == wait_in_accept
                    ? listen_loopback(SKT_IPV4, &w.s, &w.at)
                    : connect_pair(SKT_IPV4, &w.s, &w.other);
    CHECK(made);
    CHECK(is_cancelled(&w, 0));
    skt_close(&w.s);
    skt_close(&w.other);
  }
}

static long long accept_one(waiter *w) {
  return skt_accept(&w->s, &w->other, &w->at, 0);
}

/* A connection that is accepted while the listener is cancelled must not have
 * the native mode that the cancel gave the listener. */
TEST(cancel, connection_accepted_meanwhile_blocks_as_it_was_asked_to) {
  for (int i = 0; i < 300; ++i) {
    waiter w = {.call = accept_one};
    skt client = {0};
    CHECK(listen_loopback(SKT_IPV4, &w.s, &w.at));
    CHECK_EQ(skt_socket(&client, SKT_IPV4, SKT_STREAM, 0), 0);
    skt_addr at = w.at;
    test_thread *thread = test_start(run_waiter, &w);
    CHECK_EQ(skt_connect(&client, &at), 0);
    CHECK_EQ(skt_cancel(&w.s), 0);
    test_join(thread);
    CHECK(w.result == 0 || w.result == SKT_ECANCELED);
    CHECK(w.result != 0 || test_would_block(skt_native(&w.other)));
    CHECK(w.result == 0 || skt_native(&w.other) == UINTPTR_MAX);
    skt_close(&w.other);
    skt_close(&client);
    skt_close(&w.s);
  }
}

/* The races of the other verbs: 1,000 rounds each, to be run under the thread
 * sanitizer too (ci/test.sh tsan). */

static skt connect_and_write(const skt_addr *at, const char *byte) {
  skt s = {0};
  if (skt_socket(&s, SKT_IPV4, SKT_STREAM, 0) == 0 &&
      skt_connect(&s, at) == 0) {
    skt_write(&s, byte, 1);
  }
  return s;
}

static void connect_and_abort(void *argument) {
  for (int i = 0; i < 1000; ++i) {
    skt s = connect_and_write(argument, "x");
    skt_abort(&s);
  }
  skt last = connect_and_write(argument, "z");
  skt_close(&last);
}

static void cancel_it(void *argument) {
  int rc = skt_cancel(argument);
  if (rc != 0) {
    test_check_eq(__FILE__, __LINE__, "skt_cancel", rc, SKT_EBADF);
  }
}

/* The handle is nobody else's before skt_cancel is out of the call. */
TEST(cancel, may_come_at_any_moment_of_a_graceful_close) {
  for (int i = 0; i < 300; ++i) {
    skt a = {0}, b = {0};
    CHECK(connect_pair(SKT_IPV4, &a, &b));
    if (i % 3 == 0) {
      skt_close(&b);
    }
    test_thread *thread = test_start(cancel_it, &a);
    int rc = skt_close_graceful(&a, i % 3 == 1 ? 20000 : 0, 0);
    CHECK(rc == 0 || rc == SKT_ECANCELED || rc == SKT_ETIMEDOUT ||
          rc == SKT_ECONNRESET);
    test_join(thread);
    CHECK_EQ(skt_native(&a), UINTPTR_MAX);
    skt_close(&b);
  }
}

TEST(race, accept_against_thousand_clients_that_reset) {
  skt listener = {0}, server = {0};
  skt_addr at, peer;
  char byte = 0;
  CHECK(listen_loopback(SKT_IPV4, &listener, &at));
  CHECK_EQ(skt_set_limit(&listener, SKT_READ, 30000), 0);
  test_thread *clients = test_start(connect_and_abort, &at);
  while (byte != 'z') {
    CHECK_EQ(skt_accept(&listener, &server, &peer, 0), 0);
    ptrdiff_t n = skt_read(&server, &byte, 1);
    CHECK(n == 1 || n == SKT_ECONNRESET);
    CHECK_EQ(skt_close(&server), 0);
  }
  test_join(clients);
  skt_close(&listener);
}

static void write_thousand(void *argument) {
  for (int i = 0; i < 1000; ++i) {
    ptrdiff_t n = skt_write(argument, "0123456789", 10);
    if (n != 10) {
      test_check_eq(__FILE__, __LINE__, "skt_write", n, 10);
      return;
    }
  }
}

static skt shared_listener;

/* Until the client that says so. */
static void accept_many(void *count) {
  char byte = 0;
  while (byte != 'z') {
    skt s = {0};
    int rc = skt_accept(&shared_listener, &s, NULL, 0);
    if (rc != 0) {
      test_check_eq(__FILE__, __LINE__, "skt_accept", rc, 0);
      return;
    }
    skt_read(&s, &byte, 1);
    ++*(int *)count;
    skt_close(&s);
  }
}

/* Under Wine some of them get a would-block, though the listener blocks. */
TEST(race, four_threads_accept_every_client) {
  enum { THREADS = 4, CLIENTS = 400 };
  test_thread *threads[THREADS];
  int counts[THREADS] = {0}, sum = 0;
  skt_addr at;
  CHECK(listen_loopback(SKT_IPV4, &shared_listener, &at));
  for (int i = 0; i < THREADS; ++i) {
    threads[i] = test_start(accept_many, &counts[i]);
  }
  for (int i = 0; i < CLIENTS + THREADS; ++i) {
    skt s = connect_and_write(&at, i < CLIENTS ? "x" : "z");
    CHECK(skt_native(&s) != UINTPTR_MAX);
    skt_close(&s);
  }
  for (int i = 0; i < THREADS; ++i) {
    test_join(threads[i]);
    sum += counts[i];
  }
  skt_close(&shared_listener);
  CHECK_EQ(sum, CLIENTS + THREADS);
}

static skt fresh_socket;

static void receive_one(void *ignored) {
  char byte;
  (void)ignored;
  skt_receive_from(&fresh_socket, &byte, 1, NULL, NULL);
}

/* The first receive gives a fresh socket its address, beside what is sent. */
TEST(race, first_receive_goes_on_beside_a_send) {
  for (int i = 0; i < 100; ++i) {
    skt_addr to;
    skt peer = {0};
    CHECK(bind_loopback(SKT_IPV4, &peer, &to));
    CHECK_EQ(skt_socket(&fresh_socket, SKT_IPV4, SKT_DATAGRAM, 0), 0);
    test_thread *thread = test_start(receive_one, NULL);
    CHECK_EQ(skt_send_to(&fresh_socket, "x", 1, &to), 1);
    CHECK_EQ(skt_wait(&fresh_socket, SKT_WRITE, 10000, NULL), SKT_WRITE);
    CHECK_EQ(skt_cancel(&fresh_socket), 0);
    test_join(thread);
    skt_close(&fresh_socket);
    skt_close(&peer);
  }
}

/* What only asks may be called beside what moves bytes. */
TEST(race, queries_go_on_beside_reads_and_writes) {
  skt a = {0}, b = {0};
  skt_addr at;
  char got[10];
  int value;
  uintptr_t native;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  native = skt_native(&a);
  test_thread *on_a = test_start(write_thousand, &a);
  test_thread *on_b = test_start(write_thousand, &b);
  for (int i = 0; i < 1000; ++i) {
    CHECK_EQ(skt_native(&a), native);
    CHECK_EQ(skt_blocking(&a), 1);
    CHECK_EQ(skt_local(&a, &at), 0);
    CHECK_EQ(skt_peer(&a, &at), 0);
    CHECK_EQ(skt_get_option(&a, SKT_OPT_NODELAY, &value), 0);
    CHECK_EQ(skt_limit(&a, SKT_WRITE, &value), 0);
    CHECK_EQ(skt_read_all(&a, got, sizeof got, NULL), 0);
    CHECK_EQ(skt_read_all(&b, got, sizeof got, NULL), 0);
  }
  test_join(on_a);
  test_join(on_b);
  skt_close(&a);
  skt_close(&b);
}

TEST(race, one_reads_and_one_writes_thousand_times_on_one_socket) {
  skt a = {0}, b = {0};
  char got[10];
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  test_thread *on_a = test_start(write_thousand, &a);
  test_thread *on_b = test_start(write_thousand, &b);
  for (int i = 0; i < 1000; ++i) {
    CHECK_EQ(skt_read_all(&a, got, sizeof got, NULL), 0);
    CHECK_EQ(skt_read_all(&b, got, sizeof got, NULL), 0);
  }
  test_join(on_a);
  test_join(on_b);
  skt_close(&a);
  skt_close(&b);
}
