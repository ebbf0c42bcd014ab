/* SPDX-License-Identifier: MIT */
/* Sending files while signals come, and to peers that are gone. */
#include <stdio.h>
#include <string.h>

#include "peer.h"
#include "skt_test.h"

static FILE *zeros(const char *name, int64_t n) {
  FILE *f = fopen(name, "w+b");
  if (f != NULL && !test_set_length(skt_file_of(f), n)) {
    fclose(f);
    f = NULL;
  }
  return f;
}

enum { PATIENCE_MS = 10000 };

/* The first call can find the reset, the second must find it, in both ways. */
static bool breaks(FILE *f, uint64_t count) {
  skt a = {0}, b = {0};
  uint64_t done = 99;
  bool made = connect_pair(SKT_IPV4, &a, &b) && reset_by(&b, &a);
  int first = skt_send_file(&a, skt_file_of(f), 0, count, &done);
  int second = skt_send_file(&a, skt_file_of(f), 0, count, &done);
  bool right = made && (first == 0 || first == SKT_ECONNRESET) &&
               second == SKT_ECONNRESET && done == 0;
  skt_close(&a);
  return right;
}

/* The same, but the connection breaks of itself: the peer is gone, and nothing
 * was unread. What Linux then raises is SIGPIPE. */
static bool ends(FILE *f, uint64_t count) {
  skt a = {0}, b = {0};
  uint64_t done = 99;
  int rc = connect_pair(SKT_IPV4, &a, &b) ? 0 : -1;
  skt_close(&b);
  for (int i = 0; i < 100 && rc == 0; ++i) {
    rc = skt_send_file(&a, skt_file_of(f), 0, count, &done);
    skt_wait(&a, SKT_READ, PATIENCE_MS, NULL);
  }
  bool right = rc == SKT_ECONNRESET &&
               skt_send_file(&a, skt_file_of(f), 0, count, &done) == rc;
  skt_close(&a);
  return right;
}

static bool all_break(FILE *f) {
  return breaks(f, 1) && breaks(f, 100000) && breaks(f, UINT64_MAX) &&
         ends(f, 1) && ends(f, 100000) && ends(f, UINT64_MAX);
}

/* The suite runs with SIGPIPE's default, which ends the process. */
TEST(file, broken_connection_raises_no_sigpipe) {
  FILE *f = zeros("skt_file_broken", 100000);
  CHECK(f != NULL);
  CHECK(all_break(f));
  fclose(f);
  remove("skt_file_broken");
}

TEST(file, signal_mask_and_a_pending_sigpipe_stay) {
  FILE *f = zeros("skt_file_mask", 100000);
  CHECK(f != NULL);
  int before = test_sigpipe();
  if (before < 0) {
    fclose(f);
    remove("skt_file_mask");
    SKIP("this system has no SIGPIPE");
  }
  CHECK_EQ(before, 0);
  CHECK(all_break(f));
  CHECK_EQ(test_sigpipe(), 0);
  test_block_sigpipe(true);
  CHECK(all_break(f));
  CHECK_EQ(test_sigpipe(), TEST_BLOCKED);
  test_raise_sigpipe();
  CHECK(all_break(f));
  CHECK_EQ(test_sigpipe(), TEST_BLOCKED | TEST_PENDING);
  test_take_sigpipe();
  test_block_sigpipe(false);
  CHECK_EQ(test_sigpipe(), 0);
  fclose(f);
  remove("skt_file_mask");
}

typedef struct transfer {
  skt s;
  FILE *f;
  uint64_t count, done;
  int rc;
} transfer;

static void send_all(void *argument) {
  transfer *t = argument;
  t->rc = skt_send_file(&t->s, skt_file_of(t->f), 0, t->count, &t->done);
  skt_shutdown(&t->s, SKT_WRITE);
}

/* A byte for each 64 KiB, after which a signal comes. */
static uint64_t read_with_signals(skt *s, test_thread *sender, int *signals) {
  static char got[1 << 16];
  uint64_t arrived = 0;
  for (ptrdiff_t n; (n = skt_read(s, got, sizeof got)) > 0;) {
    arrived += (uint64_t)n;
    *signals += *signals < 200 && test_interrupt(sender);
  }
  return arrived;
}

TEST(file, signals_neither_end_it_nor_change_the_count) {
  transfer t = {.f = zeros("skt_file_signals", 64 << 20), .count = 64 << 20};
  skt b = {0};
  int signals = 0;
  CHECK(t.f != NULL && connect_pair(SKT_IPV4, &t.s, &b));
  test_thread *thread = test_start(send_all, &t);
  CHECK_EQ(read_with_signals(&b, thread, &signals), t.count);
  test_join(thread);
  CHECK_EQ(t.rc, 0);
  CHECK_EQ(t.done, t.count);
  skt_close(&t.s);
  skt_close(&b);
  fclose(t.f);
  remove("skt_file_signals");
  if (signals == 0) {
    SKIP("this system has no signals");
  }
}
