/* SPDX-License-Identifier: MIT */
/* One poller, one thread: what is told, of whom, and how often. */
#include <limits.h>

#include "peer.h"
#include "skt_test.h"

enum { ROOM = 16, SOON_MS = 10000 };

/* The only event there is; none at all is {NULL, 0}. */
static skt_event only_event(skt_poller *p, int timeout_ms) {
  skt_event e[ROOM];
  int n = skt_poller_wait(p, e, ROOM, timeout_ms);
  return n == 1 ? e[0] : (skt_event){.user = NULL, .events = n};
}

/* Whether just that is told, and, because events are levels, told again. */
static bool tells(skt_poller *p, void *user, int events) {
  for (int i = 0; i < 2; ++i) {
    skt_event e = only_event(p, SOON_MS);
    if (e.user != user || e.events != events) {
      return test_check_eq(__FILE__, __LINE__, "events", e.events, events) &&
             test_check(__FILE__, __LINE__, "user", e.user == user);
    }
  }
  return true;
}

static bool is_silent(skt_poller *p, int ms) {
  double start = test_now_ms();
  return only_event(p, ms).events == 0 && test_now_ms() - start >= ms;
}

/* A connection whose first end is watched. */
static bool watched_pair(skt_poller *p, int events, void *user, skt *a,
                         skt *b) {
  return connect_pair(SKT_IPV4, a, b) && skt_poller_create(p) == 0 &&
         skt_poller_add(p, a, events, user) == 0;
}

static void end(skt_poller *p, skt *a, skt *b) {
  skt_poller_destroy(p);
  skt_close(a);
  skt_close(b);
}

TEST(poller, tells_the_users_pointer_and_what_is_there) {
  skt a = {0}, b = {0};
  skt_poller p;
  int mine;
  CHECK(watched_pair(&p, SKT_READ, &mine, &a, &b));
  CHECK(is_silent(&p, 20));
  CHECK_EQ(skt_write(&b, "x", 1), 1);
  CHECK(tells(&p, &mine, SKT_READ));
  CHECK_EQ(skt_poller_modify(&p, &a, SKT_BOTH, &a), 0);
  CHECK(tells(&p, &a, SKT_BOTH));
  CHECK_EQ(skt_poller_modify(&p, &a, SKT_WRITE, NULL), 0);
  CHECK(tells(&p, NULL, SKT_WRITE));
  end(&p, &a, &b);
}

TEST(poller, unread_bytes_are_told_until_they_are_read) {
  skt a = {0}, b = {0};
  skt_poller p;
  char got[2];
  CHECK(watched_pair(&p, SKT_READ, &a, &a, &b));
  CHECK_EQ(skt_write(&b, "xyz", 3), 3);
  CHECK(tells(&p, &a, SKT_READ));
  CHECK_EQ(skt_read(&a, got, 2), 2);
  CHECK(tells(&p, &a, SKT_READ));
  CHECK_EQ(skt_read(&a, got, 2), 1);
  CHECK(is_silent(&p, 20));
  end(&p, &a, &b);
}

TEST(poller, each_of_three_sockets_is_one_event) {
  skt a = {0}, b = {0}, c = {0}, d = {0};
  skt_poller p;
  skt_event e[ROOM];
  int seen[3] = {0};
  CHECK(watched_pair(&p, SKT_BOTH, &seen[0], &a, &b));
  CHECK(connect_pair(SKT_IPV4, &c, &d));
  CHECK_EQ(skt_poller_add(&p, &c, SKT_BOTH, &seen[1]), 0);
  CHECK_EQ(skt_poller_add(&p, &d, SKT_BOTH, &seen[2]), 0);
  CHECK_EQ(skt_write(&b, "x", 1), 1);
  CHECK_EQ(skt_write(&c, "x", 1), 1);
  CHECK_EQ(skt_wait(&a, SKT_READ, SOON_MS, NULL), SKT_READ);
  CHECK_EQ(skt_wait(&d, SKT_READ, SOON_MS, NULL), SKT_READ);
  CHECK_EQ(skt_poller_wait(&p, e, ROOM, -1), 3);
  for (int i = 0; i < 3; ++i) {
    *(int *)e[i].user += e[i].events;
  }
  CHECK_EQ(seen[0], SKT_BOTH);
  CHECK_EQ(seen[1], SKT_WRITE);
  CHECK_EQ(seen[2], SKT_BOTH);
  skt_close(&c);
  skt_close(&d);
  end(&p, &a, &b);
}

TEST(poller, listener_is_readable_while_somebody_waits) {
  skt listener = {0}, client = {0}, server = {0};
  skt_addr at;
  skt_poller p;
  CHECK(listen_loopback(SKT_IPV4, &listener, &at));
  CHECK_EQ(skt_poller_create(&p), 0);
  CHECK_EQ(skt_poller_add(&p, &listener, SKT_READ, &at), 0);
  CHECK(is_silent(&p, 20));
  CHECK_EQ(skt_socket(&client, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_connect(&client, &at), 0);
  CHECK(tells(&p, &at, SKT_READ));
  CHECK_EQ(skt_accept(&listener, &server, NULL, 0), 0);
  CHECK(is_silent(&p, 20));
  skt_close(&client);
  skt_close(&server);
  end(&p, &listener, &client);
}

TEST(poller, end_of_stream_is_readable_after_the_last_byte_too) {
  skt a = {0}, b = {0};
  skt_poller p;
  char got[8];
  CHECK(watched_pair(&p, SKT_READ, &a, &a, &b));
  CHECK_EQ(skt_write(&b, "abc", 3), 3);
  CHECK_EQ(skt_shutdown(&b, SKT_WRITE), 0);
  CHECK(tells(&p, &a, SKT_READ));
  CHECK_EQ(read_n(&a, got, 3), 3);
  CHECK(tells(&p, &a, SKT_READ));
  CHECK_EQ(skt_read(&a, got, 1), 0);
  CHECK(tells(&p, &a, SKT_READ));
  end(&p, &a, &b);
}

TEST(poller, connection_that_both_sides_have_ended_is_ready) {
  for (int events = SKT_READ; events <= SKT_BOTH; ++events) {
    skt a = {0}, b = {0};
    skt_poller p;
    CHECK(watched_pair(&p, events, &a, &a, &b));
    CHECK_EQ(skt_shutdown(&a, SKT_WRITE), 0);
    CHECK_EQ(skt_shutdown(&b, SKT_WRITE), 0);
    CHECK_EQ(skt_wait(&a, SKT_READ, SOON_MS, NULL), SKT_READ);
    skt_event e = only_event(&p, SOON_MS);
    CHECK(e.user == &a);
    CHECK_EQ(e.events & events, events);
    CHECK_EQ(e.events & ~SKT_BOTH, 0);
    end(&p, &a, &b);
  }
}

TEST(poller, end_of_stream_does_not_make_it_writable) {
  enum { PART = 1 << 16 };
  static char bytes[PART];
  skt a = {0}, b = {0};
  skt_poller p;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_set_blocking(&a, false), 0);
  while (skt_write(&a, bytes, PART) > 0) {
  }
  CHECK_EQ(skt_shutdown(&b, SKT_WRITE), 0);
  CHECK_EQ(skt_wait(&a, SKT_READ, SOON_MS, NULL), SKT_READ);
  CHECK_EQ(skt_poller_create(&p), 0);
  CHECK_EQ(skt_poller_add(&p, &a, SKT_WRITE, &a), 0);
  CHECK(is_silent(&p, 50));
  end(&p, &a, &b);
}

TEST(poller, reset_is_ready_for_both) {
  for (int events = SKT_READ; events <= SKT_BOTH; ++events) {
    skt a = {0}, b = {0};
    skt_poller p;
    CHECK(connect_pair(SKT_IPV4, &a, &b));
    CHECK_EQ(skt_poller_create(&p), 0);
    CHECK_EQ(skt_poller_add(&p, &b, events, &b), 0);
    CHECK(reset_by(&a, &b));
    CHECK(tells(&p, &b, SKT_BOTH));
    end(&p, &a, &b);
  }
}

TEST(poller, clean_end_of_both_sides_is_no_error) {
  for (int events = SKT_READ; events <= SKT_BOTH; ++events) {
    skt a = {0}, b = {0};
    skt_poller p;
    CHECK(watched_pair(&p, events, &a, &a, &b));
    CHECK_EQ(skt_shutdown(&a, SKT_WRITE), 0);
    CHECK_EQ(skt_shutdown(&b, SKT_WRITE), 0);
    CHECK_EQ(skt_wait(&a, SKT_READ, SOON_MS, NULL), SKT_READ);
    CHECK(tells(&p, &a, events));
    end(&p, &a, &b);
  }
}

TEST(poller, connecting_socket_is_writable_at_the_end_good_or_bad) {
  for (int good = 0; good <= 1; ++good) {
    skt listener = {0}, s = {0};
    skt_addr at;
    skt_poller p;
    CHECK(good ? listen_loopback(SKT_IPV4, &listener, &at)
               : bind_loopback(SKT_IPV4, &listener, &at));
    CHECK_EQ(skt_poller_create(&p), 0);
    CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM | SKT_NONBLOCK, 0), 0);
    int rc = skt_connect(&s, &at);
    if (rc == SKT_EINPROGRESS) {
      CHECK_EQ(skt_poller_add(&p, &s, SKT_WRITE, &s), 0);
      CHECK(tells(&p, &s, good ? SKT_WRITE : SKT_BOTH));
      CHECK_EQ(skt_connect_finish(&s), good ? 0 : SKT_ECONNREFUSED);
    } else {
      CHECK_EQ(rc, good ? 0 : SKT_ECONNREFUSED);
    }
    end(&p, &s, &listener);
  }
}

TEST(poller, urgent_data_makes_nothing_ready) {
  skt a = {0}, b = {0};
  skt_poller p;
  CHECK(watched_pair(&p, SKT_READ, &a, &a, &b));
  CHECK(test_send_urgent(skt_native(&b), '!'));
  CHECK(is_silent(&p, 50));
  CHECK_EQ(skt_write(&b, "x", 1), 1);
  CHECK(tells(&p, &a, SKT_READ));
  end(&p, &a, &b);
}

TEST(poller, message_makes_a_datagram_socket_readable) {
  skt a = {0}, b = {0};
  skt_addr at = loopback(SKT_IPV4);
  skt_poller p;
  char got[4];
  CHECK_EQ(skt_socket(&a, SKT_IPV4, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_bind(&a, &at, 0), 0);
  CHECK_EQ(skt_local(&a, &at), 0);
  CHECK_EQ(skt_socket(&b, SKT_IPV4, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_poller_create(&p), 0);
  CHECK_EQ(skt_poller_add(&p, &a, SKT_READ, &at), 0);
  CHECK(is_silent(&p, 20));
  CHECK_EQ(skt_send_to(&b, "x", 1, &at), 1);
  CHECK(tells(&p, &at, SKT_READ));
  CHECK_EQ(skt_read(&a, got, sizeof got), 1);
  CHECK(is_silent(&p, 20));
  end(&p, &a, &b);
}

TEST(poller, oneshot_is_told_once_until_asked_again) {
  skt a = {0}, b = {0};
  skt_poller p;
  CHECK(watched_pair(&p, SKT_READ | SKT_ONESHOT, &a, &a, &b));
  CHECK_EQ(skt_write(&b, "x", 1), 1);
  for (int i = 0; i < 3; ++i) {
    skt_event e = only_event(&p, SOON_MS);
    CHECK(e.user == &a);
    CHECK_EQ(e.events, SKT_READ);
    CHECK(is_silent(&p, 20));
    CHECK_EQ(skt_poller_modify(&p, &a, SKT_READ | SKT_ONESHOT, &a), 0);
  }
  CHECK_EQ(skt_poller_modify(&p, &a, SKT_READ, &a), 0);
  CHECK(tells(&p, &a, SKT_READ));
  end(&p, &a, &b);
}

TEST(poller, oneshot_for_both_ends_with_the_first_of_them) {
  skt a = {0}, b = {0};
  skt_poller p;
  CHECK(watched_pair(&p, SKT_BOTH | SKT_ONESHOT, &a, &a, &b));
  CHECK_EQ(only_event(&p, SOON_MS).events, SKT_WRITE);
  CHECK_EQ(skt_write(&b, "x", 1), 1);
  CHECK_EQ(skt_wait(&a, SKT_READ, SOON_MS, NULL), SKT_READ);
  CHECK(is_silent(&p, 20));
  CHECK_EQ(skt_poller_modify(&p, &a, SKT_BOTH | SKT_ONESHOT, &a), 0);
  CHECK_EQ(only_event(&p, SOON_MS).events, SKT_BOTH);
  CHECK(is_silent(&p, 20));
  end(&p, &a, &b);
}

/* epoll and poll tell of errors, asked or not. */
TEST(poller, what_is_watched_for_nothing_wakes_nobody) {
  skt a = {0}, b = {0}, c = {0}, d = {0};
  skt_poller p;
  CHECK(connect_pair(SKT_IPV4, &c, &d));
  CHECK(watched_pair(&p, 0, &b, &b, &a));
  CHECK_EQ(skt_poller_add(&p, &d, SKT_READ, &d), 0);
  CHECK_EQ(skt_poller_modify(&p, &d, SKT_ONESHOT, &d), 0);
  CHECK(reset_by(&a, &b));
  CHECK(reset_by(&c, &d));
  for (int i = 0; i < 3; ++i) {
    CHECK(is_silent(&p, 20));
  }
  CHECK_EQ(skt_poller_modify(&p, &b, SKT_READ, &b), 0);
  CHECK(tells(&p, &b, SKT_BOTH));
  skt_close(&d);
  end(&p, &a, &b);
}

TEST(poller, removed_socket_is_told_no_more) {
  skt a = {0}, b = {0};
  skt_poller p;
  CHECK(watched_pair(&p, SKT_READ, &a, &a, &b));
  CHECK_EQ(skt_write(&b, "x", 1), 1);
  CHECK(tells(&p, &a, SKT_READ));
  CHECK_EQ(skt_poller_remove(&p, &a), 0);
  CHECK(is_silent(&p, 20));
  CHECK_EQ(skt_poller_add(&p, &a, SKT_READ, &b), 0);
  CHECK(tells(&p, &b, SKT_READ));
  end(&p, &a, &b);
}

TEST(poller, adding_twice_changes_nothing) {
  skt a = {0}, b = {0};
  skt_poller p;
  CHECK(watched_pair(&p, SKT_READ, &a, &a, &b));
  CHECK_EQ(skt_poller_add(&p, &a, SKT_WRITE, &b), SKT_EEXIST);
  CHECK(is_silent(&p, 20));
  CHECK_EQ(skt_write(&b, "x", 1), 1);
  CHECK(tells(&p, &a, SKT_READ));
  end(&p, &a, &b);
}

TEST(poller, closed_socket_leaves_and_its_number_starts_anew) {
  skt_poller p;
  CHECK_EQ(skt_poller_create(&p), 0);
  for (int i = 0; i < 50; ++i) { /* numbers come back soon */
    skt a = {0}, b = {0};
    CHECK(connect_pair(SKT_IPV4, &a, &b));
    CHECK_EQ(skt_poller_add(&p, &a, SKT_BOTH, &a), 0);
    if (i % 2 == 0) { /* also just after it was told */
      CHECK(tells(&p, &a, SKT_WRITE));
    }
    CHECK_EQ(skt_close(&a), 0);
    CHECK_EQ(skt_close(&b), 0);
    CHECK(connect_pair(SKT_IPV4, &a, &b)); /* watched by nobody */
    CHECK_EQ(only_event(&p, 0).events, 0);
    CHECK_EQ(skt_poller_add(&p, &a, SKT_BOTH, &b), 0);
    CHECK(tells(&p, &b, SKT_WRITE));
    CHECK_EQ(skt_abort(&a), 0);
    CHECK_EQ(skt_close(&b), 0);
  }
  CHECK(is_silent(&p, 20));
  skt_poller_destroy(&p);
}

TEST(poller, cancelled_socket_is_ready_for_both) {
  for (int events = SKT_READ; events <= SKT_BOTH; ++events) {
    skt a = {0}, b = {0};
    skt_poller p;
    char got;
    CHECK(watched_pair(&p, events, &a, &a, &b));
    CHECK_EQ(skt_cancel(&a), 0);
    CHECK_EQ(only_event(&p, SOON_MS).events & events, events);
    CHECK_EQ(skt_read(&a, &got, 1), SKT_ECANCELED);
    end(&p, &a, &b);
  }
}

TEST(poller, all_that_are_ready_get_their_turn_in_a_small_array) {
  enum { MANY = 10, FEW = 3 };
  skt a[MANY] = {{0}}, b[MANY] = {{0}};
  skt_poller p;
  skt_event e[FEW];
  int told[MANY] = {0};
  CHECK_EQ(skt_poller_create(&p), 0);
  for (int i = 0; i < MANY; ++i) {
    CHECK(connect_pair(SKT_IPV4, &a[i], &b[i]));
    CHECK_EQ(skt_poller_add(&p, &a[i], SKT_WRITE, &told[i]), 0);
  }
  for (int round = 0; round < 2 * (MANY / FEW + 1); ++round) {
    int n = skt_poller_wait(&p, e, FEW, SOON_MS);
    CHECK(n > 0 && n <= FEW);
    while (n-- > 0) {
      ++*(int *)e[n].user;
    }
  }
  for (int i = 0; i < MANY; ++i) {
    CHECK(told[i] >= 1);
    skt_close(&a[i]);
    skt_close(&b[i]);
  }
  skt_poller_destroy(&p);
}

TEST(poller, waits_exactly) {
  skt_poller p;
  CHECK_EQ(skt_poller_create(&p), 0);
  for (int i = 0; i < 20; ++i) {
    CHECK(is_silent(&p, 7));
  }
  CHECK(is_silent(&p, 100));
  CHECK_EQ(only_event(&p, 0).events, 0);
  CHECK_EQ(skt_poller_wake(&p), 0);
  CHECK_EQ(only_event(&p, INT_MAX).events, SKT_WOKEN);
  skt_poller_destroy(&p);
}

TEST(poller, thousand_wakes_before_a_wait_are_one_event) {
  skt a = {0}, b = {0};
  skt_poller p;
  CHECK(watched_pair(&p, SKT_READ, &a, &a, &b));
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 1000; ++i) {
      CHECK_EQ(skt_poller_wake(&p), 0);
    }
    skt_event e = only_event(&p, -1);
    CHECK_EQ(e.events, SKT_WOKEN);
    CHECK(e.user == NULL);
    CHECK(is_silent(&p, 20));
  }
  end(&p, &a, &b);
}

TEST(poller, wake_finds_room_beside_ready_sockets) {
  skt a = {0}, b = {0};
  skt_poller p;
  skt_event e;
  bool woken = false, told = false;
  CHECK(watched_pair(&p, SKT_WRITE, &a, &a, &b));
  CHECK_EQ(skt_poller_wake(&p), 0);
  for (int i = 0; i < 4; ++i) {
    CHECK_EQ(skt_poller_wait(&p, &e, 1, SOON_MS), 1);
    woken = woken || e.events == SKT_WOKEN;
    told = told || e.user == &a;
  }
  CHECK(woken && told);
  end(&p, &a, &b);
}

TEST(poller, oneshot_beside_a_wake_is_told_too) {
  skt a = {0}, b = {0};
  skt_poller p;
  skt_event e[ROOM];
  int woken = 0, told = 0;
  CHECK(watched_pair(&p, SKT_WRITE | SKT_ONESHOT, &a, &a, &b));
  CHECK_EQ(skt_poller_wake(&p), 0);
  for (int n = 0, all = 0; all < 2; all += n) {
    n = skt_poller_wait(&p, e, ROOM, SOON_MS);
    CHECK(n > 0);
    for (int i = 0; i < n; ++i) {
      woken += e[i].events == SKT_WOKEN;
      told += e[i].user == &a && e[i].events == SKT_WRITE;
    }
  }
  CHECK_EQ(woken, 1);
  CHECK_EQ(told, 1);
  end(&p, &a, &b);
}

/* Errors, wakes and plain events are told apart in arrays of any length. */
TEST(poller, one_event_to_six_come_whole_beside_a_wake_and_a_reset) {
  enum { MANY = 6 };
  skt a[MANY] = {{0}}, b[MANY] = {{0}};
  for (int i = 0; i < MANY; ++i) {
    CHECK(connect_pair(SKT_IPV4, &a[i], &b[i]));
  }
  CHECK(reset_by(&b[0], &a[0]));
  for (int what = 0; what < 4 * MANY; ++what) {
    int n = what / 4 + 1, first = what & 1, wakes = what >> 1 & 1;
    int seen[MANY] = {0}, woken = 0;
    skt_poller p;
    skt_event e[ROOM];
    CHECK_EQ(skt_poller_create(&p), 0);
    CHECK_EQ(skt_poller_wait(&p, e, ROOM, 0), 0);
    for (int i = first; i < n; ++i) {
      CHECK_EQ(skt_poller_add(&p, &a[i], SKT_WRITE, &seen[i]), 0);
    }
    CHECK_EQ(wakes ? skt_poller_wake(&p) : 0, 0);
    int told = skt_poller_wait(&p, e, ROOM, 0);
    CHECK_EQ(told, n - first + wakes);
    for (int i = 0; i < told; ++i) {
      if (e[i].user == NULL) {
        woken += e[i].events == SKT_WOKEN;
      } else {
        *(int *)e[i].user += e[i].events;
      }
    }
    CHECK_EQ(woken, wakes);
    for (int i = first; i < n; ++i) {
      CHECK_EQ(seen[i], i == 0 ? SKT_BOTH : SKT_WRITE);
    }
    skt_poller_destroy(&p);
  }
  for (int i = 0; i < MANY; ++i) {
    skt_close(&a[i]);
    skt_close(&b[i]);
  }
}

/* What the system tells, and skt does not, takes nobody's room: an error of a
 * socket that is watched for nothing, and bytes that have been taken since. */
TEST(poller, look_with_room_for_one_finds_what_is_ready) {
  skt a = {0}, b = {0}, c = {0}, d = {0}, gone = {0}, reset = {0};
  skt_poller p;
  skt_event e;
  char got;
  CHECK(connect_pair(SKT_IPV4, &gone, &reset));
  CHECK(connect_pair(SKT_IPV4, &c, &d));
  CHECK(watched_pair(&p, SKT_READ, &a, &a, &b));
  CHECK_EQ(skt_poller_add(&p, &c, SKT_READ, &c), 0);
  CHECK_EQ(skt_poller_add(&p, &reset, 0, &reset), 0);
  CHECK(is_silent(&p, 20)); /* so that all are asked about */
  CHECK(reset_by(&gone, &reset));
  CHECK_EQ(skt_write(&d, "x", 1), 1);
  CHECK_EQ(skt_wait(&c, SKT_READ, SOON_MS, NULL), SKT_READ);
  CHECK_EQ(skt_write(&b, "x", 1), 1);
  CHECK_EQ(skt_wait(&a, SKT_READ, SOON_MS, NULL), SKT_READ);
  CHECK_EQ(skt_read(&c, &got, 1), 1);
  CHECK_EQ(skt_poller_wait(&p, &e, 1, 0), 1);
  CHECK(e.user == &a);
  skt_close(&c);
  skt_close(&d);
  skt_close(&reset);
  end(&p, &a, &b);
}

TEST(poller, socket_may_be_watched_by_two) {
  skt a = {0}, b = {0};
  skt_poller p, q;
  CHECK(watched_pair(&p, SKT_READ, &p, &a, &b));
  CHECK_EQ(skt_poller_create(&q), 0);
  CHECK_EQ(skt_poller_add(&q, &a, SKT_BOTH, &q), 0);
  CHECK_EQ(skt_write(&b, "x", 1), 1);
  CHECK(tells(&p, &p, SKT_READ));
  CHECK(tells(&q, &q, SKT_BOTH));
  CHECK_EQ(skt_poller_remove(&p, &a), 0);
  CHECK(tells(&q, &q, SKT_BOTH));
  skt_poller_destroy(&q);
  end(&p, &a, &b);
}

TEST(poller, sockets_outlive_it_and_another_may_watch_them) {
  skt a = {0}, b = {0};
  skt_poller p;
  CHECK(watched_pair(&p, SKT_WRITE, &p, &a, &b));
  for (int i = 0; i < 3; ++i) {
    CHECK(tells(&p, &p, SKT_WRITE));
    CHECK_EQ(skt_poller_destroy(&p), 0);
    CHECK_EQ(skt_write(&a, "x", 1), 1);
    CHECK_EQ(skt_poller_create(&p), 0);
    CHECK_EQ(skt_poller_add(&p, &a, SKT_WRITE, &p), 0);
  }
  end(&p, &a, &b);
}

TEST(poller, wrong_argument_or_state_is_told) {
  skt a = {0}, b = {0}, fresh = {0};
  skt_poller p;
  skt_event e;
  CHECK(watched_pair(&p, SKT_READ, &a, &a, &b));
  CHECK_EQ(skt_socket(&fresh, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_poller_add(&p, &a, SKT_READ, &a), SKT_EEXIST);
  CHECK_EQ(skt_poller_add(&p, &b, SKT_WOKEN, &b), SKT_EINVAL);
  CHECK_EQ(skt_poller_add(&p, &b, -1, &b), SKT_EINVAL);
  CHECK_EQ(skt_poller_modify(&p, &a, 16, &a), SKT_EINVAL);
  CHECK_EQ(skt_poller_add(&p, &fresh, SKT_BOTH, &b), SKT_ENOTCONN);
  CHECK_EQ(skt_poller_modify(&p, &b, SKT_READ, &b), SKT_ENOENT);
  CHECK_EQ(skt_poller_remove(&p, &b), SKT_ENOENT);
  CHECK_EQ(skt_poller_remove(&p, &a), 0);
  CHECK_EQ(skt_poller_remove(&p, &a), SKT_ENOENT);
  CHECK_EQ(skt_poller_wait(&p, &e, 0, 0), SKT_EINVAL);
  CHECK_EQ(skt_poller_wait(&p, &e, 1, -2), SKT_EINVAL);
  CHECK_EQ(skt_poller_wait(&p, NULL, 1, 0), SKT_EFAULT);
  CHECK_EQ(skt_cancel(&b), 0);
  CHECK_EQ(skt_poller_add(&p, &b, SKT_READ, &b), SKT_ECANCELED);
  skt_close(&fresh);
  end(&p, &a, &b);
}

TEST(poller, none_and_no_pointer_are_told_by_every_function) {
  skt a = {0}, b = {0}, none = {0};
  skt_poller p, nobody = {0};
  skt_event e;
  CHECK(watched_pair(&p, SKT_READ, &a, &a, &b));
  skt_poller *bad[] = {NULL, &nobody};
  for (int i = 0; i < 2; ++i) {
    int code = i == 0 ? SKT_EFAULT : SKT_EBADF;
    CHECK_EQ(skt_poller_add(bad[i], NULL, 99, NULL), code);
    CHECK_EQ(skt_poller_modify(bad[i], NULL, 99, NULL), code);
    CHECK_EQ(skt_poller_remove(bad[i], NULL), code);
    CHECK_EQ(skt_poller_wait(bad[i], NULL, 0, -9), code);
    CHECK_EQ(skt_poller_wake(bad[i]), code);
    CHECK_EQ(skt_poller_destroy(bad[i]), code);
  }
  skt *worse[] = {NULL, &none};
  for (int i = 0; i < 2; ++i) {
    int code = i == 0 ? SKT_EFAULT : SKT_EBADF;
    CHECK_EQ(skt_poller_add(&p, worse[i], 99, NULL), code);
    CHECK_EQ(skt_poller_modify(&p, worse[i], 99, NULL), code);
    CHECK_EQ(skt_poller_remove(&p, worse[i]), code);
  }
  CHECK_EQ(skt_poller_create(NULL), SKT_EFAULT);
  CHECK_EQ(skt_waker_create(NULL), SKT_EFAULT);
  CHECK_EQ(skt_wake(NULL), SKT_EFAULT);
  CHECK_EQ(skt_waker_destroy(NULL), SKT_EFAULT);
  CHECK_EQ(skt_wake(&(skt_waker){0}), SKT_EBADF);
  CHECK_EQ(skt_poller_wait(&p, &e, 1, 0), 0);
  end(&p, &a, &b);
  CHECK_EQ(skt_poller_destroy(&p), SKT_EBADF);
}

/* With none left and with one, which is not enough for all of them. */
TEST(poller, without_descriptors_none_is_created_and_none_is_lost) {
  skt s = {0};
  skt_poller p;
  skt_waker w;
  skt_event e;
  int created[3], lost = 0;
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  if (!test_allow_descriptors((int)skt_native(&s) + 1)) {
    SKIP("this system does not limit the number of sockets");
  }
  created[0] = skt_poller_create(&p);
  created[1] = skt_waker_create(&w);
  skt_close(&s);
  for (int i = 0; i < 3; ++i) {
    created[2] = skt_poller_create(&p);
    lost += created[2] == 0 && skt_poller_wait(&p, &e, 1, 0) != 0;
    lost += skt_poller_destroy(&p) != (created[2] == 0 ? 0 : SKT_EBADF);
    int rc = skt_waker_create(&w);
    lost += rc != 0 && rc != SKT_EMFILE;
    lost += skt_waker_destroy(&w) != (rc == 0 ? 0 : SKT_EBADF);
    lost += skt_socket(&s, SKT_IPV4, SKT_STREAM, 0) != 0;
    skt_close(&s);
  }
  test_allow_descriptors(-1);
  CHECK_EQ(created[0], SKT_EMFILE);
  CHECK_EQ(created[1], SKT_EMFILE);
  CHECK(created[2] == 0 || created[2] == SKT_EMFILE);
  CHECK_EQ(lost, 0);
}

/* How many different events follow a wake: they may come one by one. */
static int wake_and_wait(skt_poller *p, skt_event *events, int n) {
  int have = skt_poller_wake(p), rc = 1;
  while (have < n && rc > 0) {
    rc = skt_poller_wait(p, &events[have], 1, 1000);
    bool is_new = rc > 0;
    for (int i = 0; i < have && is_new; ++i) {
      is_new = events[i].user != events[have].user;
    }
    have += is_new;
  }
  return have;
}

/* Over poll the three are more than the process may have. */
TEST(poller, process_without_descriptors_waits_all_the_same) {
  skt a = {0}, b = {0};
  skt_poller p;
  skt_event first, then[3];
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_poller_create(&p), 0);
  CHECK_EQ(skt_poller_add(&p, &a, SKT_READ, &a), 0);
  CHECK_EQ(skt_poller_add(&p, &b, SKT_WRITE, &b), 0);
  bool limited = test_allow_descriptors(1);
  int ready = skt_poller_wait(&p, &first, 1, -1);
  int woken = skt_write(&b, "x", 1) == 1 ? wake_and_wait(&p, then, 3) : -1;
  test_allow_descriptors(-1);
  CHECK_EQ(ready, 1);
  CHECK(first.user == &b && first.events == SKT_WRITE);
  CHECK_EQ(woken, 3);
  skt_poller_destroy(&p);
  skt_close(&a);
  skt_close(&b);
  if (!limited) {
    SKIP("this system has no limit of descriptors");
  }
}

TEST(poller, children_inherit_neither_wakers_nor_pollers) {
  skt_poller p;
  skt_waker w;
  CHECK_EQ(skt_poller_create(&p), 0);
  CHECK_EQ(skt_waker_create(&w), 0);
  CHECK(!test_is_inherited(p.handle)); /* or it is a pointer */
  CHECK(p.wakes == 0 || !test_is_inherited(p.wakes));
  CHECK(!test_is_inherited(w.waits));
  CHECK(!test_is_inherited(w.wakes));
  skt_waker_destroy(&w);
  skt_poller_destroy(&p);
}

/* A descriptor of a file, say, or one that something else has closed. */
TEST(poller, handle_that_is_no_open_socket_reports_enotsock) {
  skt s = {0}, copy;
  skt_poller p;
  skt_addr at;
  CHECK_EQ(skt_poller_create(&p), 0);
  CHECK(listen_loopback(SKT_IPV4, &s, &at));
  copy = s;
  CHECK_EQ(skt_close(&s), 0);
  CHECK_EQ(skt_poller_add(&p, &copy, SKT_READ, &at), SKT_ENOTSOCK);
  CHECK_EQ(skt_poller_wait(&p, &(skt_event){0}, 1, 0), 0);
  skt_poller_destroy(&p);
}
