/* SPDX-License-Identifier: MIT */
/* Waiting for several sockets, and being woken. */
#include <stdlib.h>

#include "peer.h"
#include "skt_test.h"

TEST(poll, tells_each_entry_what_is_there) {
  skt a = {0}, b = {0}, listener = {0}, client = {0};
  skt_addr at;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK(listen_loopback(SKT_IPV4, &listener, &at));
  skt_polled e[] = {{&a, SKT_BOTH, 9}, {&b, SKT_READ, 9}, {&listener, 1, 9}};
  CHECK_EQ(skt_poll(e, 3, -1, NULL), 1);
  CHECK_EQ(e[0].ready, SKT_WRITE);
  CHECK_EQ(e[1].ready, 0);
  CHECK_EQ(e[2].ready, 0);
  CHECK_EQ(skt_write(&a, "x", 1), 1);
  CHECK_EQ(skt_socket(&client, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_connect(&client, &at), 0);
  CHECK_EQ(skt_wait(&b, SKT_READ, 10000, NULL), SKT_READ);
  CHECK_EQ(skt_wait(&listener, SKT_READ, 10000, NULL), SKT_READ);
  CHECK_EQ(skt_poll(e, 3, -1, NULL), 3);
  CHECK_EQ(e[0].ready, SKT_WRITE);
  CHECK_EQ(e[1].ready, SKT_READ);
  CHECK_EQ(e[2].ready, SKT_READ);
  skt_close(&client);
  skt_close(&listener);
  skt_close(&a);
  skt_close(&b);
}

TEST(poll, passes_over_entries_without_socket_or_events) {
  skt a = {0}, b = {0};
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK(reset_by(&a, &b)); /* an error that nobody asks for */
  skt_polled e[] = {{NULL, SKT_BOTH, 9}, {&b, 0, 9}};
  double start = test_now_ms();
  CHECK_EQ(skt_poll(e, 2, 30, NULL), 0);
  CHECK(test_now_ms() - start >= 30);
  CHECK_EQ(e[0].ready, 0);
  CHECK_EQ(e[1].ready, 0);
  skt_close(&b);
}

TEST(poll, cancelled_socket_without_events_is_passed_over) {
  skt a = {0}, b = {0};
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_cancel(&a), 0);
  skt_polled e[] = {{&a, 0, 9}};
  CHECK_EQ(skt_poll(e, 1, 20, NULL), 0);
  CHECK_EQ(e[0].ready, 0);
  skt_close(&a);
  skt_close(&b);
}

/* poll refuses more than this process may have descriptors. */
TEST(poll, any_number_of_entries_is_passed_over) {
  enum { MANY = 200000 };
  static skt_polled e[MANY];
  skt a = {0}, b = {0};
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  e[0] = (skt_polled){&a, SKT_READ, 9};
  e[1] = (skt_polled){&b, 0, 9};
  e[MANY - 1] = (skt_polled){&b, SKT_WRITE, 9};
  CHECK_EQ(skt_poll(e, MANY, 10000, NULL), 1);
  CHECK_EQ(e[0].ready, 0);
  CHECK_EQ(e[1].ready, 0);
  CHECK_EQ(e[MANY - 1].ready, SKT_WRITE);
  skt_close(&a);
  skt_close(&b);
}

/* A process that has given up its descriptors keeps its sockets. */
static void wait_without_descriptors(skt *a, skt *b, skt_waker *w) {
  skt_polled e[] = {{a, SKT_READ, 9}, {b, SKT_BOTH, 9}, {NULL, SKT_READ, 9}};
  double start = test_now_ms();
  CHECK_EQ(skt_wait(a, SKT_READ, 30, w), 0);
  CHECK(test_now_ms() - start >= 30);
  CHECK_EQ(skt_wait(a, SKT_BOTH, -1, w), SKT_WRITE);
  CHECK_EQ(skt_poll(e, 3, -1, NULL), 1);
  CHECK(e[0].ready == 0 && e[1].ready == SKT_WRITE && e[2].ready == 0);
  CHECK_EQ(skt_wake(w), 0);
  CHECK_EQ(skt_wait(a, SKT_READ, -1, w), SKT_WOKEN);
  CHECK_EQ(skt_write(b, "x", 1), 1);
  CHECK_EQ(skt_wait(a, SKT_BOTH, -1, w), SKT_BOTH);
  CHECK_EQ(skt_poll(e, 3, 0, w), 2);
  CHECK(e[0].ready == SKT_READ && e[1].ready == SKT_WRITE);
  CHECK_EQ(skt_poll(NULL, 0, 10, NULL), 0);
}

TEST(poll, process_without_descriptors_waits_all_the_same) {
  for (int limit = 0; limit < 3; ++limit) {
    skt a = {0}, b = {0};
    skt_waker w;
    CHECK(connect_pair(SKT_IPV4, &a, &b));
    CHECK_EQ(skt_waker_create(&w), 0);
    bool limited = test_allow_descriptors(limit);
    wait_without_descriptors(&a, &b, &w);
    test_allow_descriptors(-1);
    skt_waker_destroy(&w);
    skt_close(&a);
    skt_close(&b);
    if (!limited) {
      SKIP("this system has no limit of descriptors");
    }
  }
}

TEST(poll, process_without_descriptors_sees_resets_and_closed_handles) {
  skt a = {0}, b = {0}, gone = {0}, copy;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK(reset_by(&a, &b));
  CHECK_EQ(skt_socket(&gone, SKT_IPV4, SKT_DATAGRAM, 0), 0);
  copy = gone;
  CHECK_EQ(skt_close(&gone), 0);
  bool limited = test_allow_descriptors(0);
  int rc[4];
  for (int events = SKT_READ; events <= SKT_BOTH; ++events) {
    rc[events] = skt_wait(&b, events, 10000, NULL);
  }
  rc[0] = skt_wait(&copy, SKT_READ, 10000, NULL);
  test_allow_descriptors(-1);
  CHECK_EQ(rc[0], SKT_ENOTSOCK);
  for (int events = SKT_READ; events <= SKT_BOTH; ++events) {
    CHECK_EQ(rc[events], events);
  }
  skt_close(&b);
  if (!limited) {
    SKIP("this system has no limit of descriptors");
  }
}

/* The same socket may stand in any number of entries. */
TEST(poll, more_entries_than_descriptors_are_told) {
  enum { MANY = 5000 };
  static skt_polled e[MANY];
  skt a = {0}, b = {0};
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_write(&a, "x", 1), 1);
  CHECK_EQ(skt_wait(&b, SKT_READ, 10000, NULL), SKT_READ);
  for (int i = 0; i < MANY; ++i) {
    e[i] = (skt_polled){i % 2 == 0 ? &a : &b, SKT_READ, 9};
  }
  bool limited = test_allow_descriptors(1000);
  int rc = skt_poll(e, MANY, 10000, NULL);
  test_allow_descriptors(-1);
  CHECK_EQ(rc, MANY / 2);
  for (int i = 0; i < MANY; ++i) {
    CHECK_EQ(e[i].ready, i % 2 == 0 ? 0 : SKT_READ);
  }
  skt_close(&a);
  skt_close(&b);
  if (!limited) {
    SKIP("this system has no limit of descriptors");
  }
}

/* A descriptor beyond the first set of select. */
TEST(poll, high_descriptors_are_told_without_descriptors_left) {
  enum { MANY = 2100 };
  static skt many[MANY];
  skt a = {0}, b = {0};
  int opened = 0, rc = 0;
  while (opened < MANY &&
         skt_socket(&many[opened], SKT_IPV4, SKT_DATAGRAM, 0) == 0) {
    ++opened;
  }
  bool high = opened == MANY && connect_pair(SKT_IPV4, &a, &b);
  bool limited = high && test_allow_descriptors(0);
  if (high) {
    skt_polled e[] = {{&many[0], SKT_READ, 9}, {&a, SKT_READ, 9}, {&b, 2, 9}};
    rc = skt_poll(e, 3, 10000, NULL);
    rc = rc == 1 ? e[2].ready : rc;
  }
  test_allow_descriptors(-1);
  while (opened > 0) {
    skt_close(&many[--opened]);
  }
  skt_close(&a);
  skt_close(&b);
  if (!high || !limited) {
    SKIP("no limit of descriptors, or one under 2,100");
  }
  CHECK_EQ(rc, SKT_WRITE);
}

TEST(poll, socket_in_several_entries_is_told_in_each) {
  skt a = {0}, b = {0};
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_write(&b, "x", 1), 1);
  CHECK_EQ(skt_wait(&a, SKT_READ, 10000, NULL), SKT_READ);
  skt_polled e[] = {{&a, SKT_READ, 0}, {&b, SKT_READ, 0}, {&a, SKT_BOTH, 0}};
  CHECK_EQ(skt_poll(e, 3, 1000, NULL), 2);
  CHECK_EQ(e[0].ready, SKT_READ);
  CHECK_EQ(e[1].ready, 0);
  CHECK_EQ(e[2].ready, SKT_BOTH);
  skt_close(&a);
  skt_close(&b);
}

/* select's sets end at 64 or 1024, where nobody makes them larger. */
TEST(poll, last_of_two_thousand_entries_is_told) {
  enum { MANY = 2000 };
  static skt many[MANY];
  static skt_polled e[MANY];
  skt a = {0}, b = {0};
  int opened = 0;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  while (opened < MANY - 1 &&
         skt_socket(&many[opened], SKT_IPV4, SKT_DATAGRAM, 0) == 0) {
    e[opened] = (skt_polled){&many[opened], SKT_READ, 9};
    ++opened;
  }
  e[opened] = (skt_polled){&a, SKT_READ, 9};
  CHECK_EQ(skt_poll(e, (size_t)opened + 1, 0, NULL), 0);
  CHECK_EQ(skt_write(&b, "x", 1), 1);
  CHECK_EQ(skt_poll(e, (size_t)opened + 1, 10000, NULL), 1);
  CHECK_EQ(e[opened].ready, SKT_READ);
  CHECK_EQ(e[0].ready, 0);
  for (int i = 0; i < opened; ++i) {
    skt_close(&many[i]);
  }
  skt_close(&a);
  skt_close(&b);
  if (opened < MANY - 1) {
    SKIP("this process may not have 2,000 sockets");
  }
}

TEST(poll, nothing_to_wait_for_is_a_pause) {
  double start = test_now_ms();
  CHECK_EQ(skt_poll(NULL, 0, 30, NULL), 0);
  CHECK(test_now_ms() - start >= 30);
  CHECK_EQ(skt_poll(NULL, 0, 0, NULL), 0);
}

TEST(poll, refused_connect_and_reset_are_told) {
  skt a = {0}, b = {0}, bound = {0}, client = {0};
  skt_addr at;
  CHECK(bind_loopback(SKT_IPV4, &bound, &at)); /* where nobody listens */
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK(reset_by(&a, &b));
  CHECK_EQ(skt_socket(&client, SKT_IPV4, SKT_STREAM | SKT_NONBLOCK, 0), 0);
  int rc = skt_connect(&client, &at);
  CHECK(rc == SKT_EINPROGRESS || rc == SKT_ECONNREFUSED);
  skt_polled e[] = {{&b, SKT_BOTH, 0}, {&client, SKT_WRITE, 0}};
  if (rc == SKT_EINPROGRESS) {
    CHECK_EQ(skt_wait(&client, SKT_WRITE, 10000, NULL), SKT_WRITE);
    CHECK_EQ(skt_poll(e, 2, 10000, NULL), 2);
    CHECK_EQ(e[0].ready, SKT_BOTH);
    CHECK_EQ(e[1].ready, SKT_WRITE);
    CHECK_EQ(skt_connect_finish(&client), SKT_ECONNREFUSED);
  }
  skt_close(&client);
  skt_close(&bound);
  skt_close(&b);
}

TEST(poll, direction_that_has_ended_here_is_ready) {
  skt a = {0}, b = {0};
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_wait(&a, SKT_READ, 0, NULL), 0);
  CHECK_EQ(skt_shutdown(&a, SKT_READ), 0);
  CHECK_EQ(skt_wait(&a, SKT_READ, -1, NULL), SKT_READ);
  skt_polled e[] = {{&b, SKT_READ, 0}, {&a, SKT_READ, 0}};
  CHECK_EQ(skt_poll(e, 2, -1, NULL), 1);
  CHECK_EQ(e[0].ready, 0);
  CHECK_EQ(e[1].ready, SKT_READ);
  skt_close(&a);
  skt_close(&b);
}

TEST(poll, urgent_data_makes_nothing_ready) {
  skt a = {0}, b = {0};
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK(test_send_urgent(skt_native(&a), '!'));
  CHECK_EQ(skt_wait(&b, SKT_READ, 50, NULL), 0);
  CHECK_EQ(skt_write(&a, "x", 1), 1);
  CHECK_EQ(skt_wait(&b, SKT_READ, 10000, NULL), SKT_READ);
  skt_close(&a);
  skt_close(&b);
}

TEST(poll, closed_handle_is_reported_by_its_entry) {
  skt a = {0}, b = {0}, gone = {0}, copy;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_socket(&gone, SKT_IPV4, SKT_DATAGRAM, 0), 0);
  copy = gone;
  CHECK_EQ(skt_close(&gone), 0);
  skt_polled e[] = {{&a, SKT_WRITE, 9}, {&copy, SKT_BOTH, 9}, {&b, 1, 9}};
  CHECK_EQ(skt_poll(e, 2, 10000, NULL), 2);
  CHECK_EQ(e[0].ready, SKT_WRITE);
  CHECK_EQ(e[1].ready, SKT_ENOTSOCK);
  CHECK_EQ(e[2].ready, 9); /* not one of them */
  skt_close(&a);
  skt_close(&b);
}

TEST(poll, bad_entry_has_its_code_and_counts_as_ready) {
  skt a = {0}, b = {0}, none = {0}, fresh = {0};
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_socket(&fresh, SKT_IPV4, SKT_STREAM, 0), 0);
  skt_polled e[] = {{&a, SKT_WRITE, 9}, {&b, 4, 9},    {&fresh, SKT_READ, 9},
                    {&none, 0, 9},      {&none, 4, 9}, {NULL, 4, 9},
                    {&b, SKT_READ, 9}};
  CHECK_EQ(skt_poll(e, 7, -1, NULL), 5);
  CHECK_EQ(e[0].ready, SKT_WRITE);
  CHECK_EQ(e[1].ready, SKT_EINVAL);
  CHECK_EQ(e[2].ready, SKT_ENOTCONN);
  CHECK_EQ(e[3].ready, SKT_EBADF);
  CHECK_EQ(e[4].ready, SKT_EBADF);
  CHECK_EQ(e[5].ready, 0);
  CHECK_EQ(e[6].ready, 0);
  CHECK_EQ(skt_poll(e + 2, 1, -1, NULL), 1);
  CHECK_EQ(skt_cancel(&b), 0);
  CHECK_EQ(skt_poll(e, 7, -1, NULL), 6);
  CHECK_EQ(e[0].ready, SKT_WRITE);
  CHECK_EQ(e[6].ready, SKT_ECANCELED);
  skt_close(&fresh);
  skt_close(&a);
  skt_close(&b);
}

TEST(poll, wrong_arguments_are_refused_and_nothing_is_waited_for) {
  skt a = {0}, b = {0};
  skt_waker no_waker = {0};
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  skt_polled good[] = {{&a, SKT_WRITE, 9}, {&b, SKT_WRITE, 9}};
  CHECK_EQ(skt_poll(NULL, 1, 0, NULL), SKT_EFAULT);
  CHECK_EQ(skt_poll(good, 2, -2, NULL), SKT_EINVAL);
  CHECK_EQ(skt_poll(good, 2, 0, &no_waker), SKT_EBADF);
  CHECK_EQ(skt_wait(&a, SKT_WRITE, 0, &no_waker), SKT_EBADF);
  CHECK_EQ(skt_poll(NULL, 0, -1, NULL), SKT_EINVAL);
  CHECK_EQ(good[0].ready, 0);
  CHECK_EQ(skt_poll(good, 2, -2, &no_waker), SKT_EBADF);
  CHECK_EQ(skt_poll(good, 2, 0, NULL), 2);
  skt_close(&a);
  skt_close(&b);
}

TEST(waker, ends_a_wait_once) {
  skt a = {0}, b = {0};
  skt_waker w;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_waker_create(&w), 0);
  CHECK_EQ(skt_wait(&a, SKT_READ, 0, &w), 0);
  for (int i = 0; i < 1000; ++i) {
    CHECK_EQ(skt_wake(&w), 0);
  }
  CHECK_EQ(skt_wait(&a, SKT_READ, -1, &w), SKT_WOKEN);
  CHECK_EQ(skt_wait(&a, SKT_READ, 20, &w), 0);
  CHECK_EQ(skt_wake(&w), 0);
  CHECK_EQ(skt_wait(&a, SKT_BOTH, -1, &w), SKT_WRITE | SKT_WOKEN);
  CHECK_EQ(skt_waker_destroy(&w), 0);
  CHECK_EQ(skt_waker_destroy(&w), SKT_EBADF);
  skt_close(&a);
  skt_close(&b);
}

TEST(waker, counts_as_one_more_that_is_ready) {
  skt a = {0}, b = {0};
  skt_waker w;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_waker_create(&w), 0);
  skt_polled e[] = {{&a, SKT_WRITE, 0}, {&b, SKT_READ, 0}};
  CHECK_EQ(skt_wake(&w), 0);
  CHECK_EQ(skt_poll(e, 2, -1, &w), 2);
  CHECK_EQ(e[0].ready, SKT_WRITE);
  CHECK_EQ(e[1].ready, 0);
  CHECK_EQ(skt_poll(e, 2, -1, &w), 1);
  CHECK_EQ(skt_wake(&w), 0);
  CHECK_EQ(skt_poll(NULL, 0, -1, &w), 1);
  skt_waker_destroy(&w);
  skt_close(&a);
  skt_close(&b);
}

typedef struct ping {
  skt_waker to, from;
  int rounds, wrong;
} ping;

static void answer_wakes(void *argument) {
  ping *p = argument;
  for (int i = 0; i < p->rounds; ++i) {
    p->wrong += skt_poll(NULL, 0, 10000, &p->to) != 1;
    p->wrong += skt_wake(&p->from) != 0;
  }
}

TEST(waker, no_wake_is_lost_in_thousand_rounds) {
  ping p = {.rounds = 1000};
  int wrong = 0;
  CHECK_EQ(skt_waker_create(&p.to), 0);
  CHECK_EQ(skt_waker_create(&p.from), 0);
  test_thread *thread = test_start(answer_wakes, &p);
  for (int i = 0; i < p.rounds; ++i) {
    wrong += skt_wake(&p.to) != 0;
    wrong += skt_poll(NULL, 0, 10000, &p.from) != 1;
  }
  test_join(thread);
  CHECK_EQ(wrong, 0);
  CHECK_EQ(p.wrong, 0);
  skt_waker_destroy(&p.to);
  skt_waker_destroy(&p.from);
}

enum { STORM_MS = 1500 };
static skt_waker stormed;

static void wake_often(void *ignored) {
  double start = test_now_ms();
  (void)ignored;
  while (test_now_ms() - start < STORM_MS) {
    int rc = skt_wake(&stormed);
    if (rc != 0) {
      test_check_eq(__FILE__, __LINE__, "skt_wake", rc, 0);
      return;
    }
  }
}

/* Winsock may refuse a wake for a moment; the waker must not take that for a
 * wake that lies there, or none is ever made again. */
TEST(waker, storm_of_wakes_from_four_threads_leaves_it_alive) {
  test_thread *threads[4];
  double start = test_now_ms();
  int lost = 0;
  CHECK_EQ(skt_waker_create(&stormed), 0);
  for (int i = 0; i < 4; ++i) {
    threads[i] = test_start(wake_often, NULL);
  }
  while (test_now_ms() - start < STORM_MS - 100 && lost == 0) {
    lost = skt_poll(NULL, 0, 5000, &stormed) != 1;
  }
  for (int i = 0; i < 4; ++i) {
    test_join(threads[i]);
  }
  CHECK_EQ(lost, 0);
  CHECK_EQ(skt_wake(&stormed), 0);
  CHECK_EQ(skt_poll(NULL, 0, 10000, &stormed), 1);
  CHECK_EQ(skt_waker_destroy(&stormed), 0);
}

TEST(waker, thousand_created_and_destroyed_leak_nothing) {
  skt_waker w;
  uintptr_t before = highest_of_eight();
  for (int i = 0; i < 1000; ++i) {
    CHECK_EQ(skt_waker_create(&w), 0);
    CHECK_EQ(skt_waker_destroy(&w), 0);
  }
  CHECK(highest_of_eight() < before + 500);
}
