/* SPDX-License-Identifier: MIT */
/* Pollers with several threads, and with many sockets. */
#include "peer.h"
#include "skt_test.h"

enum { SOON_MS = 10000 };

/* A thread that waits, counts what it is told, and ends when an event is its
 * own: no flag between threads is needed. */
typedef struct loop {
  skt_poller p;
  int told, woken, failed;
  skt_waker *answer; /* woken by each event; or NULL */
} loop;

static void run_loop(void *argument) {
  loop *l = argument;
  skt_event e[8];
  bool ended = false;
  while (!ended) {
    int n = skt_poller_wait(&l->p, e, 8, SOON_MS);
    ended = n <= 0 && n != SKT_EBUSY;
    l->failed += ended;
    for (int i = 0; i < n; ++i) {
      if (e[i].user == l) {
        ended = true;
      } else if (e[i].events == SKT_WOKEN) {
        ++l->woken;
      } else {
        ++l->told;
        ++*(int *)e[i].user;
        if (l->answer != NULL) {
          skt_wake(l->answer);
        }
      }
    }
  }
}

static int stop_loop(loop *l, test_thread *thread) {
  skt writable = {0};
  int rc = skt_poller_wake(&l->p);
  rc = rc < 0 ? rc : skt_socket(&writable, SKT_IPV4, SKT_DATAGRAM, 0);
  rc = rc < 0 ? rc : skt_poller_add(&l->p, &writable, SKT_WRITE, l);
  test_join(thread);
  skt_close(&writable);
  return rc;
}

static void pause_ms(int ms) { skt_poll(NULL, 0, ms, NULL); }

TEST(poller, socket_added_while_another_thread_waits_is_told) {
  skt_waker answer;
  loop l = {.answer = &answer};
  skt a = {0}, b = {0};
  int seen = 0;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_write(&b, "x", 1), 1);
  CHECK_EQ(skt_waker_create(&answer), 0);
  CHECK_EQ(skt_poller_create(&l.p), 0);
  test_thread *thread = test_start(run_loop, &l);
  pause_ms(20);
  int wrong = skt_poller_add(&l.p, &a, SKT_READ | SKT_ONESHOT, &seen) != 0;
  wrong += skt_poll(NULL, 0, SOON_MS, &answer) != 1;
  pause_ms(20);
  wrong += skt_poller_modify(&l.p, &a, SKT_WRITE | SKT_ONESHOT, &seen) != 0;
  wrong += skt_poll(NULL, 0, SOON_MS, &answer) != 1;
  CHECK_EQ(stop_loop(&l, thread), 0);
  CHECK_EQ(wrong, 0);
  CHECK_EQ(seen, 2);
  CHECK_EQ(l.failed, 0);
  CHECK(l.woken >= 1);
  skt_waker_destroy(&answer);
  skt_poller_destroy(&l.p);
  skt_close(&a);
  skt_close(&b);
}

TEST(poller, second_thread_that_waits_or_destroys_is_told_it_is_busy) {
  loop l = {.told = 0};
  skt_event e;
  CHECK_EQ(skt_poller_create(&l.p), 0);
  test_thread *thread = test_start(run_loop, &l);
  int waited = 0, destroyed = 0;
  for (int i = 0; i < 1000 && waited != SKT_EBUSY; ++i) {
    waited = skt_poller_wait(&l.p, &e, 1, 0);
    pause_ms(1);
  }
  destroyed = waited == SKT_EBUSY ? skt_poller_destroy(&l.p) : 0;
  CHECK_EQ(stop_loop(&l, thread), 0);
  CHECK_EQ(waited, SKT_EBUSY);
  CHECK_EQ(destroyed, SKT_EBUSY);
  CHECK_EQ(skt_poller_destroy(&l.p), 0);
}

typedef struct ping {
  skt_poller to, from;
  int rounds, wrong;
} ping;

static bool wait_for_wake(skt_poller *p) {
  skt_event e;
  return skt_poller_wait(p, &e, 1, SOON_MS) == 1 && e.events == SKT_WOKEN;
}

static void answer_wakes(void *argument) {
  ping *p = argument;
  for (int i = 0; i < p->rounds; ++i) {
    p->wrong += !wait_for_wake(&p->to);
    p->wrong += skt_poller_wake(&p->from) != 0;
  }
}

TEST(poller, no_wake_is_lost_in_thousand_rounds) {
  ping p = {.rounds = 1000};
  int wrong = 0;
  CHECK_EQ(skt_poller_create(&p.to), 0);
  CHECK_EQ(skt_poller_create(&p.from), 0);
  test_thread *thread = test_start(answer_wakes, &p);
  for (int i = 0; i < p.rounds; ++i) {
    wrong += skt_poller_wake(&p.to) != 0;
    wrong += !wait_for_wake(&p.from);
  }
  test_join(thread);
  CHECK_EQ(wrong, 0);
  CHECK_EQ(p.wrong, 0);
  skt_poller_destroy(&p.to);
  skt_poller_destroy(&p.from);
}

static void wake_much(void *argument) {
  loop *l = argument;
  for (int i = 0; i < 25000; ++i) {
    skt_poller_wake(&l->p);
  }
}

TEST(poller, storm_of_wakes_from_four_threads_ends_in_silence) {
  loop l = {.told = 0};
  skt_event e;
  test_thread *storm[4];
  CHECK_EQ(skt_poller_create(&l.p), 0);
  test_thread *thread = test_start(run_loop, &l);
  for (int i = 0; i < 4; ++i) {
    storm[i] = test_start(wake_much, &l);
  }
  for (int i = 0; i < 4; ++i) {
    test_join(storm[i]);
  }
  CHECK_EQ(stop_loop(&l, thread), 0);
  CHECK_EQ(l.failed, 0);
  CHECK(l.woken >= 1);
  int left = skt_poller_wait(&l.p, &e, 1, 0);
  CHECK(left == 0 || (left == 1 && e.events == SKT_WOKEN));
  CHECK_EQ(skt_poller_wait(&l.p, &e, 1, 20), 0);
  skt_poller_destroy(&l.p);
}

/* Registers, changes and removes its own socket, which is always writable. */
typedef struct changer {
  loop *l;
  skt a, b;
  int seen, wrong;
} changer;

static void change_much(void *argument) {
  changer *c = argument;
  for (int i = 0; i < 250; ++i) {
    c->wrong += skt_poller_add(&c->l->p, &c->a, SKT_BOTH, &c->seen) != 0;
    c->wrong += skt_poller_modify(&c->l->p, &c->a, 0, &c->seen) != 0;
    c->wrong += skt_poller_modify(&c->l->p, &c->a, SKT_WRITE | SKT_ONESHOT,
                                  &c->seen) != 0;
    c->wrong += skt_poller_remove(&c->l->p, &c->a) != 0;
  }
  c->wrong +=
      skt_poller_add(&c->l->p, &c->a, SKT_WRITE | SKT_ONESHOT, &c->seen) != 0;
}

TEST(poller, four_threads_change_what_a_fifth_waits_for) {
  loop l = {.told = 0};
  changer c[4] = {{.l = &l}, {.l = &l}, {.l = &l}, {.l = &l}};
  test_thread *threads[4];
  CHECK_EQ(skt_poller_create(&l.p), 0);
  for (int i = 0; i < 4; ++i) {
    CHECK(connect_pair(SKT_IPV4, &c[i].a, &c[i].b));
  }
  test_thread *thread = test_start(run_loop, &l);
  for (int i = 0; i < 4; ++i) {
    threads[i] = test_start(change_much, &c[i]);
  }
  for (int i = 0; i < 4; ++i) {
    test_join(threads[i]);
  }
  pause_ms(50);
  CHECK_EQ(stop_loop(&l, thread), 0);
  CHECK_EQ(l.failed, 0);
  for (int i = 0; i < 4; ++i) {
    CHECK_EQ(c[i].wrong, 0);
    CHECK(c[i].seen >= 1);
    skt_close(&c[i].a);
    skt_close(&c[i].b);
  }
  skt_poller_destroy(&l.p);
}

static void close_later(void *argument) {
  pause_ms(20);
  skt_close(argument);
}

TEST(poller, socket_closed_while_another_thread_waits_leaves) {
  skt a = {0}, b = {0};
  skt_poller p;
  skt_event e;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_poller_create(&p), 0);
  CHECK_EQ(skt_poller_add(&p, &a, SKT_READ, &a), 0);
  test_thread *thread = test_start(close_later, &a);
  double start = test_now_ms();
  CHECK_EQ(skt_poller_wait(&p, &e, 1, 80), 0);
  CHECK(test_now_ms() - start >= 80);
  test_join(thread);
  skt_poller_destroy(&p);
  skt_close(&b);
}

typedef struct waiter {
  skt_poller p;
  int result;
  double ms;
} waiter;

static void wait_80_ms(void *argument) {
  waiter *w = argument;
  skt_event e;
  double start = test_now_ms();
  w->result = skt_poller_wait(&w->p, &e, 1, 80);
  w->ms = test_now_ms() - start;
}

TEST(poller, interrupted_wait_goes_on) {
  waiter w = {.result = -1};
  CHECK_EQ(skt_poller_create(&w.p), 0);
  test_thread *thread = test_start(wait_80_ms, &w);
  bool can = false;
  for (int i = 0; i < 5; ++i) {
    pause_ms(5);
    can = test_interrupt(thread);
  }
  test_join(thread);
  CHECK_EQ(w.result, 0);
  CHECK(w.ms >= 80);
  skt_poller_destroy(&w.p);
  if (!can) {
    SKIP("this system has no signals");
  }
}

/* As many as 10,000, or as this process may have. */
TEST(poller, last_of_ten_thousand_sockets_is_told) {
  enum { MANY = 10000, ENOUGH = 2000 };
  static skt many[MANY];
  skt_poller p;
  skt_event e[4];
  skt_addr at = loopback(SKT_IPV4);
  skt sender = {0};
  int n = 0, rc = 0;
  CHECK_EQ(skt_poller_create(&p), 0);
  CHECK_EQ(skt_socket(&sender, SKT_IPV4, SKT_DATAGRAM, 0), 0);
  for (; n < MANY && rc == 0; ++n) {
    rc = skt_socket(&many[n], SKT_IPV4, SKT_DATAGRAM, 0);
    rc = rc < 0 ? rc : skt_poller_add(&p, &many[n], SKT_READ, &many[n]);
  }
  n -= rc < 0;
  CHECK(n >= 1);
  skt *last = &many[n - 1];
  CHECK_EQ(skt_bind(last, &at, 0), 0);
  CHECK_EQ(skt_local(last, &at), 0);
  CHECK_EQ(skt_poller_wait(&p, e, 4, 0), 0);
  CHECK_EQ(skt_send_to(&sender, "x", 1, &at), 1);
  CHECK_EQ(skt_poller_wait(&p, e, 4, SOON_MS), 1);
  CHECK(e[0].user == last);
  for (int i = 0; i < n; ++i) {
    skt_close(&many[i]);
  }
  CHECK_EQ(skt_poller_wait(&p, e, 4, 0), 0);
  skt_close(&sender);
  skt_poller_destroy(&p);
  if (n < ENOUGH) {
    SKIP("this process may not have 2,000 sockets");
  }
}

/* A million on a fast machine, fewer where three seconds do not suffice. */
TEST(poller, million_added_and_removed_leak_nothing) {
  skt a = {0}, b = {0};
  skt_poller p;
  uintptr_t before = highest_of_eight();
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_poller_create(&p), 0);
  double end = test_now_ms() + 3000;
  for (int i = 0; i < 1000000 && (i % 100 != 0 || test_now_ms() < end); ++i) {
    CHECK_EQ(skt_poller_add(&p, &a, SKT_BOTH, &a), 0);
    CHECK_EQ(skt_poller_remove(&p, &a), 0);
  }
  for (int i = 0; i < 1000; ++i) {
    skt_poller q;
    CHECK_EQ(skt_poller_create(&q), 0);
    CHECK_EQ(skt_poller_add(&q, &a, SKT_BOTH, &a), 0);
    CHECK_EQ(skt_poller_destroy(&q), 0);
  }
  CHECK(highest_of_eight() < before + 500);
  skt_poller_destroy(&p);
  skt_close(&a);
  skt_close(&b);
}
