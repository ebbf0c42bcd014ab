/* SPDX-License-Identifier: MIT */
/* Pollers whose sockets change, end and come back, with and without a thread
 * that waits. */
#include "peer.h"
#include "skt_test.h"

enum { SOON_MS = 10000 };

/* What was asked of a socket, and how often it was told. */
typedef struct question {
  int events, told;
  bool is_last;
} question;

/* Waits until `wanted` last questions have been answered, and looks whether
 * anything else is told than was asked. */
typedef struct watcher {
  skt_poller p;
  int wanted, failed;
} watcher;

static int count_answer(watcher *w, const skt_event *e) {
  question *q = e->user;
  if (q == NULL) {
    return 0;
  }
  w->failed = (e->events & ~q->events) != 0 ? e->events : w->failed;
  return ++q->told == 1 && q->is_last;
}

static void watch_for_all(void *argument) {
  watcher *w = argument;
  skt_event e[8];
  int told = 0;
  while (told < w->wanted) {
    int n = skt_poller_wait(&w->p, e, 8, SOON_MS);
    if (n <= 0) {
      w->failed = n < 0 ? n : SKT_ETIMEDOUT;
      return;
    }
    while (n-- > 0) {
      told += count_answer(w, &e[n]);
    }
  }
}

static bool is_silent(skt_poller *p, int ms) {
  skt_event e;
  double start = test_now_ms();
  return skt_poller_wait(p, &e, 1, ms) == 0 && test_now_ms() - start >= ms;
}

/* Each thread has its own sockets; all have a byte to read, and room to write.
 * The last that is asked of each is told once, whatever was asked before. */
enum { THREADS = 4, SOCKETS = 8, ROUNDS = 500 };

typedef struct storm {
  watcher *w;
  skt near[SOCKETS], far[SOCKETS];
  question before[SKT_BOTH + 1], last[SOCKETS];
  int wrong;
  unsigned luck;
} storm;

static unsigned throw_dice(storm *s) {
  s->luck = s->luck * 1103515245u + 12345u;
  return s->luck >> 16;
}

static void change_at_random(void *argument) {
  storm *s = argument;
  for (int i = 0; i < ROUNDS * SOCKETS; ++i) {
    skt *near = &s->near[throw_dice(s) % SOCKETS];
    int events = (int)(throw_dice(s) % (SKT_BOTH + 1));
    question *q = &s->before[events];
    if (throw_dice(s) % 2 == 0) {
      s->wrong += skt_poller_remove(&s->w->p, near) != 0;
      s->wrong += skt_poller_add(&s->w->p, near, events, q) != 0;
    } else {
      s->wrong +=
          skt_poller_modify(&s->w->p, near, events | SKT_ONESHOT, q) != 0;
    }
  }
  for (int i = 0; i < SOCKETS; ++i) {
    s->wrong += skt_poller_modify(&s->w->p, &s->near[i], SKT_READ | SKT_ONESHOT,
                                  &s->last[i]) != 0;
  }
}

static bool begin_storm(storm *s, watcher *w, unsigned luck) {
  bool good = true;
  *s = (storm){.w = w, .luck = luck};
  for (int events = 0; events <= SKT_BOTH; ++events) {
    s->before[events].events = events;
  }
  for (int i = 0; i < SOCKETS && good; ++i) {
    s->last[i] = (question){.events = SKT_READ, .is_last = true};
    good = connect_pair(SKT_IPV4, &s->near[i], &s->far[i]) &&
           skt_write(&s->far[i], "x", 1) == 1 &&
           skt_wait(&s->near[i], SKT_READ, SOON_MS, NULL) == SKT_READ &&
           skt_poller_add(&w->p, &s->near[i], 0, NULL) == 0;
  }
  return good;
}

TEST(poller_storm, last_that_was_asked_is_told_once) {
  static storm s[THREADS];
  watcher w = {.wanted = THREADS * SOCKETS};
  test_thread *threads[THREADS];
  CHECK_EQ(skt_poller_create(&w.p), 0);
  for (int i = 0; i < THREADS; ++i) {
    CHECK(begin_storm(&s[i], &w, (unsigned)i));
  }
  test_thread *waiter = test_start(watch_for_all, &w);
  for (int i = 0; i < THREADS; ++i) {
    threads[i] = test_start(change_at_random, &s[i]);
  }
  for (int i = 0; i < THREADS; ++i) {
    test_join(threads[i]);
  }
  test_join(waiter);
  CHECK_EQ(w.failed, 0);
  CHECK(is_silent(&w.p, 20));
  for (int i = 0; i < THREADS; ++i) {
    CHECK_EQ(s[i].wrong, 0);
    for (int k = 0; k < SOCKETS; ++k) {
      CHECK_EQ(s[i].last[k].told, 1);
      CHECK_EQ(skt_close(&s[i].near[k]), 0);
      skt_close(&s[i].far[k]);
    }
  }
  CHECK(is_silent(&w.p, 20));
  CHECK_EQ(skt_poller_destroy(&w.p), 0);
}

/* Before the wait, and during it. */
TEST(poller_storm, change_of_what_is_being_asked_is_told) {
  watcher w = {.wanted = 1};
  skt a = {0}, b = {0};
  skt_event e;
  question q = {.events = SKT_WRITE, .is_last = true};
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_poller_create(&w.p), 0);
  CHECK_EQ(skt_poller_add(&w.p, &a, SKT_READ, NULL), 0);
  CHECK(is_silent(&w.p, 20));
  CHECK_EQ(skt_poller_modify(&w.p, &a, SKT_BOTH, &a), 0);
  CHECK_EQ(skt_poller_wait(&w.p, &e, 1, SOON_MS), 1);
  CHECK(e.user == &a);
  CHECK_EQ(e.events, SKT_WRITE);
  CHECK_EQ(skt_poller_modify(&w.p, &a, SKT_READ, NULL), 0);
  CHECK(is_silent(&w.p, 20));
  test_thread *waiter = test_start(watch_for_all, &w);
  skt_poll(NULL, 0, 20, NULL);
  int rc = skt_poller_modify(&w.p, &a, SKT_WRITE | SKT_ONESHOT, &q);
  test_join(waiter);
  CHECK_EQ(rc, 0);
  CHECK_EQ(w.failed, 0);
  CHECK_EQ(q.told, 1);
  skt_poller_destroy(&w.p);
  skt_close(&a);
  skt_close(&b);
}

/* Here there is no second look that would find what the first has missed. */
TEST(poller_storm, look_without_waiting_finds_what_has_changed) {
  skt a = {0}, b = {0}, c = {0}, d = {0};
  skt_poller p;
  skt_event e;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK(connect_pair(SKT_IPV4, &c, &d));
  CHECK_EQ(skt_poller_create(&p), 0);
  for (int i = 0; i < 20; ++i) {
    CHECK_EQ(skt_poller_add(&p, &a, SKT_READ, &a), 0);
    CHECK_EQ(skt_poller_add(&p, &c, SKT_READ, &c), 0);
    CHECK_EQ(skt_poller_wait(&p, &e, 1, 0), 0);
    CHECK_EQ(skt_poller_remove(&p, &c), 0);
    CHECK_EQ(skt_poller_modify(&p, &a, SKT_WRITE, &a), 0);
    CHECK_EQ(skt_poller_wait(&p, &e, 1, 0), 1);
    CHECK_EQ(e.events, SKT_WRITE);
    CHECK_EQ(skt_poller_remove(&p, &a), 0);
  }
  skt_poller_destroy(&p);
  skt_close(&a);
  skt_close(&b);
  skt_close(&c);
  skt_close(&d);
}

/* Sockets of the other threads get the numbers that one has just closed. */
typedef struct opener {
  watcher *w;
  skt last;
  question q;
  int wrong;
} opener;

static void open_and_close(void *argument) {
  opener *o = argument;
  o->q = (question){.events = SKT_WRITE, .is_last = true};
  for (int i = 0; i < 200; ++i) {
    o->wrong += skt_socket(&o->last, SKT_IPV4, SKT_DATAGRAM, 0) != 0;
    o->wrong += skt_poller_add(&o->w->p, &o->last, SKT_READ, NULL) != 0;
    if (i % 3 == 0) {
      o->wrong += skt_poller_modify(&o->w->p, &o->last, SKT_BOTH, NULL) != 0;
    }
    o->wrong += skt_close(&o->last) != 0;
  }
  o->wrong += skt_socket(&o->last, SKT_IPV4, SKT_DATAGRAM, 0) != 0;
  o->wrong +=
      skt_poller_add(&o->w->p, &o->last, SKT_WRITE | SKT_ONESHOT, &o->q) != 0;
}

TEST(poller_storm, sockets_come_and_go_while_another_thread_waits) {
  watcher w = {.wanted = THREADS};
  opener o[THREADS] = {{.w = &w}, {.w = &w}, {.w = &w}, {.w = &w}};
  test_thread *threads[THREADS];
  CHECK_EQ(skt_poller_create(&w.p), 0);
  test_thread *waiter = test_start(watch_for_all, &w);
  for (int i = 0; i < THREADS; ++i) {
    threads[i] = test_start(open_and_close, &o[i]);
  }
  for (int i = 0; i < THREADS; ++i) {
    test_join(threads[i]);
  }
  test_join(waiter);
  CHECK_EQ(w.failed, 0);
  for (int i = 0; i < THREADS; ++i) {
    CHECK_EQ(o[i].wrong, 0);
    CHECK_EQ(o[i].q.told, 1);
    skt_close(&o[i].last);
  }
  CHECK(is_silent(&w.p, 20));
  skt_poller_destroy(&w.p);
}

/* Each has a poller of its own, and closes what it watches. */
static void create_and_destroy(void *wrong) {
  for (int i = 0; i < 300; ++i) {
    skt s = {0};
    skt_poller p;
    skt_event e;
    *(int *)wrong += skt_poller_create(&p) != 0;
    *(int *)wrong += skt_socket(&s, SKT_IPV4, SKT_DATAGRAM, 0) != 0;
    *(int *)wrong += skt_poller_add(&p, &s, SKT_WRITE, &s) != 0;
    *(int *)wrong += skt_poller_wait(&p, &e, 1, SOON_MS) != 1;
    *(int *)wrong += skt_close(&s) != 0;
    *(int *)wrong += skt_poller_wait(&p, &e, 1, 0) != 0;
    *(int *)wrong += skt_poller_destroy(&p) != 0;
  }
}

TEST(poller_storm, pollers_come_and_go_in_several_threads) {
  test_thread *threads[THREADS];
  int wrong[THREADS] = {0};
  for (int i = 0; i < THREADS; ++i) {
    threads[i] = test_start(create_and_destroy, &wrong[i]);
  }
  for (int i = 0; i < THREADS; ++i) {
    test_join(threads[i]);
  }
  for (int i = 0; i < THREADS; ++i) {
    CHECK_EQ(wrong[i], 0);
  }
}

/* With bytes that nobody reads an end of stream is not told as such by every
 * system; the bytes are. */
TEST(poller_storm, end_behind_unread_bytes_is_told_as_a_level) {
  skt a = {0}, b = {0};
  skt_poller p;
  skt_event e;
  char got;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_poller_create(&p), 0);
  CHECK_EQ(skt_poller_add(&p, &a, SKT_READ, &a), 0);
  CHECK(is_silent(&p, 20)); /* so that somebody is asked */
  CHECK_EQ(skt_write(&b, "xyz", 3), 3);
  CHECK_EQ(skt_shutdown(&b, SKT_WRITE), 0);
  for (int i = 0; i < 3; ++i) {
    CHECK_EQ(skt_poller_wait(&p, &e, 1, SOON_MS), 1);
    CHECK_EQ(e.events, SKT_READ);
    CHECK_EQ(skt_read(&a, &got, 1), 1);
  }
  for (int i = 0; i < 3; ++i) {
    CHECK_EQ(
        skt_poller_modify(&p, &a, SKT_READ | (i == 2 ? SKT_ONESHOT : 0), &b),
        0);
    CHECK_EQ(skt_poller_wait(&p, &e, 1, SOON_MS), 1);
    CHECK_EQ(e.events, SKT_READ);
    CHECK(e.user == &b);
    CHECK_EQ(skt_read(&a, &got, 1), 0);
  }
  CHECK(is_silent(&p, 20));
  skt_poller_destroy(&p);
  skt_close(&a);
  skt_close(&b);
}

/* It should have been removed before; but all that happens is that it leaves.
 * Once it is asked about when it is closed, once it was just told. */
TEST(poller_storm, socket_closed_behind_its_back_leaves) {
  skt_poller p;
  skt_event e;
  CHECK_EQ(skt_poller_create(&p), 0);
  for (int told = 0; told <= 1; ++told) {
    skt s = {0}, other = {0};
    CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_DATAGRAM, 0), 0);
    CHECK_EQ(skt_poller_add(&p, &s, told ? SKT_WRITE : SKT_READ, &s), 0);
    CHECK_EQ(skt_poller_wait(&p, &e, 1, 20), told);
    CHECK(test_close_native(skt_release(&s)));
    CHECK(is_silent(&p, 50));
    CHECK_EQ(skt_socket(&other, SKT_IPV4, SKT_DATAGRAM, 0), 0);
    CHECK_EQ(skt_poller_add(&p, &other, SKT_WRITE, &other), 0);
    CHECK_EQ(skt_poller_wait(&p, &e, 1, SOON_MS), 1);
    CHECK(e.user == &other);
    CHECK_EQ(skt_close(&other), 0);
  }
  skt_poller_destroy(&p);
}

/* Both are ready, but there is room for one of them only. */
TEST(poller_storm, what_was_taken_between_two_waits_is_not_told) {
  skt s[2] = {{0}}, far[2] = {{0}};
  skt_poller p;
  skt_event e;
  char got;
  CHECK_EQ(skt_poller_create(&p), 0);
  for (int i = 0; i < 2; ++i) {
    CHECK(connect_pair(SKT_IPV4, &s[i], &far[i]));
    CHECK_EQ(skt_poller_add(&p, &s[i], SKT_READ, &s[i]), 0);
  }
  CHECK(is_silent(&p, 20)); /* so that both are asked about */
  for (int i = 0; i < 2; ++i) {
    CHECK_EQ(skt_write(&far[i], "x", 1), 1);
    CHECK_EQ(skt_wait(&s[i], SKT_READ, SOON_MS, NULL), SKT_READ);
  }
  CHECK_EQ(skt_poller_wait(&p, &e, 1, SOON_MS), 1);
  for (int i = 0; i < 2; ++i) {
    CHECK_EQ(skt_read(&s[i], &got, 1), 1);
  }
  CHECK(is_silent(&p, 20));
  for (int i = 0; i < 2; ++i) {
    CHECK_EQ(skt_write(&far[i], "x", 1), 1);
    CHECK_EQ(skt_poller_wait(&p, &e, 1, SOON_MS), 1);
    CHECK(e.user == &s[i]);
    CHECK_EQ(skt_read(&s[i], &got, 1), 1);
  }
  for (int i = 0; i < 2; ++i) {
    skt_close(&s[i]);
    skt_close(&far[i]);
  }
  skt_poller_destroy(&p);
}

static void cancel_later(void *s) {
  skt_poll(NULL, 0, 20, NULL);
  skt_cancel(s);
}

/* Listeners, connections and others; also one that is asked about already. */
TEST(poller_storm, cancelled_sockets_of_all_kinds_are_told) {
  skt s[3] = {{0}}, far = {0};
  skt_addr at;
  CHECK(listen_loopback(SKT_IPV4, &s[0], &at));
  CHECK(connect_pair(SKT_IPV4, &s[1], &far));
  CHECK_EQ(skt_socket(&s[2], SKT_IPV4, SKT_DATAGRAM, 0), 0);
  for (int i = 0; i < 3; ++i) {
    skt_poller p;
    skt_event e;
    CHECK_EQ(skt_poller_create(&p), 0);
    CHECK_EQ(skt_poller_add(&p, &s[i], SKT_READ, &s[i]), 0);
    test_thread *thread = test_start(cancel_later, &s[i]);
    int n = skt_poller_wait(&p, &e, 1, SOON_MS);
    test_join(thread);
    CHECK_EQ(n, 1);
    for (int level = 0; level < 2; ++level) {
      CHECK(e.user == &s[i]);
      CHECK((e.events & SKT_READ) != 0);
      CHECK_EQ(skt_poller_wait(&p, &e, 1, SOON_MS), 1);
    }
    CHECK_EQ(skt_poller_remove(&p, &s[i]), 0);
    CHECK(is_silent(&p, 20));
    skt_poller_destroy(&p);
    skt_close(&s[i]);
  }
  skt_close(&far);
}

/* Nothing to tell: an error that nobody wants to know of, one that was told and
 * is not asked again, and no socket at all. */
TEST(poller_storm, waiting_in_vain_takes_no_time_of_the_processor) {
  enum { LONG_MS = 300 };
  skt a = {0}, b = {0}, c = {0}, d = {0};
  skt_poller p;
  skt_event e;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK(connect_pair(SKT_IPV4, &c, &d));
  CHECK_EQ(skt_poller_create(&p), 0);
  CHECK_EQ(skt_poller_add(&p, &b, 0, &b), 0);
  CHECK_EQ(skt_poller_add(&p, &d, SKT_READ | SKT_ONESHOT, &d), 0);
  CHECK(is_silent(&p, 20));
  CHECK(reset_by(&a, &b));
  CHECK(reset_by(&c, &d));
  CHECK_EQ(skt_poller_wait(&p, &e, 1, SOON_MS), 1);
  CHECK(e.user == &d);
  double before = test_cpu_ms();
  CHECK(is_silent(&p, LONG_MS));
  CHECK(test_cpu_ms() - before < LONG_MS / 10.0);
  before = test_cpu_ms();
  CHECK_EQ(skt_poll(NULL, 0, LONG_MS, NULL), 0);
  CHECK(test_cpu_ms() - before < LONG_MS / 10.0);
  skt_poller_destroy(&p);
  skt_close(&b);
  skt_close(&d);
}

/* What is removed while nobody waits must not add up, whether it was asked
 * about or not. */
TEST(poller_storm, thousands_removed_without_a_wait_are_told_no_more) {
  skt a = {0}, b = {0};
  skt_poller p;
  skt_event e;
  bool woken = false, told = false;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_poller_create(&p), 0);
  CHECK_EQ(skt_poller_add(&p, &b, SKT_WRITE, &b), 0);
  for (int i = 0; i < 2000; ++i) {
    CHECK_EQ(skt_poller_add(&p, &a, SKT_BOTH, &a), 0);
    if (i < 1000 && i % 4 == 0) {
      CHECK_EQ(skt_poller_wait(&p, &e, 1, SOON_MS), 1);
    } else if (i == 1000) {
      CHECK_EQ(skt_poller_wake(&p), 0);
    }
    CHECK_EQ(skt_poller_remove(&p, &a), 0);
  }
  for (int i = 0; i < 4; ++i) {
    CHECK_EQ(skt_poller_wait(&p, &e, 1, SOON_MS), 1);
    woken = woken || e.events == SKT_WOKEN;
    told = told || e.user == &b;
    CHECK(e.user != &a);
  }
  CHECK(woken && told);
  skt_poller_destroy(&p);
  skt_close(&a);
  skt_close(&b);
}
